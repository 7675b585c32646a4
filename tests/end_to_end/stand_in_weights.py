"""Weights in the place of ImageNet's, which can't be had without a network: random ones of a fitting size.

Random weights as Keras draws them let the signal die out in a deep network whose batch normalization has seen nothing: what comes out
of MobileNetV2 is around 1e-12. Here every convolution, or the last alone, is scaled so that what it gives spreads by 1 (Mishkin and Matas,
"All you need is a good init", 2016, without the orthogonal matrices). Nothing is learned, so such a network tells pictures apart by
colour at best.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras


def save_stand_in(network: Any, images: Any, path: Path, *, last_only: bool = False) -> None:
    """Scale the convolutions of a network with random weights on some images, and save its weights.

    `images` are prepared as the network takes them; `path` ends in `.weights.h5`.
    """
    scale_convolutions(network, images, last_only=last_only)
    network.save_weights(path)


def scale_convolutions(network: Any, images: Any, *, last_only: bool = False) -> None:
    """Scale convolutions and dense layers so that what they make of some images spreads by 1."""
    scaled = [layer for layer in network.layers if _is_linear(layer)]
    if last_only:
        scaled = scaled[-1:]
    for layer in scaled:
        layer.call = _scaling(layer)
    network(images)
    for layer in scaled:
        del layer.call


def _is_linear(layer: Any) -> bool:
    """Whether twice the kernel gives twice the output; biases begin at 0."""
    linear = (keras.activations.linear, keras.activations.relu)
    return hasattr(layer, "kernel") and layer.activation in linear


def _scaling(layer: Any) -> Any:
    """The layer's `call`, which divides its kernel by the spread of what comes out."""
    original = layer.call

    def call(inputs: Any) -> Any:
        outputs = original(inputs)
        spread = keras.ops.std(outputs)
        layer.kernel.assign(layer.kernel / spread)
        return outputs / spread

    return call
