"""Warnings about names that are bound and never used."""

from __future__ import annotations

from archlang.diagnostics import Diagnostic
from archlang.semantics import errors
from archlang.semantics.program import Program
from archlang.source import file_of
from archlang.syntax import tree as t

_DESCRIBED = {
    "tensor": "tensor", "let": "constant", "list": "list", "shared": "shared layer",
    "learned": "learned tensor", "parameter": "parameter", "tensor_parameter": "parameter",
}  # fmt: skip


def unused_names(program: Program) -> list[Diagnostic]:
    """A warning for each name of the file asked for that nothing uses."""
    return [*_unused_variables(program), *_unused_symbols(program)]


def _unused_variables(program: Program) -> list[Diagnostic]:
    path = program.module.tree.source.path
    return [
        errors.unused(variable.name, variable.span, _DESCRIBED[variable.kind])
        for owner, variables in program.tables.variables.items()
        if file_of(owner.span.path) == path
        for variable in variables
        if not variable.uses and variable.kind in _DESCRIBED
    ]


def _unused_symbols(program: Program) -> list[Diagnostic]:
    main = program.module
    # In a file without models, blocks are there for others to import.
    if not program.models:
        return []
    imported = {
        name.id: name
        for declaration in main.tree.declarations
        if isinstance(declaration, t.Import)
        for name in declaration.names
    }
    problems: list[Diagnostic] = []
    for name, symbol in main.names.items():
        if symbol.uses:
            continue
        if name in imported and symbol.module is not main:
            problems.append(errors.unused(name, imported[name].span, "import"))
        elif isinstance(symbol.declaration, t.Let | t.Block) and symbol.module is main:
            what = "block" if isinstance(symbol.declaration, t.Block) else "constant"
            problems.append(errors.unused(name, symbol.declaration.name.span, what))
    return problems
