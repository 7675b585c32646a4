"""Which line of a script comes from which place of its spec.

The writers keep the span of what they write with every line (`Placed`). The layout breaks lines afterwards, but leaves
statements in their order: the places are found again by counting statements.
"""

from __future__ import annotations

import io
import tokenize
from collections.abc import Sequence

from archlang.source import Span

Places = dict[str, list[Span | None]]
"""By the name of a function: where each of its statements comes from, the line with `def` first."""

_SILENT = (
    tokenize.NL,
    tokenize.COMMENT,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
)


class Placed(str):
    """A line of code, and the place in the spec that it was written for."""

    __slots__ = ("span",)

    span: Span | None

    def __new__(cls, line: str, span: Span | None) -> Placed:
        placed = super().__new__(cls, line)
        placed.span = span
        return placed


def places_of(header: str, at: Span | None, lines: Sequence[str]) -> list[Span | None]:
    """The places of a function's statements; `at` is that of its header."""
    rows: list[Span | None] = [at]
    for line in lines:
        span = line.span if isinstance(line, Placed) else None
        rows += [span] * (line.count("\n") + 1)
    return [rows[row] for row in _statements("\n".join([header, *lines]))]


def line_map(script: str, places: Places) -> dict[int, Span]:
    """The places by the number of the line, from 0, on which a statement of the script begins."""
    starts = _statements(script)
    index_of = {row: index for index, row in enumerate(starts)}
    found: dict[int, Span] = {}
    for row, line in enumerate(script.split("\n")):
        if not line.startswith("def ") or row not in index_of:
            continue
        spans = places.get(line[4:].partition("(")[0], [])
        for start, span in zip(starts[index_of[row] :], spans, strict=False):
            if span is not None:
                found[start] = span
    return found


def _statements(code: str) -> list[int]:
    """The rows on which the statements of a module begin, in order; `else:` counts as one."""
    rows: list[int] = []
    inside = False
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.NEWLINE:
            inside = False
        elif not inside and token.type not in _SILENT:
            inside = True
            rows.append(token.start[0] - 1)
    return rows
