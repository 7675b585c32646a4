"""What the installed Keras offers: its public names, their signatures and defaults.

It gives plain data; types are put on by `annotate`, documentation by `docs`.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import keras

# Sections whose entries are classes. Their lower-case names (`keras.initializers.zeros`) are words,
# not entries.
CLASS_KINDS = {
    "layers": keras.layers,
    "initializers": keras.initializers,
    "regularizers": keras.regularizers,
    "constraints": keras.constraints,
    "losses": keras.losses,
    "metrics": keras.metrics,
    "optimizers": keras.optimizers,
    "schedules": keras.optimizers.schedules,
    "callbacks": keras.callbacks,
}
# Base classes: public, but of no use until somebody derives from them in Python.
ABSTRACT = {
    "Callback",
    "CallbackList",
    "Constraint",
    "Initializer",
    "InputSpec",
    "Layer",
    "LearningRateSchedule",
    "Loss",
    "Metric",
    "Optimizer",
    "RandomInitializer",
    "Regularizer",
    "Wrapper",
}
BASE_KWARGS = ("activity_regularizer", "trainable", "dtype", "autocast", "name")


@dataclass
class RawParameter:
    """One parameter as `inspect` shows it."""

    name: str
    required: bool
    default: Any = None
    keyword_only: bool = False


@dataclass
class RawEntry:
    """One public name of Keras."""

    kind: str
    name: str
    path: str
    object: Any
    parameters: list[RawParameter] = field(default_factory=list[RawParameter])
    open_ended: bool = False
    base_kwargs: bool = False
    call_input: str | None = None
    call_parameters: list[str] = field(default_factory=list[str])
    alias_of: str | None = None
    abstract: bool = False
    preprocess: str | None = None


def collect() -> list[RawEntry]:
    """Every entry of every section, in the catalogue's order."""
    entries: list[RawEntry] = []
    for kind, module in CLASS_KINDS.items():
        entries += _classes(kind, module)
    entries += _functions("activations", "keras.activations", keras.activations)
    entries += _ops()
    entries += _applications()
    entries += _datasets()
    return entries


def _classes(kind: str, module: ModuleType) -> Iterator[RawEntry]:
    prefix = "keras.optimizers.schedules" if kind == "schedules" else f"keras.{kind}"
    found = [
        (name, value)
        for name, value in _public(module)
        if inspect.isclass(value) and name[0].isupper()
    ]
    if kind == "optimizers":
        schedules = {id(value) for _, value in _public(keras.optimizers.schedules)}
        found = [(name, value) for name, value in found if id(value) not in schedules]
    canonical = _canonical(found)
    for name, value in found:
        entry = RawEntry(kind, name, f"{prefix}.{name}", value)
        if canonical[id(value)] != name:
            entry.alias_of = canonical[id(value)]
        else:
            entry.parameters, entry.open_ended = _signature(value.__init__)
            entry.abstract = name in ABSTRACT
            if kind == "layers" and not entry.abstract:
                entry.base_kwargs = entry.open_ended
                entry.call_input, entry.call_parameters = _call_parameters(value)
        yield entry


def _functions(kind: str, prefix: str, module: ModuleType) -> Iterator[RawEntry]:
    found = [
        (name, value)
        for name, value in _public(module)
        if inspect.isfunction(value) and name not in ("get", "serialize", "deserialize")
    ]
    canonical = _canonical(found)
    for name, value in found:
        entry = RawEntry(kind, name, f"{prefix}.{name}", value)
        if canonical[id(value)] != name:
            entry.alias_of = canonical[id(value)]
        else:
            entry.parameters, entry.open_ended = _signature(value, method=False)
        yield entry


def _ops() -> Iterator[RawEntry]:
    known: dict[int, str] = {}
    for entry in _functions("ops", "keras.ops", keras.ops):
        known.setdefault(id(entry.object), entry.alias_of or entry.name)
        yield entry
    for sub in ("image", "linalg", "nn", "numpy"):
        for entry in _functions("ops", f"keras.ops.{sub}", getattr(keras.ops, sub)):
            at_top = known.get(id(entry.object))
            entry.name = f"{sub}.{entry.name}"
            if at_top is not None:
                entry.alias_of, entry.parameters = at_top, []
            elif entry.alias_of is not None:
                entry.alias_of = f"{sub}.{entry.alias_of}"
            yield entry


def _applications() -> Iterator[RawEntry]:
    modules = {
        value.__name__.rsplit(".", 1)[-1]: value
        for value in vars(keras.applications).values()
        if inspect.ismodule(value) and hasattr(value, "preprocess_input")
    }
    for name, value in _public(keras.applications):
        if not inspect.isfunction(value):
            continue
        entry = RawEntry("applications", name, f"keras.applications.{name}", value)
        entry.parameters, entry.open_ended = _signature(value, method=False)
        holders = [
            m for m, module in sorted(modules.items()) if getattr(module, name, None) is value
        ]
        own = value.__module__.rsplit(".", 1)[-1]
        holder = own if own in modules else next(iter(holders), None)
        if holder is not None:
            entry.preprocess = f"keras.applications.{holder}.preprocess_input"
        yield entry


def _datasets() -> Iterator[RawEntry]:
    for name, module in _public(keras.datasets):
        load = getattr(module, "load_data", None)
        if load is not None:
            entry = RawEntry("datasets", name, f"keras.datasets.{name}.load_data", load)
            entry.parameters, entry.open_ended = _signature(load, method=False)
            yield entry


def _public(module: ModuleType) -> list[tuple[str, Any]]:
    return [
        (name, getattr(module, name)) for name in sorted(dir(module)) if not name.startswith("_")
    ]


def _canonical(found: list[tuple[str, Any]]) -> dict[int, str]:
    """For every object its main name: the one it was defined under, if that is public."""
    names: dict[int, str] = {}
    for name, value in found:
        if name == value.__name__ or id(value) not in names:
            names[id(value)] = name
    return names


def _signature(
    function: Callable[..., Any], method: bool = True
) -> tuple[list[RawParameter], bool]:
    """The parameters, and whether any other keyword is let in."""
    parameters: list[RawParameter] = []
    open_ended = False
    found = list(inspect.signature(function).parameters.values())[1 if method else 0 :]
    for parameter in found:
        if parameter.kind is parameter.VAR_KEYWORD:
            open_ended = True
        elif parameter.kind is not parameter.VAR_POSITIONAL:
            required = parameter.default is parameter.empty
            keyword_only = parameter.kind is parameter.KEYWORD_ONLY
            default = None if required else parameter.default
            parameters.append(RawParameter(parameter.name, required, default, keyword_only))
    return parameters, open_ended


def _call_parameters(cls: type) -> tuple[str | None, list[str]]:
    names = [
        parameter.name
        for parameter in inspect.signature(cls.call).parameters.values()  # pyright: ignore[reportAttributeAccessIssue]
        if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    ][1:]
    return (names[0], names[1:]) if names else (None, [])


def as_json(value: Any) -> Any:
    """A default as JSON: tuples as {"$tuple": […]}, infinities as {"$float": "inf"}."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": str(value)}
    if isinstance(value, tuple):
        return {"$tuple": [as_json(item) for item in value]}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    # An object of Python's (a function, a class, a sentinel): named, never evaluated.
    text = getattr(value, "__name__", None) or re.sub(r" at 0x\w+", "", repr(value))
    return {"$object": str(text)}
