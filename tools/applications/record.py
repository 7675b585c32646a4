"""Building one of `keras.applications` and reading its graph off: layers with the arguments that shapes depend on.

Two things in a graph are not constants, and are recorded as what they come from. Paddings that Keras computes from the image size
(`imagenet_utils.correct_pad`) become `{"correct_pad": KERNEL}`. Names that Keras numbers by itself (`conv2d_17`) become None: they
differ from session to session, so nothing may depend on them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
from keras.src import layers as keras_layers
from keras.src.applications import imagenet_utils
from keras.src.models.model import Model
from keras.src.utils import file_utils

from archlang.catalogue import load

# What decides neither a shape nor a weight.
_IDLE = {
    "activation", "data_format", "dtype", "epsilon", "momentum", "name", "noise_shape", "rate", "seed", "synchronized",
    "trainable", "max_value", "negative_slope", "threshold", "batch_shape", "quantization_config",
}  # fmt: skip
_PRIVATE = {"LayerScale": {"projection_dim"}, "CustomScaleLayer": set[str]()}

# One operation: its class, its arguments, its name (None where Keras numbers it) and how far before it its inputs stand.
Operation = tuple[str, str, str | None, tuple[int, ...]]


class _Padding(tuple[Any, ...]):
    """A padding that remembers the kernel that it is for."""

    kernel: int


def recorded(builder: Callable[..., Any], **arguments: Any) -> list[Operation]:
    """The operations of a network, in the order of `model.layers`, without its input."""
    with _patched() as paddings:
        model = _build(builder, arguments)
        again = _build(builder, arguments)
    fixed = {op.name for op in model.operations} & {op.name for op in again.operations}
    return _operations(model.get_config()["layers"], fixed, paddings)


def _build(builder: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    with keras.StatelessScope(initialize_variables=False):
        return builder(**arguments)


@contextmanager
def _patched() -> Iterator[dict[str, int]]:
    """Nothing is downloaded, and the layers whose padding Keras computes are noted with their kernel size."""
    paddings: dict[str, int] = {}
    correct_pad, layer = imagenet_utils.correct_pad, keras_layers.ZeroPadding2D
    load_weights, get_file = Model.load_weights, file_utils.get_file

    def marked(inputs: Any, kernel_size: Any) -> _Padding:
        padding = _Padding(correct_pad(inputs, kernel_size))
        padding.kernel = kernel_size if isinstance(kernel_size, int) else kernel_size[0]
        return padding

    def noting(padding: Any = (1, 1), **further: Any) -> Any:
        made = layer(padding, **further)
        if isinstance(padding, _Padding):
            paddings[made.name] = padding.kernel
        return made

    imagenet_utils.correct_pad = marked
    keras_layers.ZeroPadding2D = noting  # type: ignore[assignment]
    Model.load_weights = lambda *_, **__: None  # type: ignore[method-assign]
    file_utils.get_file = lambda *_, **__: ""  # type: ignore[assignment]
    try:
        yield paddings
    finally:
        imagenet_utils.correct_pad = correct_pad
        keras_layers.ZeroPadding2D = layer
        Model.load_weights, file_utils.get_file = load_weights, get_file


def _operations(
    entries: list[dict[str, Any]], fixed: set[str], paddings: dict[str, int]
) -> list[Operation]:
    places = {entries[0]["config"]["name"]: -1}
    found: list[Operation] = []
    for place, entry in enumerate(entries[1:]):
        config, kind = entry["config"], entry["class_name"]
        if kind == "Sequential":
            inner = _inner(config["layers"], fixed)
            args: dict[str, Any] = {"layers": inner}
        elif entry["module"].startswith("keras.src.ops"):
            kind, args = f"ops.{kind.lower()}", {}
        else:
            args = _arguments(kind, config)
            if config["name"] in paddings:
                args["padding"] = {"correct_pad": paddings[config["name"]]}
        name = entry["name"] if entry["name"] in fixed else None
        inputs = tuple(place - places[history] for history in _histories(entry["inbound_nodes"]))
        places[entry["name"]] = place
        found.append((kind, json.dumps(args, sort_keys=True), name, inputs))
    return found


def _inner(entries: list[dict[str, Any]], fixed: set[str]) -> list[Any]:
    layers = [e for e in entries if e["class_name"] != "InputLayer"]
    return [[e["class_name"], e["config"]["name"], _arguments(e["class_name"], e["config"])] for e in layers]


def _arguments(kind: str, config: dict[str, Any]) -> dict[str, Any]:
    """The arguments that shapes and weights depend on, where they are not Keras's defaults."""
    if kind in _PRIVATE:
        return {name: value for name, value in config.items() if name in _PRIVATE[kind]}
    entry = load().get("layers", kind)
    if entry is None:
        raise ValueError(f"{kind} is no public layer, and no rule is known for it")
    defaults = entry.defaults()
    kept = {
        name: json.loads(json.dumps(value))
        for name, value in config.items()
        if name not in _IDLE
        and not name.endswith(("_initializer", "_regularizer", "_constraint"))
    }  # fmt: skip
    return {
        name: value[0] if isinstance(value, list) and name == "axis" else value
        for name, value in kept.items()
        if not _same(value, defaults.get(name))
    }


def _same(value: Any, default: Any) -> bool:
    if isinstance(value, list) and isinstance(default, int):
        return all(item == default for item in value)  # pyright: ignore[reportUnknownVariableType]
    return value == (list(default) if isinstance(default, tuple) else default)  # pyright: ignore[reportUnknownArgumentType]


def _histories(value: Any) -> Iterator[str]:
    """The operations whose results stand in serialized call arguments, in order."""
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            yield value["config"]["keras_history"][0]
        else:
            for item in value.values():
                yield from _histories(item)
    elif isinstance(value, list):
        for item in value:
            yield from _histories(item)
