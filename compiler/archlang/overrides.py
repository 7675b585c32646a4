"""The values of `--set name=value`: literals of the language, read without running anything."""

from __future__ import annotations

import re
from typing import Any

from archlang.narrowing import is_sequence

_NAME = re.compile(r"[A-Za-z_]\w*")
# A word or a path. What begins with a digit, a sign or a bracket is meant to be something else.
_BARE = re.compile(r"[A-Za-z_./~][\w./\\:@~+-]*")
# Words that are values in other languages: as a bare string they would be a trap.
_MEANT = {"true": "True", "false": "False", "none": "None", "null": "None"}


def parse_setting(text: str) -> tuple[str, Any]:
    """`width=128` as a name and a value; ValueError says what is wrong."""
    name, equals, value = text.partition("=")
    name = name.strip()
    if not equals:
        raise ValueError(f"{text!r} has no value; write name=value, for example width=128")
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a name; write name=value, for example width=128")
    return name, parse_value(value.strip())


def parse_value(text: str) -> Any:
    """A number, True, False, None, a string, a list or a tuple; a bare word is a string."""
    import ast

    if text in _MEANT:
        raise ValueError(f"{text} is not a value of the language; write {_MEANT[text]}")
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        if _BARE.fullmatch(text):
            return text
        raise ValueError(
            f"{text!r} is not a value; write a number, True, False, None, a word, "
            'a string such as "a b", a list such as [1, 2] or a tuple such as (1, 2)'
        ) from None
    _require_literal(value)
    return value


def _require_literal(value: object) -> None:
    if is_sequence(value):
        for item in value:
            _require_literal(item)
    elif value is not None and not isinstance(value, (bool, int, float, str)):
        raise ValueError(f"{value!r} is not a value of the language")
