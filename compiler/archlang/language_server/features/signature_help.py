"""Signature help: the call around the cursor, and the argument that it is at."""

from __future__ import annotations

from archlang.language_server.analysis import Analysis
from archlang.language_server.features.calls_at import call_at
from archlang.language_server.features.cursor import cursor_at
from archlang.language_server.features.documentation import argument, summary
from archlang.language_server.features.signatures import Callee, Param, shown
from archlang.records import record

TRIGGERS = ("(", ",")
RETRIGGERS = ("=", ")")


@record
class Part:
    """A parameter: where it stands in the label, and its documentation."""

    start: int
    end: int
    doc: str


@record
class Help:
    """A call: how it is written, its parameters, and which of them is meant (None: none is left)."""

    label: str
    doc: str
    parts: tuple[Part, ...]
    active: int | None


def signature_help(analysis: Analysis, offset: int) -> Help | None:
    """The innermost call around an offset whose callee is known; None outside of calls."""
    cursor = cursor_at(analysis, offset)
    if cursor.in_comment:
        return None
    call = call_at(analysis, cursor)
    if call is None:
        return None
    params = _shown(call.callee, call.param)
    label = f"{call.callee.name}("
    parts: list[Part] = []
    for index, param in enumerate(params):
        label += ", " if index else ""
        text = shown(param)
        parts.append(Part(len(label), len(label) + len(text), argument(call.callee, param)))
        label += text
    active = next((i for i, param in enumerate(params) if param is call.param), None)
    # A name that is still being typed: the argument that begins so, if there is only one.
    if not call.named and cursor.prefix and cursor.inner is call.opened:
        begun = [i for i, param in enumerate(params) if param.name == cursor.prefix]
        active = begun[0] if begun else active
    return Help(f"{label})", summary(call.callee.doc), tuple(parts), active)


def _shown(callee: Callee, current: Param | None) -> list[Param]:
    """The parameters of the signature, and the one at the cursor if it is none of those."""
    own = [
        param
        for param in callee.params
        if param.by_position or callee.kind not in ("layers", "applications", "optimizers")
    ]
    return own if current is None or current in own else [*own, current]
