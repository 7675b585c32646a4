"""`Concatenate([a, b])`: tensors as the argument of a layer that merges, where a fork belongs."""

from __future__ import annotations

from archlang.diagnostics import Diagnostic, error
from archlang.diagnostics.model import Edit, Fix
from archlang.semantics.program import FlowingRef, Tables
from archlang.semantics.scopes import Scope
from archlang.source import Span
from archlang.syntax import tree as t

MERGING = frozenset(
    {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"}
)


def merged_list(expr: t.Call, scope: Scope) -> t.ListExpr | None:
    """The list of tensors that a layer is given as its first argument; None in any other call."""
    callee = expr.callee
    if not isinstance(callee, t.Name) or callee.id not in MERGING or not expr.arguments:
        return None
    if scope.find(callee.id) is not None or callee.id in scope.module.names:
        return None
    first = expr.arguments[0]
    if first.name is not None or not isinstance(first.value, t.ListExpr):
        return None
    return first.value if any(_tensor(item, scope) for item in first.value.items) else None


def tensors_as_argument(
    expr: t.Call, given: t.ListExpr, *, first: bool, before: t.Expr | None, tables: Tables
) -> Diagnostic:
    """The error about `expr`; `first` where a flow can begin, `before` is a name that stands alone before it."""
    callee = expr.callee.id
    rest = expr.arguments[1:]
    path = expr.span.path
    names = [item.id if isinstance(item, t.Name) else "…" for item in given.items]
    start = expr.span.start if first else None
    if before is not None and _takes_part(before, given, tables):
        start = before.span.start
    fixes: tuple[Fix, ...] = ()
    if start is not None:
        head = Edit(Span(path, start, given.span.start), "")
        behind = rest[0].span.start if rest else expr.span.end
        tail = Edit(
            Span(path, given.span.end, behind), f" -> {callee}(" if rest else f" -> {callee}"
        )
        fixes = (Fix(f"Let the tensors flow into `{callee}`", (head, tail)),)
    right = f"[{', '.join(names)}] -> {callee}" + ("(…)" if rest else "")
    return error(
        "E0205",
        f"`{callee}` takes no tensors as an argument",
        given.span,
        label="tensors flow into layers",
        help=f"write `{right}`",
        fixes=fixes,
    )


def _takes_part(before: t.Expr, given: t.ListExpr, tables: Tables) -> bool:
    """Whether the tensor that flows in is in the list too, so that the list can stand in its place."""
    if not isinstance(before, t.Name):
        return False
    if isinstance(tables.names.get(before), FlowingRef):
        return True
    return any(isinstance(item, t.Name) and item.id == before.id for item in given.items)


def _tensor(item: t.Expr, scope: Scope) -> bool:
    while isinstance(item, t.Subscript):
        item = item.value
    if isinstance(item, t.Flow):
        return True
    if not isinstance(item, t.Name):
        return False
    if item.id in ("_", "input"):
        return True
    variable = scope.find(item.id)
    return variable is not None and variable.kind in ("tensor", "tensor_parameter", "input")
