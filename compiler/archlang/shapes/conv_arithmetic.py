"""The lengths that convolutions and pooling give, as Keras computes them, with symbols kept."""

from __future__ import annotations

from archlang.shapes.dims import add, ceildiv, floordiv, mul, sub
from archlang.shapes.spec import Dim, Shape


def dilated(kernel: int, dilation: int) -> int:
    """How many steps a kernel spans."""
    return dilation * (kernel - 1) + 1


def window_length(length: Dim, window: int, stride: int, padding: str) -> Dim:
    """How many windows fit; zero or less where the window is longer than what it slides over."""
    if padding == "valid":
        return add(floordiv(sub(length, window), stride), 1)
    return ceildiv(length, stride)


def transposed_length(
    length: Dim, window: int, stride: int, padding: str, output_padding: int | None
) -> Dim:
    """The length that a transposed convolution gives."""
    if padding == "same" and output_padding is None:
        return mul(length, stride)
    if padding == "same":
        end = window % 2 + (output_padding or 0)
    else:
        end = max(window, stride) if output_padding is None else window + output_padding
    return add(mul(sub(length, 1), stride), end)


def split(shape: Shape, channels_first: bool) -> tuple[Shape, Dim]:
    """The spatial dimensions and the channels of a shape with its batch axis."""
    if channels_first:
        return shape[2:], shape[1]
    return shape[1:-1], shape[-1]


def join(batch: Dim, spatial: Shape, channels: Dim, channels_first: bool) -> Shape:
    """The other way round."""
    if channels_first:
        return (batch, channels, *spatial)
    return (batch, *spatial, channels)


def by(sizes: Shape) -> str:
    """Sizes as messages write them: `3x3`."""
    return "x".join(str(size) for size in sizes)
