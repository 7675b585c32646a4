"""What a builder of `keras.applications` makes of its arguments and of what flows in, and what it refuses.

The checks are Keras's own (`imagenet_utils.obtain_input_shape` and those of each builder), with the image that flows in where
`input_shape` is not written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archlang.records import record
from archlang.shapes.rule import LayerValue, RuleError
from archlang.shapes.spec import TensorSpec, show_shape

Size = int | None

# The image size that the weights of ImageNet come from, where it is not 224.
_SIZES = {
    "EfficientNetB1": 240, "EfficientNetB2": 260, "EfficientNetB3": 300, "EfficientNetB4": 380, "EfficientNetB5": 456,
    "EfficientNetB6": 528, "EfficientNetB7": 600, "EfficientNetV2B1": 240, "EfficientNetV2B2": 260,
    "EfficientNetV2B3": 300, "EfficientNetV2S": 384, "EfficientNetV2M": 480, "EfficientNetV2L": 480,
    "InceptionV3": 299, "InceptionResNetV2": 299, "NASNetLarge": 331, "Xception": 299,
}  # fmt: skip
_SMALLEST = {"InceptionV3": 75, "InceptionResNetV2": 75, "Xception": 71}
# MobileNets have weights for several sizes, and for these alphas.
_MORE_SIZES = {
    "MobileNet": (128, 160, 192, 224),
    "MobileNetV2": (96, 128, 160, 192, 224),
}
_ALPHAS = {
    "MobileNet": (0.25, 0.5, 0.75, 1.0),
    "MobileNetV2": (0.35, 0.5, 0.75, 1.0, 1.3, 1.4),
    "MobileNetV3Small": (0.75, 1.0),
    "MobileNetV3Large": (0.75, 1.0),
}


@record
class Settings:
    """The arguments of a builder, settled; `image` is the shape that the network is built for, batch axis left out."""

    name: str
    image: tuple[Size, Size, int]
    include_top: bool
    weights: str | None
    pooling: str | None
    classes: int
    include_preprocessing: bool
    alpha: float
    depth_multiplier: int
    minimalistic: bool
    dropout_rate: float


def default_size(name: str) -> int:
    """Height and width of the images that a network was made for."""
    return _SIZES.get(name, 224)


def smallest_size(name: str) -> int:
    """The least height and width that a network takes."""
    return _SMALLEST.get(name, 32)


def settle(name: str, args: Mapping[str, Any], flow: TensorSpec) -> Settings:
    """The settings that arguments (defaults filled in) and what flows in amount to; RuleError where Keras refuses them."""
    if args.get("input_tensor") is not None:
        raise RuleError(
            f"`{name}` takes what flows into it, so there is no `input_tensor`",
            code="E0336",
            argument="input_tensor",
            label="leave it out",
        )
    settings = Settings(
        name=name,
        image=_image(name, args.get("input_shape"), flow),
        include_top=args.get("include_top", True) is not False,
        weights=args.get("weights"),
        pooling=args.get("pooling"),
        classes=int(args.get("classes", 1000)),
        include_preprocessing=args.get("include_preprocessing", True) is not False,
        alpha=float(args.get("alpha", 1.0)),
        depth_multiplier=int(args.get("depth_multiplier", 1)),
        minimalistic=args.get("minimalistic") is True,
        dropout_rate=float(args.get("dropout_rate", 0.2)),
    )
    _check_size(settings)
    _check_weights(settings, args.get("classifier_activation", "softmax"))
    if args.get("preprocess") is True and settings.image[2] != 3:
        raise _wrong_image(settings, "its preprocessing takes 3 channels", None)
    return settings


def _image(name: str, written: Any, flow: TensorSpec) -> tuple[Size, Size, int]:
    """The shape that the network is built for: as written, else what flows in."""
    assert flow.shape is not None
    if len(flow.shape) != 4:
        raise RuleError(
            f"`{name}` takes images, `[height, width, channels]`, but {show_shape(flow.shape)} flows in",
            code="E0301",
            label=f"{show_shape(flow.shape)} flows in",
        )
    flowing = tuple(dim if isinstance(dim, int) else None for dim in flow.shape[1:])
    image = flowing if written is None else tuple(written)
    if len(image) != 3 or any(
        isinstance(a, int) and isinstance(b, int) and a != b
        for a, b in zip(image, flowing, strict=True)
    ):
        raise RuleError(
            f"`{name}` is built for {show_shape((None, *image))}, but {show_shape(flow.shape)} flows in",
            code="E0336",
            argument="input_shape",
            label=f"{show_shape(flow.shape)} flows in",
            help="leave `input_shape` out: it is that of the image that flows in",
        )
    if not isinstance(image[2], int):
        raise RuleError(
            f"`{name}` needs a known number of channels, but {show_shape(flow.shape)} flows in",
            code="E0336",
            label="how many channels is open",
            help="write a number for that dimension in the input's type",
        )
    return image[0], image[1], image[2]


def _check_size(settings: Settings) -> None:
    name, (height, width, _), least = settings.name, settings.image, smallest_size(settings.name)
    if settings.weights == "imagenet":
        _check_imagenet_image(settings)
    # MobileNetV3 looks only at sizes of which both are known.
    late, half = name.startswith("MobileNetV3"), None in (height, width)
    if any(size is not None and size < least for size in (height, width)) and not (late and half):
        raise _wrong_image(settings, f"it takes images of at least {least}x{least}", None)
    if settings.include_top and half and not late:
        raise _wrong_image(
            settings,
            "its head needs a known height and width",
            "write them as numbers in the input's type, or `include_top=False`",
        )


def _check_imagenet_image(settings: Settings) -> None:
    name, image = settings.name, settings.image
    size = default_size(name)
    if settings.include_top and not name.startswith("MobileNetV3"):
        sizes = _MORE_SIZES.get(name, (size,))
        size = image[0] if image[0] in sizes and image[0] == image[1] else size
        if image != (size, size, 3):
            resize = f"Resizing({size}, {size})" if image[2] == 3 else None
            raise _wrong_image(
                settings,
                f"with the head of ImageNet it takes [{size}, {size}, 3]",
                f"put `{resize}` before it, or write `include_top=False`"
                if resize
                else "write `weights=None`, or make three channels of it",
                insert_before=resize,
            )
    if image[2] != 3:
        raise _wrong_image(
            settings,
            "the weights of ImageNet take 3 channels",
            "`[_, _, _] -> Concatenate` before it makes three channels of one; or write `weights=None`",
        )
    if name.startswith("NASNet") and None in image:
        raise _wrong_image(
            settings,
            "with the weights of ImageNet it needs a known height and width",
            "write them as numbers in the input's type",
        )


def _wrong_image(
    settings: Settings, wants: str, help: str | None, insert_before: str | None = None
) -> RuleError:
    shape = show_shape((None, *settings.image))
    return RuleError(
        f"`{settings.name}` does not take images of {shape}: {wants}",
        code="E0336",
        label=f"{shape} flows in",
        help=help,
        insert_before=insert_before,
    )


def _check_weights(settings: Settings, activation: Any) -> None:
    if settings.weights is None:
        return
    name = settings.name
    if isinstance(activation, LayerValue):
        activation = activation.name
    if settings.include_top and activation not in ("softmax", "linear", None):
        raise RuleError(
            f"the pretrained head of `{name}` goes with softmax or with no activation",
            code="E0336",
            argument="classifier_activation",
            label="another activation",
            set_argument=("classifier_activation", "softmax"),
        )
    if settings.weights != "imagenet":
        return
    if settings.include_top and settings.classes != 1000:
        raise RuleError(
            f"the ImageNet head of `{name}` has 1000 classes, not {settings.classes}",
            code="E0336",
            argument="classes",
            label="not 1000",
            help="write `include_top=False` and a head of your own, or `weights=None`",
        )
    alphas = (1.0,) if settings.minimalistic else _ALPHAS.get(name)
    if alphas is not None and settings.alpha not in alphas:
        listed = ", ".join(str(alpha) for alpha in alphas[:-1])
        known = f"{listed} and {alphas[-1]}" if listed else str(alphas[-1])
        raise RuleError(
            f"ImageNet weights of `{name}` are there for an `alpha` of {known}, not {settings.alpha}",
            code="E0336",
            argument="alpha",
            label="no weights for it",
        )
    if settings.depth_multiplier != 1:
        raise RuleError(
            f"ImageNet weights of `{name}` are there for a `depth_multiplier` of 1",
            code="E0336",
            argument="depth_multiplier",
            label="no weights for it",
        )
