"""Axes moved, added, dropped; shapes changed; tensors flipped, rolled, repeated and padded."""

from __future__ import annotations

from archlang.shapes.dims import Sym, add, equal, exact_quotient, mul, product, show
from archlang.shapes.ops.common import axes_of, axis_of, settle, whole_numbers
from archlang.shapes.ops.registry import Bound, bad_argument, op_rule, tensor
from archlang.shapes.rule import Nested, RuleError
from archlang.shapes.spec import Dim, Shape, TensorSpec, show_shape
from archlang.shapes.values import sequence


@op_rule("reshape")
def reshape(call: Bound) -> Nested:
    """All numbers stay; one size may be -1 and is what is left over."""
    spec = tensor(call, "x")
    target = _target(call, "newshape", allow_open=True)
    if spec.shape is None:
        return spec.with_shape(tuple(None if d == -1 else d for d in target))
    total = product(spec.shape)
    fixed = product(d for d in target if d != -1)
    if -1 not in target:
        if equal(total, fixed) is False:
            raise _cannot_reshape(spec.shape, target, total, fixed)
        return spec.with_shape(target)
    rest = exact_quotient(total, fixed)
    if rest is None and isinstance(total, int) and isinstance(fixed, int):
        raise _cannot_reshape(spec.shape, target, total, fixed)
    if rest is None:
        rest = _rest_without_shared(spec.shape, target)
    return spec.with_shape(tuple(rest if d == -1 else d for d in target))


@op_rule("transpose")
def transpose(call: Bound) -> Nested:
    spec = tensor(call, "x")
    if spec.shape is None:
        return spec
    if call["axes"] is None:
        return spec.with_shape(spec.shape[::-1])
    if sequence(call["axes"]) is None:
        raise bad_argument(call, "axes", "a list of all axes")
    axes = axes_of(call, len(spec.shape), call["axes"], "axes")
    if len(axes) != len(spec.shape):
        raise RuleError(
            f"`axes` of `ops.transpose` must name all {len(spec.shape)} axes, the batch counted",
            code="E0372",
            argument="axes",
            label=f"{len(axes)} of {len(spec.shape)}",
        )
    return spec.with_shape(tuple(spec.shape[axis] for axis in axes))


@op_rule("swapaxes")
def swapaxes(call: Bound) -> Nested:
    spec = tensor(call, "x")
    if spec.shape is None:
        return spec
    a, b = (axis_of(call, len(spec.shape), call[name], name) for name in ("axis1", "axis2"))
    dims = list(spec.shape)
    dims[a], dims[b] = dims[b], dims[a]
    return spec.with_shape(tuple(dims))


@op_rule("moveaxis")
def moveaxis(call: Bound) -> Nested:
    spec = tensor(call, "x")
    if spec.shape is None:
        return spec
    rank = len(spec.shape)
    sources, targets = (axes_of(call, rank, call[name], name) for name in ("source", "destination"))
    if len(sources) != len(targets):
        raise bad_argument(call, "destination", "as many axes as `source`")
    order = [axis for axis in range(rank) if axis not in sources]
    for target, source in sorted(zip(targets, sources, strict=True)):
        order.insert(target, source)
    return spec.with_shape(tuple(spec.shape[axis] for axis in order))


@op_rule("expand_dims")
def expand_dims(call: Bound) -> Nested:
    spec = tensor(call, "x")
    if spec.shape is None:
        return spec
    if call["axis"] is None:
        raise bad_argument(call, "axis", "a whole number or a list of them")
    added = len(sequence(call["axis"]) or (1,))
    rank = len(spec.shape) + added
    places = axes_of(call, rank, call["axis"])
    old = iter(spec.shape)
    return TensorSpec(
        tuple(1 if i in places else next(old) for i in range(rank)), settle(spec.dtype)
    )


@op_rule("squeeze")
def squeeze(call: Bound) -> Nested:
    """Drops axes of one; without `axis` all of them."""
    spec = tensor(call, "x")
    if spec.shape is None:
        return spec
    if call["axis"] is None:
        return spec.with_shape(tuple(d for d in spec.shape if d != 1))
    axes = axes_of(call, len(spec.shape), call["axis"])
    for axis in axes:
        if spec.shape[axis] != 1:
            raise RuleError(
                f"`ops.squeeze` drops axes of 1, but axis {axis} of {show_shape(spec.shape)} "
                f"is {show(spec.shape[axis])}",
                code="E0375",
                argument="axis",
                label="not 1",
            )
    return spec.with_shape(tuple(d for i, d in enumerate(spec.shape) if i not in axes))


@op_rule("broadcast_to")
def broadcast_to(call: Bound) -> Nested:
    spec = tensor(call, "x")
    target = _target(call, "shape", allow_open=False)
    if spec.shape is None:
        return spec.with_shape(target)
    tail = target[len(target) - len(spec.shape) :]
    fits = len(spec.shape) <= len(target) and all(
        d == 1 or equal(d, t) is not False for d, t in zip(spec.shape, tail, strict=True)
    )
    if not fits:
        raise RuleError(
            f"`ops.broadcast_to` cannot stretch {show_shape(spec.shape)} to {_listed(target)}",
            code="E0371",
            argument="shape",
            label="does not fit",
            help="sizes must be equal, or 1 before; the batch is counted",
        )
    return spec.with_shape(target)


@op_rule("flip", "roll")
def flip(call: Bound) -> Nested:
    """Elements change places along axes; the shape stays."""
    spec = tensor(call, "x")
    if spec.shape is not None:
        axes = axes_of(call, len(spec.shape), call["axis"])
        if call.op == "roll":
            shifts = whole_numbers(call, "shift", call["shift"])
            if sequence(call["shift"]) is not None and len(shifts) != len(axes):
                raise bad_argument(call, "shift", "one number for each axis")
    return spec


