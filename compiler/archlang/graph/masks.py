"""Masks as Keras carries them at run time, and a warning where one is lost before a layer that would have used it.

`Embedding(mask_zero=True)` and `Masking` mark the steps that are padding. Layers that know of masks hand them on
or use them up; all others drop them, with a warning of Keras's only when the model runs, ops and slices without any.
"""

from __future__ import annotations

from collections.abc import Sequence

from archlang.diagnostics import Diagnostic, Label, error, warning
from archlang.graph.mask_flow import Lost, Masked, State, Walk, class_name, has_masks
from archlang.graph.mask_rules import ATTENTION, MULTI_HEAD, RECURRENT, MaskProblem
from archlang.graph.model import Graph, Node
from archlang.graph.refusals import path_notes

USES_MASK = RECURRENT | ATTENTION | MULTI_HEAD | {"GlobalAveragePooling1D"}


def lost_masks(graph: Graph) -> list[Diagnostic]:
    """An error for each mask that fails when the model runs, and a warning for each place that drops a mask which a later
    layer would have used.
    """
    if not has_masks(graph):
        return []
    walk = Walk()
    walk.graph(graph)
    found = _problems(walk)
    if walk.took_off:
        # While training fewer tensors are the same one, and more masks are there that may fail.
        training = Walk(training=True)
        training.graph(graph)
        found = {**_problems(training), **found}
    return list(found.values())


def _problems(walk: Walk) -> dict[Node, Diagnostic]:
    found = {
        node: _failing(problem, node, states) for node, (problem, states) in walk.failing.items()
    }
    for call in walk.calls:
        if class_name(call.node) in USES_MASK:
            for state in call.states:
                if isinstance(state, Lost):
                    found.setdefault(state.at, _warning(state, call.node))
    return found


def _failing(problem: MaskProblem, node: Node, entering: Sequence[State]) -> Diagnostic:
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
    takes_off = by == "MultiHeadAttention"
    return warning(
        "W1307",
        f"the mask of the padding is lost here, and `{what}` would have used it",
        state.at.span,
        label=f"`{by}` takes the mask off what it is given"
        if takes_off
        else f"`{by}` drops the mask",
        labels=(
            Label(state.origin.span, "the mask begins here"),
            *((Label(user.span, "would have used it"),) if user.span != state.at.span else ()),
        ),
        notes=path_notes(state.at.path),
        help=_KEEP_ANOTHER
        if takes_off
        else "padding is then read as data; use a layer that keeps masks, or leave the mask out",
    )


_KEEP_ANOTHER = (
    "what is called behind it finds no mask; give it a tensor of its own: `LayerNormalization -> MultiHeadAttention(…)`, or "
    "`Rescaling(1.0)` before it"
)
