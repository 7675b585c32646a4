"""Masks as Keras carries them: from the layers that make them, through the calls in the order in which a model makes them.

Most calls find a mask on their tensors when the model runs. A call of one tensor that takes a mask (`LSTM`, a nested
model) is given the mask that was there when the model was built, which is then part of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archlang.catalogue import load
from archlang.graph.mask_rules import (
    ATTENTION,
    CONV_RECURRENT,
    JOIN,
    MULTI_HEAD,
    RECURRENT,
    UNKNOWN,
    MaskProblem,
    Use,
    check,
    concatenated,
    joined,
)
from archlang.graph.model import Graph, Node, Tensor, tensors
from archlang.graph.run_order import Call, MaskOp, run_order
from archlang.records import mutable, record
from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import Shape

# Layers that hand on the mask of what flows in (`supports_masking` in Keras; a test compares).
KEEPS = frozenset({
    "Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dense", "Dropout", "ELU",
    "GaussianDropout", "GaussianNoise", "GroupNormalization", "Identity", "LayerNormalization", "LeakyReLU",
    "Normalization", "PReLU", "ReLU", "Rescaling", "Softmax", "SpatialDropout1D", "SpatialDropout2D",
    "SpatialDropout3D", "TimeDistributed", "UnitNormalization",
})  # fmt: skip


# Layers with an argument `mask`.
_TAKES = (
    RECURRENT | CONV_RECURRENT | {"BatchNormalization", "GlobalAveragePooling1D", "Softmax", "TimeDistributed"}
)  # fmt: skip
# Layers that give the very tensor that they take, those of the second group when they don't train. What is done to the
# one is done to the other.
_SAME = frozenset({"ActivityRegularization", "Identity"})
_SAME_OUTSIDE_TRAINING = frozenset({
    "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D", "SpatialDropout2D",
    "SpatialDropout3D",
})  # fmt: skip


@record
class Masked:
    """The tensor has a mask of this shape, which `origin` made; `made` is the call that gives it."""

    origin: Node
    shape: Shape
    made: Call


@record
class Lost:
    """The mask that `origin` made was dropped by `at`."""

    origin: Node
    at: Node


State = Masked | Lost | None


@record
class Given:
    """One call: the calls of nested models that lead to it, what flows in, and the masks there when it is made."""

    inside: tuple[Node, ...]
    node: Node
    tensors: tuple[Tensor, ...]
    states: tuple[State, ...]


@mutable
class _Held:
    """What a tensor holds; results that are the same tensor share it."""

    state: State = None


_Places = dict[tuple[Node, tuple[int | str, ...]], _Held]


def has_masks(graph: Graph) -> bool:
    """Whether anything in a graph makes a mask, or is given one."""
    for node in graph.nodes:
        layer = node.layer
        if layer is not None and (
            _makes(class_name(node), layer.args)
            or "mask" in node.kwargs
            or (layer.graph is not None and has_masks(layer.graph))
        ):
            return True
    return False


class Walk:
    """Follows the masks through a graph, and through the models in it.

    `calls` are all calls in their order, `failing` those that fail on a mask.
    """

    def __init__(self, *, training: bool = False) -> None:
        self.calls: list[Given] = []
        self.failing: dict[Node, tuple[MaskProblem, Sequence[State]]] = {}
        self.took_off = False
        self.same = _SAME if training else _SAME | _SAME_OUTSIDE_TRAINING
        self.inside: tuple[Node, ...] = ()

    def graph(self, graph: Graph, given: Mapping[str, _Held] | None = None) -> dict[str, _Held]:
        """What the outputs hold, from what the inputs do, both by name."""
        held: _Places = {
            (tensor.node, ()): (given or {}).get(name) or _Held()
            for name, tensor in graph.inputs.items()
        }
        built = _built(graph)
        makers = {
            node: [state.made for state in states if isinstance(state, Masked)]
            for node, states in built.items()
        }
        for node in run_order(graph, makers):
            self._node(node, held, built.get(node))
        return {
            name: held.get((tensor.node, tensor.path)) or _Held()
            for name, tensor in graph.outputs.items()
        }

    def _node(self, node: Node, held: _Places, built: Sequence[State] | None) -> None:
        flowing = _flowing(node)
        taken = [held.get((tensor.node, tensor.path)) or _Held() for tensor in flowing]
        if node.layer is not None and node.layer.graph is not None:
            for one, state in zip(taken, built or (), strict=False):
                one.state = state or one.state
        found = [one.state for one in taken] if built is None else list(built)
        self.calls.append(Given(self.inside, node, tuple(flowing), tuple(found)))
        if node.layer is not None and node.layer.graph is not None:
            self._nested(node, node.layer.graph, list(zip(flowing, taken, strict=True)), held)
            return
        name = class_name(node)
        states = leaving(node, name, flowing, found, self.failing)
        for tensor, state in zip(tensors(node.outputs), states, strict=True):
            key = (node, tensor.path)
            if self._is_same(node, name) and _kept_type(flowing[0], tensor):
                held[key] = taken[0]
            else:
                held[key] = _Held(state)
        if name == "MultiHeadAttention":
            self._take_off(node, flowing, taken)

    def _nested(
        self, node: Node, inner: Graph, taken: list[tuple[Tensor, _Held]], held: _Places
    ) -> None:
        """A call of a model: what is done to its inputs is done to the tensors that flow in."""
        given: dict[str, _Held] = {}
        for (name, declared), (tensor, one) in zip(inner.inputs.items(), taken, strict=False):
            given[name] = one if _kept_type(tensor, declared) else _Held(one.state)
        self.inside = (*self.inside, node)
        found = self.graph(inner, given)
        self.inside = self.inside[:-1]
        for tensor in tensors(node.outputs):
            name = tensor.path[0] if tensor.path else next(iter(found), "")
            held[node, tensor.path] = found.get(str(name)) or _Held()

    def _is_same(self, node: Node, name: str) -> bool:
        """Whether a layer gives the tensor that it takes."""
        linear = name == "Activation" and _args(node).get("activation") in ("linear", None)
        return name in self.same or linear

    def _take_off(self, node: Node, flowing: list[Tensor], taken: list[_Held]) -> None:
        """Keras's attention takes the masks off the tensors that it is given, unless it has to cast them."""
        result = next(tensors(node.outputs), None)
        for tensor, one in zip(flowing, taken, strict=True):
            if isinstance(one.state, Masked) and result is not None and _kept_type(tensor, result):
                one.state = Lost(one.state.origin, node)
                self.took_off = True


