"""Windows over images and sequences, and attention: pooling, convolution, `image.*`,
`dot_product_attention`.
"""

from __future__ import annotations

from typing import Any

from archlang.shapes.conv_arithmetic import dilated, join, split, transposed_length, window_length
from archlang.shapes.dims import equal, mul, show
from archlang.shapes.ops.common import join as join_dtypes
from archlang.shapes.ops.common import needs_floats, no_bools
from archlang.shapes.ops.registry import Bound, bad_argument, op_rule, tensor
from archlang.shapes.rule import Nested, RuleError
from archlang.shapes.spec import Dim, Shape, TensorSpec, show_shape
from archlang.shapes.values import sequence


@op_rule("max_pool", "average_pool")
def pool(call: Bound) -> Nested:
    spec = tensor(call, "inputs")
    if call.op == "average_pool":
        needs_floats(call, spec)
    no_bools(call, spec)
    first, padding = _data_format(call), _padding(call, ("valid", "same"))
    if spec.shape is None:
        return spec
    rank = _spatial_rank(call, spec.shape)
    window = _sizes(call, "pool_size", call["pool_size"], rank)
    stride = _sizes(call, "strides", call["strides"], rank) if call["strides"] else window
    space, channels = split(spec.shape, first)
    dims = [
        _windows(call, spec.shape, *axis, padding)
        for axis in zip(space, window, stride, strict=True)
    ]
    return spec.with_shape(join(spec.shape[0], tuple(dims), channels, first))


@op_rule("conv", "depthwise_conv")
def conv(call: Bound) -> Nested:
    """The kernel is a tensor: (window…, channels in, channels out)."""
    spec, kernel = tensor(call, "inputs"), tensor(call, "kernel")
    needs_floats(call, spec, kernel)
    first = _data_format(call)
    padding = _padding(
        call, ("valid", "same", "causal") if call.op == "conv" else ("valid", "same")
    )
    if spec.shape is None or kernel.shape is None:
        return spec.with_shape(None)
    rank = _check_kernel(call, spec.shape, kernel.shape)
    stride = _sizes(call, "strides", call["strides"], rank)
    dilation = _sizes(call, "dilation_rate", call["dilation_rate"], rank)
    space, channels = split(spec.shape, first)
    inside, outside = kernel.shape[-2:]
    if equal(channels, inside) is False:
        raise RuleError(
            f"the kernel of `ops.{call.op}` takes {show(inside)} channels, "
            f"but {show_shape(spec.shape)} has {show(channels)}",
            code="E0374",
            argument="kernel",
            label=f"{show(channels)} needed",
        )
    filters = outside if call.op == "conv" else mul(inside, outside)
    windows: list[Dim] = []
    for size, length, step, rate in zip(space, kernel.shape[:-2], stride, dilation, strict=True):
        reach = dilated(length, rate) if isinstance(length, int) else None
        windows.append(
            None if reach is None else _windows(call, spec.shape, size, reach, step, padding)
        )
    return spec.with_shape(join(spec.shape[0], tuple(windows), filters, first))


@op_rule("separable_conv")
def separable_conv(call: Bound) -> Nested:
    """A depthwise convolution, and one of single positions over what it gives."""
    first = {**call.values, "kernel": call["depthwise_kernel"]}
    spread = conv(Bound("depthwise_conv", first))
    second = {**call.values, "inputs": spread, "kernel": call["pointwise_kernel"]}
    return conv(Bound("conv", {**second, "strides": 1, "padding": "valid", "dilation_rate": 1}))


