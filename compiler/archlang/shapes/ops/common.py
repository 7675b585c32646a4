"""What the rules of ops share: axes, broadcasting, dtypes."""

from __future__ import annotations

from typing import Any

from archlang.shapes.dims import equal, merge
from archlang.shapes.dtypes import is_float, promote
from archlang.shapes.ops.registry import Bound, bad_argument
from archlang.shapes.rule import RuleError
from archlang.shapes.spec import Dim, Shape, TensorSpec, show_shape
from archlang.shapes.values import sequence

# Dtypes of plain numbers, which give way to any other.
_WEAK = {"int": "int32", "float": "float32"}


def axis_of(call: Bound, rank: int, value: Any, name: str = "axis") -> int:
    """One axis, counted from the front."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise bad_argument(call, name, "a whole number")
    if not -rank <= value < rank:
        has = "no axes" if rank == 0 else "only axis 0" if rank == 1 else f"axes 0 to {rank - 1}"
        raise RuleError(
            f"`ops.{call.op}` works along axis {value}, but its tensor has {has}, "
            "the batch counted",
            code="E0372",
            argument=name,
            label="no such axis",
            help="axis -1 is the last one",
            set_argument=(name, "-1") if rank else None,
        )
    return value % rank


def axes_of(call: Bound, rank: int, value: Any, name: str = "axis") -> tuple[int, ...]:
    """One or several axes, counted from the front; None stands for all."""
    if value is None:
        return tuple(range(rank))
    several = sequence(value)
    if several is not None:
        axes = tuple(axis_of(call, rank, item, name) for item in several)
        if len(set(axes)) != len(axes):
            raise bad_argument(call, name, "a list of different axes")
        return axes
    return (axis_of(call, rank, value, name),)


def whole_numbers(call: Bound, name: str, value: Any) -> list[int]:
    """An argument that is a whole number or a list of them, as a list."""
    several = sequence(value)
    items = [value] if several is None else several
    if not all(isinstance(item, int) for item in items):
        raise bad_argument(call, name, "a whole number or a list of them")
    return [int(item) for item in items]


def broadcast(call: Bound, *specs: TensorSpec) -> Shape | None:
    """The shape of tensors taken together element by element; None if one is unknown."""
    result: Shape = ()
    for spec in specs:
        if spec.shape is None:
            return None
        result = _broadcast_two(call, result, spec.shape)
    return result


def _broadcast_two(call: Bound, a: Shape, b: Shape) -> Shape:
    rank = max(len(a), len(b))
    pairs = zip((1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b, strict=True)
    return tuple(_broadcast_dim(call, x, y, a, b) for x, y in pairs)


def _broadcast_dim(call: Bound, x: Dim, y: Dim, a: Shape, b: Shape) -> Dim:
    if x == 1:
        return y
    if y == 1:
        return x
    if equal(x, y) is False:
        raise RuleError(
            f"`ops.{call.op}` cannot combine {show_shape(a)} and {show_shape(b)}",
            code="E0371",
            label=f"{x} and {y} do not fit",
            help="sizes must be equal, or 1",
        )
    return merge(x, y)


def join(*dtypes: str | None) -> str | None:
    """The dtype in which tensors and plain numbers meet."""
    return settle(promote(*dtypes))


def settle(dtype: str | None) -> str | None:
    """The dtype that a plain number gets where nothing else decides."""
    return _WEAK.get(dtype, dtype) if dtype is not None else None


def floating(dtype: str | None) -> str | None:
    """The dtype of functions that compute with fractions: whole numbers become float32."""
    dtype = settle(dtype)
    return dtype if dtype is None or is_float(dtype) or dtype.startswith("complex") else "float32"


def no_text(call: Bound, *specs: TensorSpec) -> None:
    """Strings have no arithmetic."""
    if any(spec.dtype == "string" for spec in specs):
        raise RuleError(
            f"`ops.{call.op}` computes with numbers, but strings flow in",
            code="E0376",
            label="strings flow in",
            help="turn the strings into numbers first, with `TextVectorization` or `StringLookup`",
        )


def needs_floats(call: Bound, *specs: TensorSpec) -> None:
    """These functions have no version for whole numbers."""
    no_text(call, *specs)
    for spec in specs:
        dtype = settle(spec.dtype)
        if dtype is not None and not is_float(dtype) and not dtype.startswith("complex"):
            raise RuleError(
                f"`ops.{call.op}` computes with floats, but {dtype} flows in",
                code="E0376",
                label=f"{dtype} flows in",
                help='cast it first, with `ops.cast("float32")`',
                insert_before='ops.cast("float32")',
            )


def no_bools(call: Bound, *specs: TensorSpec) -> None:
    """These functions have no version for truth values."""
    no_text(call, *specs)
    if specs and all(spec.dtype == "bool" for spec in specs):
        raise RuleError(
            f"`ops.{call.op}` computes with numbers, but bool flows in",
            code="E0376",
            label="bool flows in",
            help='cast it first, with `ops.cast("int32")`',
            insert_before='ops.cast("int32")',
        )
