"""Objects of Keras as Python: `keras.losses.Huber(delta=2.0)`."""

from __future__ import annotations

from typing import Any, cast

from archlang.backends.python.literals import literal
from archlang.backends.python.training.layout import Group, call, listing
from archlang.shapes.rule import LayerValue

_MODULES = {
    "activations": "keras.activations",
    "callbacks": "keras.callbacks",
    "constraints": "keras.constraints",
    "initializers": "keras.initializers",
    "layers": "layers",
    "losses": "keras.losses",
    "metrics": "keras.metrics",
    "optimizers": "keras.optimizers",
    "regularizers": "keras.regularizers",
    "schedules": "keras.optimizers.schedules",
}


def python_value(value: Any) -> str | Group:
    """A value, objects of Keras among it, as a Python expression."""
    if isinstance(value, LayerValue):
        arguments = [(name, python_value(item)) for name, item in value.args.items()]
        if value.kind == "python":
            return call(value.name, *arguments)
        module = _MODULES.get(value.kind, f"keras.{value.kind}")
        return call(f"{module}.{value.name}", *arguments)
    if isinstance(value, list):
        return listing([python_value(item) for item in cast("list[Any]", value)])
    return literal(value)
