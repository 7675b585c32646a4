"""Source texts and places in them.

Everything inside the compiler speaks of offsets in code points; lines and columns are made at the edge,
where a person or an editor is told.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from archlang.records import record

STDIN = "<stdin>"

PART = "\0"
"""Parts the path of a file from the number of a part of it (see `archlang.incremental`)."""


def file_of(path: str) -> str:
    """The path of the file, of the path in a span."""
    return path.partition(PART)[0]


@record
class Span:
    """A half-open range of code points, `start` to `end`, in the source called `path`."""

    path: str
    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The span from the beginning of this one to the end of `other`."""
        return Span(self.path, self.start, other.end)

    @property
    def after(self) -> Span:
        """The empty span right behind this one."""
        return Span(self.path, self.end, self.end)


@record
class Position:
    """A line and a column, both counted from 1, in code points."""

    line: int
    column: int


@dataclass(frozen=True)
class Source:
    """The text of a spec and the name under which messages show it."""

    path: str
    text: str
    _starts: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [0]
        find = self.text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        object.__setattr__(self, "_starts", starts)

    def position(self, offset: int) -> Position:
        """The line and column of an offset; one past the end is allowed."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column counted from 1."""
        return self._starts[line - 1] + column - 1

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its line break."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    @cached_property
    def line_count(self) -> int:
        """How many lines the text has; a final line break begins no new one."""
        return len(self._starts) - (1 if self.text.endswith("\n") else 0)

    def slice(self, span: Span) -> str:
        """The text that a span covers."""
        return self.text[span.start : span.end]
