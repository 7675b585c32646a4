"""Fixes: applying their edits to a text, and drawing the lines as they will be."""

from __future__ import annotations

from collections.abc import Sequence

from archlang.diagnostics.model import Edit, Fix
from archlang.diagnostics.snippet import Mark, Row, draw
from archlang.source import Source, Span

# Of an insertion of more lines than this, the first ones are shown.
_MOST_LINES = 8


def apply(text: str, edits: Sequence[Edit]) -> str:
    """The text with all edits made. They belong to one source and do not overlap."""
    return _apply(text, edits)[0]


def draw_fix(source: Source, fix: Fix) -> list[Row]:
    """The lines that a fix changes in one source, as they are afterwards, what is new marked.

    What only goes away is shown as it stands, marked.
    """
    edits = [edit for edit in fix.edits if edit.span.path == source.path]
    if not edits:
        return []
    if all(not edit.text for edit in edits):
        return draw(source, [Mark(edit.span, "-", "removed") for edit in edits])
    text, ranges = _apply(source.text, edits)
    marks: list[Mark] = []
    for edit, start in ranges:
        old = source.slice(edit.span)
        # `_` stands for nothing, so what takes its place is an addition.
        char = "+" if old.strip() in ("", "_") else "~"
        marks += _marks(edit, start, char) or _moved(edit, start, text)
    return draw(Source(source.path, text), marks[:_MOST_LINES])


def _apply(text: str, edits: Sequence[Edit]) -> tuple[str, list[tuple[Edit, int]]]:
    """The new text, and where each edit's text begins in it."""
    pieces: list[str] = []
    ranges: list[tuple[Edit, int]] = []
    at = size = 0
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)):
        if edit.span.start < at:
            raise ValueError("edits overlap")
        kept = text[at : edit.span.start]
        pieces += [kept, edit.text]
        ranges.append((edit, size + len(kept)))
        size += len(kept) + len(edit.text)
        at = edit.span.end
    pieces.append(text[at:])
    return "".join(pieces), ranges


def _marks(edit: Edit, start: int, char: str) -> list[Mark]:
    """A mark for each line of new text that is not blank."""
    marks: list[Mark] = []
    for line in edit.text.split("\n"):
        bare = line.strip()
        if bare:
            begin = start + line.index(bare)
            marks.append(Mark(Span(edit.span.path, begin, begin + len(bare)), char, "fix"))
        start += len(line) + 1
    return marks


def _moved(edit: Edit, start: int, text: str) -> list[Mark]:
    """A mark for the word behind new white space."""
    begin = end = start + len(edit.text)
    while end < len(text) and not text[end].isspace():
        end += 1
    return [Mark(Span(edit.span.path, begin, end), "~", "fix")] if edit.text and end > begin else []
