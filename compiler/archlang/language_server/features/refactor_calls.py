"""Smaller rewritings: names for arguments, a first `train`, imports in order."""

from __future__ import annotations

from archlang.language_server.analysis import Analysis
from archlang.language_server.features.refactoring import IMPORTS, REWRITE, Refactoring
from archlang.semantics.program import EntryRef, SymbolRef
from archlang.source import Span
from archlang.syntax import tree as t
from archlang.tasks.settings import DEFAULT_BATCH_SIZE, DEFAULT_EPOCHS, DEFAULT_VALIDATION


def name_arguments(analysis: Analysis, offset: int) -> Refactoring | None:
    """The positional arguments of the call at an offset, given by name."""
    call = next((n for n in reversed(analysis.path_at(offset)) if isinstance(n, t.Call)), None)
    if call is None:
        return None
    tables = analysis.program.tables
    resolution = tables.names.get(call.callee)
    if isinstance(resolution, EntryRef):
        if resolution.entry.kind == "ops":
            return None
    elif not isinstance(resolution, SymbolRef):
        return None
    bound = tables.calls.get(call)
    if bound is None or bound.extra:
        return None
    edits: list[tuple[Span, str]] = []
    for name, argument in bound.constructor.items():
        if argument.name is None and not isinstance(argument.value, t.Missing):
            at = analysis.place(argument.span)
            edits.append((Span(at.path, at.start, at.start), f"{name}="))
    if not edits or sum(a.name is None for a in call.arguments) != len(edits):
        return None
    title = "Name the argument" if len(edits) == 1 else "Name the arguments"
    return Refactoring(f"{title} of `{call.callee.id}`", REWRITE, tuple(edits))


def add_train(analysis: Analysis, offset: int) -> Refactoring | None:
    """A `train` that says what holds by default, if there is none; asked for at a model or task."""
    if analysis.program.trains or not any(
        output.kind is not None
        for graph in analysis.graphs.values()
        for output in graph.task.outputs
    ):
        return None
    if not isinstance(analysis.declaration_at(offset), t.Model | t.Task):
        return None
    text = analysis.text
    lead = "\n" if text.endswith("\n") else "\n\n"
    train = (
        f"{lead}train {{\n    optimizer = Adam(1e-3)\n    epochs = {DEFAULT_EPOCHS}\n"
        f"    batch_size = {DEFAULT_BATCH_SIZE}\n    validation = {DEFAULT_VALIDATION}\n}}\n"
    )
    end = len(text)
    return Refactoring("Add a `train` section", REWRITE, ((Span(analysis.path, end, end), train),))


def sort_imports(analysis: Analysis) -> Refactoring | None:
    """Imports by path, the library's last, and their names in the order of the alphabet."""
    imports = [d for d in analysis.program.declarations() if isinstance(d, t.Import)]
    if not imports or any(not isinstance(d.path.value, str) for d in imports):
        return None
    if any("#" in analysis.slice(d.span) or not all(n.id for n in d.names) for d in imports):
        return None
    wanted = [_import(d) for d in sorted(imports, key=_key)]
    edits = [
        (analysis.place(d.span), text)
        for d, text in zip(imports, wanted, strict=True)
        if _import(d, in_order=False) != text
    ]
    return Refactoring("Sort the imports", IMPORTS, tuple(edits)) if edits else None


def _key(declaration: t.Import) -> tuple[bool, str]:
    path = str(declaration.path.value)
    return path.startswith("std/"), path


def _import(declaration: t.Import, *, in_order: bool = True) -> str:
    names = [name.id for name in declaration.names]
    listed = ", ".join(sorted(names) if in_order else names)
    return f"from {declaration.path.text} import {listed}"
