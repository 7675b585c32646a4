"""Nested models that start from trained weights: `frozen Encoder(weights=Autoencoder)`, `weights="encoder.keras"`.

The weights are those that training the other model has saved; the script that trains loads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from archlang.diagnostics import Diagnostic, error
from archlang.graph.model import Graph, Layer
from archlang.shapes.rule import LayerValue


@dataclass(frozen=True)
class Pretrained:
    """Where a nested model's weights come from.

    `path` leads to it through the nested models around it; `file` is a saved model, and `inner` the nested model in it.
    `trained` is the model of the spec that saves the file, if one does.
    """

    path: tuple[str, ...]
    file: str
    inner: str
    trained: str | None


def pretrained(graph: Graph, graphs: Mapping[str, Graph]) -> list[Pretrained]:
    """What of a model starts from trained weights."""
    found: list[Pretrained] = []
    for path, layer in _nested(graph, ()):
        weights = layer.args.get("weights")
        if isinstance(weights, str):
            found.append(Pretrained(path, weights, layer.class_name, None))
        elif isinstance(weights, LayerValue) and weights.name in graphs:
            other = graphs[weights.name]
            source = _source(layer, other)
            inner = source.name if source is not None else other.name
            found.append(Pretrained(path, saved_at(other), inner, other.name))
    return found


def saved_at(graph: Graph) -> str:
    """The file to which training a model saves it."""
    setting = graph.train.settings.get("save") if graph.train is not None else None
    return str(setting.value) if setting is not None and setting.value else f"{graph.name}.keras"


def pretrained_problems(graph: Graph, graphs: Mapping[str, Graph]) -> list[Diagnostic]:
    """Weights that the other model does not have, or that never get trained."""
    found: list[Diagnostic] = []
    for _, layer in _nested(graph, ()):
        weights = layer.args.get("weights")
        if not isinstance(weights, LayerValue) or weights.name not in graphs:
            continue
        problem = _problem(layer, graphs[weights.name])
        if problem is not None:
            message, label, help = problem
            found.append(error("E0344", message, layer.span, label=label, help=help))
    return found


def _problem(layer: Layer, other: Graph) -> tuple[str, str, str | None] | None:
    if not any(output.kind is not None for output in other.task.outputs):
        message = f"`{other.name}` has no task, so it is never trained"
        return message, "no trained weights", "name a model that is `for` a task"
    whole = other.name == layer.class_name
    source = other if whole else _source(layer, other)
    if source is None:
        nested = [f"`{x.class_name}`" for x in other.layers if x.kind == "model"]
        help = f"its nested models are {', '.join(nested)}" if nested else "it nests no model"
        message = f"`{other.name}` does not contain `{layer.class_name}`"
        return message, "has no such weights", help
    held = source if isinstance(source, Graph) else source.graph
    if held is None or layer.graph is None or _sizes(held) == _sizes(layer.graph):
        return None
    message = f"`{layer.class_name}` has weights of other sizes in `{other.name}`"
    return message, "does not fit", "use it with the same arguments in both models"


def _source(layer: Layer, other: Graph) -> Layer | None:
    """The nested model of another model that holds a layer's weights, the one of the same sizes first."""
    alike = [x for x in other.layers if x.kind == "model" and x.class_name == layer.class_name]
    fitting = [
        x
        for x in alike
        if x.graph is not None
        and layer.graph is not None
        and _sizes(x.graph) == _sizes(layer.graph)
    ]
    return (fitting or alike or [None])[0]


def _sizes(graph: Graph) -> list[object]:
    sizes: list[object] = []
    for layer in graph.layers:
        if layer.graph is not None:
            sizes.append(_sizes(layer.graph))
        else:
            sizes.append(None if layer.weights is None else [w.shape for w in layer.weights])
    return sizes


def _nested(graph: Graph, around: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Layer]]:
    """Every nested model with the way to it."""
    for layer in graph.layers:
        if layer.graph is not None:
            yield (*around, layer.name), layer
            yield from _nested(layer.graph, (*around, layer.name))
