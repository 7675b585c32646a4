"""What numbers and strings mean, without `eval`."""

from __future__ import annotations

import re
import unicodedata

from archlang.records import record

MAX_DIGITS = 400
"""No number in a spec is longer; Python's own limit is 4,300 digits."""

_INT = re.compile(r"0(_?0)*|[1-9](_?\d)*")
_BASED = re.compile(r"0[xX](_?[0-9a-fA-F])+|0[oO](_?[0-7])+|0[bB](_?[01])+")
_FLOAT = re.compile(r"(\d(_?\d)*\.?(\d(_?\d)*)?|\.\d(_?\d)*)([eE][+-]?\d(_?\d)*)?")
_ESCAPE = re.compile(
    r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{([^}]*)\}|(.))",
    re.S,
)
_SIMPLE = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "\\": "\\",
    "'": "'",
    '"': '"',
}


def number(text: str) -> int | float | None:
    """The value of a number as Python writes it, or None if this is none (`012`, `3x`) or too
    large.
    """
    if len(text) > MAX_DIGITS:
        return None
    if _INT.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text) and ("." in text or "e" in text or "E" in text):
        value = float(text)
        return None if value == float("inf") else value
    return None


@record
class BadEscape:
    """An escape that means nothing: where in the literal it stands, and how long it is."""

    offset: int
    length: int


def string(text: str) -> tuple[str, list[BadEscape]]:
    """The value of a literal with its quotes; bad escapes stand in it as they are written."""
    inner = text[1:-1]
    if "\\" not in inner:
        return inner, []
    bad: list[BadEscape] = []

    def decode(match: re.Match[str]) -> str:
        octal, two, four, eight, name, single = match.groups()
        value = _SIMPLE.get(single) if single is not None else None
        if octal is not None:
            value = chr(int(octal, 8))
        elif name is not None:
            value = _named(name)
        elif single is None:
            code = int(two or four or eight, 16)
            # Half a surrogate pair is no character, and cannot be written to a file.
            value = None if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF else chr(code)
        if value is None:
            bad.append(BadEscape(match.start() + 1, len(match.group())))
            return match.group()
        return value

    return _ESCAPE.sub(decode, inner), bad


def _named(name: str) -> str | None:
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return None
