"""What goes in front of a pretrained network: the preprocessing that its weights were trained with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archlang.catalogue import Entry

# By module of keras.applications; the others have theirs inside the network.
_MODES = {
    "densenet": "torch", "inception_resnet_v2": "tf", "inception_v3": "tf", "mobilenet": "tf", "mobilenet_v2": "tf",
    "nasnet": "tf", "resnet": "caffe", "resnet_v2": "tf", "vgg16": "caffe", "vgg19": "caffe", "xception": "tf",
}  # fmt: skip


def preprocessing_mode(entry: Entry) -> str:
    """`caffe` (BGR, means taken off), `tf` (from -1 to 1), `torch` (from 0 to 1, normalized), or `identity`."""
    return _MODES.get((entry.preprocess or "").split(".")[-2:][0], "identity")


def lacks_preprocessing(entry: Entry, args: Mapping[str, Any]) -> bool:
    """Whether the weights are ImageNet's, and nothing in the arguments prepares images as they were for training."""
    full = {**entry.defaults(), **args}
    if full.get("weights") != "imagenet":
        return False
    if preprocessing_mode(entry) == "identity":
        return full.get("include_preprocessing") is False
    return full.get("preprocess") is not True
