"""The networks of keras.applications against what Keras has been recorded to make of them; no Keras here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archlang.catalogue import load
from archlang.shapes.applications import application, lacks_preprocessing, preprocessing_mode
from archlang.shapes.applications.arguments import default_size, smallest_size
from archlang.shapes.spec import TensorSpec
from tests.oracle_files import ORACLE, needs_oracle

FILE = ORACLE / "applications.json"
RECORDS: dict[str, Any] = json.loads(FILE.read_text("utf-8")) if FILE.is_file() else {}


@needs_oracle
@pytest.mark.parametrize("name", RECORDS)
def test_with_top(name: str) -> None:
    record = RECORDS[name]
    found = application(name, {"weights": None}, _spec(record["input_shape"]))
    assert found.params == record["params"]
    assert found.trainable_params == record["trainable"]
    assert isinstance(found.outputs, TensorSpec)
    assert found.outputs.shape == tuple(record["output_shape"])


@needs_oracle
@pytest.mark.parametrize("name", RECORDS)
def test_without_top(name: str) -> None:
    record = RECORDS[name]["notop"]
    found = application(name, {"weights": None, "include_top": False}, _spec(record["input_shape"]))
    assert found.params == record["params"]
    assert isinstance(found.outputs, TensorSpec)
    assert found.outputs.shape == tuple(record["output_shape"])


@needs_oracle
@pytest.mark.parametrize("name", RECORDS)
def test_facts(name: str) -> None:
    record = RECORDS[name]
    entry = load().get("applications", name)
    assert entry is not None
    assert preprocessing_mode(entry) == record["preprocess_mode"]
    if record["default_size"] is not None:  # MobileNetV3 has none
        assert default_size(name) == record["default_size"]
        assert smallest_size(name) == record["min_size"]


def test_preprocessing_is_missed_where_it_is_none() -> None:
    def lacks(name: str, **args: Any) -> bool:
        entry = load().get("applications", name)
        assert entry is not None
        return lacks_preprocessing(entry, args)

    assert lacks("ResNet50")
    assert not lacks("ResNet50", preprocess=True)
    assert not lacks("ResNet50", weights=None)
    assert not lacks("EfficientNetB0")
    assert not lacks("ConvNeXtTiny")
    assert lacks("ConvNeXtTiny", include_preprocessing=False)


def test_multiply_adds_as_published() -> None:
    """In units of 10^9, for the image size that each network was made for."""
    published = {
        "VGG16": 15.47, "ResNet50": 3.86, "MobileNetV2": 0.30, "DenseNet121": 2.83, "Xception": 8.36,
        "EfficientNetB0": 0.39, "InceptionV3": 5.71, "NASNetMobile": 0.57, "ConvNeXtTiny": 4.46,
    }  # fmt: skip
    for name, billions in published.items():
        size = default_size(name)
        macs = application(name, {"weights": None}, _spec((None, size, size, 3))).macs
        assert macs is not None
        assert macs / 1e9 == pytest.approx(billions, rel=0.02), name


def _spec(shape: Any) -> TensorSpec:
    return TensorSpec(tuple(shape))
