"""The strings that stand for objects in Keras: `"adam"`, `"mse"`, `"zeros"`, `"float32"`."""

from __future__ import annotations

import importlib
import re
from typing import Any

import keras
from keras.src.backend.common.dtypes import ALLOWED_DTYPES

from tools.catalogue.collect import ABSTRACT, CLASS_KINDS

_SECTIONS = (
    "activations",
    "initializers",
    "regularizers",
    "constraints",
    "losses",
    "metrics",
    "optimizers",
)


def identifiers(further: dict[str, list[str]]) -> dict[str, list[str]]:
    """By section, what `get` accepts without arguments, lower-case names first."""
    found = {section: _accepted(section) for section in _SECTIONS}
    found["dtypes"] = [*sorted(ALLOWED_DTYPES), "mixed_bfloat16", "mixed_float16"]
    for section, names in further.items():
        found[section] = sorted({*found.get(section, []), *names}, key=_lower_first)
    return found


def _accepted(section: str) -> list[str]:
    module = getattr(keras, section)
    known: dict[str, Any] = importlib.import_module(f"keras.src.{section}").ALL_OBJECTS_DICT
    # Optimizers are looked up in lower case; elsewhere class names work as they are.
    names = set(known) | {
        name for name in dir(module) if name in CLASS_KINDS or not name.startswith("_")
    }
    abstract = {name.lower() for name in ABSTRACT} | {"lossfunctionwrapper"}
    accepted = [name for name in names if name.lower() not in abstract and _works(module, name)]
    return sorted(accepted, key=_lower_first)


def _works(module: Any, name: str) -> bool:
    if name in ("get", "serialize", "deserialize"):
        return False
    try:
        found = module.get(name)
    except Exception:  # whatever Keras raises, it refuses the name
        return False
    return callable(found) or isinstance(found, keras.optimizers.Optimizer)


def _lower_first(name: str) -> tuple[bool, str]:
    return (bool(re.match("[A-Z]", name)), name)
