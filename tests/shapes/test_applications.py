"""Whole networks: the rules of every layer of a Keras application, and the multiply-adds in sum."""

from __future__ import annotations

from typing import Any

import pytest

from archlang.shapes.rule import RULES, LayerCall, apply
from archlang.shapes.spec import TensorSpec
from tests.shapes.oracle import defaults, value

# Multiply-adds as published, in units of 10^9.
NETWORKS = {
    "VGG16": 15.47,
    "ResNet50": 3.86,
    "MobileNetV2": 0.30,
    "DenseNet121": 2.83,
    "Xception": 8.36,
    "EfficientNetB0": 0.39,
    "InceptionV3": 5.71,
    "NASNetMobile": 0.57,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_layers_and_multiply_adds(name: str) -> None:
    import keras

    with keras.StatelessScope(initialize_variables=False):
        model = getattr(keras.applications, name)(weights=None)
    macs = 0
    for layer in model.layers:
        kind = type(layer).__name__
        if kind == "InputLayer" or kind not in RULES:
            continue
        result = apply(_call(kind, layer))
        expected = [
            (w.path.rsplit("/", 1)[-1], tuple(w.shape), bool(w.trainable)) for w in layer.weights
        ]
        assert [(w.name, w.shape, w.trainable) for w in result.weights or ()] == expected
        assert result.outputs.shape == tuple(layer.output.shape), layer.name
        macs += result.macs or 0
    assert macs / 1e9 == pytest.approx(NETWORKS[name], rel=0.02)


def _call(kind: str, layer: Any) -> LayerCall:
    args = defaults(kind) | {k: value(v) for k, v in layer.get_config().items()}
    inputs = layer.input
    if isinstance(inputs, list):
        return LayerCall(kind, args, [_spec(item) for item in inputs])
    return LayerCall(kind, args, _spec(inputs))


def _spec(tensor: Any) -> TensorSpec:
    return TensorSpec(tuple(tensor.shape), tensor.dtype)
