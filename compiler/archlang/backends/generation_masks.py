"""Where the mask of a tensor comes from, as calls of `compute_mask`: plain tensors between encoder and decoder have none."""

from __future__ import annotations

from archlang.graph.decoding import Decoding, decoding
from archlang.graph.mask_flow import KEEPS, Masked, Walk
from archlang.graph.mask_rules import ATTENTION, JOIN, MULTI_HEAD, RECURRENT
from archlang.graph.model import Graph, Node, Tensor, tensors
from archlang.records import record
from archlang.shapes.rule import LayerValue


@record
class MaskCall:
    """`layer.compute_mask(input)`; of a layer that merges, `compute_mask(inputs, masks)`.

    `layer` is a name, or the names that lead to a layer of a nested model.
    """

    layer: tuple[str, ...]
    inputs: tuple[Tensor, ...]
    masks: tuple[MaskCall | None, ...] | None = None


class NoSuchMask(Exception):
    """A mask that is made of what only a nested model holds."""


def maskable(graph: Graph) -> Decoding | None:
    """How the model's generation output is decoded: the whole model anew where a mask of the memory can't be had."""
    found = decoding(graph)
    try:
        if found is not None:
            memory_masks(found)
    except NoSuchMask:
        return decoding(graph, apart=False)
    return found


def memory_masks(decoding: Decoding) -> list[tuple[Tensor, MaskCall]]:
    """The masks of the memory that attention looks at, in the order of the memory. May raise NoSuchMask."""
    finds = _Finds(decoding.graph)
    looking = [
        node
        for node in decoding.nodes
        if node.layer is not None and node.layer.class_name in ATTENTION | MULTI_HEAD
    ]
    within = _Within(decoding.graph, {}, (), (), finds)
    found: list[tuple[Tensor, MaskCall]] = []
    for tensor in decoding.memory:
        if any(finds.mask((), node, tensor) for node in looking):
            mask = _mask(tensor, None, within)
            if mask is not None:
                found.append((tensor, mask))
    return found


def sees_mask(decoding: Decoding, node: Node, tensor: Tensor) -> bool:
    """Whether attention gets the mask of a tensor of the memory in the whole model."""
    return _Finds(decoding.graph).mask((), node, tensor)


class _Finds:
    """Which masks calls find when the whole model runs."""

    def __init__(self, graph: Graph) -> None:
        walk = Walk()
        walk.graph(graph)
        self.found = {
            (call.inside, call.node, tensor.node, tensor.path)
            for call in walk.calls
            for tensor, state in zip(call.tensors, call.states, strict=True)
            if isinstance(state, Masked)
        }

    def mask(self, way: tuple[Node, ...], node: Node, tensor: Tensor) -> bool:
        """Whether a call finds the mask of a tensor; `way` are the calls of nested models that lead to it."""
        return (way, node, tensor.node, tensor.path) in self.found


@record
class _Within:
    """A graph, what flows into it with its masks if it is a nested model, the names and calls that lead to it."""

    graph: Graph
    given: dict[Node, tuple[Tensor, MaskCall | None]]
    inside: tuple[str, ...]
    way: tuple[Node, ...]
    finds: _Finds


def _mask(tensor: Tensor, before: Node | None, within: _Within) -> MaskCall | None:
    """The mask of a tensor when the call `before` gets it, or the one that it was made with."""
    node = tensor.node
    if before is not None and not within.finds.mask(within.way, before, tensor):
        return None
    if node in within.given:
        return within.given[node][1]
    layer = node.layer
    if layer is None:
        return None
    entering = list(tensors(node.inputs))
    if layer.graph is not None:
        return _nested(node, layer.graph, tensor, within)
    if layer.kind != "layers" or not entering:
        return None
    name, args = layer.class_name, layer.args
    if name == "Masking" or (
        name in ("Embedding", "ReversibleEmbedding") and args.get("mask_zero") is True
    ):
        return MaskCall((*within.inside, layer.name), (_outer(entering[0], within),))
    is_first = tensor.path in ((), (0,))
    if name in RECURRENT:
        wrapped = args.get("layer")
        args = wrapped.args if isinstance(wrapped, LayerValue) else args
        keeps = is_first and args.get("return_sequences") is True
        return _mask(entering[0], node, within) if keeps else None
    if name in ATTENTION | MULTI_HEAD:
        return _mask(entering[0], node, within) if is_first else None
    if name in JOIN or name == "Concatenate":
        return _merged(node, name, entering, within)
    return _mask(entering[0], node, within) if name in KEEPS else None


def _merged(node: Node, name: str, entering: list[Tensor], within: _Within) -> MaskCall | None:
    masks = [_mask(tensor, node, within) for tensor in entering]
    if not any(masks) or (name in JOIN and not all(masks)):
        return None
    if all(mask == masks[0] for mask in masks):
        return masks[0]
    assert node.layer is not None
    inputs = tuple(_outer(tensor, within) for tensor in entering)
    return MaskCall((*within.inside, node.layer.name), inputs, tuple(masks))


def _outer(tensor: Tensor, within: _Within) -> Tensor:
    """A tensor of the whole model: in a nested one, only what flows into it can be had."""
    if tensor.node in within.given:
        return within.given[tensor.node][0]
    if within.inside:
        raise NoSuchMask
    return tensor


def _nested(node: Node, graph: Graph, tensor: Tensor, within: _Within) -> MaskCall | None:
    assert node.layer is not None
    given = {
        declared.node: (_outer(flows, within), _mask(flows, node, within))
        for declared, flows in zip(graph.inputs.values(), tensors(node.inputs), strict=False)
    }
    name = tensor.path[0] if tensor.path else next(iter(graph.outputs))
    inside, way = (*within.inside, node.layer.name), (*within.way, node)
    inner = _Within(graph, given, inside, way, within.finds)
    return _mask(graph.outputs[str(name)], None, inner)
