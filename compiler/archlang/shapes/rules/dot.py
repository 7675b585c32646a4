"""Dot: two tensors contracted along one axis of each, example by example.

Multiply-adds: the contracted length for every number that comes out.
"""

from __future__ import annotations

from archlang.shapes.checks import needs_floats, needs_numbers
from archlang.shapes.dims import show
from archlang.shapes.dtypes import promote
from archlang.shapes.rule import LayerCall, LayerResult, RuleError, rule
from archlang.shapes.rules.merging import several, wrong_count
from archlang.shapes.spec import Shape, TensorSpec, show_shape
from archlang.shapes.values import bad_value, flag, sequence, times


@rule("Dot")
def dot(call: LayerCall) -> LayerResult:
    """What is left of both, the contracted axes and the second batch axis dropped."""
    value = call.args.get("axes")
    axes = (value, value) if isinstance(value, int) else sequence(value)
    if axes is None or len(axes) != 2 or not all(isinstance(axis, int) for axis in axes):
        raise bad_value(call, "axes", value, "an axis or a pair of axes")
    tensors = several(call)
    first = tensors[0]
    if len(tensors) == 1 and first.shape is None and first.dtype is None:
        return LayerResult(TensorSpec(None, None), (), None)
    if len(tensors) != 2:
        raise wrong_count(call, len(tensors), "exactly two")
    second = tensors[1]
    dtype = _dtype(call, first, second)
    if first.shape is None or second.shape is None:
        return LayerResult(TensorSpec(None, dtype), (), None)
    a = _axis(call, first.shape, axes[0])
    b = _axis(call, second.shape, axes[1])
    if first.shape[a] != second.shape[b]:
        raise RuleError(
            f"`Dot` contracts axis {a} of {show_shape(first.shape)} with axis {b} of "
            f"{show_shape(second.shape)}, but they have {show(first.shape[a])} and "
            f"{show(second.shape[b])} numbers",
            code="E0304",
            argument="axes",
            input_index=1,
            label="axes of different length",
        )
    _check_batches(first.shape, second.shape)
    left = first.shape[:a] + first.shape[a + 1 :]
    right = second.shape[1:b] + second.shape[b + 1 :]
    batch = left[0] if isinstance(left[0], int) or left[0] is not None else second.shape[0]
    shape = (batch, *left[1:], *right)
    macs = times(first.shape[a], *shape[1:])
    return LayerResult(TensorSpec((*shape, 1) if len(shape) == 1 else shape, dtype), (), macs)


def _dtype(call: LayerCall, first: TensorSpec, second: TensorSpec) -> str | None:
    for spec in (first, second):
        needs_numbers(call, spec)
        if flag(call, "normalize"):
            needs_floats(call, spec)
    dtype = promote(first.dtype, second.dtype)
    # TensorFlow multiplies matrices of small signed numbers into larger ones.
    return "int32" if dtype == "int8" else dtype


def _axis(call: LayerCall, shape: Shape, axis: int) -> int:
    rank = len(shape)
    counted = axis + rank if axis < 0 else axis
    if not 0 < counted < rank:
        what = "the batch axis" if counted == 0 else f"axis {axis}, which is not there"
        raise RuleError(
            f"`Dot` is to contract {what}: {show_shape(shape)} has axes 1 to {rank - 1}",
            code="E0310",
            argument="axes",
            label="no such axis",
            help="axis -1 is the last one",
        )
    return counted


def _check_batches(first: Shape, second: Shape) -> None:
    a, b = first[0], second[0]
    if isinstance(a, int) and isinstance(b, int) and a != b:
        raise RuleError(
            f"`Dot` cannot pair batches of {a} and {b} examples", code="E0304", input_index=1
        )
