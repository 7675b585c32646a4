"""What applications refuse, and what they say."""

from __future__ import annotations

from typing import Any

import pytest

from archlang.shapes.applications import application
from archlang.shapes.dims import Sym, symbol
from archlang.shapes.rule import RuleError
from archlang.shapes.spec import TensorSpec

REFUSED: list[tuple[str, dict[str, Any], tuple[int | None, ...], str]] = [
    ("ResNet50", {"include_top": False, "weights": None}, (31, 64, 3), "at least 32x32"),
    ("InceptionV3", {"include_top": False, "weights": None}, (74, 75, 3), "at least 75x75"),
    ("Xception", {"weights": None}, (71, 70, 3), "at least 71x71"),
    ("MobileNetV3Small", {"weights": None}, (16, 64, 3), "at least 32x32"),
    ("ResNet50", {}, (64, 64, 3), "with the head of ImageNet it takes [224, 224, 3]"),
    ("EfficientNetB3", {}, (224, 224, 3), "with the head of ImageNet it takes [300, 300, 3]"),
    ("ResNet50", {"include_top": False}, (64, 64, 1), "the weights of ImageNet take 3 channels"),
    ("MobileNetV3Small", {}, (224, 224, 1), "the weights of ImageNet take 3 channels"),
    ("VGG16", {"weights": None}, (None, None, 3), "its head needs a known height and width"),
    ("ResNet50", {"classes": 10}, (224, 224, 3), "has 1000 classes, not 10"),
    ("ResNet50", {"classifier_activation": "relu"}, (224, 224, 3), "softmax or with no activation"),
    ("MobileNet", {"alpha": 0.3}, (224, 224, 3), "an `alpha` of 0.25, 0.5, 0.75 and 1.0, not 0.3"),
    ("MobileNet", {"depth_multiplier": 2}, (224, 224, 3), "a `depth_multiplier` of 1"),
    ("MobileNetV3Large", {"alpha": 0.75, "minimalistic": True}, (224, 224, 3), "of 1.0, not 0.75"),
    ("NASNetLarge", {"include_top": False}, (None, None, 3), "a known height and width"),
    ("EfficientNetB0", {"include_top": False, "weights": None}, (64, None, 3), "or neither"),
    ("ResNet50", {"include_top": False, "weights": None}, (784,), "takes images"),
    ("ResNet50", {"weights": None, "input_shape": (64, 64, 3)}, (32, 64, 3), "is built for [64, 64, 3]"),
    ("ResNet50", {"weights": None, "preprocess": True}, (64, 64, 1), "preprocessing takes 3 channels"),
    ("ResNet50", {"weights": None, "outputs": ["conv3_block4_oot"]}, (64, 64, 3), "no layer"),
    ("ResNet50", {"weights": None, "outputs": 3}, (64, 64, 3), "are names of its layers"),
    ("InceptionV3", {"weights": None, "outputs": ["conv2d_5"]}, (75, 75, 3), "no layer `conv2d_5`"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "image", "said"), REFUSED)
def test_refused(name: str, args: dict[str, Any], image: tuple[int | None, ...], said: str) -> None:
    with pytest.raises(RuleError) as caught:
        application(name, args, TensorSpec((None, *image)))
    assert said in caught.value.message


def test_helps() -> None:
    with pytest.raises(RuleError) as caught:
        application("ResNet50", {}, TensorSpec((None, 64, 64, 3)))
    assert caught.value.insert_before == "Resizing(224, 224)"
    with pytest.raises(RuleError) as caught:
        application("ResNet50", {"outputs": ["conv3_block4_oot"]}, TensorSpec((None, 224, 224, 3)))
    assert (caught.value.help or "").startswith("did you mean `conv3_block4_out`")
    assert caught.value.argument == "outputs"


def test_sizes_with_names_stay_symbolic() -> None:
    image = TensorSpec((None, symbol("h"), symbol("w"), 3))
    found = application("ResNet50", {"weights": None, "include_top": False}, image)
    assert isinstance(found.outputs, TensorSpec)
    assert found.outputs.shape is not None
    assert found.outputs.shape[3] == 2048
    assert all(isinstance(dim, Sym) for dim in found.outputs.shape[1:3])


def test_a_nasnet_without_a_size_is_doubtful() -> None:
    image = TensorSpec((None, None, None, 3))
    found = application("NASNetMobile", {"weights": None, "include_top": False}, image)
    assert found.unsound is not None
