"""Sound as pictures: `STFTSpectrogram` and `MelSpectrogram`."""

from __future__ import annotations

from math import ceil, log2

from archlang.shapes.checks import needs_floats, needs_numbers
from archlang.shapes.conv_arithmetic import window_length
from archlang.shapes.dims import add, floordiv, mul, sub
from archlang.shapes.rule import (
    LayerCall,
    LayerResult,
    RuleError,
    compute_dtype,
    rule,
    single,
    variable_dtype,
)
from archlang.shapes.spec import Dim, Shape, TensorSpec, show_shape
from archlang.shapes.values import (
    data_format,
    flag,
    optional_whole,
    times,
    weight,
    whole,
    word,
)

MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


@rule("STFTSpectrogram")
def stft_spectrogram(call: LayerCall) -> LayerResult:
    """The short-time Fourier transform of each channel, as convolutions with trainable kernels."""
    frame, step, bins = _frames(call)
    mode = word(call, "mode", MODES, "log")
    padding = word(call, "padding", ("valid", "same"), "valid")
    expand = flag(call, "expand_dims")
    channels_last = data_format(call) == "channels_last"
    stored = variable_dtype(call)
    kernels = {"real_kernel": mode != "imag", "imag_kernel": mode != "real"}
    weights = tuple(
        weight(call, name, (frame, 1, bins), stored) for name, used in kernels.items() if used
    )
    spec = single(call)
    needs_floats(call, spec)
    dtype = compute_dtype(call)
    if spec.shape is None:
        return LayerResult(TensorSpec((None,) * (4 if expand else 3), dtype), weights, None)
    if len(spec.shape) != 3:
        axes = "time, channels" if channels_last else "channels, time"
        raise RuleError(
            f"`{call.layer}` needs [{axes}], but {show_shape(spec.shape)} flows in",
            code="E0370",
            label=f"{show_shape(spec.shape)} flows in",
            help="`Reshape((-1, 1))` gives a plain signal its channel",
            insert_before="Reshape((-1, 1))" if len(spec.shape) == 2 else None,
        )
    batch = spec.shape[0]
    time, channels = spec.shape[1:] if channels_last else reversed(spec.shape[1:])
    windows = window_length(time, frame, step, padding)
    if isinstance(windows, int) and windows < 1:
        raise RuleError(
            f"a frame of {frame} does not fit into a signal of {time}",
            code="E0370",
            argument="frame_length",
            label=f"longer than {time}",
            help="use a shorter `frame_length`, or `padding=same`",
            set_argument=("padding", "same"),
        )
    frequencies = 2 * bins if mode == "stft" else bins
    shape = _arranged(batch, windows, frequencies, channels, expand, channels_last)
    macs = times(len(weights) * frame * bins, windows, channels)
    return LayerResult(TensorSpec(shape, dtype), weights, macs)


@rule("MelSpectrogram")
def mel_spectrogram(call: LayerCall) -> LayerResult:
    """A spectrogram with bands as wide as we hear them."""
    fft = whole(call, "fft_length", 2048)
    stride = whole(call, "sequence_stride", 512)
    length = optional_whole(call, "sequence_length") or fft
    bands = whole(call, "num_mel_bins", 128)
    if length > fft:
        raise RuleError(
            f"a sequence of {length} does not fit into `fft_length={fft}`",
            code="E0370",
            argument="sequence_length",
            label=f"longer than {fft}",
            set_argument=("fft_length", str(2 ** ceil(log2(length)))),
        )
    spec = single(call)
    needs_numbers(call, spec)
    dtype = compute_dtype(call)
    if spec.shape is None:
        return LayerResult(TensorSpec(None, dtype), (), None)
    if not spec.shape:
        raise RuleError(
            f"`{call.layer}` needs [time], but {show_shape(spec.shape)} flows in",
            code="E0370",
            label=f"{show_shape(spec.shape)} flows in",
        )
    time = spec.shape[-1]
    # The signal is padded by half a frame at both ends, so that frames are centred on their step.
    steps = add(floordiv(sub(add(time, 2 * (fft // 2)), fft), stride), 1)
    if isinstance(time, int) and time <= fft // 2:
        raise RuleError(
            f"a signal of {time} is too short for `fft_length={fft}`",
            code="E0370",
            argument="fft_length",
            label=f"needs a signal longer than {fft // 2}",
        )
    bins = fft // 2 + 1
    macs = times(bands * bins, steps, *spec.shape[1:-1])
    return LayerResult(TensorSpec((*spec.shape[:-1], bands, steps), dtype), (), macs)


def _frames(call: LayerCall) -> tuple[int, int, int]:
    """The length of a frame, the step between frames, and how many frequencies they are taken apart
    into.
    """
    frame = whole(call, "frame_length", 256)
    step = optional_whole(call, "frame_step")
    fft = optional_whole(call, "fft_length")
    if step is not None and step > frame:
        raise RuleError(
            f"`frame_step={step}` leaves gaps between frames of {frame}",
            code="E0370",
            argument="frame_step",
            label=f"must be at most {frame}",
            set_argument=("frame_step", str(frame)),
        )
    if fft is not None and fft < frame:
        raise RuleError(
            f"a frame of {frame} does not fit into `fft_length={fft}`",
            code="E0370",
            argument="fft_length",
            label=f"must be at least {frame}",
            set_argument=("fft_length", str(2 ** ceil(log2(frame)))),
        )
    fft = fft or 2 ** ceil(log2(frame))
    return frame, max(step or frame // 2, 1), fft // 2 + 1


def _arranged(
    batch: Dim, windows: Dim, frequencies: int, channels: Dim, expand: bool, channels_last: bool
) -> Shape:
    if expand and channels_last:
        return (batch, windows, frequencies, channels)
    if expand:
        return (batch, channels, windows, frequencies)
    together = mul(frequencies, channels)
    return (batch, windows, together) if channels_last else (batch, together, windows)
