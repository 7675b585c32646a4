"""Numbers prepared for a network: `Rescaling`, `Normalization`, `Discretization`,
`CategoryEncoding`.
"""

from __future__ import annotations

from typing import Any

from archlang.shapes.checks import needs_numbers
from archlang.shapes.dims import equal, show
from archlang.shapes.dtypes import is_whole
from archlang.shapes.encoding import ENCODINGS, MODES, OLD_NAMES, counts_one_list, encoded
from archlang.shapes.rule import (
    LayerCall,
    LayerResult,
    RuleError,
    Weight,
    compute_dtype,
    rule,
    single,
    variable_dtype,
)
from archlang.shapes.spec import Shape, TensorSpec, show_shape
from archlang.shapes.values import bad_value, is_number, optional_whole, sequence, whole, word


@rule("Rescaling")
def rescaling(call: LayerCall) -> LayerResult:
    """`inputs * scale + offset`; both may be lists, with one number for each channel."""
    spec = single(call)
    needs_numbers(call, spec)
    shape = spec.shape
    for name, default in (("scale", None), ("offset", 0.0)):
        lengths = _array_shape(call, name, call.args.get(name, default))
        shape = _stretched(call, name, shape, lengths)
    return LayerResult(TensorSpec(shape, compute_dtype(call)))


@rule("Normalization")
def normalization(call: LayerCall) -> LayerResult:
    """Subtracts a mean and divides by a deviation, given or learnt, along the axes kept."""
    spec = single(call)
    needs_numbers(call, spec)
    axes = _axes(call)
    lengths = _given_moments(call, axes)
    output = TensorSpec(spec.shape, compute_dtype(call))
    if spec.shape is None:
        return LayerResult(output, None if lengths is None else (), None)
    kept = _kept(call, spec.shape, axes)
    if lengths is not None:
        _check_moments(call, lengths, kept)
        return LayerResult(output)
    dtype = variable_dtype(call)
    weights = (
        Weight("mean", kept, dtype, False),
        Weight("variance", kept, dtype, False),
        Weight("count", (), "int64", False),
    )
    return LayerResult(output, weights)


@rule("Discretization")
def discretization(call: LayerCall) -> LayerResult:
    """Numbers become the number of the bin that they fall into."""
    mode = word(call, "output_mode", MODES, "int")
    _dense(call, mode)
    bins = optional_whole(call, "num_bins", minimum=0)
    boundaries = call.args.get("bin_boundaries")
    if (bins is None) == (boundaries is None):
        both = bins is not None
        raise RuleError(
            "`Discretization` takes `num_bins` or `bin_boundaries`, "
            + ("not both" if both else "but neither is given"),
            code="E0368",
            argument="num_bins" if both else None,
            label="one of the two is needed" if not both else "not together with `bin_boundaries`",
            help="`bin_boundaries=[…]` fixes the bins, `num_bins=…` learns them from the data",
        )
    if bins is None:
        edges = sequence(boundaries)
        if edges is None or not all(is_number(edge) for edge in edges):
            raise bad_value(call, "bin_boundaries", boundaries, "a list of numbers")
        bins = len(edges) + 1
    spec = single(call)
    needs_numbers(call, spec)
    shape = None if spec.shape is None else encoded(spec.shape, mode, bins)
    return LayerResult(TensorSpec(shape, "int32" if mode == "int" else compute_dtype(call)))


@rule("CategoryEncoding")
def category_encoding(call: LayerCall) -> LayerResult:
    """Numbers of categories become vectors with a place for each category."""
    mode = call.args.get("output_mode", "multi_hot")
    mode = OLD_NAMES.get(mode, mode) if isinstance(mode, str) else mode
    if mode not in ENCODINGS:
        raise bad_value(call, "output_mode", mode, "one_hot, multi_hot or count")
    tokens = whole(call, "num_tokens")
    spec = single(call)
    needs_numbers(call, spec)
    counted = mode != "one_hot"
    counts_one_list(call, spec, mode)
    # TensorFlow counts in these two.
    if counted and is_whole(spec.dtype) and spec.dtype not in ("int32", "int64"):
        raise RuleError(
            f"`CategoryEncoding` counts int32 or int64, but {spec.dtype} flows in",
            code="E0369",
            label=f"{spec.dtype} flows in",
            help="declare the input as int32",
        )
    weights = call.call_args.get("count_weights")
    if weights is not None and mode != "count":
        raise RuleError(
            f"`count_weights` weighs counts, but `output_mode` is {mode}",
            code="E0369",
            argument="count_weights",
            label="not used in this mode",
            set_argument=("output_mode", "count"),
        )
    shape = None if spec.shape is None else encoded(spec.shape, mode, tokens)
    dtype = compute_dtype(call) if weights is not None else variable_dtype(call)
    return LayerResult(TensorSpec(shape, dtype))


