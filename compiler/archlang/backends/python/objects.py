"""Keras objects as Python: `keras.regularizers.L2(0.0001)`, `layers.Dense(10, activation="softmax")`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archlang.backends.python.literals import literal
from archlang.catalogue import Entry, load
from archlang.narrowing import is_list, is_tuple
from archlang.shapes.rule import LayerValue

IMPORT_LAYERS = "from keras import layers"
IMPORT_OPS = "from keras import ops"


class Imports:
    """The import lines that the code written so far needs."""

    def __init__(self) -> None:
        self.lines: set[str] = set()

    def entry(self, entry: Entry) -> str:
        """How code names a Keras object: `layers.Dense`, `keras.optimizers.Adam`, `ops.mean`."""
        if entry.kind == "layers":
            self.lines.add(IMPORT_LAYERS)
            return f"layers.{entry.name}"
        if entry.kind == "ops":
            self.lines.add(IMPORT_OPS)
            return entry.path.removeprefix("keras.")
        self.lines.add("import keras")
        return entry.path

    def python(self, module: str, name: str) -> str:
        """How code names a class written in Python."""
        self.lines.add(f"from {module} import {name}")
        return name


def value_code(value: Any, imports: Imports) -> str:
    """A value of a graph as Python."""
    if isinstance(value, LayerValue):
        return object_code(value, imports)
    if is_list(value):
        return "[" + ", ".join(value_code(item, imports) for item in value) + "]"
    if is_tuple(value):
        items = [value_code(item, imports) for item in value]
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    return literal(value)


def object_code(value: LayerValue, imports: Imports) -> str:
    """A Keras object as Python, its leading arguments by position as an expert writes them."""
    entry = load().get(value.kind, value.name)
    if entry is None:
        raise ValueError(f"no {value.kind} {value.name}")
    return f"{imports.entry(entry)}({arguments_code(entry, value.args, imports)})"


def arguments_code(entry: Entry, args: Mapping[str, Any], imports: Imports, **further: str) -> str:
    """Arguments as Python: required ones by position as long as they stand first, the others by name."""
    parts: list[str] = []
    by_position = True
    written = {name: value_code(value, imports) for name, value in args.items()} | further
    for parameter in entry.parameters:
        if parameter.name not in written:
            by_position = False
            continue
        code = written.pop(parameter.name)
        by_position = (
            by_position
            and (parameter.required or parameter.name in _BY_POSITION)
            and not parameter.keyword_only
        )
        parts.append(code if by_position else f"{parameter.name}={code}")
    parts += [f"{name}={code}" for name, code in written.items()]
    return ", ".join(parts)


# Optional first arguments that are mostly written without their name.
_BY_POSITION = frozenset({"pool_size", "learning_rate", "l2", "negative_slope", "scale"})
