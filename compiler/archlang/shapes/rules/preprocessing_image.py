"""Images resized, cropped and augmented. All of these take one image or a batch of them, also in a
dict with labels.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

from archlang.shapes.checks import autocast, needs_floats, needs_numbers
from archlang.shapes.dims import show
from archlang.shapes.dtypes import is_float
from archlang.shapes.rule import (
    LayerCall,
    LayerResult,
    RuleError,
    compute_dtype,
    rule,
    single,
)
from archlang.shapes.spec import Shape, TensorSpec, show_shape
from archlang.shapes.values import data_format, flag, is_number, mapping, sequence, whole

# Augmentations change values, not shapes.
AUGMENTATIONS = (
    "AugMix",
    "AutoContrast",
    "ContrastLimitedAdaptiveHistogramEqualization",
    "CutMix",
    "Equalization",
    "MixUp",
    "RandAugment",
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomContrast",
    "RandomElasticTransform",
    "RandomErasing",
    "RandomFlip",
    "RandomGaussianBlur",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomPerspective",
    "RandomPosterization",
    "RandomRotation",
    "RandomSaturation",
    "RandomSharpness",
    "RandomShear",
    "RandomTranslation",
    "RandomZoom",
    "Solarization",
)
# What reads a tensor of three axes as one image.
IMAGE_LAYERS = frozenset({*AUGMENTATIONS, "CenterCrop", "RandomCrop", "Resizing"})
# Some need colours, some a grey or a colour channel.
COLOUR = ("RandomColorDegeneration", "RandomHue", "RandomSaturation")
GREY_OR_COLOUR = ("AugMix", "RandAugment", "RandomGrayscale")
# These leave the dtype of whole numbers as it is; all others compute in the layer's dtype.
KEEPS_DTYPE = (
    "ContrastLimitedAdaptiveHistogramEqualization",
    "MaxNumBoundingBoxes",
    "RandomBrightness",
    "RandomGrayscale",
    "Resizing",
)
# Called with `training=False`, these leave everything as it is.
IDLE_UNTRAINED = (
    "Equalization",
    "MixUp",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomContrast",
    "RandomCrop",
    "RandomHue",
    "RandomInvert",
    "RandomPosterization",
    "RandomSaturation",
)
# These fail on whole numbers when they run.
FLOATS_ONLY = ("RandomContrast", "RandomSaturation")

Transform = Callable[[LayerCall, TensorSpec], TensorSpec]


@rule(*AUGMENTATIONS)
def augmentation(call: LayerCall) -> LayerResult:
    """The shape stays; only the values change."""
    return LayerResult(_each(call, _augmented))


@rule("Resizing")
def resizing(call: LayerCall) -> LayerResult:
    """Images of a new height and width, stretched, cropped or padded to it."""
    if flag(call, "crop_to_aspect_ratio") and flag(call, "pad_to_aspect_ratio"):
        raise RuleError(
            "`Resizing` crops to the aspect ratio or pads to it, not both",
            code="E0363",
            argument="pad_to_aspect_ratio",
            label="not together with `crop_to_aspect_ratio`",
            help="leave one of them out",
        )
    return LayerResult(_each(call, _resized))


@rule("CenterCrop", "RandomCrop")
def crop(call: LayerCall) -> LayerResult:
    """A piece of a given height and width; an image that is smaller is stretched to it first."""
    return LayerResult(_each(call, _resized))


@rule("MaxNumBoundingBoxes")
def max_num_bounding_boxes(call: LayerCall) -> LayerResult:
    """Cuts or fills the boxes of each image to one number."""
    number = whole(call, "max_number", minimum=0)
    outputs = _each(call, _augmented)
    named = mapping(outputs)
    boxes = None if named is None else mapping(named.get("bounding_boxes"))
    if named is not None and boxes is not None:
        cut = {
            name: spec.with_shape((*spec.shape[:1], number, *spec.shape[2:]))
            if isinstance(spec, TensorSpec) and spec.shape is not None and len(spec.shape) > 1
            else spec
            for name, spec in boxes.items()
        }
        outputs = {**named, "bounding_boxes": cut}
    return LayerResult(outputs)


def _each(call: LayerCall, transform: Transform) -> Any:
    """The images alone, or those in a dict together with what belongs to them."""
    named = mapping(call.inputs)
    if named is None:
        return transform(call, _image(call, single(call)))
    images = named.get("images")
    if not isinstance(images, TensorSpec):
        raise RuleError(
            f"`{call.layer}` takes images, or a dict with `images`, but none flow in",
            code="E0362",
            label="no `images`",
        )
    outputs: dict[str, Any] = {**named, "images": transform(call, _image(call, images))}
    masks = named.get("segmentation_masks")
    if isinstance(masks, TensorSpec):
        outputs["segmentation_masks"] = transform(call, masks)
    boxes = mapping(named.get("bounding_boxes"))
    if boxes is not None:
        outputs["bounding_boxes"] = _boxes(call, dict(boxes))
    return outputs


def _boxes(call: LayerCall, boxes: dict[str, Any]) -> dict[str, Any]:
    """Corners are computed with, so they come out as floats."""
    corners = boxes.get("boxes")
    if isinstance(corners, TensorSpec):
        boxes["boxes"] = corners.with_dtype(compute_dtype(call))
    return boxes


def _image(call: LayerCall, spec: TensorSpec) -> TensorSpec:
    needs_numbers(call, spec)
    if call.layer in FLOATS_ONLY:
        needs_floats(call, spec)
    if spec.shape is not None and len(spec.shape) not in (3, 4):
        first = data_format(call) == "channels_first"
        axes = "channels, height, width" if first else "height, width, channels"
        raise RuleError(
            f"`{call.layer}` needs [{axes}], but {show_shape(spec.shape)} flows in",
            code="E0362",
            label=f"{show_shape(spec.shape)} flows in",
        )
    return spec


def _augmented(call: LayerCall, spec: TensorSpec) -> TensorSpec:
    colour = call.layer in COLOUR or (
        call.layer == "RandomColorJitter"
        and any(call.args.get(name) is not None for name in ("saturation_factor", "hue_factor"))
    )
    if colour:
        _check_channels(call, spec, (3,), "colours, 3 channels")
    if call.layer in GREY_OR_COLOUR:
        _check_channels(call, spec, (1, 3), "1 channel (grey) or 3 (colours)")
    _check_tiles(call, spec)
    return spec.with_dtype(_dtype(call, spec))


def _resized(call: LayerCall, spec: TensorSpec) -> TensorSpec:
    height, width = whole(call, "height"), whole(call, "width")
    if call.layer == "Resizing":
        needs_numbers(call, spec, bools=False)
    dtype = _dtype(call, spec)
    if spec.shape is None:
        return TensorSpec(None, dtype)
    at = len(spec.shape) - (3 if data_format(call) == "channels_last" else 2)
    shape: Shape = (*spec.shape[:at], height, width, *spec.shape[at + 2 :])
    if flag(call, "pad_to_aspect_ratio") and _padded(spec.shape[at : at + 2], height, width):
        needs_floats(call, spec)
    if call.layer == "CenterCrop" and _stretched(spec.shape[at : at + 2], (height, width)):
        dtype = "float32"
    return TensorSpec(shape, dtype)


def _padded(before: Shape, height: int, width: int) -> bool:
    """Whether a border is added for the aspect ratio; the border is of floats."""
    old_height, old_width = before
    if not isinstance(old_height, int) or not isinstance(old_width, int):
        return False
    above = max(int(old_width * height / width) - old_height, 0) // 2
    left = max(int(old_height * width / height) - old_width, 0) // 2
    return above > 0 or left > 0


def _stretched(before: Shape, after: tuple[int, int]) -> bool:
    """Whether an image is smaller than the piece, so that it is resized, which gives float32."""
    return any(isinstance(old, int) and old < new for old, new in zip(before, after, strict=True))


def _dtype(call: LayerCall, spec: TensorSpec) -> str | None:
    if call.layer in KEEPS_DTYPE and not is_float(spec.dtype):
        return spec.dtype
    if call.call_args.get("training") is False and call.layer in IDLE_UNTRAINED:
        return spec.dtype if call.layer == "RandomCrop" else autocast(call, spec).dtype
    return compute_dtype(call)


def _check_channels(
    call: LayerCall, spec: TensorSpec, allowed: tuple[int, ...], words: str
) -> None:
    if spec.shape is None:
        return
    channels = spec.shape[-3 if data_format(call) == "channels_first" else -1]
    if isinstance(channels, int) and channels not in allowed:
        raise RuleError(
            f"`{call.layer}` needs images with {words}, but {show_shape(spec.shape)} flows in",
            code="E0364",
            label=f"{show(channels)} {'channel' if channels == 1 else 'channels'}",
        )


def _check_tiles(call: LayerCall, spec: TensorSpec) -> None:
    """Tiles cannot be larger than the image that they divide."""
    tiles = sequence(call.args.get("tile_grid_size", (8, 8)))
    if call.layer != "ContrastLimitedAdaptiveHistogramEqualization" or spec.shape is None:
        return
    if tiles is None or len(tiles) != 2 or not all(is_number(n) and n >= 1 for n in tiles):
        return
    at = len(spec.shape) - (3 if data_format(call) == "channels_last" else 2)
    for size, count in zip(spec.shape[at : at + 2], tiles, strict=True):
        if not isinstance(size, int):
            continue
        missing = ceil(size / count) * count - size
        if missing >= max(size, 1):
            raise RuleError(
                f"`{call.layer}` divides images into {tiles[0]} x {tiles[1]} tiles, "
                f"which {show_shape(spec.shape)} is too small for",
                code="E0363",
                argument="tile_grid_size",
                label="more tiles than pixels",
                help="use a smaller `tile_grid_size`",
            )
