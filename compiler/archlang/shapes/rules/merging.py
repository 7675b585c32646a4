"""Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate: several tensors in, one out; no
weights.

Element by element, so no multiply-adds are counted. `Dot` has a module of its own.
"""

from __future__ import annotations

from archlang.shapes.checks import autocast, needs_axis, needs_numbers
from archlang.shapes.dims import add, equal, merge, show
from archlang.shapes.dtypes import is_whole, promote
from archlang.shapes.rule import LayerCall, LayerResult, RuleError, rule
from archlang.shapes.spec import Dim, Shape, TensorSpec, show_shape
from archlang.shapes.values import bad_value


@rule("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
def merging(call: LayerCall) -> LayerResult:
    """Element by element; axes of length 1 are stretched, missing ones come behind the batch."""
    tensors = several(call)
    if call.layer == "Subtract" and len(tensors) != 2:
        raise wrong_count(call, len(tensors), "exactly two")
    dtype = _merged_dtype(call, tensors)
    batch = _batch(call, tensors)
    if any(spec.shape is None for spec in tensors):
        return LayerResult(TensorSpec(None, dtype))
    merged: Shape = _without_batch(tensors[0])
    for index, spec in enumerate(tensors[1:], start=1):
        merged = _broadcast(call, tensors, merged, index, _without_batch(spec))
    return LayerResult(TensorSpec((batch, *merged), dtype))


@rule("Concatenate")
def concatenate(call: LayerCall) -> LayerResult:
    """Joined along `axis`; all other axes agree."""
    axis = call.args.get("axis", -1)
    if not isinstance(axis, int):
        raise bad_value(call, "axis", axis, "a whole number")
    tensors = several(call)
    dtypes = {spec.dtype for spec in tensors}
    dtype = dtypes.pop() if len(dtypes) == 1 else promote(*dtypes)
    ranks = {len(spec.shape) for spec in tensors if spec.shape is not None}
    if len(ranks) > 1:
        raise RuleError(
            f"cannot join tensors of different rank: {_listed(tensors)}",
            code="E0304",
            input_index=_first_other_rank(tensors),
            label="another number of axes",
            help="bring them to the same number of axes first, with `Flatten` or `Reshape`",
        )
    for spec in tensors:
        if spec.shape is not None:
            needs_axis(call, spec, axis)
    if any(spec.shape is None for spec in tensors):
        rank = ranks.pop() if ranks else None
        return LayerResult(TensorSpec(None if rank is None else (None,) * rank, dtype))
    return LayerResult(TensorSpec(_joined(call, tensors, axis), dtype))


def several(call: LayerCall) -> list[TensorSpec]:
    """The tensors that flow into a layer which merges; one alone is not a list."""
    inputs = call.inputs
    if isinstance(inputs, TensorSpec) and inputs.shape is None and inputs.dtype is None:
        return [inputs]
    if not isinstance(inputs, (list, tuple)) or not inputs:
        count = 1 if isinstance(inputs, (TensorSpec, dict)) else 0
        raise wrong_count(call, count, "several")
    specs = [item for item in inputs if isinstance(item, TensorSpec)]  # pyright: ignore[reportUnknownVariableType]
    if len(specs) != len(inputs):  # pyright: ignore[reportUnknownArgumentType]
        raise wrong_count(call, len(specs), "several")
    for index, spec in enumerate(specs):
        if spec.shape == ():
            raise RuleError(
                f"`{call.layer}` merges tensors with a batch axis, but a single number flows in",
                code="E0301",
                input_index=index,
                label="no axis is left",
                help="keep the batch axis: `axis=` of the step before must not be 0",
            )
    return [autocast(call, spec) for spec in specs]


def wrong_count(call: LayerCall, count: int, wanted: str) -> RuleError:
    flows = {0: "none flows in", 1: "one flows in"}.get(count, f"{count} flow in")
    return RuleError(
        f"`{call.layer}` takes {wanted} tensors, but {flows}",
        code="E0306",
        label=flows,
        help=f"give it a list of branches: `[a, b] -> {call.layer}`",
    )


def _merged_dtype(call: LayerCall, tensors: list[TensorSpec]) -> str | None:
    alone = len(tensors) == 1
    dtype = tensors[0].dtype if alone else promote(*(spec.dtype for spec in tensors))
    # Strings can be added to strings: they are joined.
    joins = call.layer == "Add" and all(spec.dtype in ("string", None) for spec in tensors)
    if call.layer == "Average" or not (alone or joins):
        for spec in tensors:
            needs_numbers(call, spec)
        # Two at a time: bool with bool is refused even where a number comes after them.
        running = tensors[0].dtype
        for spec in tensors[1:]:
            if running == spec.dtype == "bool":
                needs_numbers(call, spec, bools=False)
            running = promote(running, spec.dtype)
        if dtype == "bool":
            needs_numbers(call, tensors[0], bools=False)
    if call.layer == "Average" and is_whole(dtype):
        # As TensorFlow divides whole numbers.
        return "float32" if dtype in ("int8", "int16", "uint8", "uint16") else "float64"
    return dtype


def _batch(call: LayerCall, tensors: list[TensorSpec]) -> Dim:
    """The batch size that any of them knows; two different ones do not merge."""
    batch: Dim = None
    for index, spec in enumerate(tensors):
        size = spec.shape[0] if spec.shape else None
        if isinstance(batch, int) and isinstance(size, int) and size != batch:
            raise RuleError(
                f"`{call.layer}` cannot merge batches of {batch} and {size} examples",
                code="E0304",
                input_index=index,
                label=f"{size} examples a batch",
            )
        batch = merge(batch, size)
    return batch


def _without_batch(spec: TensorSpec) -> Shape:
    assert spec.shape is not None
    return spec.shape[1:]


def _broadcast(
    call: LayerCall, tensors: list[TensorSpec], merged: Shape, index: int, shape: Shape
) -> Shape:
    if len(merged) < len(shape):
        longer, shorter = shape, merged
    else:
        longer, shorter = merged, shape
    extra = len(longer) - len(shorter)
    dims: list[Dim] = list(longer[:extra])
    for at, (a, b) in enumerate(zip(longer[extra:], shorter, strict=True), start=extra + 1):
        if a == 1 or b == 1:
            # Keras does not look into an axis that it does not know: it may be longer than 1.
            dims.append(b if a == 1 else a)
        elif equal(a, b) is False:
            raise _mismatch(call, tensors, merged, index, at)
        else:
            # A number beside None stays open: Keras answers None, and builds on that.
            dims.append(None if None in (a, b) and isinstance(merge(a, b), int) else _open(a, b))
    return tuple(dims)


def _open(a: Dim, b: Dim) -> Dim:
    """Of two lengths that may be equal, the symbol; a number only where both are."""
    if isinstance(a, int) and isinstance(b, int):
        return a
    return a if not isinstance(a, int) and a is not None else b if not isinstance(b, int) else a


def _mismatch(
    call: LayerCall, tensors: list[TensorSpec], merged: Shape, index: int, axis: int
) -> RuleError:
    verb = {"Subtract": "subtract", "Multiply": "multiply"}.get(call.layer, "merge")
    verb = "add" if call.layer == "Add" else verb
    # `axis` counts in the longer of the two, aligned at the end.
    left, right = merged, _without_batch(tensors[index])
    rank = max(len(left), len(right))
    a, b = left[axis - 1 - rank + len(left)], right[axis - 1 - rank + len(right)]
    first = (None, *left)
    return RuleError(
        f"`{call.layer}` cannot {verb} {show_shape(first)} and {show_shape(tensors[index].shape)}: "
        f"axis {axis} is {show(a)} in one and {show(b)} in the other",
        code="E0304",
        input_index=index,
        label=f"{show_shape(tensors[index].shape)} here, {show_shape(first)} before",
        help=_projection(left, right),
    )


def _projection(a: Shape, b: Shape) -> str:
    """Which branch to bring to the other's shape, and with what layer, where one does it."""
    if len(a) == len(b) and len(a) in (1, 2, 3, 4):
        # The longer one is shortened; of two as long, the one with fewer channels is widened.
        for source, target in ((a, b), (b, a)) if _longer(a, b) else ((b, a), (a, b)):
            layer = _layer_between(source, target)
            if layer is not None:
                shapes = f"{show_shape((None, *source))} to {show_shape((None, *target))}"
                return f"bring {shapes} first, with `{layer}` in that branch"
    return "bring the branches to one shape first" + (
        _kept_by_padding((None, *a), (None, *b)) or ", with strides, padding or `Dense`"
    )


def _longer(a: Shape, b: Shape) -> bool:
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if isinstance(x, int) and isinstance(y, int)]
    spatial = next((x - y for x, y in pairs[:-1] if x != y), 0)
    return spatial > 0 or (spatial == 0 and bool(pairs) and pairs[-1][0] < pairs[-1][1])


