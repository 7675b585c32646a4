"""Pooling: windows, whole tensors (`Global…`), and to a given size (`Adaptive…`).

No weights; multiply-adds are not counted, as in published figures.
"""

from __future__ import annotations

from archlang.shapes.checks import SPATIAL_NAMES, autocast, needs_floats, needs_numbers, needs_rank
from archlang.shapes.conv_arithmetic import by, join, split, window_length
from archlang.shapes.dtypes import is_float
from archlang.shapes.rule import LayerCall, LayerResult, RuleError, rule, single
from archlang.shapes.rules.convolution import too_large
from archlang.shapes.spec import Shape, TensorSpec
from archlang.shapes.values import flag, sizes
from archlang.shapes.words import is_channels_first, padding_word


@rule(
    "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "MaxPool1D", "MaxPool2D", "MaxPool3D",
    "AveragePooling1D", "AveragePooling2D", "AveragePooling3D",
    "AvgPool1D", "AvgPool2D", "AvgPool3D",
)  # fmt: skip
def pooling(call: LayerCall) -> LayerResult:
    """A window that moves by its own size unless `strides` says otherwise."""
    axes = _axes(call)
    window = sizes(call, "pool_size", axes)
    strides = window if call.args.get("strides") is None else sizes(call, "strides", axes)
    padding = padding_word(call, lenient=False)
    first = is_channels_first(call)
    spec = _tensor(call, axes, first)
    _needs_poolable(call, spec, axes)
    if spec.shape is None:
        return LayerResult(spec.with_shape((None,) * (axes + 2)))
    read, channels = split(spec.shape, first)
    spatial = tuple(
        window_length(length, size, stride, padding)
        for length, size, stride in zip(read, window, strides, strict=True)
    )
    if padding == "valid" and any(isinstance(n, int) and n <= 0 for n in spatial):
        raise too_large(call, "window", by(window), read, argument="pool_size")
    return LayerResult(spec.with_shape(join(spec.shape[0], spatial, channels, first)))


@rule(
    "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D",
    "GlobalMaxPool1D", "GlobalMaxPool2D", "GlobalMaxPool3D",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
    "GlobalAvgPool1D", "GlobalAvgPool2D", "GlobalAvgPool3D",
)  # fmt: skip
def global_pooling(call: LayerCall) -> LayerResult:
    """One number a channel; with `keepdims` the spatial axes stay, of length 1."""
    axes = _axes(call)
    first = is_channels_first(call)
    spec = _tensor(call, axes, first)
    needs_numbers(call, spec)
    if "Av" in call.layer and spec.dtype is not None and not is_float(spec.dtype):
        spec = spec.with_dtype("float32")
    spatial: Shape = (1,) * axes if flag(call, "keepdims") else ()
    batch, channels = None, None
    if spec.shape is not None:
        batch, channels = spec.shape[0], split(spec.shape, first)[1]
    return LayerResult(spec.with_shape(join(batch, spatial, channels, first)))


@rule(
    "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D",
    "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
)  # fmt: skip
def adaptive_pooling(call: LayerCall) -> LayerResult:
    """As many windows as `output_size` asks for."""
    axes = _axes(call)
    size = sizes(call, "output_size", axes)
    first = is_channels_first(call, lenient=False)
    spec = _tensor(call, axes, first)
    if "Average" in call.layer:
        needs_floats(call, spec)
    else:
        _needs_poolable(call, spec, axes)
    batch, channels = None, None
    if spec.shape is not None:
        batch, channels = spec.shape[0], split(spec.shape, first)[1]
    return LayerResult(spec.with_shape(join(batch, size, channels, first)))


def _axes(call: LayerCall) -> int:
    return next(int(letter) for letter in call.layer if letter.isdigit())


def _tensor(call: LayerCall, axes: int, first: bool) -> TensorSpec:
    spec = autocast(call, single(call))
    names = SPATIAL_NAMES[axes]
    needs_rank(call, spec, ("channels", *names) if first else (*names, "channels"))
    return spec


def _needs_poolable(call: LayerCall, spec: TensorSpec, axes: int) -> None:
    # Along one or two axes the largest of whole numbers is found; means, and volumes, want floats.
    if "Av" in call.layer or axes == 3:
        needs_floats(call, spec)
    else:
        needs_numbers(call, spec, bools=False)
    if "Max" in call.layer and axes == 3 and spec.dtype == "float64":
        raise RuleError(
            f"`{call.layer}` has no float64 version in TensorFlow",
            code="E0311",
            label="float64 flows in",
            help="compute in float32, with `dtype=float32`",
            set_argument=("dtype", "float32"),
        )
