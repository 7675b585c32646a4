"""The activation that a stack ends in, and the values that it can reach."""

from __future__ import annotations

from math import inf
from typing import Any, Final

from archlang.shapes.rule import LayerValue

# What a layer without an activation, or of a kind whose output this module knows nothing of, ends
# in.
LINEAR: Final = "linear"
UNKNOWN_ACTIVATION: Final = "?"

# Infimum and supremum. What is not listed reaches everything, or nobody knows.
REACH: dict[str, tuple[float, float]] = {
    "celu": (-1.0, inf),
    "elu": (-1.0, inf),
    "exponential": (0.0, inf),
    "gelu": (-0.17, inf),
    "hard_sigmoid": (0.0, 1.0),
    "hard_silu": (-0.375, inf),
    "hard_swish": (-0.375, inf),
    "hard_tanh": (-1.0, 1.0),
    "log_sigmoid": (-inf, 0.0),
    "log_softmax": (-inf, 0.0),
    "mish": (-0.31, inf),
    "relu": (0.0, inf),
    "relu6": (0.0, 6.0),
    "selu": (-1.76, inf),
    "sigmoid": (0.0, 1.0),
    "silu": (-0.28, inf),
    "softmax": (0.0, 1.0),
    "softplus": (0.0, inf),
    "softsign": (-1.0, 1.0),
    "sparse_plus": (0.0, inf),
    "sparse_sigmoid": (0.0, 1.0),
    "sparsemax": (0.0, 1.0),
    "squareplus": (0.0, inf),
    "swish": (-0.28, inf),
    "tanh": (-1.0, 1.0),
}

# Layers that are an activation, and those that apply one as their last act.
_ACTIVATION_LAYERS = {
    "Softmax": "softmax",
    "ReLU": "relu",
    "ELU": "elu",
    "LeakyReLU": LINEAR,
    "PReLU": LINEAR,
}
_WITH_ACTIVATION = (
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "Dense",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "EinsumDense",
    "SeparableConv1D",
    "SeparableConv2D",
)


def last_activation(layer: LayerValue | None) -> str:
    """The activation of the last layer: Keras's word, `linear`, or `?` where that can't be told."""
    if layer is None:
        return UNKNOWN_ACTIVATION
    if layer.name == "Activation":
        return _word(layer.args.get("activation"))
    if layer.name == "TimeDistributed":
        inner = layer.args.get("layer")
        return last_activation(inner) if isinstance(inner, LayerValue) else UNKNOWN_ACTIVATION
    if layer.name == "ReLU" and layer.args.get("max_value") is not None:
        return UNKNOWN_ACTIVATION
    if layer.name in _ACTIVATION_LAYERS:
        return _ACTIVATION_LAYERS[layer.name]
    return (
        _word(layer.args.get("activation"))
        if layer.name in _WITH_ACTIVATION
        else UNKNOWN_ACTIVATION
    )


def unbounded(activation: str) -> bool:
    """Whether an activation reaches every number, as far as is known."""
    return activation not in REACH


def _word(activation: Any) -> str:
    if activation is None:
        return LINEAR
    if isinstance(activation, str):
        return activation
    if isinstance(activation, LayerValue):
        return last_activation(activation) if activation.kind == "layers" else activation.name
    return UNKNOWN_ACTIVATION
