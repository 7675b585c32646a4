"""MobileNet and MobileNetV2, whose layers depend on `alpha`: which shortcuts there are, and how wide each layer is."""

from __future__ import annotations

from archlang.shapes.applications.arguments import Settings
from archlang.shapes.applications.network import ENTERING, Network, Operation

_NO_BIAS = {"use_bias": False}


def divisible(width: float) -> int:
    """The width rounded to a multiple of 8, never by more than a tenth downwards."""
    rounded = max(8, int(width + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * width else rounded


def pooled(net: Network, settings: Settings, *names: str | None) -> None:
    """The end of a network without its top."""
    average, maximum = names or (None, None)
    if settings.pooling == "avg":
        net.add("GlobalAveragePooling2D", average)
    elif settings.pooling == "max":
        net.add("GlobalMaxPooling2D", maximum)


def mobilenet(settings: Settings) -> list[Operation]:
    """MobileNet: depthwise separable convolutions, all widths times `alpha`."""
    net = Network()

    def width(filters: int) -> int:
        return int(filters * settings.alpha)

    net.add("Conv2D", "conv1", filters=width(32), kernel_size=3, strides=2, padding="same", **_NO_BIAS)  # fmt: skip
    net.add("BatchNormalization", "conv1_bn")
    net.add("ReLU", "conv1_relu")
    stages = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5]
    for block, (filters, strides) in enumerate([*stages, (1024, 2), (1024, 1)], start=1):
        if strides == 2:
            net.add("ZeroPadding2D", f"conv_pad_{block}", padding=((0, 1), (0, 1)))
        net.add(
            "DepthwiseConv2D",
            f"conv_dw_{block}",
            kernel_size=3,
            strides=strides,
            padding="same" if strides == 1 else "valid",
            depth_multiplier=settings.depth_multiplier,
            **_NO_BIAS,
        )
        net.add("BatchNormalization", f"conv_dw_{block}_bn")
        net.add("ReLU", f"conv_dw_{block}_relu")
        net.add("Conv2D", f"conv_pw_{block}", filters=width(filters), kernel_size=1, padding="same", **_NO_BIAS)  # fmt: skip
        net.add("BatchNormalization", f"conv_pw_{block}_bn")
        net.add("ReLU", f"conv_pw_{block}_relu")
    if not settings.include_top:
        pooled(net, settings)
        return net.operations
    net.add("GlobalAveragePooling2D", keepdims=True)
    net.add("Dropout", "dropout")
    net.add("Conv2D", "conv_preds", filters=settings.classes, kernel_size=1, padding="same")
    net.add("Reshape", "reshape_2", target_shape=(settings.classes,))
    net.add("Activation", "predictions", activation="softmax")
    return net.operations


def mobilenet_v2(settings: Settings) -> list[Operation]:
    """MobileNetV2: inverted residual blocks, with a shortcut where a block keeps width and size."""
    net, alpha = Network(), settings.alpha
    entering = divisible(32 * alpha)
    net.add("Conv2D", "Conv1", filters=entering, kernel_size=3, strides=2, padding="same", **_NO_BIAS)  # fmt: skip
    net.add("BatchNormalization", "bn_Conv1")
    net.add("ReLU", "Conv1_relu")
    block = 0
    for filters, count, first, expansion in (
        (16, 1, 1, 1), (24, 2, 2, 6), (32, 3, 2, 6), (64, 4, 2, 6), (96, 3, 1, 6), (160, 3, 2, 6), (320, 1, 1, 6),
    ):  # fmt: skip
        leaving = divisible(int(filters * alpha))
        for index in range(count):
            strides = first if index == 0 else 1
            _inverted(net, block, entering, leaving, strides, expansion)
            entering, block = leaving, block + 1
    last = divisible(1280 * alpha) if alpha > 1.0 else 1280
    net.add("Conv2D", "Conv_1", filters=last, kernel_size=1, **_NO_BIAS)
    net.add("BatchNormalization", "Conv_1_bn")
    net.add("ReLU", "out_relu")
    if settings.include_top:
        net.add("GlobalAveragePooling2D")
        net.add("Dense", "predictions", units=settings.classes)
    else:
        pooled(net, settings)
    return net.operations


def _inverted(
    net: Network, block: int, entering: int, leaving: int, strides: int, expansion: int
) -> None:
    start = net.last
    prefix = f"block_{block}_" if block else "expanded_conv_"
    if block:
        net.add("Conv2D", f"{prefix}expand", filters=expansion * entering, kernel_size=1, padding="same", **_NO_BIAS)  # fmt: skip
        net.add("BatchNormalization", f"{prefix}expand_BN")
        net.add("ReLU", f"{prefix}expand_relu")
    if strides == 2:
        net.add("ZeroPadding2D", f"{prefix}pad", padding={"correct_pad": 3})
    padding = "same" if strides == 1 else "valid"
    net.add("DepthwiseConv2D", f"{prefix}depthwise", kernel_size=3, strides=strides, padding=padding, **_NO_BIAS)  # fmt: skip
    net.add("BatchNormalization", f"{prefix}depthwise_BN")
    net.add("ReLU", f"{prefix}depthwise_relu")
    net.add("Conv2D", f"{prefix}project", filters=leaving, kernel_size=1, padding="same", **_NO_BIAS)  # fmt: skip
    net.add("BatchNormalization", f"{prefix}project_BN")
    if entering == leaving and strides == 1:
        net.add("Add", f"{prefix}add", start, net.last)


assert Network().last == ENTERING
