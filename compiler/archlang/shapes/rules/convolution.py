"""Convolutions: plain with groups, transposed, depthwise and separable, along one to three axes.

Multiply-adds: the kernel's volume times what it reads and makes, at every output position; for a
transposed convolution at every input position. Biases and activations cost nothing.
"""

from __future__ import annotations

from archlang.records import record
from archlang.shapes.activation import activated
from archlang.shapes.checks import (
    SPATIAL_NAMES,
    THINGS,
    autocast,
    needs_floats,
    needs_rank,
    needs_size,
)
from archlang.shapes.conv_arithmetic import (
    by,
    dilated,
    join,
    split,
    transposed_length,
    window_length,
)
from archlang.shapes.rule import (
    LayerCall,
    LayerResult,
    RuleError,
    Weight,
    compute_dtype,
    rule,
    single,
)
from archlang.shapes.spec import Dim, Shape, TensorSpec, show_shape
from archlang.shapes.values import flag, sizes, times, whole
from archlang.shapes.weights import own, with_adapters
from archlang.shapes.words import is_channels_first, padding_word


@record
class _Window:
    """How a kernel moves over its input."""

    axes: int
    kernel: tuple[int, ...]
    strides: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: str
    channels_first: bool

    @property
    def spans(self) -> tuple[int, ...]:
        """How far the kernel reaches along each axis."""
        return tuple(dilated(k, d) for k, d in zip(self.kernel, self.dilation, strict=True))


