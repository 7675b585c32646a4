"""Rules by name; a module of rules is imported when one of them is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TypeVar

R = TypeVar("R")


class LazyRules(Mapping[str, R]):
    """The rules that the modules of a package register; `families` are their names by module."""

    def __init__(self, package: str, families: Mapping[str, str]) -> None:
        self._package = package
        self._modules = {name: module for module in families for name in families[module].split()}
        self._registered: dict[str, R] = {}

    def register(self, name: str, rule: R) -> None:
        """What a module does with each of its rules."""
        if name in self._registered:
            raise ValueError(f"two rules for {name}")
        self._registered[name] = rule

    def __getitem__(self, name: str) -> R:
        if name not in self._registered:
            import_module(f"{self._package}.{self._modules[name]}")
        return self._registered[name]

    def __contains__(self, name: object) -> bool:
        return name in self._modules

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)