@op_rule("conv_transpose")
def conv_transpose(call: Bound) -> Nested:
    """The kernel is a tensor: (window…, channels out, channels in)."""
    spec, kernel = tensor(call, "inputs"), tensor(call, "kernel")
    needs_floats(call, spec, kernel)
    first, padding = _data_format(call), _padding(call, ("valid", "same"))
    if spec.shape is None or kernel.shape is None:
        return spec.with_shape(None)
    rank = _check_kernel(call, spec.shape, kernel.shape)
    stride = _sizes(call, "strides", call["strides"], rank)
    dilation = _sizes(call, "dilation_rate", call["dilation_rate"], rank)
    extra: list[Any] = [None] * rank
    if call["output_padding"] is not None:
        extra = list(_sizes(call, "output_padding", call["output_padding"], rank, minimum=0))
    space, channels = split(spec.shape, first)
    outside, inside = kernel.shape[-2:]
    if equal(channels, inside) is False:
        raise RuleError(
            f"the kernel of `ops.{call.op}` takes {show(inside)} channels, "
            f"but {show_shape(spec.shape)} has {show(channels)}",
            code="E0374",
            argument="kernel",
            label=f"{show(channels)} needed",
        )
    dims = [
        transposed_length(size, dilated(length, rate), step, padding, more)
        if isinstance(length, int)
        else None
        for size, length, step, rate, more in zip(
            space, kernel.shape[:-2], stride, dilation, extra, strict=True
        )
    ]
    return spec.with_shape(join(spec.shape[0], tuple(dims), outside, first))


@op_rule("image.resize")
def resize(call: Bound) -> Nested:
    spec = tensor(call, "images")
    no_bools(call, spec)
    size = call["size"]
    if len(sequence(size) or ()) != 2:
        raise bad_argument(call, "size", "(height, width)")
    height, width = _sizes(call, "size", size, 2)
    if call["pad_to_aspect_ratio"] and call["crop_to_aspect_ratio"]:
        raise bad_argument(call, "pad_to_aspect_ratio", "left out with `crop_to_aspect_ratio`")
    first = _data_format(call)
    if spec.shape is None:
        return spec
    _check_image(call, spec.shape)
    at = len(spec.shape) - (2 if first else 3)
    return spec.with_shape((*spec.shape[:at], height, width, *spec.shape[at + 2 :]))


@op_rule("image.rgb_to_grayscale")
def rgb_to_grayscale(call: Bound) -> Nested:
    spec = tensor(call, "images")
    first = _data_format(call)
    if spec.shape is None:
        return spec
    _check_image(call, spec.shape)
    axis = len(spec.shape) - (3 if first else 1)
    if isinstance(spec.shape[axis], int) and spec.shape[axis] not in (1, 3):
        raise RuleError(
            f"`ops.image.rgb_to_grayscale` needs 3 channels, or 1, "
            f"but {show_shape(spec.shape)} flows in",
            code="E0375",
            label=f"{show(spec.shape[axis])} channels",
        )
    return spec.with_shape((*spec.shape[:axis], 1, *spec.shape[axis + 1 :]))


@op_rule("image.extract_patches")
def extract_patches(call: Bound) -> Nested:
    """Each patch becomes the channels of one position."""
    spec = tensor(call, "images")
    needs_floats(call, spec)
    value = call["size"]
    rank = len(sequence(value) or (2, 2))
    if rank not in (2, 3):
        raise bad_argument(call, "size", "(height, width)")
    size = _sizes(call, "size", value, rank)
    stride = _sizes(call, "strides", call["strides"], rank) if call["strides"] else size
    dilation = _sizes(call, "dilation_rate", call["dilation_rate"] or 1, rank)
    first, padding = _data_format(call), _padding(call, ("valid", "same"))
    if spec.shape is None:
        return spec
    single = len(spec.shape) == rank + 1
    shape: Shape = (1, *spec.shape) if single else spec.shape
    if len(shape) != rank + 2:
        _check_image(call, spec.shape)
    space, channels = split(shape, first)
    dims = [
        _windows(call, spec.shape, length, dilated(window, rate), step, padding)
        for length, window, rate, step in zip(space, size, dilation, stride, strict=True)
    ]
    patch: Dim = channels
    for window in size:
        patch = mul(patch, window)
    result = join(shape[0], tuple(dims), patch, first)
    return spec.with_shape(result[1:] if single else result)