@rule("Conv1D", "Conv2D", "Conv3D", "Convolution1D", "Convolution2D", "Convolution3D")
def convolution(call: LayerCall) -> LayerResult:
    """[..., channels] to [..., filters]."""
    window = _window(call, causal=_axes(call) == 1)
    filters = whole(call, "filters")
    groups = whole(call, "groups", 1)
    _refuse_strides_with_dilation(call, window)
    if filters % groups:
        raise RuleError(
            f"{filters} filters cannot be split into {groups} equal groups",
            code="E0305",
            argument="groups",
            label=f"does not divide {filters}",
            help="`filters` and the channels that flow in must both be multiples of `groups`",
        )
    spec, channels = _tensor(call, window)
    if channels is None:
        return _unknown(call, window, spec, filters)
    if channels % groups:
        raise RuleError(
            f"the {channels} channels that flow in cannot be split into {groups} equal groups",
            code="E0305",
            argument="groups",
            label=f"does not divide {channels}",
            help="`filters` and the channels that flow in must both be multiples of `groups`",
        )
    spatial = _slide(call, window, spec)
    weights = [own(call, "kernel", (*window.kernel, channels // groups, filters))]
    weights += _bias(call, filters)
    macs = times(*window.kernel, channels // groups, filters, *spatial)
    out = _output(call, window, spec, spatial, filters)
    return LayerResult(out, with_adapters(call, weights, "kernel"), macs)


@rule(
    "Conv1DTranspose",
    "Conv2DTranspose",
    "Conv3DTranspose",
    "Convolution1DTranspose",
    "Convolution2DTranspose",
    "Convolution3DTranspose",
)
def transposed_convolution(call: LayerCall) -> LayerResult:
    """[..., channels] to longer axes and [..., filters]."""
    window = _window(call)
    filters = whole(call, "filters")
    _refuse_strides_with_dilation(call, window)
    output_padding = _output_padding(call, window)
    spec, channels = _tensor(call, window)
    if channels is None:
        return _unknown(call, window, spec, filters)
    assert spec.shape is not None
    read, _ = split(spec.shape, window.channels_first)
    spatial = tuple(
        transposed_length(length, span, stride, window.padding, extra)
        for length, span, stride, extra in zip(
            read, window.spans, window.strides, output_padding, strict=True
        )
    )
    weights = [own(call, "kernel", (*window.kernel, filters, channels)), *_bias(call, filters)]
    macs = times(*window.kernel, channels, filters, *read)
    out = _output(call, window, spec, spatial, filters)
    return LayerResult(out, tuple(weights), macs)


@rule("DepthwiseConv1D", "DepthwiseConv2D")
def depthwise_convolution(call: LayerCall) -> LayerResult:
    """[..., channels] to [..., channels * depth_multiplier]; each channel has its own kernels."""
    window = _window(call)
    multiplier = whole(call, "depth_multiplier", 1)
    spec, channels = _tensor(call, window)
    if channels is None:
        return _unknown(call, window, spec, None)
    spatial = _slide(call, window, spec)
    made = channels * multiplier
    weights = [own(call, "kernel", (*window.kernel, channels, multiplier)), *_bias(call, made)]
    macs = times(*window.kernel, made, *spatial)
    return LayerResult(_output(call, window, spec, spatial, made), tuple(weights), macs)


@rule("SeparableConv1D", "SeparableConv2D", "SeparableConvolution1D", "SeparableConvolution2D")
def separable_convolution(call: LayerCall) -> LayerResult:
    """A depthwise convolution, then one of size 1 over its channels."""
    window = _window(call)
    multiplier = whole(call, "depth_multiplier", 1)
    filters = whole(call, "filters")
    spec, channels = _tensor(call, window)
    if channels is None:
        return _unknown(call, window, spec, filters)
    spatial = _slide(call, window, spec)
    between = channels * multiplier
    weights = [
        own(call, "depthwise_kernel", (*window.kernel, channels, multiplier)),
        own(call, "pointwise_kernel", (*([1] * window.axes), between, filters)),
        *_bias(call, filters),
    ]
    depthwise, pointwise = (
        times(*window.kernel, between, *spatial),
        times(between, filters, *spatial),
    )
    macs = None if depthwise is None or pointwise is None else depthwise + pointwise
    return LayerResult(_output(call, window, spec, spatial, filters), tuple(weights), macs)


def _axes(call: LayerCall) -> int:
    """`Conv2DTranspose` works along 2 axes."""
    return next(int(letter) for letter in call.layer if letter.isdigit())


def _window(call: LayerCall, *, causal: bool = False) -> _Window:
    axes = _axes(call)
    return _Window(
        axes,
        sizes(call, "kernel_size", axes),
        sizes(call, "strides", axes, 1),
        sizes(call, "dilation_rate", axes, 1),
        padding_word(call, causal=causal),
        is_channels_first(call),
    )


def _refuse_strides_with_dilation(call: LayerCall, window: _Window) -> None:
    if max(window.strides) > 1 and max(window.dilation) > 1:
        raise RuleError(
            f"`{call.layer}` takes strides or dilation, not both: "
            f"strides {by(window.strides)}, dilation {by(window.dilation)}",
            code="E0308",
            argument="dilation_rate",
            label="together with `strides`",
            help="leave one of them at 1",
            set_argument=("dilation_rate", "1"),
        )


def _output_padding(call: LayerCall, window: _Window) -> tuple[int | None, ...]:
    if call.args.get("output_padding") is None:
        return (None,) * window.axes
    padding = sizes(call, "output_padding", window.axes, minimum=0)
    for extra, stride in zip(padding, window.strides, strict=True):
        if extra >= stride:
            raise RuleError(
                f"`output_padding` must be smaller than `strides`, but it is {extra} "
                f"where the stride is {stride}",
                code="E0308",
                argument="output_padding",
                label=f"not smaller than {stride}",
                help="leave it out: Keras then finds the length that fits",
            )
    return padding


def _tensor(call: LayerCall, window: _Window) -> tuple[TensorSpec, int | None]:
    """What flows in, and its channels; None for those of an unknown shape."""
    spec = autocast(call, single(call))
    names = SPATIAL_NAMES[window.axes]
    needs_rank(call, spec, ("channels", *names) if window.channels_first else (*names, "channels"))
    needs_floats(call, spec)
    if spec.shape is None:
        return spec, None
    axis = 1 if window.channels_first else -1
    channels = needs_size(call, spec, axis, "the channel axis")
    if channels == 0:
        raise RuleError(
            f"`{call.layer}` needs at least one channel, but {show_shape(spec.shape)} flows in",
            code="E0302",
            label="no channels flow in",
        )
    return spec, channels


def _slide(call: LayerCall, window: _Window, spec: TensorSpec) -> Shape:
    """How many positions the kernel takes along each axis."""
    assert spec.shape is not None
    read, _ = split(spec.shape, window.channels_first)
    spatial = tuple(
        window_length(length, span, stride, window.padding)
        for length, span, stride in zip(read, window.spans, window.strides, strict=True)
    )
    if window.padding == "valid" and any(isinstance(n, int) and n <= 0 for n in spatial):
        kernel = by(window.kernel)
        if window.spans != window.kernel:
            kernel += f", spread to {by(window.spans)} by its dilation,"
        raise too_large(call, "kernel", kernel, read, argument="kernel_size")
    return spatial


def too_large(call: LayerCall, what: str, size: str, read: Shape, *, argument: str) -> RuleError:
    """The refusal of a window that is larger than what it slides over."""
    thing = THINGS[len(read)]
    flows = f"{by(read)} {thing}" if len(read) > 1 else f"{thing} of {by(read)} steps"
    return RuleError(
        f"{what} of {size} is larger than the {flows} that flows in",
        code="E0303",
        argument=argument,
        label=f"larger than {by(read)}",
        help=f"use `padding=same`, or a smaller {what}",
        set_argument=("padding", "same"),
    )


def _bias(call: LayerCall, size: int) -> list[Weight]:
    return [own(call, "bias", (size,))] if flag(call, "use_bias", True) else []


def _output(
    call: LayerCall, window: _Window, spec: TensorSpec, spatial: Shape, channels: Dim
) -> TensorSpec:
    assert spec.shape is not None
    shape = join(spec.shape[0], spatial, channels, window.channels_first)
    return activated(call, TensorSpec(shape, spec.dtype or compute_dtype(call)))


def _unknown(call: LayerCall, window: _Window, spec: TensorSpec, channels: Dim) -> LayerResult:
    """Of an unknown input, the rank and the channels of the output are certain all the same."""
    shape = join(None, (None,) * window.axes, channels, window.channels_first)
    return LayerResult(activated(call, TensorSpec(shape, compute_dtype(call))), None, None)
