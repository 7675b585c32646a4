"""Hover over steps: a Keras object or a block, with what it does here."""

from __future__ import annotations

from archlang.catalogue import Entry
from archlang.language_server.analysis import Analysis
from archlang.language_server.features import documentation
from archlang.language_server.features.figures import details, figures, first_line
from archlang.language_server.features.signatures import (
    Callee,
    of_entry,
    text_of,
)
from archlang.language_server.features.signatures import (
    of_symbol as callee_of_symbol,
)
from archlang.semantics.program import Symbol, SymbolRef
from archlang.source import Span
from archlang.syntax import tree as t


def of_entry_step(analysis: Analysis, entry: Entry, step: t.Expr) -> str:
    """A Keras object: its figures here first, then its documentation, the arguments that are written first."""
    callee = of_entry(entry)
    found = figures(analysis, step.span)
    given: list[str] = []
    bound = analysis.program.tables.calls.get(step) if isinstance(step, t.Call) else None
    if bound is not None:
        given = [*bound.constructor, *bound.call]
    return _joined(
        first_line(callee.name, found), details(found), documentation.of_callee(callee, given)
    )


def of_step(analysis: Analysis, symbol: Symbol, step: t.Expr) -> str | None:
    """A use of a block, model or Python layer: its figures here, then what it is."""
    if not isinstance(symbol.declaration, t.Block | t.Model | t.Variant | t.PythonDecl):
        return None
    found = figures(analysis, step.span)
    callee = callee_of_symbol(analysis, symbol)
    if callee is None:
        return None
    return _joined(
        first_line(symbol.name, found), details(found), of_declaration(analysis, symbol, callee)
    )


def of_declaration(analysis: Analysis, symbol: Symbol, callee: Callee) -> str:
    """What a block or model is: how it is called, its contract, what is written above it."""
    declaration = symbol.declaration
    head = documentation.signature(callee)
    if isinstance(declaration, t.Block):
        head = f"block {head}"
        if declaration.contract is not None:
            head += f": {text_of(analysis, declaration.contract.span).removeprefix(':').strip()}"
    elif isinstance(declaration, t.Model):
        head = f"model {head if declaration.parameters else symbol.name}"
        if declaration.task is not None:
            head += f" for {declaration.task.id}"
    elif isinstance(declaration, t.Variant):
        head = f"model {symbol.name} = {text_of(analysis, declaration.base.span)}"
    elif isinstance(declaration, t.PythonDecl):
        head = f"{declaration.kind} {head} from {declaration.module.text}"
    parts = [f"```arch\n{head}\n```"]
    if callee.doc:
        parts.append(callee.doc)
    return "\n\n".join(parts)


def uses_of(analysis: Analysis, symbol: Symbol) -> list[Span]:
    """Where the file's stacks use a block or model: the spans of the steps."""
    found: list[Span] = []
    tables = analysis.program.tables
    for module in analysis.program.modules.values():
        for node in t.walk(module.tree.declarations):
            name = node.callee if isinstance(node, t.Call) else node
            if not isinstance(name, t.Name):
                continue
            resolution = tables.names.get(name)
            if (
                isinstance(resolution, SymbolRef)
                and resolution.symbol.declaration is symbol.declaration
            ):
                found.append(node.span)
    return found


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
