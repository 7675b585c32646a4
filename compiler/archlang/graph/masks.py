"""Masks as Keras carries them at run time, and a warning where one is lost before a layer that would have used it.

`Embedding(mask_zero=True)` and `Masking` mark the steps that are padding. Layers that know of masks hand them on
or use them up; all others drop them, with a warning of Keras's only when the model runs, ops and slices without any.
"""

from __future__ import annotations

from archlang.diagnostics import Diagnostic, Label, warning
from archlang.graph.model import Graph, Node, Tensor, tensors
from archlang.graph.refusals import path_notes
from archlang.records import record
from archlang.shapes.rule import LayerValue

RECURRENT = frozenset(
    {"LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Bidirectional"}
)
ATTENTION = frozenset(
    {"Attention", "AdditiveAttention", "MultiHeadAttention", "GroupQueryAttention"}
)
USES_MASK = RECURRENT | ATTENTION | {"GlobalAveragePooling1D"}
MERGES = frozenset({"Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"})
# Layers that hand on the mask of what flows in (`supports_masking` in Keras; a test compares).
KEEPS = frozenset({
    "Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dense", "Dropout", "ELU",
    "GaussianDropout", "GaussianNoise", "GroupNormalization", "Identity", "LayerNormalization", "LeakyReLU",
    "Normalization", "PReLU", "ReLU", "Rescaling", "Softmax", "SpatialDropout1D", "SpatialDropout2D",
    "SpatialDropout3D", "TimeDistributed", "UnitNormalization",
})  # fmt: skip


@record
class Masked:
    """The tensor has a mask, which `origin` made."""

    origin: Node


@record
class Lost:
    """The mask that `origin` made was dropped by `at`."""

    origin: Node
    at: Node


State = Masked | Lost | None


def lost_masks(graph: Graph) -> list[Diagnostic]:
    """A warning for each place that drops a mask which a later layer would have used."""
    states: dict[tuple[Node, tuple[int | str, ...]], State] = {}
    found: dict[Node, Diagnostic] = {}

    def of(tensor: Tensor) -> State:
        return states.get((tensor.node, tensor.path))

    for node in graph.nodes:
        entering = [
            of(tensor) for nested in (node.inputs, list(node.args)) for tensor in tensors(nested)
        ]
        name = (
            node.layer.class_name if node.layer is not None and node.layer.kind == "layers" else ""
        )
        if name in USES_MASK:
            for state in entering:
                if isinstance(state, Lost) and state.at not in found:
                    found[state.at] = _warning(state, node)
        if name == "Softmax" and entering and isinstance(entering[0], Masked):
            found.setdefault(node, _too_narrow(node, entering[0]))
        for index, tensor in enumerate(tensors(node.outputs)):
            states[node, tensor.path] = _leaving(node, name, entering, index)
    return list(found.values())


def _leaving(node: Node, name: str, entering: list[State], index: int) -> State:
    args = node.layer.args if node.layer is not None else {}
    if (
        name in ("Embedding", "ReversibleEmbedding") and args.get("mask_zero") is True
    ) or name == "Masking":
        return Masked(node)
    first = entering[0] if entering else None
    if name in RECURRENT:
        inner = args.get("layer")
        if isinstance(inner, LayerValue):
            args = inner.args
        # States have no time axis; without sequences the steps are used up.
        return first if args.get("return_sequences") is True and index == 0 else None
    if name == "GlobalAveragePooling1D":
        return None
    if name in ATTENTION:
        return first if index == 0 else None
    if name == "Concatenate":
        return next((s for s in entering if isinstance(s, Masked)), _any_lost(entering))
    if name in MERGES:
        if entering and all(isinstance(s, Masked) for s in entering):
            return first
        masked = next((s for s in entering if isinstance(s, Masked)), None)
        return Lost(masked.origin, node) if masked is not None else _any_lost(entering)
    if name in KEEPS:
        return first
    masked = next((s for s in entering if isinstance(s, Masked)), None)
    if masked is not None:
        return Lost(masked.origin, node)
    return _any_lost(entering)


def _any_lost(entering: list[State]) -> State:
    return next((state for state in entering if isinstance(state, Lost)), None)


def _too_narrow(node: Node, mask: Masked) -> Diagnostic:
    return warning(
        "W1331",
        "`Softmax` lays the mask of the padding over all that flows in, and fails when it runs",
        node.span,
        label="the mask has an axis less",
        labels=(Label(mask.origin.span, "the mask begins here"),),
        notes=path_notes(node.path),
        help="`Activation(softmax)` hands the mask on",
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
