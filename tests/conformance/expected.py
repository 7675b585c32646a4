"""Expected problems, written as comments under the line that they are about.

    Dnese(10)
#   ^^^^^ error E0201: there is no layer `Dnese` | help: did you mean `Dense`?

The carets stand under the characters at fault. A problem in the first column, where the `#` itself stands, has `<` behind
the `#`: `#<^^^` covers five characters. What goes on over further lines ends in `...` and the number of lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archlang.diagnostics import Diagnostic
from archlang.source import Source

_EXPECTED = re.compile(
    r"#(?P<gap> *)(?P<carets><?\^*)(?P<more>\.\.\.\d+)? (?P<text>(error|warning|note) [EWN]\d{4}: .*)"
)


@dataclass(frozen=True)
class Expected:
    """A problem as the comments write it: line and columns from 1, the end behind the last character."""

    line: int
    start: int
    end: int
    more: str
    text: str


def is_expected(line: str) -> bool:
    """Whether a line of a spec is such a comment."""
    return _EXPECTED.fullmatch(line) is not None


def read(text: str) -> list[Expected]:
    """The problems that the comments of a spec expect."""
    found: list[Expected] = []
    above = 0
    for number, line in enumerate(text.split("\n"), 1):
        match = _EXPECTED.fullmatch(line)
        if match is None:
            above = number
            continue
        start = 1 if "<" in match["carets"] else 2 + len(match["gap"])
        found.append(
            Expected(above, start, match.end("carets") + 1, match["more"] or "", match["text"])
        )
    return found


def observe(diagnostic: Diagnostic, source: Source) -> Expected:
    """A diagnostic of the compiler in the same form."""
    first, last = source.position(diagnostic.span.start), source.position(diagnostic.span.end)
    more = "" if first.line == last.line else f"...{last.line - first.line}"
    end = last.column if not more else len(source.line(first.line)) + 1
    help = f" | help: {diagnostic.help}" if diagnostic.help else ""
    text = f"{diagnostic.severity} {diagnostic.code}: {diagnostic.message}{help}"
    # Nothing at all, the end of a file for example, is shown as one character.
    return Expected(
        first.line, first.column, max(end, first.column + 1), more, text.replace("\n", "\\n")
    )


def write(expected: Expected) -> str:
    """The comment that expects a problem."""
    width = expected.end - expected.start
    if expected.start == 1:
        return f"#<{'^' * (width - 2)}{expected.more} {expected.text}"
    return f"#{' ' * (expected.start - 2)}{'^' * width}{expected.more} {expected.text}"