def _built(graph: Graph) -> dict[Node, list[State]]:
    """The masks that calls are given when the model is built. Nothing takes masks off then, and nested models give none."""
    found: dict[tuple[Node, tuple[int | str, ...]], State] = {}
    given: dict[Node, list[State]] = {}
    for node in graph.nodes:
        if node.kind == "input":
            continue
        flowing = _flowing(node)
        entering: list[State] = []
        for tensor in flowing:
            state = found.get((tensor.node, tensor.path))
            entering.append(state if isinstance(state, Masked) else None)
        if any(entering) and _is_given(node, flowing):
            given[node] = entering
        nested = node.layer is not None and node.layer.graph is not None
        name = class_name(node)
        if nested or name == "ReversibleEmbedding":
            continue
        states = leaving(node, name, flowing, entering, {})
        for tensor, state in zip(tensors(node.outputs), states, strict=True):
            found[node, tensor.path] = state
    return given


def _is_given(node: Node, flowing: list[Tensor]) -> bool:
    """Whether a call is given the masks that are there when the model is built, so that they become a part of it."""
    if node.layer is None or node.kwargs:
        return False
    if node.layer.graph is not None:
        return True
    result = next(tensors(node.outputs), None)
    takes = class_name(node) in _TAKES and isinstance(node.inputs, Tensor)
    return takes and result is not None and _kept_type(flowing[0], result)


def leaving(
    node: Node,
    name: str,
    flowing: list[Tensor],
    entering: list[State],
    failing: dict[Node, tuple[MaskProblem, Sequence[State]]],
) -> list[State]:
    """What each result of a call holds."""
    written = node.kwargs.get("mask")
    if isinstance(written, Tensor) and entering and name not in ATTENTION:
        first = Masked(written.node, written.spec.shape or UNKNOWN, written.node)
        entering = [first, *entering[1:]]
    shape = _shape(node, name, flowing, entering, failing)
    count = len(list(tensors(node.outputs)))
    return [_leaving(node, name, flowing, entering, index, shape) for index in range(count)]


