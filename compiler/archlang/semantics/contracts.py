"""The names in the contract of a block."""

from __future__ import annotations

from collections.abc import Iterator

from archlang.diagnostics import Diagnostic
from archlang.semantics import errors
from archlang.semantics.program import DimensionRef, Tables
from archlang.syntax import tree as t


def unknown_lengths(contract: t.Contract, tables: Tables) -> list[Diagnostic]:
    """Lengths of what comes out that no axis of what flows in has: `[h, w] -> [k]`."""
    known = dict.fromkeys(name.id for dim in contract.takes.dims for name in _lengths(dim, tables))
    return [
        errors.unknown_name(name.id, name.span, "length", known)
        for dim in contract.gives.dims
        for name in _lengths(dim, tables)
        if name.id not in known
    ]


def _lengths(dim: t.Expr, tables: Tables) -> Iterator[t.Name]:
    match dim:
        case t.Name() if isinstance(tables.names.get(dim), DimensionRef):
            yield dim
        case t.Binary():
            yield from _lengths(dim.left, tables)
            yield from _lengths(dim.right, tables)
        case t.Unary():
            yield from _lengths(dim.operand, tables)
        case _:
            pass
