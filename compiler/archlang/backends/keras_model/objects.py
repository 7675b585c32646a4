"""Values of a spec as Keras takes them: `LSTM(64)`, `L2(1e-4)`, `Adam(…)` become objects."""

from __future__ import annotations

from typing import Any, cast

import keras

from archlang.catalogue import Entry, load
from archlang.shapes.rule import LayerValue


def python_value(value: Any) -> Any:
    """A value with every `LayerValue` in it made into the object that it stands for; other values stay."""
    if isinstance(value, LayerValue):
        return _object(value)
    if isinstance(value, list):
        return [python_value(item) for item in cast("list[Any]", value)]
    if isinstance(value, tuple):
        return tuple(python_value(item) for item in cast("tuple[Any, ...]", value))
    if isinstance(value, dict):
        return {key: python_value(item) for key, item in cast("dict[Any, Any]", value).items()}
    return value


def python_arguments(args: Any) -> dict[str, Any]:
    """All arguments of a call as Keras takes them."""
    return {name: python_value(value) for name, value in args.items()}


def keras_object(entry: Entry) -> Any:
    """The class or function that an entry of the catalogue names."""
    return named(entry.path)


def named(path: str) -> Any:
    """What stands at a public path of Keras: `keras.ops.image.resize`."""
    found: Any = keras
    for part in path.split(".")[1:]:
        found = getattr(found, part)
    return found


def _object(value: LayerValue) -> Any:
    entry = load().get(value.kind, value.name)
    if entry is None:
        raise ValueError(f"Keras has no {value.kind} {value.name}")
    made = keras_object(entry)
    # A function without arguments (`ops.relu`, an activation) is passed on as it is.
    return made(**python_arguments(value.args)) if isinstance(made, type) or value.args else made