def _shape(
    node: Node,
    name: str,
    flowing: list[Tensor],
    entering: list[State],
    failing: dict[Node, tuple[MaskProblem, Sequence[State]]],
) -> Shape | None:
    """The shape of the mask that a merge hands on; a mask that fails is noted."""
    masks = [state.shape if isinstance(state, Masked) else None for state in entering]
    if node.layer is None or not any(mask is not None for mask in masks):
        return None
    entry = load().get("layers", name)
    args = {**(entry.defaults() if entry is not None else {}), **node.layer.args}
    outputs = [tensor.spec for tensor in tensors(node.outputs)]
    use = Use(name, args, [t.spec for t in flowing], masks, outputs, node.kwargs)
    try:
        check(use)
        if name in JOIN:
            return joined(use)
        return concatenated(use) if name == "Concatenate" else None
    except MaskProblem as problem:
        failing.setdefault(node, (problem, entering))
        return UNKNOWN


def _flowing(node: Node) -> list[Tensor]:
    return [t for nested in (node.inputs, list(node.args)) for t in tensors(nested)]


def _args(node: Node) -> Mapping[str, Any]:
    return node.layer.args if node.layer is not None else {}


def _kept_type(given: Tensor, wanted: Tensor) -> bool:
    """Whether a tensor is taken as it is; of another dtype, it is copied."""
    return given.spec.dtype == wanted.spec.dtype


def class_name(node: Node) -> str:
    """The class of Keras's layer that is called, by its first name; nothing for other calls."""
    if node.layer is None or node.layer.kind != "layers":
        return ""
    entry = load().get("layers", node.layer.class_name)
    return node.layer.class_name if entry is None else entry.alias_of or entry.name


def _leaving(
    node: Node,
    name: str,
    flowing: list[Tensor],
    entering: list[State],
    index: int,
    shape: Shape | None,
) -> State:
    args = _args(node)
    if _makes(name, args) and flowing:
        there, op = flowing[0].spec.shape, MaskOp((flowing[0].node,))
        if name == "Masking":
            return Masked(node, UNKNOWN if there is None else there[:-1], MaskOp((op,)))
        return Masked(node, UNKNOWN if there is None else there, op)
    first = entering[0] if entering else None
    if name in RECURRENT:
        # States have no time axis; without sequences the steps are used up.
        kept = index <= (1 if args.get("merge_mode", "concat") is None else 0)
        inner = args.get("layer")
        if isinstance(inner, LayerValue):
            args = inner.args
        return first if args.get("return_sequences") is True and kept else None
    if name == "GlobalAveragePooling1D":
        return None
    if name in ATTENTION or name in MULTI_HEAD:
        return first if index == 0 else None
    masked = next((s for s in entering if isinstance(s, Masked)), None)
    if name == "Concatenate":
        if masked is not None:
            made = _concatenate(flowing, entering)
            return Masked(masked.origin, UNKNOWN if shape is None else shape, made)
        return _any_lost(entering)
    if name in JOIN:
        if masked is not None and all(isinstance(s, Masked) for s in entering):
            made = masked.made
            for other in entering[1:]:
                assert isinstance(other, Masked)
                made = MaskOp((made, other.made))
            return Masked(masked.origin, UNKNOWN if shape is None else shape, made)
        gone = _any_lost(entering)
        return Lost(masked.origin, node) if masked is not None and gone is None else gone
    if name in KEEPS:
        return first
    if masked is not None:
        return Lost(masked.origin, node)
    return _any_lost(entering)


def _any_lost(entering: list[State]) -> State:
    return next((state for state in entering if isinstance(state, Lost)), None)


def _concatenate(flowing: list[Tensor], entering: list[State]) -> MaskOp:
    """Each mask laid over its tensor, which holds 1 everywhere without one; then put together."""
    parts: list[MaskOp] = []
    for tensor, state in zip(flowing, entering, strict=True):
        of_tensor = MaskOp((tensor.node,))
        parts.append(of_tensor)
        if isinstance(state, Masked):
            parts[-1] = MaskOp((MaskOp((state.made,)), of_tensor))
    return MaskOp((MaskOp(tuple(parts)),))


def _makes(name: str, args: Mapping[str, Any]) -> bool:
    """Whether a layer makes a mask."""
    return name == "Masking" or (
        name in ("Embedding", "ReversibleEmbedding") and args.get("mask_zero") is True
    )
