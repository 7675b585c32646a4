"""Texts as editors change them, and their positions in the encoding that the editor counts in.

The protocol ends lines at `\\r\\n`, `\\n` and `\\r` only; what else Python's `splitlines` takes for the end of a line
(form feeds, U+2028 …) is a character like any other.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from enum import StrEnum

from archlang.records import mutable, record

_BREAK = re.compile(r"\r\n|\n|\r")


class Encoding(StrEnum):
    """What a position's `character` counts: bytes, two-byte units, or code points."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


@record
class Place:
    """A line and a character in it, both from 0, the character in the units of an encoding."""

    line: int
    character: int


@record
class Change:
    """An edit: a range is replaced by a text; without a range, all of the document is."""

    start: Place | None
    end: Place | None
    text: str


class Lines:
    """The lines of a text, to go from offsets in code points to places and back."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(match.end() for match in _BREAK.finditer(text))]
        # Where all is ASCII, units of every encoding are code points.
        self._ascii = text.isascii()

    def place(self, offset: int, encoding: Encoding) -> Place:
        """The place of an offset."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self.starts, offset) - 1
        before = self.text[self.starts[line] : offset]
        return Place(line, len(before) if self._ascii else _units(before, encoding))

    def units(self, start: int, end: int, encoding: Encoding) -> int:
        """How long the text between two offsets of a line is."""
        return end - start if self._ascii else _units(self.text[start:end], encoding)

    def offset(self, place: Place, encoding: Encoding) -> int:
        """The offset of a place; one beyond the end of its line or of the text is that end."""
        if place.line >= len(self.starts):
            return len(self.text)
        start = self.starts[place.line]
        line = self.line(place.line)
        if self._ascii or encoding is Encoding.UTF32:
            return start + min(place.character, len(line))
        units = 0
        for index, char in enumerate(line):
            if units >= place.character:
                return start + index
            units += _units(char, encoding)
        return start + len(line)

    def line_of(self, offset: int) -> int:
        """The line of an offset, counted from 0."""
        return bisect_right(self.starts, offset) - 1

    def line(self, number: int) -> str:
        """A line, counted from 0, without its line break."""
        start = self.starts[number]
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    @property
    def count(self) -> int:
        """How many lines there are; behind a last line break stands an empty one."""
        return len(self.starts)


@mutable
class Document:
    """An open document."""

    uri: str
    path: str
    text: str
    version: int
    encoding: Encoding

    def apply(self, changes: Sequence[Change], version: int) -> None:
        """Make changes, one after the other."""
        for change in changes:
            if change.start is None or change.end is None:
                self.text = change.text
                continue
            lines = Lines(self.text)
            start = lines.offset(change.start, self.encoding)
            end = lines.offset(change.end, self.encoding)
            self.text = self.text[:start] + change.text + self.text[max(start, end) :]
        self.version = version


def _units(text: str, encoding: Encoding) -> int:
    match encoding:
        case Encoding.UTF8:
            return len(text.encode("utf-8", "surrogatepass"))
        case Encoding.UTF16:
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        case Encoding.UTF32:
            return len(text)