def _layer_between(source: Shape, target: Shape) -> str | None:
    """The layer of single positions that makes one shape of the other."""
    width = target[-1]
    if not isinstance(width, int):
        return None
    if source[:-1] == target[:-1] and len(source) < 3:
        return f"Dense({width})"
    strides: list[int] = []
    for long, short in zip(source[:-1], target[:-1], strict=True):
        if equal(long, short):
            strides.append(1)
            continue
        if not isinstance(long, int) or not isinstance(short, int) or not 1 < short < long:
            return None
        step = -(-long // short)
        if -(-long // step) != short:
            return None
        strides.append(step)
    if len(strides) not in (1, 2, 3):
        return None
    layer = f"Conv{len(strides)}D"
    if set(strides) == {1}:
        return f"{layer}({width}, 1)"
    step = str(strides[0]) if len(set(strides)) == 1 else f"({', '.join(map(str, strides))})"
    return f"{layer}({width}, 1, strides={step})"


def _kept_by_padding(a: Shape, b: Shape) -> str:
    """What to say of lengths that differ by a few positions only, as convolutions without padding make them."""
    near = len(a) == len(b) > 2 and any(
        isinstance(x, int) and isinstance(y, int) and 0 < abs(x - y) < max(x, y) / 3
        for x, y in zip(a[1:-1], b[1:-1], strict=True)
    )
    return "; `padding=same` in a convolution keeps its length" if near else ""


def _joined(call: LayerCall, tensors: list[TensorSpec], axis: int) -> Shape:
    assert tensors[0].shape is not None
    rank = len(tensors[0].shape)
    along = axis % rank
    shape = list(tensors[0].shape)
    for index, spec in enumerate(tensors[1:], start=1):
        assert spec.shape is not None
        for at, (a, b) in enumerate(zip(shape, spec.shape, strict=True)):
            if at == along:
                shape[at] = add(a, b)
            elif equal(a, b) is False:
                raise _misjoin(call, tensors, index, at, along)
            elif at > 0:
                shape[at] = merge_open(a, b)
            else:
                shape[at] = merge(a, b)
    return tuple(shape)


def merge_open(a: Dim, b: Dim) -> Dim:
    """The first of two lengths that agree: Keras takes the first tensor's."""
    return a if a is not None else (b if not isinstance(b, int) else None)


def _misjoin(
    call: LayerCall, tensors: list[TensorSpec], index: int, at: int, along: int
) -> RuleError:
    first, other = tensors[0].shape, tensors[index].shape
    assert first is not None
    assert other is not None
    name = "the batch axis" if at == 0 else f"axis {at}"
    return RuleError(
        f"`{call.layer}` joins along axis {along}, but {show_shape(first)} and {show_shape(other)} "
        f"differ along {name} too: {show(first[at])} and {show(other[at])}",
        code="E0304",
        input_index=index,
        label=f"{show_shape(other)} here, {show_shape(first)} before",
        help="all axes but the one that is joined must agree" + _kept_by_padding(first, other),
    )


def _first_other_rank(tensors: list[TensorSpec]) -> int:
    ranks = [spec.rank for spec in tensors]
    known = next(rank for rank in ranks if rank is not None)
    return next(i for i, rank in enumerate(ranks) if rank is not None and rank != known)


def _listed(tensors: list[TensorSpec]) -> str:
    return " and ".join(show_shape(spec.shape) for spec in tensors)
