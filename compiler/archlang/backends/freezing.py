"""The constructor's arguments of a layer, `frozen` made into `trainable=False` wherever Keras needs to hear it.

Both the models built in memory and generated code construct layers with these arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from archlang.catalogue import load
from archlang.graph.model import Layer
from archlang.shapes.rule import LayerValue

# Layers made of layers, to which Keras does not pass `trainable=False` on.
COMPOSITES = frozenset({
    "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GroupQueryAttention", "GroupedQueryAttention",
    "MultiHeadAttention", "RNN", "SpectralNormalization", "TimeDistributed",
})  # fmt: skip


def frozen_when_built(layer: Layer) -> bool:
    """Whether code freezes a layer behind its first call, when the layers inside it are there."""
    composite = layer.kind == "layers" and layer.class_name in COMPOSITES
    return not layer.trainable and (composite or layer.kind == "python")


def constructor_arguments(layer: Layer) -> dict[str, Any]:
    """The arguments of a layer, without its name.

    A nested model and an application are frozen as a whole, by `trainable = False` once they are built.
    """
    if layer.trainable or layer.kind in ("model", "applications"):
        return dict(layer.args)
    if layer.kind == "layers":
        return _frozen("layers", layer.class_name, layer.args)
    return {**layer.args, "trainable": False}


def _frozen(kind: str, name: str, args: Mapping[str, Any]) -> dict[str, Any]:
    frozen = {key: _frozen_value(value) for key, value in args.items()}
    entry = load().get(kind, name)
    # A few layers without weights take no such argument.
    if entry is not None and entry.parameter("trainable") is not None:
        frozen["trainable"] = False
    return frozen


def _frozen_value(value: Any) -> Any:
    """A layer inside a layer is frozen too: Keras does not pass a wrapper's `trainable=False` on to what it wraps."""
    if isinstance(value, LayerValue):
        if value.kind != "layers":
            return value
        return LayerValue(value.kind, value.name, _frozen(value.kind, value.name, value.args))
    if isinstance(value, list):
        return [_frozen_value(item) for item in cast("list[Any]", value)]
    if isinstance(value, tuple):
        return tuple(_frozen_value(item) for item in cast("tuple[Any, ...]", value))
    return value
