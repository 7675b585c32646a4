"""Recurrent layers over a sequence of signals, images or volumes: `ConvLSTM1D`, `ConvLSTM2D`,
`ConvLSTM3D`.
"""

from __future__ import annotations

from math import prod
from typing import Any

from archlang.shapes.checks import needs_floats
from archlang.shapes.dims import ceildiv
from archlang.shapes.rule import (
    LayerCall,
    LayerResult,
    RuleError,
    compute_dtype,
    rule,
    single,
    variable_dtype,
)
from archlang.shapes.rules.recurrent import check_mask, check_stateful, check_states
from archlang.shapes.spec import Dim, Shape, TensorSpec, show_shape
from archlang.shapes.values import (
    data_format,
    flag,
    known,
    sizes,
    times,
    weight,
    whole,
    word,
)

_AXES = {1: "length", 2: "height, width", 3: "depth, height, width"}


@rule("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
def conv_lstm(call: LayerCall) -> LayerResult:
    """An LSTM whose multiplications are convolutions: the states keep the spatial axes."""
    rank = int(call.layer[-2])
    filters = whole(call, "filters")
    kernel = sizes(call, "kernel_size", rank)
    strides, dilation = _steps(call, rank)
    padding = word(call, "padding", ("valid", "same"), "valid").lower()
    channels_last = data_format(call) == "channels_last"
    spec = single(call)
    needs_floats(call, spec)
    dtype = compute_dtype(call)
    if spec.shape is None:
        unknown: Shape = (None,) * (rank + 2)
        return LayerResult(_outputs(call, unknown, None, dtype), None, None)
    space, channels = _check_input(call, spec, rank, channels_last)
    out = tuple(
        _conv_size(call, *axis, padding)
        for axis in zip(space, kernel, strides, dilation, strict=True)
    )
    state: Shape = (*out, filters) if channels_last else (filters, *out)
    check_stateful(call, spec)
    check_states(call, spec.shape[0], [state, state])
    check_mask(call, spec)
    outputs = _outputs(call, (spec.shape[0], *state), spec.shape[1], dtype)
    shapes: dict[str, tuple[int, ...]] = {
        "kernel": (*kernel, channels, 4 * filters),
        "recurrent_kernel": (*kernel, filters, 4 * filters),
    }
    if flag(call, "use_bias", True):
        shapes["bias"] = (4 * filters,)
    stored = variable_dtype(call)
    weights = tuple(weight(call, name, shape, stored) for name, shape in shapes.items())
    step = prod(out) * prod(kernel) * (channels + filters) * 4 * filters
    return LayerResult(outputs, weights, times(step, spec.shape[1]))


def _steps(call: LayerCall, rank: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    strides = sizes(call, "strides", rank, 1)
    dilation = sizes(call, "dilation_rate", rank, 1)
    if max(strides) > 1 and max(dilation) > 1:
        raise RuleError(
            f"`{call.layer}` cannot have both `strides` and `dilation_rate` above 1",
            code="E0360",
            argument="dilation_rate",
            label="not together with `strides`",
            help="leave one of them at 1",
        )
    return strides, dilation


def _check_input(
    call: LayerCall, spec: TensorSpec, rank: int, channels_last: bool
) -> tuple[tuple[int, ...], int]:
    """The spatial sizes and the number of channels of one step."""
    assert spec.shape is not None
    axes = f"{_AXES[rank]}, channels" if channels_last else f"channels, {_AXES[rank]}"
    if len(spec.shape) != rank + 3:
        raise RuleError(
            f"`{call.layer}` needs [time, {axes}], but {show_shape(spec.shape)} flows in",
            code="E0350",
            label=f"{show_shape(spec.shape)} flows in",
        )
    step = spec.shape[2:]
    space = known(step[:-1] if channels_last else step[1:])
    if space is None:
        raise RuleError(
            f"`{call.layer}` needs known sizes ({_AXES[rank]}), "
            f"but {show_shape(spec.shape)} flows in",
            code="E0360",
            label="a size is open",
            help="write numbers for these dimensions in the input's type, or put `Resizing` before",
        )
    channels = step[-1] if channels_last else step[0]
    if not isinstance(channels, int):
        raise RuleError(
            f"the weights of `{call.layer}` need a known number of channels, "
            f"but {show_shape(spec.shape)} flows in",
            code="E0302",
            label="how many channels is open",
            help="write a number for that dimension in the input's type",
        )
    return space, channels


def _conv_size(
    call: LayerCall, size: int, window: int, stride: int, dilation: int, padding: str
) -> int:
    reach = (window - 1) * dilation + 1
    result: Dim = ceildiv(size if padding == "same" else size - reach + 1, stride)
    assert isinstance(result, int)
    if result < 1:
        raise RuleError(
            f"the window of `{call.layer}` covers {reach} positions, but the input has only {size}",
            code="E0360",
            argument="kernel_size",
            label=f"larger than {size}",
            help="use a smaller `kernel_size`, or `padding=same`",
            set_argument=("padding", "same"),
        )
    return result


def _outputs(call: LayerCall, state: Shape, steps: Dim, dtype: str) -> Any:
    result = TensorSpec(state, dtype)
    output = result
    if flag(call, "return_sequences"):
        output = TensorSpec((state[0], steps, *state[1:]), dtype)
    return (output, result, result) if flag(call, "return_state") else output
