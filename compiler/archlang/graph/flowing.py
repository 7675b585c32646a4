"""Where what flows stands in the arguments of an op."""

from __future__ import annotations

from typing import Any

from archlang.semantics.program import FlowingRef
from archlang.syntax import tree as t


def stands_for_flow(expr: t.Expr, names: Any) -> bool:
    """Whether `_` stands somewhere in an argument of an op as a tensor."""
    match expr:
        case t.Name():
            return isinstance(names.get(expr), FlowingRef)
        case t.ListExpr() | t.TupleExpr():
            return any(stands_for_flow(item, names) for item in expr.items)
        case t.Subscript():
            return stands_for_flow(expr.value, names)
        case t.Conditional():
            return stands_for_flow(expr.then, names) or stands_for_flow(expr.otherwise, names)
        case _:
            # `shape(_)` uses the flow without standing for it.
            return False
