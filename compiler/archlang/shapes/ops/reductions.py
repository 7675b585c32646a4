"""Reductions along axes, running sums, and sorting."""

from __future__ import annotations

from archlang.shapes.dims import product
from archlang.shapes.ops.common import (
    axes_of,
    axis_of,
    floating,
    needs_floats,
    no_bools,
    no_text,
    settle,
)
from archlang.shapes.ops.registry import Bound, bad_argument, op_rule, tensor
from archlang.shapes.rule import Nested, RuleError
from archlang.shapes.spec import Shape, TensorSpec, show_shape

# Sums of small whole numbers are counted in 32 bits.
_SUM = {
    "bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32",
}  # fmt: skip


@op_rule("sum", "prod", "nansum", "nanprod")
def total(call: Bound) -> Nested:
    spec = tensor(call, "x")
    no_text(call, spec)
    dtype = settle(spec.dtype)
    return _reduced(call, spec, _SUM.get(dtype, dtype) if dtype else None)


@op_rule("mean", "std", "var", "median", "nanmean", "nanstd", "nanvar", "nanmedian", "average")
def mean(call: Bound) -> Nested:
    spec = tensor(call, "x")
    no_text(call, spec)
    return _reduced(call, spec, floating(spec.dtype))


@op_rule("logsumexp")
def logsumexp(call: Bound) -> Nested:
    spec = tensor(call, "x")
    needs_floats(call, spec)
    return _reduced(call, spec, spec.dtype)


@op_rule("norm")
def norm(call: Bound) -> Nested:
    """The length of vectors along one axis, of matrices along two."""
    spec = tensor(call, "x")
    no_text(call, spec)
    order = call["ord"]
    if spec.shape is not None:
        axes = axes_of(call, len(spec.shape), call["axis"])
        if len(axes) > 2:
            raise RuleError(
                "`ops.norm` is of vectors (one axis) or matrices (two), "
                f"but here are {len(axes)} axes",
                code="E0373",
                argument="axis",
                label="too many axes",
                help="write `axis=-1`",
                set_argument=("axis", "-1"),
            )
        vector_words = len(axes) == 1 and isinstance(order, str)
        matrix_order = len(axes) == 2 and order not in (
            None, "fro", "nuc", float("inf"), float("-inf"), 1, -1, 2, -2,
        )  # fmt: skip
        if vector_words or matrix_order:
            kind = "a vector" if len(axes) == 1 else "a matrix"
            raise RuleError(
                f"`ord={order}` is no norm of {kind}",
                code="E0373",
                argument="ord",
                label=f"not for {kind}",
            )
    return _reduced(call, spec, floating(spec.dtype))


@op_rule("max", "min", "amax", "amin", "nanmax", "nanmin")
def extreme(call: Bound) -> Nested:
    spec = tensor(call, "x")
    no_text(call, spec)
    if spec.shape is not None and call["initial"] is None:
        for axis in axes_of(call, len(spec.shape), call["axis"]):
            if spec.shape[axis] == 0:
                raise RuleError(
                    f"`ops.{call.op}` has nothing to compare in {show_shape(spec.shape)}",
                    code="E0375",
                    label=f"axis {axis} is empty",
                )
    return _reduced(call, spec, settle(spec.dtype))


@op_rule("any", "all")
def logical(call: Bound) -> Nested:
    spec = tensor(call, "x")
    no_text(call, spec)
    return _reduced(call, spec, "bool")


@op_rule("count_nonzero")
def count_nonzero(call: Bound) -> Nested:
    return _reduced(call, tensor(call, "x"), "int32")


@op_rule("argmax", "argmin", "nanargmax", "nanargmin")
def arg_extreme(call: Bound) -> Nested:
    """Where the extreme stands: along one axis, or in the tensor laid out in one row."""
    spec = tensor(call, "x")
    no_text(call, spec)
    if isinstance(call["axis"], (list, tuple)):
        raise bad_argument(call, "axis", "one whole number")
    return _reduced(call, spec, "int32")


@op_rule("cumsum", "cumprod", "nancumsum", "nancumprod")
def running(call: Bound) -> Nested:
    """Running sums keep the shape; without an axis the tensor is laid out in one row."""
    spec = tensor(call, "x")
    no_text(call, spec)
    dtype = call["dtype"]
    if not isinstance(dtype, str):
        dtype = "int32" if spec.dtype == "bool" else settle(spec.dtype)
    return TensorSpec(_kept(call, spec), dtype)


@op_rule("sort")
def sort(call: Bound) -> Nested:
    spec = tensor(call, "x")
    no_text(call, spec)
    return TensorSpec(_kept(call, spec), settle(spec.dtype))


@op_rule("argsort")
def argsort(call: Bound) -> Nested:
    spec = tensor(call, "x")
    no_text(call, spec)
    return TensorSpec(_kept(call, spec), "int32")


@op_rule("top_k")
def top_k(call: Bound) -> Nested:
    """The largest values along the last axis, and where they stand."""
    spec = tensor(call, "x")
    no_bools(call, spec)
    k = call["k"]
    if not isinstance(k, int) or k < 0:
        raise bad_argument(call, "k", "a whole number")
    if spec.shape is None:
        return TensorSpec(None, spec.dtype), TensorSpec(None, "int32")
    if not spec.shape:
        raise RuleError(
            "`ops.top_k` needs an axis to look along",
            code="E0372",
            label="a single number flows in",
        )
    size = spec.shape[-1]
    if isinstance(size, int) and size < k:
        raise RuleError(
            f"`ops.top_k` is to find {k} values along the last axis of {show_shape(spec.shape)}",
            code="E0375",
            argument="k",
            label=f"only {size} there",
            set_argument=("k", str(size)),
        )
    shape: Shape = (*spec.shape[:-1], k)
    return TensorSpec(shape, spec.dtype), TensorSpec(shape, "int32")


def _reduced(call: Bound, spec: TensorSpec, dtype: str | None) -> TensorSpec:
    """The shape without the axes, or with ones in their place."""
    keep = bool(call["keepdims"])
    if spec.shape is None:
        shape: Shape | None = () if call["axis"] is None and not keep else None
        return TensorSpec(shape, dtype)
    axes = axes_of(call, len(spec.shape), call["axis"])
    if keep:
        return TensorSpec(tuple(1 if i in axes else d for i, d in enumerate(spec.shape)), dtype)
    return TensorSpec(tuple(d for i, d in enumerate(spec.shape) if i not in axes), dtype)


def _kept(call: Bound, spec: TensorSpec) -> Shape | None:
    if spec.shape is None:
        return None
    if call["axis"] is None:
        return (product(spec.shape),)
    axis_of(call, len(spec.shape), call["axis"])
    return spec.shape
