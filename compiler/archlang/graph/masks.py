"""Masks as Keras carries them at run time, and a warning where one is lost before a layer that would have used it.

`Embedding(mask_zero=True)` and `Masking` mark the steps that are padding. Layers that know of masks hand them on
or use them up; all others drop them, with a warning of Keras's only when the model runs, ops and slices without any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archlang.catalogue import load
from archlang.diagnostics import Diagnostic, Label, error, warning
from archlang.graph.mask_rules import (
    ATTENTION,
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
from archlang.graph.refusals import path_notes
from archlang.records import record
from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import Shape

USES_MASK = RECURRENT | ATTENTION | MULTI_HEAD | {"GlobalAveragePooling1D"}
# Layers that hand on the mask of what flows in (`supports_masking` in Keras; a test compares).
KEEPS = frozenset({
    "Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dense", "Dropout", "ELU",
    "GaussianDropout", "GaussianNoise", "GroupNormalization", "Identity", "LayerNormalization", "LeakyReLU",
    "Normalization", "PReLU", "ReLU", "Rescaling", "Softmax", "SpatialDropout1D", "SpatialDropout2D",
    "SpatialDropout3D", "TimeDistributed", "UnitNormalization",
})  # fmt: skip


@record
class Masked:
    """The tensor has a mask of this shape, which `origin` made."""

    origin: Node
    shape: Shape


@record
class Lost:
    """The mask that `origin` made was dropped by `at`."""

    origin: Node
    at: Node


State = Masked | Lost | None


def lost_masks(graph: Graph) -> list[Diagnostic]:
    """An error for each mask that fails when the model runs, and a warning for each place that drops a mask which a later
    layer would have used.
    """
    walk = _Walk()
    walk.graph(graph, {})
    return list(walk.found.values())


class _Walk:
    """Follows the masks through a graph, and through the models in it."""

    def __init__(self) -> None:
        self.found: dict[Node, Diagnostic] = {}

    def graph(self, graph: Graph, given: Mapping[str, State]) -> dict[str, State]:
        """The masks of the outputs, from those of the inputs, both by name."""
        states: dict[tuple[Node, tuple[int | str, ...]], State] = {}
        for name, tensor in graph.inputs.items():
            states[tensor.node, ()] = given.get(name)
        for node in graph.nodes:
            if node.kind != "input":
                self._node(node, states)
        return {
            name: states.get((tensor.node, tensor.path)) for name, tensor in graph.outputs.items()
        }

    def _node(self, node: Node, states: dict[Any, State]) -> None:
        flowing = [t for nested in (node.inputs, list(node.args)) for t in tensors(nested)]
        entering = [states.get((tensor.node, tensor.path)) for tensor in flowing]
        layer = node.layer
        if layer is not None and layer.graph is not None:
            inner = layer.graph
            found = self.graph(inner, dict(zip(inner.inputs, entering, strict=False)))
            for tensor in tensors(node.outputs):
                name = tensor.path[0] if tensor.path else next(iter(found), "")
                states[node, tensor.path] = found.get(str(name))
            return
        name = _class_name(node)
        if name in USES_MASK:
            for state in entering:
                if isinstance(state, Lost) and state.at not in self.found:
                    self.found[state.at] = _warning(state, node)
        shape = self._shape(node, name, flowing, entering)
        for index, tensor in enumerate(tensors(node.outputs)):
            states[node, tensor.path] = _leaving(node, name, flowing, entering, index, shape)

    def _shape(
        self, node: Node, name: str, flowing: list[Tensor], entering: list[State]
    ) -> Shape | None:
        """The shape of the mask that a merge hands on; a mask that fails is reported."""
        masks = [state.shape if isinstance(state, Masked) else None for state in entering]
        written = node.kwargs.get("mask")
        if isinstance(written, Tensor) and masks:
            masks[0] = written.spec.shape or UNKNOWN
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
            self.found.setdefault(node, _failing(problem, node, entering))
            return UNKNOWN


def _class_name(node: Node) -> str:
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
    args = node.layer.args if node.layer is not None else {}
    if name == "Masking" or (
        name in ("Embedding", "ReversibleEmbedding") and args.get("mask_zero") is True
    ):
        there = flowing[0].spec.shape if flowing else None
        if there is None:
            return Masked(node, UNKNOWN)
        return Masked(node, there[:-1] if name == "Masking" else there)
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
            return Masked(masked.origin, UNKNOWN if shape is None else shape)
        return _any_lost(entering)
    if name in JOIN:
        if masked is not None and all(isinstance(s, Masked) for s in entering):
            return Masked(masked.origin, UNKNOWN if shape is None else shape)
        return Lost(masked.origin, node) if masked is not None else _any_lost(entering)
    if name in KEEPS:
        return first
    if masked is not None:
        return Lost(masked.origin, node)
    return _any_lost(entering)


def _any_lost(entering: list[State]) -> State:
    return next((state for state in entering if isinstance(state, Lost)), None)


def _failing(problem: MaskProblem, node: Node, entering: list[State]) -> Diagnostic:
    origins = {state.origin.span: state for state in entering if isinstance(state, Masked)}
    return error(
        "E0335",
        problem.message,
        node.span,
        label="fails here when the model runs",
        labels=tuple(Label(span, "the mask begins here") for span in origins if span != node.span),
        notes=path_notes(node.path),
        help=problem.help,
    )


def _warning(state: Lost, user: Node) -> Diagnostic:
    what = user.layer.class_name if user.layer is not None else "a later layer"
    by = (
        state.at.layer.class_name
        if state.at.layer is not None
        else f"ops.{state.at.op}"
        if state.at.op
        else "a slice"
    )
    return warning(
        "W1307",
        f"the mask of the padding is lost here, and `{what}` would have used it",
        state.at.span,
        label=f"`{by}` drops the mask",
        labels=(
            Label(state.origin.span, "the mask begins here"),
            *((Label(user.span, "would have used it"),) if user.span != state.at.span else ()),
        ),
        notes=path_notes(state.at.path),
        help="padding is then read as data; use a layer that keeps masks, or leave the mask out",
    )
