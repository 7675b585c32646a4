"""What was chosen for a model, and why: its heads, losses, metrics and training, a sentence a choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archlang.backends.training_choices import Choice, explained_training
from archlang.evaluation.values import show
from archlang.graph.adapting import Adapted, adapted
from archlang.graph.model import Graph, Layer, Tensor
from archlang.shapes.rule import LayerValue
from archlang.tasks.kind import TaskKind
from archlang.tasks.model import OutputSpec
from archlang.tasks.registry import KINDS

WRITTEN = ("Written in the task.",)


@dataclass(frozen=True)
class Explanation:
    """The choices about a model, by what they are about: an output, or `training`."""

    model: str
    about: tuple[tuple[str, tuple[Choice, ...]], ...]


def explain(graph: Graph) -> Explanation:
    """Every derived choice of a model, with its reason."""
    about = [(_title(output), tuple(_output(graph, output))) for output in graph.task.outputs]
    if any(output.kind is not None for output in graph.task.outputs):
        learnt = [_learnt(each) for each in adapted(graph)] if graph.task.data else []
        if learnt:
            about.append(("learnt before training", tuple(learnt)))
        about += explained_training(graph)
    return Explanation(graph.name, tuple(about))


def explained_output(graph: Graph, output: OutputSpec) -> Sequence[Choice]:
    """The choices about one output: its head, loss and metrics."""
    return _output(graph, output)


def explanation_text(explanation: Explanation) -> str:
    """The choices as text, reasons indented beneath."""
    lines = [explanation.model]
    for title, choices in explanation.about:
        lines += ["", f"  {title}"]
        for choice in choices:
            lines.append(f"    {choice.topic + ':':<13} {choice.chosen}")
            lines += [f"      {reason}" for reason in choice.reasons]
    return "\n".join(lines) + "\n"


def explanation_document(explanations: list[Explanation]) -> dict[str, object]:
    """The same as plain data."""
    return {
        "models": [
            {
                "name": explanation.model,
                "about": [
                    {
                        "title": title,
                        "choices": [
                            {"topic": c.topic, "chosen": c.chosen, "reasons": list(c.reasons)}
                            for c in choices
                        ],
                    }
                    for title, choices in explanation.about
                ],
            }
            for explanation in explanations
        ]
    }


def _title(output: OutputSpec) -> str:
    return f"{output.name}: {(output.kind or 'a plain tensor').replace('_', ' ')}"


def _output(graph: Graph, output: OutputSpec) -> list[Choice]:
    if output.kind is None:
        return [Choice("loss", "none", ("A plain tensor is not trained.",))]
    kind = KINDS[output.kind]
    choices = [_head(graph, output, kind)]
    loss, metrics = kind.loss(output), kind.metrics(output)
    written = output.args.get("loss") is not None
    # The kinds give a sentence on the loss, then some on the metrics.
    on_loss, on_metrics = kind.reasons(output)[:1], kind.reasons(output)[1:]
    choices.append(Choice("loss", show(loss), WRITTEN if written else on_loss))
    named = ", ".join(str(m.args.get("name") or show(m)) for m in metrics) or "none"
    written = output.args.get("metrics") is not None
    choices.append(Choice("metrics", named, WRITTEN if written else on_metrics))
    if output.args.get("weight", 1.0) != 1.0:
        weight = output.args["weight"]
        choices.append(Choice("weight", show(weight), ("Its loss counts that much in the sum.",)))
    if output.args.get("class_weight") is not None:
        reason = (
            "Each label's loss counts so much, in evaluation too."
            if output.kind == "multilabel_classification"
            else "Targets of a class count so much in training; evaluation does not weigh them."
        )
        choices.append(Choice("class_weight", show(output.args["class_weight"]), (reason,)))
    return choices


def _head(graph: Graph, output: OutputSpec, kind: TaskKind) -> Choice:
    layers = graph.heads.get(output.name)
    if not layers:
        return Choice("head", "written by hand", ("It was checked against the task.",))
    shown = " -> ".join(show(LayerValue("layers", la.class_name, la.args)) for la in layers)
    entering = _entering(graph, layers[0])
    if entering is None:
        return Choice("head", shown, ())
    inputs = {name: tensor.spec for name, tensor in graph.inputs.items()}
    head = kind.head(output, entering.spec, inputs, mixed_precision=_mixed(graph))
    return Choice("head", shown, head.reasons)


def _learnt(each: Adapted) -> Choice:
    """What a layer learns from the training examples before training."""
    args, name = each.layer.args, each.layer.class_name
    reasons = [
        "From the training examples only: those held out have to be new to all of the model.",
        "Saved in the model, which takes raw values wherever it is loaded.",
    ]
    if name == "Normalization":
        chosen = "mean and variance"
    elif name == "Discretization":
        chosen = f"the edges of {args.get('num_bins')} bins"
    else:
        most = args.get("max_tokens")
        what = "whole numbers" if name == "IntegerLookup" else "words"
        if name == "StringLookup":
            what = "strings"
        chosen = f"a vocabulary of all {what}"
        if isinstance(most, int):
            chosen = f"a vocabulary of up to {most:,} tokens"
            reasons.insert(0, f"The most frequent {what}; the others share a token.")
    return Choice(".".join(each.path), chosen, tuple(reasons))


def _entering(graph: Graph, layer: Layer) -> Tensor | None:
    for node in graph.nodes:
        if node.layer is layer and isinstance(node.inputs, Tensor):
            return node.inputs
    return None


def _mixed(graph: Graph) -> bool:
    setting = None if graph.train is None else graph.train.settings.get("mixed_precision")
    return setting is not None and bool(setting.value)
