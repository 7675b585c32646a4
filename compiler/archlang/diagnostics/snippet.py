"""The part of a source that a diagnostic talks about, drawn line by line with marks below.

Drawing gives rows of styled pieces; `text` adds the gutter and the colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from itertools import pairwise
from typing import Literal

from archlang.diagnostics.cells import crop, lay_out, safe
from archlang.records import mutable, record
from archlang.source import Source, Span

Style = Literal["plain", "main", "label", "fix", "removed"]
Piece = tuple[str, Style]

_BLANK: Piece = (" ", "plain")

# Columns of source that are shown of one line.
LIMIT = 120
# A span of more lines than this is shown by its first and last ones.
MOST_LINES = 6


@record
class Mark:
    """A span with what to draw under it (`^`, `-`, `+`, `~`) and what to say there."""

    span: Span
    char: str
    style: Style
    text: str = ""


@mutable
class Row:
    """A line of output. `number` is a source line's, None under it; `gap` is a row of `...`."""

    number: int | None
    pieces: Sequence[Piece] = field(default_factory=list[Piece])
    gap: bool = False


@record
class _Place:
    """A mark in lines and indices into them, all from the source; `end` is exclusive."""

    mark: Mark
    first: int
    start: int
    last: int
    end: int


@record
class _Cells:
    """A mark on one line, in columns."""

    start: int
    end: int
    mark: Mark


def draw(source: Source, marks: Sequence[Mark]) -> list[Row]:
    """The rows for all marks in one source, in line order."""
    places = [_place(source, mark) for mark in marks]
    # The widest spans stand outermost, on the left.
    tall = sorted(
        (p for p in places if p.last > p.first), key=lambda p: (p.first - p.last, p.first)
    )
    rows: list[Row] = []
    before: int | None = None
    for number in _numbers(source, places):
        if before is not None and number > before + 1:
            bars = "".join("| " if p.first < number <= p.last else "  " for p in tall)
            rows.append(Row(None, [(bars, tall[0].mark.style)] if tall else [], gap=True))
        rows += _line(source, number, places, tall)
        before = number
    return rows


def _place(source: Source, mark: Mark) -> _Place:
    size = len(source.text)
    start = source.position(min(mark.span.start, size))
    stop = min(max(mark.span.end, mark.span.start), size)
    end = source.position(stop)
    if end.column == 1 and end.line > start.line:
        # A span that takes the line break with it ends on the line before.
        end = source.position(stop - 1)
    return _Place(mark, start.line, start.column - 1, end.line, end.column - 1)


def _numbers(source: Source, places: Iterable[_Place]) -> list[int]:
    """The lines to show. A single line between two of them is shown rather than left out."""
    wanted: set[int] = set()
    for place in places:
        if place.last - place.first < MOST_LINES:
            wanted.update(range(place.first, place.last + 1))
        else:
            wanted.update(range(place.first, place.first + 3))
            wanted.update((place.last - 1, place.last))
        if place.first == place.last and not source.line(place.first).strip():
            # An empty line alone, often the end of the file, says nothing: show what precedes it.
            above = place.first - 1
            while above > 1 and not source.line(above).strip():
                above -= 1
            if above >= 1:
                wanted.update(range(max(above, place.first - 3), place.first))
    ordered = sorted(wanted)
    between = [b - 1 for a, b in pairwise(ordered) if b - a == 2]
    return sorted({*ordered, *between})


def _line(source: Source, number: int, places: list[_Place], tall: list[_Place]) -> list[Row]:
    """A source line and what stands under it."""
    text = source.line(number)
    line = lay_out(text)
    here = [p for p in places if p.first == p.last == number]
    ends = [c for p in here for c in (line.column(p.start), line.column(p.end))]
    ends += [line.column(p.start) for p in tall if p.first == number]
    ends += [line.column(p.end) for p in tall if p.last == number]
    part, moved, size = crop(text, line, min(ends, default=0), max(ends, default=0), LIMIT)

    def column(index: int) -> int:
        return min(max(line.column(index) - moved, 0), size)

    indent = len(text) - len(text.lstrip())
    slots: list[Piece] = []
    # Spans that begin at the first word of the line need no line of their own to say so.
    opened = {id(p) for p in tall if p.first == number and p.start <= indent}
    for place in tall:
        bar = "/" if id(place) in opened else "|" if place.first < number <= place.last else " "
        piece: Piece = (bar + " ", place.mark.style)
        slots.append(piece)
    code: Piece = (part, "plain")
    rows = [Row(number, [*slots, code])]

    cells = [_Cells(column(p.start), max(column(p.end), column(p.start) + 1), p.mark) for p in here]
    bars: list[Piece] = [(c.replace("/", "|"), style) for c, style in slots]
    rows += [Row(None, [*bars, *pieces]) for pieces in _under(cells)]
    for slot, place in enumerate(tall):
        if place.first == number and id(place) not in opened:
            rows.append(_arm(tall, slot, column(place.start), number, begins=True))
        if place.last == number:
            rows.append(_arm(tall, slot, max(column(place.end) - 1, 0), number, begins=False))
    return rows


def _arm(tall: list[_Place], slot: int, column: int, number: int, *, begins: bool) -> Row:
    """The row ` ______^` that leads from a tall span's bar to where the span begins or ends."""
    place = tall[slot]
    pieces: list[Piece] = []
    for index, other in enumerate(tall):
        if index == slot:
            pieces.append((" _" if begins else "|_", place.mark.style))
            continue
        inside = other.first < number <= other.last or (other.first == number and index < slot)
        # The bars of spans that have ended above in this line are not drawn again.
        if other.last == number and index < slot:
            inside = False
        filler = "_" if index > slot else " "
        pieces.append(("|" if inside else filler, other.mark.style if inside else place.mark.style))
        pieces.append((filler, place.mark.style))
    pieces.append(("_" * column + place.mark.char, place.mark.style))
    if place.mark.text and not begins:
        pieces.append((" " + safe(place.mark.text), place.mark.style))
    return Row(None, pieces)


def _under(cells: list[_Cells]) -> list[list[Piece]]:
    """The rows under a line: the marks, the last one's text behind it, the others' below."""
    if not cells:
        return []
    size = max(cell.end for cell in cells)
    grid = [_BLANK] * size
    # The main mark is drawn last, over the others.
    for cell in sorted(cells, key=lambda cell: cell.mark.style == "main"):
        for at in range(cell.start, cell.end):
            grid[at] = (cell.mark.char, cell.mark.style)
    rows = [grid.copy()]
    spoken = [cell for cell in cells if cell.mark.text]
    last = max(cells, key=lambda cell: (cell.start, cell.mark.style == "main"))
    if last.mark.text and last.end == size:
        rows[0].append((" " + safe(last.mark.text), last.mark.style))
        spoken.remove(last)
    spoken.sort(key=lambda cell: -cell.start)
    if spoken:
        rows.append(_hang(spoken))
    for index, cell in enumerate(spoken):
        left = [other for other in spoken[index + 1 :] if other.start < cell.start]
        row = _hang(left)
        row += [_BLANK] * (cell.start - len(row))
        row.append((safe(cell.mark.text), cell.mark.style))
        rows.append(row)
    return rows


def _hang(cells: list[_Cells]) -> list[Piece]:
    """A row of `|` under the beginnings of marks."""
    row = [_BLANK] * max((c.start + 1 for c in cells), default=0)
    for cell in cells:
        row[cell.start] = ("|", cell.mark.style)
    return row
