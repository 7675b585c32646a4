"""Putting the stack of a block in the place of one of its uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archlang.language_server.analysis import Analysis
from archlang.language_server.features.refactoring import (
    INLINE,
    Refactoring,
    dedented,
    indentation,
    indented,
    with_replaced,
)
from archlang.semantics.program import BodyInputRef, BuiltinRef, SymbolRef, Variable, VariableRef
from archlang.source import Span, file_of
from archlang.syntax import tree as t

_ATOMS = (
    t.Constant,
    t.Name,
    t.Dotted,
    t.Call,
    t.ListExpr,
    t.TupleExpr,
    t.Subscript,
    t.Comprehension,
)
_ENTERING = "entering"


def inline_block(analysis: Analysis, offset: int) -> Refactoring | None:
    """The use of a block at an offset replaced by what the block does; None where that is not possible."""
    path = analysis.path_at(offset)
    step = _use(analysis, path)
    if step is None:
        return None
    block, use = step
    given = _arguments(analysis, block, use)
    declaration = path[0]
    if given is None or not isinstance(declaration, t.Model | t.Block) or not block.body:
        return None
    if not _names_are_free(analysis, block, declaration) or not _same_file_names(analysis, block):
        return None
    body = _body(analysis, block, given)
    if body is None:
        return None
    statement = next((n for n in reversed(path) if isinstance(n, t.FlowStatement)), None)
    if statement is None or any(isinstance(node, t.Shared) for node in path):
        return None
    place = analysis.place(use.span)
    indent = indentation(analysis.text, place.start)
    alone = statement.value is use and not statement.targets and _begins_line(analysis, place)
    if alone:
        text = indented(body, indent, but_first=True)
    else:
        text = "{\n" + indented(body, indent + "    ") + f"\n{indent}}}"
    return Refactoring(f"Inline block `{block.name.id}` here", INLINE, ((place, text),))


def _use(analysis: Analysis, path: Sequence[t.Node]) -> tuple[t.Block, t.Call | t.Name] | None:
    """The block whose name is the innermost node of the way, and its use as a step."""
    if not path or not isinstance(path[-1], t.Name):
        return None
    name = path[-1]
    resolution = analysis.program.tables.names.get(name)
    if not isinstance(resolution, SymbolRef) or not isinstance(
        resolution.symbol.declaration, t.Block
    ):
        return None
    above = path[-2] if len(path) > 1 else None
    if isinstance(above, t.Call) and above.callee is name:
        # As a value (`TimeDistributed(Block())`) it can't be replaced.
        inside = any(isinstance(node, t.Argument) for node in path[:-2])
        return None if inside else (resolution.symbol.declaration, above)
    if isinstance(above, t.Argument) or any(isinstance(node, t.Argument) for node in path):
        return None
    return resolution.symbol.declaration, name


def _arguments(
    analysis: Analysis, block: t.Block, use: t.Call | t.Name
) -> dict[Variable, t.Expr] | None:
    """What stands for each parameter; None where one is missing, or is no name where a tensor is."""
    tables = analysis.program.tables
    bound = tables.calls.get(use) if isinstance(use, t.Call) else None
    written: Mapping[str, t.Argument] = {} if bound is None else bound.constructor
    if set(written) - {p.name.id for p in block.parameters}:
        return None  # `name=`
    found: dict[Variable, t.Expr] = {}
    for parameter in block.parameters:
        variable = tables.parameters.get(parameter)
        argument = written.get(parameter.name.id)
        value = parameter.default if argument is None else argument.value
        if variable is None or value is None or isinstance(value, t.Missing):
            return None
        if parameter.is_tensor and not isinstance(value, t.Name):
            return None
        if any(isinstance(node, t.Name) and node.id == "_" for node in t.walk(value)):
            return None  # what flows is another tensor inside
        found[variable] = value
    return found


def _names_are_free(analysis: Analysis, block: t.Block, around: t.Model | t.Block) -> bool:
    """Whether no name that the block binds means something where it is used."""
    variables = analysis.program.tables.variables
    bound = {
        v.name for v in variables.get(block, []) if v.kind not in ("parameter", "tensor_parameter")
    }
    taken = {v.name for v in variables.get(around, [])} | set(analysis.program.module.names)
    if isinstance(around, t.Model):
        taken |= set(analysis.program.tables.inputs.get(around, {}))
        graph = analysis.graphs.get(around.name.id)
        taken |= set() if graph is None else {output.name for output in graph.task.outputs}
    if any(
        isinstance(analysis.program.tables.names.get(n), BodyInputRef) for n in t.walk(block.body)
    ):
        bound.add(_ENTERING)
    return not bound & taken


def _same_file_names(analysis: Analysis, block: t.Block) -> bool:
    """Whether every declaration that the block names is known by that name in this file."""
    names = analysis.program.module.names
    for node in t.walk((block.body, block.parameters)):
        resolution = analysis.program.tables.names.get(node)
        if isinstance(resolution, SymbolRef) and isinstance(node, t.Name):
            known = names.get(node.id)
            if known is None or known.declaration is not resolution.symbol.declaration:
                return False
    return True


def _body(analysis: Analysis, block: t.Block, given: Mapping[Variable, t.Expr]) -> str | None:
    """The text of a block's stack with arguments in the place of parameters."""
    tables = analysis.program.tables
    places: list[tuple[Span, str]] = []
    enters = False
    whole = {node.value for node in t.walk(block.body) if isinstance(node, t.Argument)}
    for node in t.walk(block.body):
        resolution = tables.names.get(node)
        if isinstance(node, t.Missing):
            return None
        if isinstance(resolution, BuiltinRef) and resolution.name in ("params", "macs"):
            return None  # they would be those of what stands around
        if isinstance(resolution, VariableRef) and resolution.variable in given:
            value = given[resolution.variable]
            text = analysis.program.sources[value.span.path].slice(value.span)
            # An argument by itself needs no parentheses.
            alone = node in whole or isinstance(value, _ATOMS)
            places.append((node.span, text if alone else f"({text})"))
        elif isinstance(resolution, BodyInputRef):
            enters = True
            places.append((node.span, _ENTERING))
    first, last = block.body[0].span, block.body[-1].span
    source = (
        analysis.program.sources.get(first.path) or analysis.program.sources[file_of(first.path)]
    )
    text = with_replaced(source.text[first.start : last.end], first.start, places)
    text = dedented(text, indentation(source.text, first.start))
    return f"_ as {_ENTERING}\n{text}" if enters else text


def _begins_line(analysis: Analysis, place: Span) -> bool:
    line = analysis.text.rfind("\n", 0, place.start) + 1
    return not analysis.text[line : place.start].strip()
