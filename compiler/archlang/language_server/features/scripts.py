"""The Python script of a model as it would be written now, and which of its lines comes from where in the spec."""

from __future__ import annotations

import re

from archlang import api
from archlang.backends.python.line_map import Places, line_map
from archlang.language_server.analysis import Analysis
from archlang.records import record
from archlang.source import Span
from archlang.syntax import tree as t

_CONSTANT = re.compile(r"([A-Z][A-Z_0-9]*) = ")
_FUNCTION = re.compile(r"def (\w+)\(")


@record
class Script:
    """A script with the places of its lines, by their number from 0; spans are placed. Without a text `problem` says why."""

    model: str
    text: str | None
    lines: dict[int, Span]
    problem: str | None = None


def models(analysis: Analysis) -> list[str]:
    """The models of the file, in the order in which they stand."""
    return [
        declaration.name.id
        for declaration in analysis.program.module.tree.declarations
        if isinstance(declaration, t.Model | t.Variant)
    ]


def model_at(analysis: Analysis, offset: int | None, wanted: str | None = None) -> str | None:
    """The model around an offset; else the one that is `wanted`, else the first that is for a task."""
    names = models(analysis)
    if offset is not None:
        declaration = analysis.declaration_at(offset)
        if isinstance(declaration, t.Model | t.Variant) and declaration.name.id in names:
            return declaration.name.id
    if wanted in names:
        return wanted
    declarations = analysis.program.module.tree.declarations
    for declaration in declarations:
        if isinstance(declaration, t.Model) and declaration.task is not None:
            return declaration.name.id
    return names[0] if names else None


def script_of(analysis: Analysis, model: str) -> Script:
    """The script of a model."""
    places: Places = {}
    try:
        text = api.to_python(analysis.checked, model, places=places)
    except api.CompileError:
        count = sum(problem.is_error for problem in analysis.checked.diagnostics)
        says = "1 error" if count == 1 else f"{count} errors"
        reason = f"the spec has {says}" if count else f"no script can be written for {model} yet"
        return Script(model, None, {}, reason)
    lines = {row: analysis.place(span) for row, span in line_map(text, places).items()}
    for row, span in _around(analysis, text, model).items():
        lines.setdefault(row, analysis.place(span))
    return Script(model, text, lines)


def _around(analysis: Analysis, text: str, model: str) -> dict[int, Span]:
    """The places of what stands around the functions that build: constants, and what reads data and trains."""
    constants: dict[str, Span] = {}
    functions: dict[str, Span] = {}
    graph = analysis.graphs.get(model)
    for module in analysis.program.modules.values():
        for declaration in module.tree.declarations:
            match declaration:
                case t.Let():
                    constants.setdefault(declaration.name.id.upper(), declaration.span)
                case t.Task() if graph is not None and declaration.name.id == graph.task.name:
                    for member in declaration.members:
                        if isinstance(member, t.DataDecl):
                            functions["load_data"] = member.span
                case t.Train() if declaration.model is None or declaration.model.id == model:
                    if module is analysis.program.module:
                        functions |= dict.fromkeys(("train", "parse_arguments"), declaration.span)
                        for setting in declaration.settings:
                            constants.setdefault(setting.name.id.upper(), setting.span)
                case _:
                    pass
    found: dict[int, Span] = {}
    for row, line in enumerate(text.split("\n")):
        for pattern, spans in ((_CONSTANT, constants), (_FUNCTION, functions)):
            match = pattern.match(line)
            if match is not None and match[1] in spans:
                found[row] = spans[match[1]]
    return found
