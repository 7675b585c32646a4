"""What the rules of shapes refuse, as diagnostics at their places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archlang.diagnostics import Diagnostic, Label, error
from archlang.diagnostics.model import Edit, Fix
from archlang.graph.model import Frame, Node, tensors
from archlang.shapes.rule import LayerValue, RuleError
from archlang.shapes.spec import show_shape
from archlang.source import Span


def refusal(
    problem: RuleError,
    path: tuple[Frame, ...],
    span: Span,
    spans: Mapping[str, Span],
    inputs: Any,
) -> Diagnostic:
    """The diagnostic of a refused call at `span`, its arguments at `spans`, with the shapes of what flows in."""
    place = spans.get(problem.argument, span) if problem.argument else span
    labels: list[Label] = []
    for tensor in tensors(inputs):
        made = tensor.node.span
        if made != span and made.path == span.path and all(label.span != made for label in labels):
            labels.append(Label(made, f"{show_shape(tensor.spec.shape)} here"))
    fixes: list[Fix] = []
    if problem.insert_before is not None:
        before = Span(span.path, span.start, span.start)
        title = f"put `{problem.insert_before}` before it"
        fixes.append(Fix(title, (Edit(before, f"{problem.insert_before} -> "),)))
    if problem.set_argument is not None:
        name, text = problem.set_argument
        fixes += _argument_fix(name, text, span, spans)
    help = problem.help
    last_step = _only_last_step(inputs)
    if problem.code in ("E0301", "E0350", "E0355") and last_step is not None:
        # What is missing are the steps, which a recurrent layer has kept to itself.
        layer = last_step.layer
        help = f"let `{layer.class_name if layer else ''}` give every step, with `return_sequences=True`"
        fixes = _every_step(last_step)
    return error(
        problem.code,
        problem.message,
        place,
        label=problem.label,
        labels=tuple(labels[:4]),
        notes=path_notes(path),
        help=help,
        fixes=tuple(fixes),
    )


def path_notes(path: tuple[Frame, ...]) -> tuple[str, ...]:
    """The way to a node, innermost first, as one note: ``in `Bottleneck(128)`, second round of the loop``."""
    if not path:
        return ()
    ordinals = (
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
    )
    parts: list[str] = []
    for frame in reversed(path[-8:]):
        if frame.round is None:
            parts.append(f"in `{frame.text}`")
        else:
            number = ordinals[frame.round - 1] if frame.round <= 10 else f"{frame.round}th"
            parts.append(f"{number} round of {frame.text}")
    return (", ".join(parts),)


_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional"})
# Layers that people put between two recurrent ones.
_BETWEEN = frozenset(
    {"Activation", "BatchNormalization", "Dense", "Dropout", "GaussianNoise", "LayerNormalization"}
)


def _only_last_step(inputs: Any) -> Node | None:
    """The recurrent layer that gives one vector where a sequence is wanted, if that is what flows in."""
    for tensor in tensors(inputs):
        while tensor.node.layer is not None and tensor.node.layer.class_name in _BETWEEN:
            before = list(tensors(tensor.node.inputs))
            if len(before) != 1:
                break
            tensor = before[0]
        layer = tensor.node.layer
        if layer is None or layer.class_name not in _RECURRENT or len(tensor.spec.shape or ()) != 2:
            continue
        inner = layer.args.get("layer")
        args = inner.args if isinstance(inner, LayerValue) else layer.args
        if args.get("return_sequences") is not True and tensor.path in ((), (0,)):
            return tensor.node
    return None


def _every_step(node: Node) -> list[Fix]:
    """`return_sequences=True` behind the last argument of a recurrent layer."""
    layer = node.layer
    if layer is None or layer.last is None or "return_sequences" in layer.args:
        return []
    place = layer.last.after
    if layer.class_name == "Bidirectional":
        inner = layer.args.get("layer")
        if len(layer.args) != 1 or not isinstance(inner, LayerValue) or not inner.args:
            return []
        # Inside the parentheses of the layer that it wraps.
        place = Span(place.path, place.start - 1, place.start - 1)
    return [Fix("write `return_sequences=True`", (Edit(place, ", return_sequences=True"),))]


def _argument_fix(name: str, text: str, span: Span, spans: Mapping[str, Span]) -> list[Fix]:
    title = f"write `{name}={text}`"
    if name in spans:
        return [Fix(title, (Edit(spans[name], text),))]
    if not spans:
        return [Fix(title, (Edit(span.after, f"({name}={text})"),))]
    last = max(spans.values(), key=lambda s: s.end)
    return [Fix(title, (Edit(last.after, f", {name}={text}"),))]
