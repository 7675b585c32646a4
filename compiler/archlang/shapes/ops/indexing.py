"""Picking elements: `take`, `take_along_axis`, `slice`, `get_item`, `one_hot`, and slices as `x[:,
0]`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from archlang.narrowing import is_tuple
from archlang.shapes.dims import add, ceildiv, equal, product, show, sub
from archlang.shapes.ops.common import axis_of, join, whole_numbers
from archlang.shapes.ops.registry import Bound, bad_argument, op_rule, tensor
from archlang.shapes.rule import Nested, RuleError
from archlang.shapes.spec import Dim, Shape, TensorSpec, show_shape
from archlang.shapes.values import sequence

# `x[a:b:c]` as a triple.
Range = tuple[int | None, int | None, int | None]
Index = Any


def slice_tensor(spec: TensorSpec, indices: Sequence[Index]) -> TensorSpec:
    """`x[…]`: each index is a whole number, a (lower, upper, step), None for a new axis, or
    Ellipsis.

    The batch axis comes first. Positions and lengths may be symbolic where the language has them
    so.
    """
    if spec.shape is None:
        return spec
    for index in indices:
        parts = index if is_tuple(index) else (index,)
        if any(isinstance(part, (float, bool, str)) for part in parts):
            raise RuleError("a slice has whole numbers", code="E0377", label="no whole number")
    if len(indices) == 1 and not isinstance(indices[0], int):
        raise RuleError(
            "Keras takes no slice of the batch axis alone",
            code="E0377",
            label="of the batch axis",
            help="the first place is the batch; `[:, 1:]` is a slice of the axis behind it",
        )
    taken = sum(1 for index in indices if index is not None and index is not Ellipsis)
    if sum(1 for index in indices if index is Ellipsis) > 1:
        raise RuleError("a slice has at most one `...`", code="E0377", label="more than one `...`")
    if taken > len(spec.shape):
        raise RuleError(
            f"{show_shape(spec.shape)} has {len(spec.shape)} axes with its batch, "
            f"but the slice has {taken} places",
            code="E0377",
            label="too many places",
            help="the first place is the batch, as in Keras",
        )
    if Ellipsis not in indices:
        indices = [*indices, Ellipsis]
    rest = list(spec.shape)
    dims: list[Dim] = []
    for position, index in enumerate(indices):
        if index is None:
            dims.append(1)
        elif index is Ellipsis:
            after = sum(1 for later in indices[position + 1 :] if later is not None)
            dims += rest[: len(rest) - after]
            rest = rest[len(rest) - after :]
        elif isinstance(index, tuple):
            dims.append(_range_length(rest.pop(0), cast("Range", index)))
        else:
            _check_position(spec.shape, rest.pop(0), index)
    return spec.with_shape(tuple(dims))


def written_slice(spec: TensorSpec, indices: Sequence[Index]) -> TensorSpec:
    """`slice_tensor` for a slice in a spec, where one that leaves nothing is refused.

    Keras gives an empty tensor, on which some layers fail when they run.
    """
    sliced = slice_tensor(spec, indices)
    if sliced.shape is not None and 0 in sliced.shape and 0 not in (spec.shape or ()):
        raise RuleError(
            f"this slice leaves nothing of {show_shape(spec.shape or ())}: "
            f"{show_shape(sliced.shape)} comes out",
            code="E0377",
            label="an empty tensor",
            help="positions are counted from 0, and a range ends before its second number",
        )
    return sliced


@op_rule("get_item")
def get_item(call: Bound) -> Nested:
    """`x[key]` as a function."""
    key = call["key"]
    several = sequence(key)
    places = [_place(item) for item in ([key] if several is None else several)]
    for place in places:
        if not (place is None or place is Ellipsis or isinstance(place, (int, tuple))):
            raise bad_argument(call, "key", "a whole number or a slice")
    # A tuple of one is not what a range alone is.
    places = [*places, Ellipsis] if several is not None and Ellipsis not in places else places
    return slice_tensor(tensor(call, "x"), places)


@op_rule("take")
def take(call: Bound) -> Nested:
    """Elements by their position along an axis; without one, in the tensor laid out in one row."""
    spec, indices = tensor(call, "x"), tensor(call, "indices")
    _check_indices(call, indices)
    if spec.shape is None or indices.shape is None:
        return spec.with_shape(None)
    if call["axis"] is None:
        return spec.with_shape(indices.shape)
    axis = axis_of(call, len(spec.shape), call["axis"])
    at, length = call["indices"], spec.shape[axis]
    if isinstance(at, int) and isinstance(length, int) and not -length <= at < length:
        raise RuleError(
            f"`ops.take` takes position {at} of {length}",
            code="E0377",
            argument="indices",
            label=f"there are {length}, counted from 0",
        )
    return spec.with_shape((*spec.shape[:axis], *indices.shape, *spec.shape[axis + 1 :]))


@op_rule("take_along_axis")
def take_along_axis(call: Bound) -> Nested:
    """Positions for each row by itself; the other axes are broadcast."""
    spec, indices = tensor(call, "x"), tensor(call, "indices")
    _check_indices(call, indices)
    if spec.shape is None or indices.shape is None:
        return spec.with_shape(indices.shape)
    if call["axis"] is None:
        return spec.with_shape((product(indices.shape),))
    if len(spec.shape) != len(indices.shape):
        raise RuleError(
            "`ops.take_along_axis` needs positions with as many axes as the tensor, "
            f"but {show_shape(spec.shape)} and {show_shape(indices.shape)} are given",
            code="E0371",
            argument="indices",
            label=f"{show_shape(indices.shape)} here",
        )
    axis = axis_of(call, len(spec.shape), call["axis"])
    dims = [
        indices.shape[i] if i == axis else _stretched(call, a, b, spec.shape, indices.shape)
        for i, (a, b) in enumerate(zip(spec.shape, indices.shape, strict=True))
    ]
    return spec.with_shape(tuple(dims))


@op_rule("slice")
def slice_op(call: Bound) -> Nested:
    """A block that begins at `start_indices` and has the shape `shape`."""
    spec = tensor(call, "inputs")
    sizes = whole_numbers(call, "shape", call["shape"])
    starts = sequence(call["start_indices"])
    known = starts is not None and all(isinstance(n, int) for n in starts)
    if spec.shape is None:
        return spec.with_shape(tuple(None if n == -1 else n for n in sizes))
    rank = len(spec.shape)
    if len(sizes) != rank or (starts is not None and len(starts) != rank):
        raise bad_argument(call, "shape", f"a size for each of the {rank} axes, the batch counted,")
    dims: list[Dim] = []
    for axis, size in enumerate(sizes):
        start = int(starts[axis]) if starts is not None and known else 0
        there = spec.shape[axis]
        if isinstance(there, int) and (start < 0 or (size >= 0 and start + size > there)):
            raise RuleError(
                f"`ops.slice` takes {size} positions from {start} on, "
                f"but axis {axis} of {show_shape(spec.shape)} has {there}",
                code="E0377",
                argument="shape",
                label=f"goes beyond {there}",
            )
        dims.append(size if size != -1 else sub(there, start) if known else None)
    return spec.with_shape(tuple(dims))


@op_rule("one_hot")
def one_hot(call: Bound) -> Nested:
    """A new axis with a place for each class."""
    spec = tensor(call, "x")
    classes = call["num_classes"]
    if not isinstance(classes, int) or classes < 1:
        raise bad_argument(call, "num_classes", "a positive whole number")
    dtype = call["dtype"] if isinstance(call["dtype"], str) else "float32"
    if spec.shape is None:
        return TensorSpec(None, dtype)
    rank, axis = len(spec.shape), call["axis"]
    if not isinstance(axis, int) or not (axis == -1 or 0 <= axis < rank):
        raise RuleError(
            f"`axis` of `ops.one_hot` must be -1 or from 0 to {rank - 1}",
            code="E0372",
            argument="axis",
            label="no such axis",
            set_argument=("axis", "-1"),
        )
    at = rank if axis == -1 else axis
    return TensorSpec((*spec.shape[:at], classes, *spec.shape[at:]), dtype)


def _place(item: Any) -> Index:
    return (item.start, item.stop, item.step) if isinstance(item, slice) else item  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _range_length(size: Dim, index: Range) -> Dim:
    """How many positions `lower:upper:step` takes from an axis; symbolic where the axis is."""
    lower, upper, step = index
    step = 1 if step is None else step
    if step == 0:
        raise RuleError("the step of a slice cannot be 0", code="E0377", label="a step of 0")
    if isinstance(size, int):
        return len(range(*slice(lower, upper, step).indices(size)))
    if size is None or step < 0:
        return size if (lower, upper, step) in ((None, None, 1), (None, None, -1)) else None
    # A symbolic length: `[a:]`, `[:-b]` and the like are counted on the assumption that it is long
    # enough.
    start: Dim = 0 if lower is None else lower if lower >= 0 else add(size, lower)
    stop: Dim = size if upper is None else upper if upper >= 0 else add(size, upper)
    length = sub(stop, start)
    if isinstance(length, int):
        # `[:5]` of a length that may be shorter is not known; `[-5:]` neither.
        return None if upper is not None or (lower is not None and lower < 0) else length
    return ceildiv(length, step)


def _check_position(shape: Shape, size: Dim, index: Index) -> None:
    if not isinstance(index, int):
        raise RuleError(
            "a place in a slice is a whole number, a range, None or `...`",
            code="E0377",
            label="not a place",
        )
    if isinstance(size, int) and not -size <= index < size:
        raise RuleError(
            f"{show_shape(shape)} has no position {index} in an axis of {size}",
            code="E0377",
            label=f"must be below {size}",
            help="the first place of a slice is the batch, as in Keras",
        )


def _check_indices(call: Bound, indices: TensorSpec) -> None:
    dtype = join(indices.dtype)
    if dtype is not None and "int" not in dtype and dtype != "bool":
        raise RuleError(
            f"the positions of `ops.{call.op}` are whole numbers, not {dtype}",
            code="E0376",
            argument="indices",
            label=f"{dtype} here",
            help='cast them first, with `ops.cast("int32")`',
        )


def _stretched(call: Bound, a: Dim, b: Dim, one: Shape, other: Shape) -> Dim:
    if a == 1:
        return b
    if b == 1:
        return a
    if equal(a, b) is False:
        raise RuleError(
            f"`ops.{call.op}` cannot combine {show_shape(one)} and {show_shape(other)}",
            code="E0371",
            argument="indices",
            label=f"{show(a)} and {show(b)} do not fit",
        )
    return a if a is not None else b
