"""Values as Python literals: the one place where text from a spec becomes part of a program."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, cast

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(value: Any) -> str:
    """A Python expression, on one line and as ruff formats it, that evaluates to the value.

    Takes None, booleans, numbers, strings, lists, tuples and dicts of these; anything else is a TypeError.
    """
    if value is None or isinstance(value, (bool, int)):
        return repr(value)
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, list):
        return f"[{_items(cast('list[Any]', value))}]"
    if isinstance(value, tuple):
        items = cast("tuple[Any, ...]", value)
        return f"({_items(items)},)" if len(items) == 1 else f"({_items(items)})"
    if isinstance(value, Mapping):
        pairs = cast("Mapping[Any, Any]", value).items()
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in pairs) + "}"
    raise TypeError(f"no literal for {type(value).__name__}")


def _items(values: Iterable[Any]) -> str:
    return ", ".join(literal(value) for value in values)


def _float(value: float) -> str:
    if math.isnan(value):
        return 'float("nan")'
    if math.isinf(value):
        return 'float("inf")' if value > 0 else 'float("-inf")'
    # Python writes 1e+16, ruff 1e16.
    return repr(value).replace("e+", "e")


def _string(value: str) -> str:
    # Double quotes, unless single ones save escapes: ruff's rule and Black's.
    quote = "'" if value.count('"') > value.count("'") else '"'
    return quote + "".join(_character(character, quote) for character in value) + quote


def _character(character: str, quote: str) -> str:
    if character == quote:
        return "\\" + character
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def docstring(text: str, indent: int = 0) -> str:
    """A docstring of one or several lines; lines after the first stand at the indentation."""
    lines = [_in_docstring(line) for line in text.strip().split("\n")]
    if len(lines) == 1:
        # A quote at the end would close the string one character early.
        space = " " if lines[0].endswith('"') else ""
        return f'"""{lines[0]}{space}"""'
    margin = " " * indent
    return "\n".join(
        [f'"""{lines[0]}', *((margin + line if line else "") for line in lines[1:]), f'{margin}"""']
    )


def _in_docstring(line: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in line).rstrip()
    return shown.replace("\\", "\\\\").replace('"""', "'''")