@op_rule("fliplr", "flipud")
def flip_fixed(call: Bound) -> Nested:
    return tensor(call, next(iter(call.values)))


@op_rule("tile")
def tile(call: Bound) -> Nested:
    spec = tensor(call, "x")
    repeats = whole_numbers(call, "repeats", call["repeats"])
    if any(n < 0 for n in repeats):
        raise bad_argument(call, "repeats", "a number from 0 on")
    if spec.shape is None:
        return spec
    rank = max(len(repeats), len(spec.shape))
    dims = (1,) * (rank - len(spec.shape)) + spec.shape
    times = [1] * (rank - len(repeats)) + repeats
    return spec.with_shape(tuple(mul(d, n) for d, n in zip(dims, times, strict=True)))


@op_rule("repeat")
def repeat(call: Bound) -> Nested:
    """Every element several times; without an axis, in one row."""
    spec = tensor(call, "x")
    if isinstance(call["repeats"], TensorSpec):
        return spec.with_shape(None)
    repeats = whole_numbers(call, "repeats", call["repeats"])
    if any(n < 0 for n in repeats):
        raise bad_argument(call, "repeats", "a number from 0 on")
    if spec.shape is None:
        return spec
    row = call["axis"] is None
    axis = 0 if row else axis_of(call, len(spec.shape), call["axis"])
    size = product(spec.shape) if row else spec.shape[axis]
    if len(repeats) == 1:
        size = mul(size, repeats[0])
    elif equal(size, len(repeats)) is False:
        raise bad_argument(call, "repeats", f"one number, or {show(size)} of them")
    else:
        size = sum(repeats)
    return spec.with_shape((size,) if row else _replaced(spec.shape, axis, size))


@op_rule("pad")
def pad(call: Bound) -> Nested:
    """Axes grow at both ends."""
    spec = tensor(call, "x")
    widths = _pad_widths(call)
    if call["constant_values"] is not None and call["mode"] != "constant":
        raise bad_argument(call, "constant_values", "left out unless `mode` is constant")
    if spec.shape is None:
        return spec
    # One pair for all axes is in Keras's documentation, but a model fails on it when it runs.
    if len(widths) != len(spec.shape):
        raise RuleError(
            f"`pad_width` of `ops.pad` has {len(widths)} pairs for {len(spec.shape)} axes, "
            "the batch counted",
            code="E0373",
            argument="pad_width",
            label=f"{len(spec.shape)} pairs needed",
            help="begin with (0, 0) for the batch",
        )
    dims = zip(spec.shape, widths, strict=True)
    return spec.with_shape(tuple(add(d, before + after) for d, (before, after) in dims))


def _target(call: Bound, name: str, *, allow_open: bool) -> Shape:
    """A shape that is written: whole numbers, lengths, and one -1."""
    value = call[name]
    several = sequence(value)
    items = [value] if several is None else several
    lowest = -1 if allow_open else 0
    for item in items:
        whole = isinstance(item, int) and not isinstance(item, bool) and item >= lowest
        if not whole and not isinstance(item, Sym) and item is not None:
            raise bad_argument(call, name, "a list of sizes")
    if list(items).count(-1) > 1:
        raise bad_argument(call, name, "a list of sizes with at most one -1")
    return tuple(items)


def _rest_without_shared(shape: Shape, target: Shape) -> Dim:
    """What -1 stands for where a length is open: known if the open one is kept beside it."""
    open_ones = [d for d in shape if d is None]
    # `ops.reshape(x, (None, -1))` keeps the batch; its other sizes decide.
    if len(open_ones) == 1 and target.count(None) == 1:
        return exact_quotient(
            product(d for d in shape if d is not None),
            product(d for d in target if d is not None and d != -1),
        )
    return None


def _pad_widths(call: Bound) -> list[tuple[int, int]]:
    value = call["pad_width"]
    if isinstance(value, int):
        return [(value, value)]
    items = sequence(value) or ()
    if items and all(isinstance(item, int) for item in items):
        items = [items]
    pairs: list[tuple[int, int]] = []
    for item in items:
        ends = whole_numbers(call, "pad_width", item)
        if len(ends) not in (1, 2) or any(end < 0 for end in ends):
            raise bad_argument(call, "pad_width", "pairs of numbers from 0 on")
        pairs.append((ends[0], ends[-1]))
    if len({len(sequence(item) or ()) for item in items}) > 1:
        raise bad_argument(call, "pad_width", "numbers or pairs for all axes alike")
    if not pairs:
        raise bad_argument(call, "pad_width", "a number, or a pair of numbers for each axis")
    return pairs


def _replaced(shape: Shape, axis: int, size: Dim) -> Shape:
    return (*shape[:axis], size, *shape[axis + 1 :])


def _cannot_reshape(shape: Shape, target: Shape, total: Dim, fixed: Dim) -> RuleError:
    rest = ", and -1 takes what is left over" if -1 in target else ""
    return RuleError(
        f"`ops.reshape` cannot bring {show(total)} numbers into {_listed(target)}{rest}",
        code="E0375",
        argument="newshape",
        label=f"{show(fixed)} numbers",
        help=f"{_listed(shape)} has its batch first; the sizes must multiply to the same",
    )


def _listed(shape: Shape) -> str:
    """A shape with its batch axis, as ops take it."""
    return "(" + ", ".join(show(d) for d in shape) + ("," if len(shape) == 1 else "") + ")"
