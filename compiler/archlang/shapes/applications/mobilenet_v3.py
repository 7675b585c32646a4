"""MobileNetV3, small and large, whose layers depend on `alpha` and `minimalistic`."""

from __future__ import annotations

from archlang.shapes.applications.arguments import Settings
from archlang.shapes.applications.mobilenet import divisible, pooled
from archlang.shapes.applications.network import Network, Operation

# A block: expansion, filters, whether its kernel is the larger one, strides, whether it squeezes and excites, whether its
# activation is `hard_swish`.
_Block = tuple[float, int, bool, int, bool, bool]
_SMALL: tuple[_Block, ...] = (
    (1, 16, False, 2, True, False), (72 / 16, 24, False, 2, False, False), (88 / 24, 24, False, 1, False, False),
    (4, 40, True, 2, True, True), (6, 40, True, 1, True, True), (6, 40, True, 1, True, True),
    (3, 48, True, 1, True, True), (3, 48, True, 1, True, True),
    (6, 96, True, 2, True, True), (6, 96, True, 1, True, True), (6, 96, True, 1, True, True),
)  # fmt: skip
_LARGE: tuple[_Block, ...] = (
    (1, 16, False, 1, False, False), (4, 24, False, 2, False, False), (3, 24, False, 1, False, False),
    (3, 40, True, 2, True, False), (3, 40, True, 1, True, False), (3, 40, True, 1, True, False),
    (6, 80, False, 2, False, True), (2.5, 80, False, 1, False, True), (2.3, 80, False, 1, False, True), (2.3, 80, False, 1, False, True),
    (6, 112, False, 1, True, True), (6, 112, False, 1, True, True),
    (6, 160, True, 2, True, True), (6, 160, True, 1, True, True), (6, 160, True, 1, True, True),
)  # fmt: skip


def mobilenet_v3(settings: Settings) -> list[Operation]:
    """The operations of `MobileNetV3Small` or `MobileNetV3Large`."""
    small = settings.name == "MobileNetV3Small"
    return _Writer(settings).write(_SMALL if small else _LARGE, 1024 if small else 1280)


class _Writer:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.net = Network()
        self.rich = not settings.minimalistic

    def write(self, blocks: tuple[_Block, ...], last: int) -> list[Operation]:
        net, settings = self.net, self.settings
        if settings.include_preprocessing:
            net.add("Rescaling", scale=1 / 127.5, offset=-1.0)
        self._convolution("conv", 16, 3, strides=2, normalized="conv_bn")
        self._activation(self.rich)
        entering = 16
        for index, block in enumerate(blocks):
            entering = self._block(index, block, entering)
        self._convolution("conv_1", divisible(entering * 6), 1, normalized="conv_1_bn")
        self._activation(self.rich)
        if not settings.include_top:
            pooled(net, settings, "avg_pool", "max_pool")
            return net.operations
        net.add("GlobalAveragePooling2D", keepdims=True)
        wide = divisible(last * settings.alpha) if settings.alpha > 1.0 else last
        net.add("Conv2D", "conv_2", filters=wide, kernel_size=1, padding="same")
        self._activation(self.rich)
        if settings.dropout_rate > 0:
            net.add("Dropout")
        net.add("Conv2D", "logits", filters=settings.classes, kernel_size=1, padding="same")
        net.add("Flatten")
        net.add("Activation", "predictions", activation="softmax")
        return net.operations

    def _block(self, index: int, block: _Block, entering: int) -> int:
        expansion, filters, large, strides, squeezes, swish = block
        net, start = self.net, self.net.last
        kernel = 5 if large and self.rich else 3
        leaving = divisible(filters * self.settings.alpha)
        prefix = f"expanded_conv_{index}_" if index else "expanded_conv_"
        if index:
            self._convolution(f"{prefix}expand", divisible(entering * expansion), 1, normalized=f"{prefix}expand_bn")  # fmt: skip
            self._activation(swish and self.rich)
        if strides == 2:
            net.add("ZeroPadding2D", f"{prefix}depthwise_pad", padding={"correct_pad": kernel})
        padding = "same" if strides == 1 else "valid"
        net.add("DepthwiseConv2D", f"{prefix}depthwise", kernel_size=kernel, strides=strides, padding=padding, use_bias=False)  # fmt: skip
        net.add("BatchNormalization", f"{prefix}depthwise_bn")
        self._activation(swish and self.rich)
        if squeezes and self.rich:
            self._squeeze(divisible(entering * expansion), f"{prefix}squeeze_excite_")
        self._convolution(f"{prefix}project", leaving, 1, normalized=f"{prefix}project_bn")
        if strides == 1 and entering == leaving:
            net.add("Add", f"{prefix}add", start, net.last)
        return leaving

    def _squeeze(self, filters: int, prefix: str) -> None:
        net, start = self.net, self.net.last
        net.add("GlobalAveragePooling2D", f"{prefix}avg_pool", keepdims=True)
        net.add("Conv2D", f"{prefix}conv", filters=divisible(filters * 0.25), kernel_size=1, padding="same")  # fmt: skip
        net.add("ReLU", f"{prefix}relu")
        net.add("Conv2D", f"{prefix}conv_1", filters=filters, kernel_size=1, padding="same")
        # hard_sigmoid(x), which Keras writes as relu6(x + 3) / 6.
        net.add("ops.add")
        net.add("ReLU")
        net.add("ops.multiply")
        net.add("Multiply", f"{prefix}mul", start, net.last)

    def _convolution(
        self, name: str, filters: int, kernel: int, *, normalized: str, strides: int = 1
    ) -> None:
        self.net.add("Conv2D", name, filters=filters, kernel_size=kernel, strides=strides, padding="same", use_bias=False)  # fmt: skip
        self.net.add("BatchNormalization", normalized)

    def _activation(self, swish: bool) -> None:
        self.net.add("Activation" if swish else "ReLU", **({"activation": "hard_swish"} if swish else {}))  # fmt: skip
