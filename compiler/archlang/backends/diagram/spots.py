"""Where what is drawn stands in the source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from archlang.backends.diagram import wording
from archlang.backends.diagram.model import Box, Leaf
from archlang.source import Source, Span, file_of

Placing = Callable[[Span], Span]


@dataclass(frozen=True, slots=True)
class Spot:
    """One card or box: its name, all it says when pointed at, and where it is written.

    `spans` are offsets in `file` (those in other files are left out), `line` is the first's, counted from 1; there is none
    where the text is not at hand. `id` is that of the element in the SVG.
    """

    id: str
    name: str
    hover: str
    file: str
    line: int | None
    spans: tuple[Span, ...]


Link = Callable[[Spot], str | None]
"""The address that a spot leads to, if it has one."""


def spots(
    items: Iterable[Leaf | Box], sources: Mapping[str, Source], place: Placing
) -> dict[int, Spot]:
    """The spots of items, by their numbers."""
    return {number: _spot(number, item, sources, place) for number, item in enumerate(items)}


def _spot(number: int, item: Leaf | Box, sources: Mapping[str, Source], place: Placing) -> Spot:
    written = item.spans
    file = file_of(written[0].path)
    placed = [place(span) for span in dict.fromkeys(written) if file_of(span.path) == file]
    source = sources.get(file)
    line = None
    if source is not None and placed[0].end <= len(source.text):
        line = source.position(placed[0].start).line
    where = file if line is None else f"{file}:{line}"
    if isinstance(item, Leaf):
        hover = wording.hover(item, where)
    else:
        hover = "\n".join(part for part in (*wording.box_hover(item), where) if part)
    return Spot(f"n{number}", wording.item_name(item), hover, file, line, tuple(placed))
