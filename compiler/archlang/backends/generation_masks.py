"""Where the mask of a tensor comes from, as calls of `compute_mask`: plain tensors between encoder and decoder have none."""

from __future__ import annotations

from collections.abc import Sequence

from archlang.graph.decoding import Decoding, decoding
from archlang.graph.mask_rules import ATTENTION, JOIN, MULTI_HEAD, RECURRENT
from archlang.graph.masks import KEEPS
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
    looked_at = {
        (tensor.node, tensor.path)
        for node in decoding.nodes
        if node.layer is not None and node.layer.class_name in ATTENTION | MULTI_HEAD
        for tensor in tensors(node.inputs)
    }
    within = _Within(decoding.graph, {}, ())
    first = decoding.nodes[0]
    found = [(tensor, _mask(tensor, first, within)) for tensor in decoding.memory]
    return [(t, mask) for t, mask in found if mask is not None and (t.node, t.path) in looked_at]


def sees_mask(decoding: Decoding, node: Node, tensor: Tensor) -> bool:
    """Whether attention gets the mask of a tensor of the memory in the whole model."""
    return not _taken_off(decoding.nodes, tensor, node)


@record
class _Within:
    """A graph, what flows into it with its masks if it is a nested model, and the names that lead to it."""

    graph: Graph
    given: dict[Node, tuple[Tensor, MaskCall | None]]
    inside: tuple[str, ...]


def _taken_off(nodes: Sequence[Node], tensor: Tensor, before: Node) -> bool:
    """Whether Keras has taken the mask off a tensor: `MultiHeadAttention` takes those of its inputs off, so that what
    is called behind it finds none.
    """
    for node in nodes:
        if node is before:
            return False
        takes_off = node.layer is not None and node.layer.class_name == "MultiHeadAttention"
        taken = tensors(node.inputs)
        if takes_off and any(t.node is tensor.node and t.path == tensor.path for t in taken):
            return True
    return False


def _mask(tensor: Tensor, before: Node | None, within: _Within) -> MaskCall | None:
    """The mask of a tensor when the call `before` gets it, or the one behind the graph."""
    node = tensor.node
    if before is not None and _taken_off(within.graph.nodes, tensor, before):
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
    inner = _Within(graph, given, (*within.inside, node.layer.name))
    return _mask(graph.outputs[str(name)], None, inner)
