"""The calls around a cursor: what is called, and which parameter the cursor is at. By tokens, so also in broken statements."""

from __future__ import annotations

from archlang.language_server.analysis import Analysis
from archlang.language_server.features import scope
from archlang.language_server.features.cursor import Cursor, Opened
from archlang.language_server.features.signatures import (
    Callee,
    Param,
    find_callee,
    of_source,
    of_task_kind,
    of_word,
)
from archlang.records import record
from archlang.source import Span
from archlang.syntax import tree as t
from archlang.syntax.tokens import Token

_SETTING_SECTIONS = {"optimizer": ("optimizers",), "callbacks": ("callbacks",)}


@record
class CallAt:
    """A call around the cursor.

    `given` are the names of the parameters that have an argument, the cursor's own left out; `param` is the one at the cursor, None
    where none is left; `named` says that it stands there by its name.
    """

    callee: Callee
    opened: Opened
    given: frozenset[str]
    param: Param | None
    named: bool


def call_at(analysis: Analysis, cursor: Cursor) -> CallAt | None:
    """The innermost call around the cursor whose callee is known; brackets of lists in it are looked through."""
    for index in range(len(cursor.opened) - 1, 0, -1):
        opened = cursor.opened[index]
        if opened.kind == "{":
            return None
        if opened.owner == "call":
            return call_of(analysis, cursor, index)
    return None


def call_of(analysis: Analysis, cursor: Cursor, index: int) -> CallAt | None:
    """The call that a bracket opened, if its callee is known."""
    opened = cursor.opened[index]
    callee = _callee(analysis, cursor, index)
    if callee is None:
        return None
    given: set[str] = set()
    position = _first_position(callee, opened)
    params = callee.positional
    current: Param | None = None
    named = False
    last = len(opened.arguments) - 1
    for number, argument in enumerate(opened.arguments):
        name = name_of(argument)
        if name is not None:
            param = callee.param(name)
            named = number == last
        else:
            at = min(position, len(params) - 1) if params and params[-1].many else position
            param = params[at] if 0 <= at < len(params) else None
            position += 1
        if number == last:
            current = param
        elif param is not None:
            given.add(param.name)
    return CallAt(callee, opened, frozenset(given), current, named)


def name_of(argument: list[Token]) -> str | None:
    """The name that an argument is given by."""
    if len(argument) >= 2 and argument[1].type == "EQUAL":
        return argument[0].text
    return None


def _first_position(callee: Callee, opened: Opened) -> int:
    """Where the first positional argument goes: in an op, the flow fills the first parameter unless `_` stands somewhere."""
    if callee.kind != "ops":
        return 0
    placed = any(token.text == "_" for argument in opened.arguments for token in argument)
    return 0 if placed else 1


def _callee(analysis: Analysis, cursor: Cursor, index: int) -> Callee | None:
    opened = cursor.opened[index]
    outer = next((i for i in range(index - 1, -1, -1) if cursor.opened[i].owner == "call"), None)
    body = max(i for i in range(index) if cursor.opened[i].kind in ("", "{"))
    name = opened.callee
    if outer is not None and outer > body:
        around = call_of(analysis, cursor, outer)
        if around is not None and around.callee.kind == "source":
            return None
        section = around.param.section if around is not None and around.param is not None else None
        return _found(analysis, cursor, name, None if section is None else (section,))
    statement = cursor.opened[body].statement
    first = statement[0].text if statement else ""
    owner = cursor.opened[body].owner
    if owner in ("train", "phase"):
        if first in ("validation", "test"):
            return source_at(analysis, cursor, opened)
        return _found(analysis, cursor, name, _SETTING_SECTIONS.get(first))
    if first == "output" and len(statement) > 2 and statement[2].type == "COLON":
        return of_task_kind(name)
    if first == "data" and len(statement) > 1 and statement[1].type == "EQUAL":
        return source_at(analysis, cursor, opened)
    if first == "learned":
        return _found(analysis, cursor, name, ("initializers",))
    return _found(analysis, cursor, name, None)


def _found(
    analysis: Analysis, cursor: Cursor, name: str, sections: tuple[str, ...] | None
) -> Callee | None:
    if name in ("last", "after") and cursor.body.owner == "phase":
        return of_word(name)
    return find_callee(analysis, name, sections)


def source_at(analysis: Analysis, cursor: Cursor, opened: Opened) -> Callee | None:
    """The data source that a bracket belongs to, with the names that it maps."""
    first = opened.arguments[0]
    chosen = first[0].text if first else ""
    return of_source(opened.callee, names_of_data(analysis, cursor), chosen)


def names_of_data(analysis: Analysis, cursor: Cursor) -> tuple[str, ...]:
    """The inputs and outputs that the data of a declaration fills: its own, or those of the trained model's task."""
    at = Span(cursor.path, cursor.start, cursor.start)
    found: list[str] = []
    declaration = scope.enclosing(analysis, at)
    if isinstance(declaration, t.Train):
        for graph in analysis.graphs.values():
            if declaration.model is None or declaration.model.id == graph.name:
                found += [each.name for each in (*graph.task.given, *graph.task.outputs)]
    elif isinstance(declaration, t.Task | t.Model):
        members = declaration.members if isinstance(declaration, t.Task) else declaration.body
        found += [
            each.name.id
            for each in members
            if isinstance(each, t.InputDecl | t.OutputDecl) and each.name.id
        ]
    return tuple(dict.fromkeys(found))
