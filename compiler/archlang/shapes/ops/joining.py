"""Tensors joined and taken apart: `concatenate`, `stack`, `split`, `unstack`."""

from __future__ import annotations

from itertools import pairwise

from archlang.shapes.dims import add, equal, exact_quotient, merge, show, sub
from archlang.shapes.ops.common import axis_of, join
from archlang.shapes.ops.registry import Bound, bad_argument, op_rule, tensor, tensors
from archlang.shapes.rule import Nested, RuleError
from archlang.shapes.spec import Dim, Shape, TensorSpec, show_shape
from archlang.shapes.values import sequence


@op_rule("concatenate")
def concatenate(call: Bound) -> Nested:
    """One after the other along an axis; all other sizes must be equal."""
    specs = tensors(call, "xs")
    dtype = _joined_dtype(specs)
    if any(spec.shape is None for spec in specs):
        return TensorSpec(None, dtype)
    shapes = [spec.shape or () for spec in specs]
    axis = axis_of(call, len(shapes[0]), call["axis"])
    result = shapes[0]
    for index, shape in enumerate(shapes[1:], 1):
        length = add(result[axis], shape[axis]) if axis < len(shape) else None
        result = _merged(call, index, result, shape, skip=axis)
        result = (*result[:axis], length, *result[axis + 1 :])
    return TensorSpec(_as_promised(shapes[0], result, joined=axis), dtype)


@op_rule("stack")
def stack(call: Bound) -> Nested:
    """One beside the other along a new axis; all sizes must be equal."""
    specs = tensors(call, "x")
    dtype = _joined_dtype(specs)
    if any(spec.shape is None for spec in specs):
        return TensorSpec(None, dtype)
    shapes = [spec.shape or () for spec in specs]
    axis = axis_of(call, len(shapes[0]) + 1, call["axis"])
    result = shapes[0]
    for index, shape in enumerate(shapes[1:], 1):
        result = _merged(call, index, result, shape, skip=None)
    result = _as_promised(shapes[0], result)
    return TensorSpec((*result[:axis], len(specs), *result[axis:]), dtype)


@op_rule("split")
def split(call: Bound) -> Nested:
    """Pieces of one size, or cut at given places."""
    spec = tensor(call, "x")
    sections = call["indices_or_sections"]
    if isinstance(sections, int) and sections > 0:
        return _equal_pieces(call, spec, sections)
    listed = sequence(sections)
    if listed is None or not all(isinstance(n, int) for n in listed):
        raise bad_argument(call, "indices_or_sections", "a number of pieces, or places to cut at")
    places = [int(n) for n in listed]
    if spec.shape is None:
        return [spec] * (len(places) + 1)
    axis = axis_of(call, len(spec.shape), call["axis"])
    size = spec.shape[axis]
    ends: list[Dim] = [0, *(_place(n, size) for n in places), size]
    pieces = [sub(end, start) for start, end in pairwise(ends)]
    if any(isinstance(piece, int) and piece < 0 for piece in pieces):
        raise bad_argument(call, "indices_or_sections", "places in rising order inside the axis")
    return [spec.with_shape(_replaced(spec.shape, axis, piece)) for piece in pieces]


@op_rule("unstack")
def unstack(call: Bound) -> Nested:
    """A tensor for each position of an axis."""
    spec = tensor(call, "x")
    number = call["num"]
    if spec.shape is None:
        if not isinstance(number, int):
            raise bad_argument(call, "num", "given where the shape is unknown")
        return [spec] * number
    axis = axis_of(call, len(spec.shape), call["axis"])
    size = spec.shape[axis]
    if number is None:
        number = size
    if not isinstance(number, int):
        raise RuleError(
            f"`ops.unstack` gives a tensor for each position of axis {axis}, "
            f"but its size is open: {show_shape(spec.shape)}",
            code="E0375",
            argument="axis",
            label="how many is open",
            help="give `num=…`, or unstack another axis",
        )
    if equal(size, number) is False:
        raise RuleError(
            f"`ops.unstack` is to give {number} tensors, but axis {axis} "
            f"of {show_shape(spec.shape)} has {show(size)} positions",
            code="E0375",
            argument="num",
            label=f"must be {show(size)}",
            set_argument=("num", show(size)),
        )
    return [spec.with_shape((*spec.shape[:axis], *spec.shape[axis + 1 :]))] * number


def _equal_pieces(call: Bound, spec: TensorSpec, count: int) -> list[TensorSpec]:
    if spec.shape is None:
        return [spec] * count
    axis = axis_of(call, len(spec.shape), call["axis"])
    size = spec.shape[axis]
    if isinstance(size, int) and size % count:
        raise RuleError(
            f"`ops.split` cannot cut axis {axis} of {show_shape(spec.shape)} "
            f"into {count} equal pieces",
            code="E0375",
            argument="indices_or_sections",
            label=f"does not divide {size}",
            help=f"use a divisor of {size}, or a list of places to cut at",
        )
    piece = exact_quotient(size, count)
    return [spec.with_shape(_replaced(spec.shape, axis, piece))] * count


def _place(place: int, size: Dim) -> Dim:
    """A place to cut at, counted from the front."""
    return add(size, place) if place < 0 else place


def _merged(call: Bound, index: int, a: Shape, b: Shape, skip: int | None) -> Shape:
    same = len(a) == len(b) and all(
        axis == skip or equal(x, y) is not False
        for axis, (x, y) in enumerate(zip(a, b, strict=True))
    )
    if not same:
        but = "" if skip is None else f" in all axes but {skip}"
        raise RuleError(
            f"`ops.{call.op}` needs tensors of one shape{but}, "
            f"but {show_shape(a)} and {show_shape(b)} are given",
            code="E0378",
            input_index=index,
            label=f"{show_shape(b)} here",
        )
    return tuple(merge(x, y) for x, y in zip(a, b, strict=True))


def _as_promised(first: Shape, merged: Shape, joined: int | None = None) -> Shape:
    """Keras looks at the first tensor alone: what is open there stays open, and no weights can run over it."""
    return tuple(
        None if open_in_first is None and axis != joined else size
        for axis, (open_in_first, size) in enumerate(zip(first, merged, strict=True))
    )


def _joined_dtype(specs: list[TensorSpec]) -> str | None:
    dtypes = [spec.dtype for spec in specs]
    return dtypes[0] if len(set(dtypes)) == 1 else join(*dtypes)


def _replaced(shape: Shape, axis: int, size: Dim) -> Shape:
    return (*shape[:axis], size, *shape[axis + 1 :])