def _dense(call: LayerCall, mode: str) -> None:
    if call.args.get("sparse") and mode == "int":
        raise RuleError(
            f"`{call.layer}` cannot be sparse with `output_mode=int`",
            code="E0368",
            argument="sparse",
            label="numbers are not sparse",
            set_argument=("output_mode", "one_hot"),
        )


def _array_shape(call: LayerCall, name: str, value: Any) -> tuple[int, ...]:
    """The shape of a number, a list of numbers, or lists of such lists."""
    if is_number(value):
        return ()
    items = sequence(value)
    if not items:
        raise bad_value(call, name, value, "a number or a list of numbers")
    shapes = {_array_shape(call, name, item) for item in items}
    if len(shapes) != 1:
        raise bad_value(call, name, value, "a list whose parts have one length")
    return (len(items), *shapes.pop())


def _stretched(
    call: LayerCall, name: str, shape: Shape | None, lengths: tuple[int, ...]
) -> Shape | None:
    """The shape of the input once the list of an argument was spread over its last axes."""
    if shape is None or not lengths:
        return shape
    if len(lengths) == 1 and len(shape) == 4 and lengths[0] == shape[1] and lengths[0] != shape[-1]:
        # Where Keras is configured for channels first, a list is for the axis of the channels
        # there.
        return shape
    fits = len(lengths) < len(shape) and all(
        n == 1 or dim == 1 or equal(dim, n) is not False
        for dim, n in zip(shape[-len(lengths) :], lengths, strict=True)
    )
    if not fits:
        raise RuleError(
            f"`{name}` of `{call.layer}` has {' x '.join(map(str, lengths))} numbers, "
            f"which does not fit {show_shape(shape)}",
            code="E0367",
            argument=name,
            label=f"{show(shape[-1])} numbers needed",
        )
    head = shape[: len(shape) - len(lengths)]
    tail = zip(shape[-len(lengths) :], lengths, strict=True)
    return (*head, *(dim if n == 1 else n for dim, n in tail))


def _axes(call: LayerCall) -> tuple[int, ...]:
    value = call.args.get("axis", -1)
    items = () if value is None else sequence((value,) if isinstance(value, int) else value)
    if items is None or not all(isinstance(axis, int) for axis in items):
        raise bad_value(call, "axis", value, "a whole number, a list of them or None")
    return tuple(int(axis) for axis in items)


def _given_moments(call: LayerCall, axes: tuple[int, ...]) -> tuple[int, ...] | None:
    """The shape of `mean` and `variance` where they are given."""
    mean, variance = call.args.get("mean"), call.args.get("variance")
    if mean is None and variance is None:
        return None
    if mean is None or variance is None:
        missing, given = ("mean", "variance") if mean is None else ("variance", "mean")
        raise RuleError(
            f"`Normalization` takes `mean` and `variance` together, but `{missing}` is missing",
            code="E0367",
            argument=given,
            label=f"without `{missing}`",
            help=f"give `{missing}` too, or leave both out to learn them from the data",
        )
    lengths = _array_shape(call, "mean", mean)
    if _array_shape(call, "variance", variance) != lengths:
        raise RuleError(
            "`mean` and `variance` of `Normalization` must have equally many numbers",
            code="E0367",
            argument="variance",
            label="another length than `mean`",
        )
    if len(lengths) > len(axes):
        raise RuleError(
            f"`mean` of `Normalization` has {len(lengths)} axes, but `axis` keeps {len(axes)}",
            code="E0367",
            argument="mean",
            label="too many axes",
            help="a plain number normalizes everything by the same mean",
        )
    return lengths


def _kept(call: LayerCall, shape: Shape, axes: tuple[int, ...]) -> tuple[int, ...]:
    """The sizes of the axes that have a mean of their own for each position."""
    rank = len(shape)
    kept: list[int] = []
    for axis in sorted({axis % rank if -rank <= axis < rank else rank for axis in axes}):
        if axis == rank:
            raise RuleError(
                f"`axis` of `Normalization` goes beyond {show_shape(shape)}",
                code="E0367",
                argument="axis",
                label=f"axes are counted from 0 (the batch) to {rank - 1}",
            )
        size = shape[axis]
        if not isinstance(size, int):
            raise RuleError(
                f"`Normalization` keeps a mean for each position of axis {axis}, "
                f"but its size is open: {show_shape(shape)}",
                code="E0302",
                argument="axis" if axis == 0 else None,
                label=f"the size of axis {axis} is open",
                help="write a number for that dimension in the input's type, or `axis=None`",
            )
        kept.append(size)
    return tuple(kept)


def _check_moments(call: LayerCall, lengths: tuple[int, ...], kept: tuple[int, ...]) -> None:
    tail = kept[len(kept) - len(lengths) :]
    if any(n not in (1, size) for n, size in zip(lengths, tail, strict=True)):
        raise RuleError(
            f"`mean` of `Normalization` has {' x '.join(map(str, lengths))} numbers, "
            f"but {' x '.join(map(str, tail))} flow in along `axis`",
            code="E0367",
            argument="mean",
            label=f"{' x '.join(map(str, tail))} numbers needed",
        )
