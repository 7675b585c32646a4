"""Names in generated Python: sanitised, no keyword, nothing that hides what the script needs."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Generator, Iterable
from contextlib import contextmanager

from archlang.graph.naming import snake

RESERVED = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(dir(builtins)) | {
    "keras", "layers", "ops", "np", "pd", "tf", "count", "argparse", "Path", "json", "sys", "os", "main",
    "build_model", "train", "evaluate", "predict", "load_data", "name", "trainable", "model", "LearnedTensor",
}  # fmt: skip


def free(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, or with a number or underscore behind it where that is taken or reserved."""
    unavailable = set(taken)
    if wanted in RESERVED:
        wanted += "_"
    candidate, number = wanted, 1
    while candidate in unavailable:
        number += 1
        candidate = f"{wanted.rstrip('_')}_{number}"
    return candidate


def function_name(block: str) -> str:
    """`ConvBn` as `conv_bn`."""
    return snake(block)


def constant_name(name: str) -> str:
    """`base_width` as `BASE_WIDTH`."""
    return name.upper()


class Locals:
    """The local names of one function while it is written; a scope's names are free again when it closes."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._outer = set(taken)
        self._scopes: list[dict[object, str]] = [{}]
        self._used: list[set[str]] = [set()]

    def of(self, key: object) -> str | None:
        """The Python name of a variable."""
        for scope in reversed(self._scopes):
            if key in scope:
                return scope[key]
        return None

    def new(self, key: object, wanted: str) -> str:
        """A name for a new variable."""
        name = free(wanted, self._outer.union(*self._used))
        self._scopes[-1][key] = name
        self._used[-1].add(name)
        return name

    def open(self) -> None:
        """Begin a scope."""
        self._scopes.append({})
        self._used.append(set())

    def close(self, *, keep: bool = False) -> None:
        """End a scope; its names are free again, or pass to the scope around it (`keep`)."""
        names, used = self._scopes.pop(), self._used.pop()
        if keep:
            self._scopes[-1].update(names)
            self._used[-1] |= used

    @contextmanager
    def scope(self) -> Generator[None]:
        """Names made inside are free again afterwards."""
        self.open()
        try:
            yield
        finally:
            self.close()
