"""Where Keras describes another shape than it computes, and builds for it what follows.

Shapes in a graph are those that are computed. A few layers promise others when they are called on symbols: calls behind
them get weights for the promised shape, or are refused for it.
"""

from __future__ import annotations

from typing import Any

from archlang.diagnostics import Diagnostic, Label, error
from archlang.graph.model import Graph, Node, Tensor, tensors
from archlang.graph.reapplied import Specs, applied
from archlang.graph.refusals import path_notes
from archlang.shapes.rule import LayerResult, RuleError
from archlang.shapes.spec import Shape, show_shape

# Layers that promise another shape than they compute, and what to do instead.
_MENDS = {
    "TextVectorization": "declare the text as `string[]`, without an axis",
    "Hashing": "leave `output_mode` out, and encode the numbers with `CategoryEncoding`",
    "MultiHeadAttention": "bring query and value to one length",
}


def promise_problems(graph: Graph) -> list[Diagnostic]:
    """An error for each call that Keras refuses, or makes useless weights for, because of a shape that it promises."""
    specs: Specs = {}
    origins: dict[Node, Node] = {}
    found: list[Diagnostic] = []
    for node in graph.nodes:
        tensor, shape = _promised(node) or (None, None)
        if tensor is not None:
            specs[node, tensor.path] = tensor.spec.with_shape(shape)
            origins[node] = node
            continue
        taken = [
            t for nested in (node.inputs, list(node.args), node.kwargs) for t in tensors(nested)
        ]
        wrong = next((t for t in taken if (t.node, t.path) in specs), None)
        if wrong is None:
            continue
        origin = origins[node] = origins[wrong.node]
        try:
            result = applied(node, graph.mixed, specs)
        except RuleError as problem:
            found.append(_refused(node, origin, specs, f"for that shape, {problem.message}"))
            continue
        if result is None:
            continue
        if _other_weights(node, result):
            found.append(_refused(node, origin, specs, "its weights do not fit what is computed"))
            continue
        _note(node, result.outputs, specs)
    return found


def _promised(node: Node) -> tuple[Tensor, Shape] | None:
    """The result of a call that is not what Keras promises, and what that is."""
    layer = node.layer
    if layer is None or layer.kind != "layers" or layer.class_name not in _MENDS:
        return None
    name = layer.class_name
    flowing = next(tensors(node.inputs), None)
    results = list(tensors(node.outputs))
    if flowing is None or flowing.spec.shape is None or not results:
        return None
    shape, mode = flowing.spec.shape, layer.args.get("output_mode", "int")
    last = results[-1].spec.shape
    if last is None:
        return None
    if name == "TextVectorization" and mode != "int" and len(shape) == 2 and len(last) == 2:
        split = layer.args.get("split", "whitespace") is not None
        return (results[0], (*shape, last[-1])) if split else None
    if name == "Hashing" and mode == "one_hot" and len(shape) > 1 and len(last) == len(shape) + 1:
        return results[0], (*shape[:-1], last[-1])
    if name == "MultiHeadAttention" and len(results) == 2 and len(shape) == 3 and len(last) == 4:
        return results[1], (*last[:-1], last[-2])
    return None


def _other_weights(node: Node, result: LayerResult) -> bool:
    layer = node.layer
    if layer is None or layer.weights is None or result.weights is None:
        return False
    return [w.shape for w in layer.weights] != [w.shape for w in result.weights]


def _note(node: Node, outputs: Any, specs: Specs) -> None:
    """Keep what is promised of a call's results where that is not what is computed."""
    for tensor in tensors(node.outputs):
        promised = outputs
        for step in tensor.path:
            promised = promised[step]
        if promised.shape != tensor.spec.shape:
            specs[node, tensor.path] = promised


def _refused(node: Node, origin: Node, specs: Specs, why: str) -> Diagnostic:
    maker = origin.layer
    assert maker is not None
    tensor = next(t for t in tensors(origin.outputs) if (origin, t.path) in specs)
    promised, computed = show_shape(specs[origin, tensor.path].shape), show_shape(tensor.spec.shape)
    what = (
        node.layer.class_name
        if node.layer is not None
        else f"ops.{node.op}"
        if node.op
        else "this slice"
    )
    return error(
        "E0348",
        f"Keras builds `{what}` for {promised}, which `{maker.class_name}` promises, but it gives {computed}",
        node.span,
        label=why,
        labels=(Label(origin.span, f"gives {computed}"),) if origin.span != node.span else (),
        notes=path_notes(node.path),
        help=_MENDS[maker.class_name],
    )
