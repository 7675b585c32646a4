"""Making a block of selected lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from archlang.language_server.analysis import Analysis
from archlang.language_server.features.refactoring import (
    EXTRACT,
    Refactoring,
    Selected,
    dedented,
    indentation,
    indented,
    selected,
    with_replaced,
)
from archlang.records import mutable
from archlang.semantics.program import BodyInputRef, DimensionRef, Variable, VariableRef
from archlang.source import Span
from archlang.syntax import tree as t

_VALUES = frozenset(("parameter", "loop", "let"))
_TENSORS = frozenset(("tensor", "input", "tensor_parameter", "learned"))


@mutable
class _Names:
    """What selected lines use and bind."""

    free: dict[Variable, list[t.Name]] = field(default_factory=dict[Variable, "list[t.Name]"])
    bound: set[Variable] = field(default_factory=set[Variable])
    possible: bool = True


def extract_block(analysis: Analysis, start: int, end: int) -> Refactoring | None:
    """A block of the selected lines, used in their place; None where that is not possible."""
    found = selected(analysis, start, end) if start < end else None
    if found is None or not all(_may_move(statement) for statement in found.statements):
        return None
    names = _names(analysis, found)
    if not names.possible:
        return None
    last = found.statements[-1]
    used_later = {v for v in names.bound if _used_outside(analysis, found, v)}
    at_end = _targets(analysis, last)
    if not used_later <= at_end:
        return None
    entering = _entering(analysis, found, names)
    parameters = [v for v in names.free if v is not entering]
    name = _new_name(analysis)
    body = _body(analysis, found, names, entering, cut=bool(used_later))
    listed = ", ".join(
        v.name + (": tensor" if v.kind in _TENSORS else "") for v in _ordered(parameters)
    )
    header = f"block {name}({listed}) {{" if listed else f"block {name} {{"
    block = f"{header}\n{indented(body, '    ')}\n}}\n\n"
    call = name
    if parameters:
        call += f"({', '.join(v.name for v in _ordered(parameters))})"
    if entering is not None:
        call = f"{entering.name} -> {call}"
    if used_later and isinstance(last, t.FlowStatement):
        call += " as " + ", ".join(analysis.slice(target.span) for target in last.targets)
    above = _above(analysis, found.declaration)
    return Refactoring(
        f"Extract block from {_lines(analysis, found)}",
        EXTRACT,
        ((Span(analysis.path, above, above), block), (analysis.place(found.span), call)),
    )


def _may_move(statement: t.Statement) -> bool:
    """Whether a statement may stand in a block: none that speaks of the model as a whole."""
    refused = (t.InputDecl, t.OutputDecl, t.DataDecl, t.Require, t.Head, t.Missing)
    return not any(isinstance(node, refused) for node in t.walk(statement))


def _names(analysis: Analysis, found: Selected) -> _Names:
    """The names that come from outside, and those that are bound in the selection."""
    tables = analysis.program.tables
    result = _Names()
    for node in _inside(found):
        if isinstance(node, t.AsTarget) and (node in tables.outputs or node.append):
            target = tables.targets.get(node)
            # A list from outside, or an output of the model.
            if node in tables.outputs or target is None or not _is_inside(target.span, found):
                result.possible = False
        if isinstance(node, t.AsTarget | t.NameTarget):
            bound = tables.targets.get(node)
        elif isinstance(node, t.Let | t.Shared | t.Learned):
            bound = tables.statements.get(node)
        else:
            bound = None
        if bound is not None:
            if not _is_inside(bound.span, found):
                result.possible = False  # a name from outside is bound again
            result.bound.add(bound)
    for node in _inside(found):
        if not isinstance(node, t.Name):
            continue
        match tables.names.get(node):
            case VariableRef(variable=variable):
                if not _is_inside(variable.span, found):
                    result.free.setdefault(variable, []).append(node)
                    if variable.kind not in _VALUES | _TENSORS:
                        result.possible = False
            case BodyInputRef() | DimensionRef():
                result.possible = False
            case _:
                pass
    return result


def _inside(found: Selected) -> Iterator[t.Node]:
    for statement in found.statements:
        yield from t.walk(statement)


def _is_inside(span: Span, found: Selected) -> bool:
    whole = found.span
    return span.path == whole.path and whole.start <= span.start and span.end <= whole.end


def _used_outside(analysis: Analysis, found: Selected, variable: Variable) -> bool:
    tables = analysis.program.tables
    for node in t.walk(found.declaration):
        if _is_inside(node.span, found):
            continue
        if isinstance(node, t.Name):
            resolution = tables.names.get(node)
            if isinstance(resolution, VariableRef) and resolution.variable is variable:
                return True
        elif isinstance(node, t.AsTarget) and tables.targets.get(node) is variable:
            return True
    return False


def _targets(analysis: Analysis, statement: t.Statement) -> set[Variable]:
    if not isinstance(statement, t.FlowStatement):
        return set()
    found = [analysis.program.tables.targets.get(target) for target in statement.targets]
    return {variable for variable in found if variable is not None}


def _entering(analysis: Analysis, found: Selected, names: _Names) -> Variable | None:
    """The tensor that flows into the block, if the selection begins with a name rather than with what flows there."""
    named = (t.Let, t.Shared, t.Learned)
    first = next((each for each in found.statements if not isinstance(each, named)), None)
    if not isinstance(first, t.FlowStatement):
        return None
    begin = first.value.steps[0] if isinstance(first.value, t.Flow) else first.value
    while isinstance(begin, t.ListExpr | t.Subscript):
        if isinstance(begin, t.Subscript):
            begin = begin.value
            continue
        items = [i.steps[0] if isinstance(i, t.Flow) else i for i in begin.items]
        begun = [i for i in items if _variable(analysis, i) is not None]
        if not begun or len(begun) < len(items):
            return None
        begin = begun[0]
    variable = _variable(analysis, begin)
    return variable if variable in names.free else None


def _variable(analysis: Analysis, node: t.Node) -> Variable | None:
    resolution = analysis.program.tables.names.get(node)
    if isinstance(resolution, VariableRef) and resolution.variable.kind in _TENSORS:
        return resolution.variable
    return None


def _body(
    analysis: Analysis, found: Selected, names: _Names, entering: Variable | None, *, cut: bool
) -> str:
    """The text of the selected lines, moved to the left; without the names at its end where the use has them."""
    span = found.span
    text = analysis.slice(span)
    if entering is not None:
        places = [(node.span, "input") for node in names.free[entering]]
    else:
        places = []
    last = found.statements[-1]
    if cut and isinstance(last, t.FlowStatement):
        places.append((Span(span.path, last.value.span.end, span.end), ""))
    text = with_replaced(text, span.start, places)
    source = analysis.program.sources[span.path].text
    return dedented(text, indentation(source, span.start))


def _ordered(variables: list[Variable]) -> list[Variable]:
    """Tensors first, as the library's blocks have them."""
    return sorted(variables, key=lambda variable: variable.kind not in _TENSORS)


def _new_name(analysis: Analysis) -> str:
    taken = analysis.program.module.names
    name, number = "Extracted", 2
    while name in taken:
        name, number = f"Extracted{number}", number + 1
    return name


def _above(analysis: Analysis, declaration: t.Declaration) -> int:
    """Where the declaration begins with the comments directly above it."""
    text = analysis.text
    at = text.rfind("\n", 0, analysis.place(declaration.span).start) + 1
    while at > 0:
        above = text.rfind("\n", 0, at - 1) + 1
        if not text[above:at].startswith("#"):
            break
        at = above
    return at


def _lines(analysis: Analysis, found: Selected) -> str:
    count = len(found.statements)
    return "this statement" if count == 1 else f"these {count} statements"
