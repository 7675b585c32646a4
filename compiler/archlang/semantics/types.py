"""Resolving tensor types: `float32[28, width, time]`."""

from __future__ import annotations

from archlang.semantics import errors
from archlang.semantics.expressions import ExpressionResolver
from archlang.semantics.program import DimensionRef
from archlang.semantics.scopes import Scope
from archlang.syntax import tree as t

DTYPES = (
    "float32", "float16", "bfloat16", "float64", "int8", "int16", "int32", "int64",
    "uint8", "uint16", "uint32", "uint64", "bool", "string",
)  # fmt: skip


def resolve_type(
    values: ExpressionResolver, type: t.TensorType | t.DimsType, scope: Scope, *, symbolic: bool
) -> None:
    """Resolve the dimensions of a type; with `symbolic` a lowercase name that is nothing else is a dimension of any length."""
    if isinstance(type, t.TensorType) and type.dtype.id not in DTYPES:
        problem = errors.unknown_name(type.dtype.id, type.dtype.span, "dtype", DTYPES)
        values.problems.append(problem)
    for dim in type.dims:
        _resolve_dim(values, dim, scope, symbolic)


def _resolve_dim(values: ExpressionResolver, dim: t.Expr, scope: Scope, symbolic: bool) -> None:
    if isinstance(dim, t.Name) and symbolic and not dim.id[:1].isupper():
        found = values.lookup(dim.id, scope)
        values.tables.names[dim] = found if found is not None else DimensionRef(dim.id)
    elif isinstance(dim, t.Binary | t.Unary) and symbolic:
        operands = (dim.left, dim.right) if isinstance(dim, t.Binary) else (dim.operand,)
        for operand in operands:
            _resolve_dim(values, operand, scope, symbolic)
    else:
        values.value(dim, scope)
