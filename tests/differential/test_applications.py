"""A few cases of every builder of keras.applications; `python -m tests.differential.applications` runs all."""

from __future__ import annotations

import os
from typing import Any

import pytest

from archlang.catalogue import load
from archlang.shapes.applications import application
from archlang.shapes.spec import TensorSpec

pytestmark = pytest.mark.slow

CASES = int(os.environ.get("ARCHLANG_APPLICATION_CASES", "3"))
ALPHA = ("MobileNet", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large")

OUTPUTS: list[tuple[str, list[str]]] = [
    ("ResNet50", ["conv2_block3_out", "conv3_block4_out", "conv4_block6_out"]),
    ("MobileNetV2", ["block_3_expand_relu", "block_1_expand_relu", "out_relu"]),
    ("EfficientNetB0", ["block3a_expand_activation"]),
    ("VGG16", ["block5_conv3", "block3_pool"]),
    ("InceptionV3", ["mixed3", "mixed7"]),
    ("ConvNeXtTiny", ["convnext_tiny_stage_1_block_2_identity", "convnext_tiny_downsampling_block_0"]),
    ("NASNetMobile", ["normal_concat_3"]),
    ("DenseNet121", ["pool3_relu", "pool2_relu"]),
]  # fmt: skip


@pytest.mark.parametrize("name", load().names("applications"))
def test_random_arguments(name: str) -> None:
    from tests.differential.applications import cases, disagreement

    count = 4 * CASES if name in ALPHA else CASES
    found = {str(case): disagreement(case) for case in cases(name)[:count]}
    assert {case: problem for case, problem in found.items() if problem is not None} == {}


@pytest.mark.parametrize(("name", "outputs"), OUTPUTS)
def test_inner_outputs(name: str, outputs: list[str]) -> None:
    import keras

    from tests.differential.applications import described

    image = (96, 128, 3)
    args: dict[str, Any] = {"weights": None, "include_top": False}
    with keras.StatelessScope(initialize_variables=False):
        base = getattr(keras.applications, name)(**args, input_shape=image)
        model = keras.Model(base.input, [base.get_layer(n).output for n in outputs])
    found = application(name, {**args, "outputs": outputs}, TensorSpec((None, *image)))
    assert described(found, model) is None
