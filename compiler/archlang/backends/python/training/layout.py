"""Lays out long calls, lists and dicts as ruff does: on one line, on one line of their own, or an
item a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 88
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Group:
    """`head` opens a bracket, `tail` closes it, `items` stand between; an item has a `label` such
    as `loss=`.
    """

    head: str
    items: tuple[Item, ...]
    tail: str


Item = tuple[str, "str | Group"]


def call(function: str, *arguments: str | Group | tuple[str, str | Group]) -> Group:
    """`function(arguments)`; a pair is an argument by name."""
    return Group(f"{function}(", tuple(_argument(argument) for argument in arguments), ")")


def listing(items: Sequence[str | Group]) -> Group:
    """`[items]`."""
    return Group("[", tuple(("", item) for item in items), "]")


def mapping(pairs: Sequence[tuple[str, str | Group]]) -> Group:
    """`{key: value}`, keys being Python already."""
    return Group("{", tuple((f"{key}: ", value) for key, value in pairs), "}")


def statement(prefix: str, value: str | Group, suffix: str = "", indent: int = 1) -> list[str]:
    """The lines of `prefix value suffix`, so many steps indented."""
    return _lay_out(_INDENT * indent + prefix, value, suffix, indent)


def flat(value: str | Group) -> str:
    """A value on one line."""
    if isinstance(value, str):
        return value
    return value.head + ", ".join(label + flat(item) for label, item in value.items) + value.tail


def _argument(argument: str | Group | tuple[str, str | Group]) -> Item:
    return (f"{argument[0]}=", argument[1]) if isinstance(argument, tuple) else ("", argument)


def _lay_out(start: str, value: str | Group, end: str, indent: int) -> list[str]:
    line = start + flat(value) + end
    if isinstance(value, str) or len(line) <= WIDTH or not value.items:
        return [line]
    inner = _INDENT * (indent + 1)
    own_line = inner + ", ".join(label + flat(item) for label, item in value.items)
    # Only the arguments of a call go to a line of their own together; what a trailing comma ends
    # does not.
    if value.head.endswith("(") and len(own_line) <= WIDTH:
        return [start + value.head, own_line, _INDENT * indent + value.tail + end]
    lines = [start + value.head]
    for label, item in value.items:
        lines += _lay_out(inner + label, item, ",", indent + 1)
    return [*lines, _INDENT * indent + value.tail + end]