@op_rule("dot_product_attention")
def dot_product_attention(call: Bound) -> Nested:
    """Queries, keys and values as (batch, steps, heads, width)."""
    query, key, value = (tensor(call, name) for name in ("query", "key", "value"))
    needs_floats(call, query, key, value)
    dtype = join_dtypes(query.dtype, key.dtype, value.dtype)
    for name, spec in (("query", query), ("key", key), ("value", value)):
        if spec.shape is not None and len(spec.shape) != 4:
            raise RuleError(
                f"`ops.dot_product_attention` needs [steps, heads, width], "
                f"but its {name} is {show_shape(spec.shape)}",
                code="E0374",
                argument=name,
                label=f"{show_shape(spec.shape)} here",
            )
    if query.shape is None or key.shape is None or value.shape is None:
        return TensorSpec(query.shape, dtype)
    q, k, v = query.shape, key.shape, value.shape
    pairs = ((q[3], k[3], "key"), (k[1], v[1], "value"), (k[2], v[2], "value"), (q[2], k[2], "key"))
    for a, b, name in pairs:
        if equal(a, b) is False:
            raise RuleError(
                f"`ops.dot_product_attention` cannot combine query {show_shape(q)}, "
                f"key {show_shape(k)} and value {show_shape(v)}",
                code="E0374",
                argument=name,
                label=f"{show(a)} and {show(b)} must be equal",
            )
    return TensorSpec((*q[:3], v[3]), dtype)


def _windows(call: Bound, shape: Shape, size: Dim, window: int, stride: int, padding: str) -> Dim:
    count = window_length(size, window, stride, padding)
    if isinstance(count, int) and count < 1:
        raise RuleError(
            f"a window of {window} does not fit into {show_shape(shape)}",
            code="E0375",
            label=f"larger than {show(size)}",
            help="use a smaller window, or `padding=same`",
            set_argument=("padding", "same"),
        )
    return count


def _sizes(call: Bound, name: str, value: Any, rank: int, minimum: int = 1) -> tuple[int, ...]:
    items = sequence((value,) * rank if isinstance(value, int) else value) or ()
    if len(items) == 1:
        items = (items[0],) * rank
    if len(items) != rank or not all(isinstance(n, int) and n >= minimum for n in items):
        raise bad_argument(call, name, f"a whole number or {rank} of them")
    return tuple(int(n) for n in items)


def _data_format(call: Bound) -> bool:
    """Whether the channels come first."""
    value = call["data_format"]
    if value not in (None, "channels_last", "channels_first"):
        raise bad_argument(call, "data_format", "channels_last or channels_first")
    return value == "channels_first"


def _padding(call: Bound, allowed: tuple[str, ...]) -> str:
    value = call["padding"]
    if not isinstance(value, str) or value.lower() not in allowed:
        raise bad_argument(call, "padding", " or ".join(allowed))
    return value.lower()


def _spatial_rank(call: Bound, shape: Shape) -> int:
    if not 3 <= len(shape) <= 5:
        raise RuleError(
            f"`ops.{call.op}` slides over sequences, images or volumes, "
            f"but {show_shape(shape)} flows in",
            code="E0375",
            label=f"{show_shape(shape)} flows in",
        )
    return len(shape) - 2


def _check_kernel(call: Bound, shape: Shape, kernel: Shape) -> int:
    rank = _spatial_rank(call, shape)
    if len(kernel) != len(shape):
        raise RuleError(
            f"the kernel of `ops.{call.op}` must have {len(shape)} axes for {show_shape(shape)}, "
            f"but has {len(kernel)}",
            code="E0374",
            argument="kernel",
            label=f"{len(kernel)} axes",
        )
    return rank


def _check_image(call: Bound, shape: Shape) -> None:
    if len(shape) not in (3, 4):
        raise RuleError(
            f"`ops.{call.op}` needs [height, width, channels], but {show_shape(shape)} flows in",
            code="E0375",
            label=f"{show_shape(shape)} flows in",
        )
