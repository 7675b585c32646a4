"""Cropping, ZeroPadding and UpSampling along one to three axes; no weights."""

from __future__ import annotations

from archlang.shapes.checks import SPATIAL_NAMES, THINGS, autocast, needs_numbers, needs_rank
from archlang.shapes.conv_arithmetic import by, join, split
from archlang.shapes.dims import add, mul, sub
from archlang.shapes.rule import LayerCall, LayerResult, RuleError, rule, single
from archlang.shapes.spec import Shape, TensorSpec
from archlang.shapes.values import bad_value, sequence, sizes, whole
from archlang.shapes.words import is_channels_first

Pairs = tuple[tuple[int, int], ...]

_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area")


@rule("Cropping1D", "Cropping2D", "Cropping3D")
def cropping(call: LayerCall) -> LayerResult:
    """Steps off both ends of each axis."""
    axes = int(call.layer[-2])
    pairs = _pairs(call, "cropping", axes)
    first = axes > 1 and is_channels_first(call)
    spec = _tensor(call, axes, first)
    if spec.shape is None:
        return LayerResult(spec.with_shape((None,) * (axes + 2)))
    read, channels = split(spec.shape, first)
    spatial = tuple(
        sub(length, before + after) for length, (before, after) in zip(read, pairs, strict=True)
    )
    if any(isinstance(n, int) and n <= 0 for n in spatial):
        cut = by(tuple(before + after for before, after in pairs))
        raise RuleError(
            f"nothing is left of the {by(read)} {THINGS[axes]} that flows in when {cut} is cut off",
            code="E0303",
            argument="cropping",
            label=f"cuts off {cut}",
            help="cut off less than the size of each axis",
        )
    return LayerResult(spec.with_shape(join(spec.shape[0], spatial, channels, first)))


@rule("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")
def zero_padding(call: LayerCall) -> LayerResult:
    """Zeros at both ends of each axis."""
    axes = int(call.layer[-2])
    pairs = _pairs(call, "padding", axes)
    first = is_channels_first(call)
    spec = _tensor(call, axes, first)
    if spec.shape is None:
        return LayerResult(spec.with_shape((None,) * (axes + 2)))
    read, channels = split(spec.shape, first)
    spatial = tuple(
        add(length, before + after) for length, (before, after) in zip(read, pairs, strict=True)
    )
    return LayerResult(spec.with_shape(join(spec.shape[0], spatial, channels, first)))


@rule("UpSampling1D", "UpSampling2D", "UpSampling3D")
def up_sampling(call: LayerCall) -> LayerResult:
    """Each step several times, or in between."""
    axes = int(call.layer[-2])
    if axes == 1:
        if isinstance(call.args.get("size"), bool):
            raise bad_value(call, "size", call.args["size"], "a positive whole number")
        factors: tuple[int, ...] = (whole(call, "size", 2),)
    else:
        factors = sizes(call, "size", axes, 2)
    first = axes > 1 and is_channels_first(call)
    spec = _tensor(call, axes, first)
    if axes == 2:
        _check_interpolation(call, spec)
    if spec.shape is None:
        return LayerResult(spec.with_shape((None,) * (axes + 2)))
    read, channels = split(spec.shape, first)
    spatial: Shape = tuple(mul(n, factor) for n, factor in zip(read, factors, strict=True))
    return LayerResult(spec.with_shape(join(spec.shape[0], spatial, channels, first)))


def _tensor(call: LayerCall, axes: int, first: bool) -> TensorSpec:
    spec = autocast(call, single(call))
    names = SPATIAL_NAMES[axes]
    needs_rank(call, spec, ("channels", *names) if first else (*names, "channels"))
    return spec


def _pairs(call: LayerCall, name: str, axes: int) -> Pairs:
    """How much at the start and the end of each axis, from one number, one or a pair an axis."""
    value = call.args.get(name, 1)
    expected = (
        "a whole number from 0 on or a pair of them"
        if axes == 1
        else f"a whole number from 0 on, {axes} of them, or {axes} pairs"
    )
    whole_pair = _pair(value)
    if isinstance(value, int):
        if whole_pair is None:
            raise bad_value(call, name, value, expected)
        return (whole_pair,) * axes
    if axes == 1:
        pairs = [whole_pair]
    else:
        items = sequence(value)
        pairs = [_pair(item) for item in items] if items is not None else []
    found = tuple(pair for pair in pairs if pair is not None)
    if len(found) != axes or len(found) != len(pairs):
        raise bad_value(call, name, value, expected)
    return found


def _pair(value: object) -> tuple[int, int] | None:
    if isinstance(value, int):
        return (int(value), int(value)) if value >= 0 else None
    items = sequence(value)
    if items is None or len(items) != 2 or not all(isinstance(n, int) and n >= 0 for n in items):
        return None
    return int(items[0]), int(items[1])


def _check_interpolation(call: LayerCall, spec: TensorSpec) -> None:
    value = call.args.get("interpolation", "nearest")
    if not isinstance(value, str) or value.lower() not in _INTERPOLATIONS:
        raise bad_value(call, "interpolation", value, " or ".join(_INTERPOLATIONS))
    if value.lower() != "nearest":
        needs_numbers(call, spec, bools=False)
