"""Which type every parameter has: the one in `grammar/annotations.toml`, else a guess."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tools.catalogue.collect import RawParameter
from tools.catalogue.types import Type, Types

ANNOTATIONS = Path(__file__).resolve().parents[2] / "grammar" / "annotations.toml"


class Annotations:
    """The hand annotations, and the types that they lead to."""

    def __init__(self) -> None:
        self.tables: dict[str, Any] = tomllib.loads(ANNOTATIONS.read_text(encoding="utf-8"))
        self._types: Types | None = None
        self._used: set[tuple[str, str]] = set()

    def use(self, identifiers: dict[str, list[str]]) -> None:
        """Say what Keras's `get`s take; needed before any type is asked for."""
        self._types = Types(self.tables["types"], self.tables["says"], identifiers)

    def type_of(self, expression: str | dict[str, Any]) -> Type:
        """The type behind an annotation."""
        assert self._types is not None
        return Type(expression) if isinstance(expression, dict) else self._types(expression)

    def of(self, kind: str, entry: str, parameter: RawParameter) -> str | dict[str, Any]:
        """The annotation of a parameter, or the guess that stands in for it."""
        key = f"{entry}.{parameter.name}"
        table = self.tables.get(kind, {})
        patterns = [key] if key in table else [p for p in table if fnmatchcase(key, p)]
        if patterns:
            self._used.add((kind, patterns[0]))
            return table[patterns[0]]
        for pattern, expression in self.tables["parameters"].items():
            if kind != "ops" and fnmatchcase(parameter.name, pattern):
                self._used.add(("parameters", pattern))
                return expression
        return guess(parameter, sure=kind != "ops")

    def hidden(self, kind: str, entry: str, signature: set[str]) -> dict[str, str]:
        """Arguments of an entry that its signature does not show, with their types."""
        found: dict[str, str] = {}
        for pattern, expression in self.tables["hidden"].items():
            layer, _, name = pattern.rpartition(".")
            if kind == "layers" and fnmatchcase(entry, layer) and name not in signature:
                found.setdefault(name, expression)
                self._used.add(("hidden", pattern))
        return found

    def refused(self, kind: str, entry: str) -> list[str]:
        """Base arguments that an entry does not pass on."""
        names: list[str] = self.tables["refused"].get(kind, [])
        return [name.partition(".")[2] for name in names if name.startswith(f"{entry}.")]

    def together(self, kind: str, entry: str, names: set[str]) -> list[dict[str, Any]]:
        """The rules on several arguments that hold for an entry which has them all."""
        return [
            rule
            for rule in self.tables["together"]
            if set(rule["refuse"]) <= names
            and any(fnmatchcase(f"{kind}:{entry}", p) for p in rule["entries"])
        ]

    def unused(self) -> list[str]:
        """Annotations that no parameter asked for: left over from an older Keras, or misspelt."""
        tables = [
            name
            for name in self.tables
            if name not in ("types", "says", "base", "identifiers", "refused", "together")
        ]
        return [f"[{t}] {p}" for t in tables for p in self.tables[t] if (t, p) not in self._used]


def guess(parameter: RawParameter, sure: bool = True) -> str:
    """A type from the default alone. The numbers of ops may be tensors as well: not `sure`."""
    default = parameter.default
    if isinstance(default, bool):
        return "bool"
    if isinstance(default, str):
        return "str"
    if isinstance(default, (int, float)) and sure:
        return "float" if isinstance(default, float) else "int"
    return "any"
