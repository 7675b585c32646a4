"""Building one of `keras.applications` and reading its graph off: layers with the arguments that shapes depend on.

Two things in a graph are not constants, and are recorded as what they come from. Paddings that Keras computes from the image size
(`imagenet_utils.correct_pad`) become `{"correct_pad": KERNEL}`. Names that Keras numbers by itself (`conv2d_17`) become None: they
differ from session to session, so nothing may depend on them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import keras
from keras.src import layers
from keras.src.applications import imagenet_utils
from keras.src.models import model
from keras.src.ops import operation
from keras.src.utils import file_utils

from archlang.catalogue import load
from archlang.narrowing import is_dict, is_list, is_tuple

# What decides neither a shape nor a weight.
_IDLE = {
    "activation", "data_format", "dtype", "epsilon", "momentum", "name", "noise_shape", "rate", "seed", "synchronized",
    "trainable", "max_value", "negative_slope", "threshold", "batch_shape", "quantization_config", "rms_scaling",
}  # fmt: skip
# Before a name that Keras makes up, while networks are recorded.
_NUMBERED = "numbered."
_PRIVATE = {"LayerScale": {"projection_dim"}, "CustomScaleLayer": set[str]()}

# One operation: its class, its arguments, its name (None where Keras numbers it) and how far before it its inputs stand.
Operation = tuple[str, str, str | None, tuple[int, ...]]


class _Padding(tuple[Any, ...]):
    """A padding that remembers the kernel that it is for."""

    kernel: int


def recorded(builder: Callable[..., Any], **arguments: Any) -> list[Operation]:
    """The operations of a network, in the order of `model.layers`, without its input."""
    with _patched() as paddings, keras.StatelessScope(initialize_variables=False):
        built = builder(**arguments)
    return _operations(built.get_config()["layers"], paddings)


@contextmanager
def _patched() -> Generator[dict[str, int]]:
    """Nothing is downloaded, and the layers whose padding Keras computes are noted with their kernel size."""
    paddings: dict[str, int] = {}
    modules: list[Any] = [imagenet_utils, layers, model.Model, file_utils, operation]
    names = ["correct_pad", "ZeroPadding2D", "load_weights", "get_file", "auto_name"]
    before: list[Any] = [getattr(module, name) for module, name in zip(modules, names, strict=True)]
    correct_pad, layer, _, _, auto_name = before

    def marked(inputs: Any, kernel_size: Any) -> _Padding:
        padding = _Padding(correct_pad(inputs, kernel_size))
        padding.kernel = kernel_size if isinstance(kernel_size, int) else kernel_size[0]
        return padding

    def noting(padding: Any = (1, 1), **further: Any) -> Any:
        made = layer(padding, **further)
        if isinstance(padding, _Padding):
            paddings[made.name] = padding.kernel
        return made

    def numbered(prefix: str) -> str:
        return _NUMBERED + auto_name(prefix)

    def nothing(*_: Any, **__: Any) -> str:
        return ""

    try:
        for module, name, now in zip(modules, names, [marked, noting, nothing, nothing, numbered], strict=True):  # fmt: skip
            setattr(module, name, now)
        yield paddings
    finally:
        for module, name, then in zip(modules, names, before, strict=True):
            setattr(module, name, then)


def _operations(entries: list[dict[str, Any]], paddings: dict[str, int]) -> list[Operation]:
    places = {entries[0]["config"]["name"]: -1}
    found: list[Operation] = []
    for place, entry in enumerate(entries[1:]):
        config, kind = entry["config"], entry["class_name"]
        if kind == "Sequential":
            inner = _inner(config["layers"])
            args: dict[str, Any] = {"layers": inner}
        elif entry["module"].startswith("keras.src.ops"):
            kind, args = f"ops.{kind.lower()}", {}
        else:
            args = _arguments(kind, config)
            if config["name"] in paddings:
                args["padding"] = {"correct_pad": paddings[config["name"]]}
        name = None if entry["name"].startswith(_NUMBERED) else entry["name"]
        inputs = tuple(place - places[history] for history in _histories(entry["inbound_nodes"]))
        places[entry["name"]] = place
        found.append((kind, json.dumps(args, sort_keys=True), name, inputs))
    return found


def _inner(entries: list[dict[str, Any]]) -> list[Any]:
    layers = [e for e in entries if e["class_name"] != "InputLayer"]
    return [
        [e["class_name"], e["config"]["name"], _arguments(e["class_name"], e["config"])]
        for e in layers
    ]


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
    if is_list(value) and isinstance(default, int):
        return all(item == default for item in value)
    return value == (list(default) if is_tuple(default) else default)


def _histories(value: Any) -> Iterator[str]:
    """The operations whose results stand in serialized call arguments, in order."""
    if is_dict(value):
        if value.get("class_name") == "__keras_tensor__":
            yield value["config"]["keras_history"][0]
        else:
            for item in value.values():
                yield from _histories(item)
    elif is_list(value) or is_tuple(value):
        for item in value:
            yield from _histories(item)
