"""Checks of single values, shared by task arguments, data arguments and settings.

A check takes a value and gives None, or what is expected instead; `complaint` makes the sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from archlang.shapes.rule import LayerValue

Check = Callable[[Any], str | None]


def is_int(value: Any) -> bool:
    """A whole number, which `True` is not."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """A finite number, which `True` is not."""
    return is_int(value) or (isinstance(value, float) and value - value == 0)


def anything(_: Any) -> str | None:
    return None


def boolean(value: Any) -> str | None:
    return None if isinstance(value, bool) else "`True` or `False`"


def text(value: Any) -> str | None:
    return None if isinstance(value, str) else "a string"


def positive_int(value: Any) -> str | None:
    return None if is_int(value) and value > 0 else "a whole number above 0"


def natural(value: Any) -> str | None:
    return None if is_int(value) and value >= 0 else "a whole number, 0 or above"


def whole(value: Any) -> str | None:
    return None if is_int(value) else "a whole number"


def positive_number(value: Any) -> str | None:
    return None if is_number(value) and value > 0 else "a number above 0"


def fraction(value: Any) -> str | None:
    """A share of the examples; 0 is none of them."""
    return None if is_number(value) and 0 <= value < 1 else "a fraction of at least 0 and below 1"


def between_0_and_1(value: Any) -> str | None:
    return None if is_number(value) and 0 < value < 1 else "a number between 0 and 1"


def one_of(*words: Any) -> Check:
    """One of the values listed."""
    listed = ", ".join(f"`{word}`" for word in words)

    def check(value: Any) -> str | None:
        fits = any(type(value) is type(word) and value == word for word in words)
        return None if fits else f"one of {listed}"

    return check


def layer_value(kind: str, noun: str) -> Check:
    """An object of one of the catalogue's sections, or a word that names one."""

    def check(value: Any) -> str | None:
        if isinstance(value, LayerValue) and value.kind in (kind, "python"):
            return None
        return noun

    return check


def list_of(check: Check, noun: str) -> Check:
    """A list whose items all pass."""

    def check_all(value: Any) -> str | None:
        fits = is_list(value) and all(check(item) is None for item in value)
        return None if fits else noun

    return check_all


def optional(check: Check) -> Check:
    """None, or a value that passes."""
    return lambda value: None if value is None else check(value)


def either(first: Check, second: Check) -> Check:
    """A value that passes one of two checks."""

    def check(value: Any) -> str | None:
        a, b = first(value), second(value)
        return None if a is None or b is None else f"{a}, or {b}"

    return check


def is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def show(value: Any) -> str:
    """A value as it stands in a message."""
    if isinstance(value, LayerValue):
        return f"`{value.name}`"
    if isinstance(value, str):
        return f'`"{value}"`'
    if isinstance(value, (list, tuple)):
        inner = ", ".join(show(item)[1:-1] for item in value)  # pyright: ignore[reportUnknownVariableType]
        inner = inner if len(inner) <= 60 else inner[:59] + "…"
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""  # pyright: ignore[reportUnknownArgumentType]
        return f"`({inner}{comma})`" if isinstance(value, tuple) else f"`[{inner}]`"
    return f"`{value!r}`"


def complaint(name: str, expected: str, value: Any) -> str:
    """`classes` must be a whole number above 0, not `-3`."""
    return f"`{name}` must be {expected}, not {show(value)}"


def quoted(names: Sequence[str]) -> str:
    """`a`, `b` and `c`."""
    ticked = [f"`{name}`" for name in names]
    if len(ticked) < 2:
        return "".join(ticked)
    return f"{', '.join(ticked[:-1])} and {ticked[-1]}"
