"""How an application of Keras is built from a layer of the graph: both the models built in memory and generated code ask here."""

from __future__ import annotations

from typing import Any

from archlang.catalogue import Entry, load
from archlang.graph.model import Graph, Layer
from archlang.shapes.applications import preprocessing_mode

# Keras takes these networks' widths, inner names or files of weights from their name, so they are built under their own.
_BY_NAME = ("EfficientNet", "ConvNeXt")
OF_STEPS = ("preprocess", "outputs")


def entry_of(layer: Layer) -> Entry:
    """The catalogue's entry of an application."""
    entry = load().get("applications", layer.class_name)
    assert entry is not None
    return entry


def builder_arguments(layer: Layer) -> dict[str, Any]:
    """The arguments of the builder, its name among them where the network can be built under it."""
    args = {name: value for name, value in layer.args.items() if name not in OF_STEPS}
    if not is_wrapped(layer):
        args["name"] = layer.name
    return args


def is_wrapped(layer: Layer) -> bool:
    """Whether a model is made around the network, for other outputs or another name."""
    default = entry_of(layer).defaults().get("name")
    return bool(chosen(layer)) or (layer.name != default and layer.class_name.startswith(_BY_NAME))


def chosen(layer: Layer) -> list[str]:
    """The inner layers whose results come out; none where the network's own result does."""
    outputs = layer.args.get("outputs")
    return [outputs] if isinstance(outputs, str) else list(outputs or ())


def downloads(layer: Layer) -> bool:
    """Whether building it fetches weights."""
    return _weights(layer) == "imagenet"


def weights_file(layer: Layer) -> str | None:
    """The file that its weights come from, if they come from one."""
    weights = _weights(layer)
    return weights if isinstance(weights, str) and weights != "imagenet" else None


def all_in(graph: Graph) -> list[Layer]:
    """The applications in a model and in those nested in it."""
    found: list[Layer] = []
    for layer in graph.layers:
        if layer.graph is not None:
            found += all_in(layer.graph)
        elif layer.kind == "applications":
            found.append(layer)
    return found


def _weights(layer: Layer) -> Any:
    return {**entry_of(layer).defaults(), **layer.args}.get("weights")


def preprocessing(layer: Layer) -> str | None:
    """The path of the function that prepares images in front of it; None where there is nothing to do."""
    entry = entry_of(layer)
    if layer.args.get("preprocess") is not True or preprocessing_mode(entry) == "identity":
        return None
    return entry.preprocess


def is_cast(dtype: str | None) -> bool:
    """Whether images are made float32 before they are prepared, so that no byte overflows."""
    return dtype is not None and not dtype.startswith(("float", "bfloat"))
