"""How wide a text is, without a font: widths that no common sans-serif font exceeds.

The table has the advances of DejaVu Sans in hundredths of the font's size, rounded up. It is among the widest of the fonts
that browsers and editors take for `sans-serif` (Arial, Helvetica, Segoe UI, Roboto, Noto Sans are narrower).
"""

from __future__ import annotations

from unicodedata import combining, east_asian_width

# From the space to the tilde.
# fmt: off
_PLAIN = bytes([
    32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 34, 34, 84, 84, 84, 54, 100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87,
    75, 79, 61, 79, 70, 64, 62, 74, 69, 99, 69, 62, 69, 40, 34, 40, 84, 50, 50, 62, 64, 55, 64,
    62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64,
    34, 64, 84,
])
_BOLD = bytes([
    35, 46, 53, 84, 70, 101, 88, 31, 46, 46, 53, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70, 70,
    70, 70, 70, 40, 40, 84, 84, 84, 59, 100, 78, 77, 74, 84, 69, 69, 83, 84, 38, 38, 78, 64, 100,
    84, 86, 74, 86, 78, 73, 69, 82, 78, 111, 78, 73, 73, 46, 37, 46, 84, 50, 50, 68, 72, 60, 72,
    68, 44, 72, 72, 35, 35, 67, 35, 105, 72, 69, 72, 72, 50, 60, 48, 72, 66, 93, 65, 66, 59, 72,
    37, 72, 84,
])
# fmt: on
_OTHERS = {"×": 84, "…": 100, "·": 38, "—": 100, "→": 84}


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a text in pixels, never too small for common fonts."""
    table = _BOLD if bold else _PLAIN
    return sum(_advance(char, table) for char in text) * size / 100


def cut(text: str, size: float, width: float, *, bold: bool = False) -> str:
    """The text, with `…` for its end where it is wider than `width`."""
    table = _BOLD if bold else _PLAIN
    room = width * 100 / size
    taken, kept = 0, 0
    for char in text:
        taken += _advance(char, table)
        if taken > room:
            return text[:kept].rstrip(" ,") + "…"
        if taken + _OTHERS["…"] <= room:
            kept += 1
    return text


def _advance(char: str, table: bytes) -> int:
    code = ord(char) - 32
    if 0 <= code < len(table):
        return table[code]
    if char in _OTHERS:
        return _OTHERS[char]
    if combining(char):
        return 0
    return 104 if east_asian_width(char) in "WFA" else 100
