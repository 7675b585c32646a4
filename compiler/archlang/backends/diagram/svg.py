"""A drawing as SVG: nothing loaded, no scripts, the same bytes each time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax import saxutils

from archlang.backends.diagram import wording
from archlang.backends.diagram.cards import Shape, Text
from archlang.backends.diagram.families import FAMILIES, family
from archlang.backends.diagram.geometry import Drawing, Line, Point
from archlang.backends.diagram.metrics import text_width
from archlang.backends.diagram.model import Box, Leaf
from archlang.backends.diagram.spots import Link, Spot
from archlang.backends.diagram.style import css

# What no XML file may hold, not even as a reference.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_MARGIN = 24.0
_HEADING = 66.0
_LEGEND = 22.0


def svg(drawing: Drawing, spots: dict[int, Spot], link: Link, theme: str | None = None) -> str:
    """The text of an SVG file. `spots` says for each shape, by its number, where it is written; `link` what it leads to."""
    title, under = wording.heading(drawing.picture.graph)
    legend = _families(drawing)
    widest = max(drawing.width, text_width(title, 17, bold=True), text_width(under, 12), 200.0)
    width = widest + 2 * _MARGIN
    rows = _legend_rows(legend, widest)
    height = _HEADING + drawing.height + _MARGIN + (_LEGEND * len(rows) + 10 if rows else 0)
    left = (width - drawing.width) / 2
    chosen = "" if theme is None else f" data-theme={_quoted(theme)}"
    about = f"{under}. {_told(drawing)}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="archlang"{chosen} role="img" '
        f"aria-label={_quoted(title)} "
        f'width="{_n(width)}" height="{_n(height)}" viewBox="0 0 {_n(width)} {_n(height)}">',
        f"<title>{_escaped(title)}</title>",
        f"<desc>{_escaped(about)}</desc>",
        f"<style>\n{css(theme)}\n</style>",
        f'<rect class="page" width="{_n(width)}" height="{_n(height)}" rx="8"/>',
        _text(Text(_MARGIN, 32, title, "heading", 17, bold=True)),
        _text(Text(_MARGIN, 51, under, "under", 12)),
        f'<g transform="translate({_n(left)} {_n(_HEADING)})">',
    ]
    numbers = {id(shape.item): number for number, shape in enumerate(drawing.shapes)}
    boxes = [shape for shape in drawing.shapes if not isinstance(shape.item, Leaf)]
    cards = [shape for shape in drawing.shapes if isinstance(shape.item, Leaf)]
    deep = _deep(drawing.picture.root)
    for shape in boxes:
        parts += _group(shape, numbers, spots, link, deep=id(shape.item) in deep)
    for line in drawing.lines:
        parts.append(_edge(line, numbers))
    for shape in cards:
        parts += _group(shape, numbers, spots, link)
        parts += [_text(label) for label in shape.labels]
    parts.append("</g>")
    parts += _legend(rows, _HEADING + drawing.height + _MARGIN)
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _deep(root: Box) -> set[int]:
    """Every second box of boxes in boxes, which are filled in turn in two colours."""
    found: set[int] = set()
    waiting = [(root, False)]
    while waiting:
        box, deep = waiting.pop()
        if deep:
            found.add(id(box))
        waiting += [(c, not deep and box is not root) for c in box.children if isinstance(c, Box)]
    return found


def _group(
    shape: Shape, numbers: dict[int, int], spots: dict[int, Spot], link: Link, *, deep: bool = False
) -> Iterator[str]:
    """A card or box with what belongs to it."""
    number = numbers[id(shape.item)]
    spot = spots[number]
    item = shape.item
    classes = ["node", family(item)] if isinstance(item, Leaf) else ["group", item.kind]
    if deep:
        classes.append("deep")
    if item.frozen:
        classes.append("frozen")
    if item.problems or (isinstance(item, Leaf) and item.kind == "broken"):
        classes.append("wrong")
    target = link(spot)
    if target is not None:
        yield f"<a href={_quoted(target)}>"
    yield f'<g id="n{number}" class="{" ".join(classes)}"{_data(spot)}>'
    yield f"<title>{_escaped(spot.hover)}</title>"
    yield from _leaf(shape, item) if isinstance(item, Leaf) else _box(shape)
    for x, y, width, chip in shape.chips:
        pill = "pill error" if chip == wording.ERROR else "pill"
        yield f'<rect class="{pill}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="16" rx="8"/>'
    if shape.lock is not None:
        x, y = shape.lock
        yield f'<path class="lock" fill-rule="evenodd" d="{_lock(x, y)}"/>'
    yield from (_text(text) for text in shape.texts)
    yield "</g>"
    if target is not None:
        yield "</a>"


def _data(spot: Spot) -> str:
    said = f" data-name={_quoted(spot.name)}"
    if spot.file:
        said += f" data-file={_quoted(spot.file)}"
    if spot.line is not None:
        said += f' data-line="{spot.line}"'
    if spot.spans:
        first = spot.spans[0]
        said += f' data-start="{first.start}" data-end="{first.end}"'
    if len(spot.spans) > 1:
        said += ' data-spans="' + " ".join(f"{s.start}-{s.end}" for s in spot.spans) + '"'
    return said


def _leaf(shape: Shape, leaf: Leaf) -> Iterator[str]:
    round_ends = leaf.kind in ("input", "output")
    radius = shape.height / 2 if round_ends else 5
    if leaf.rounds:
        yield _rect("behind", shape, radius, away=3)
    yield _rect("end" if round_ends else "card", shape, radius)
    if not round_ends:
        yield _rect("tint", shape, radius)
        x, y, bottom = shape.x, shape.y, shape.y + shape.height
        yield (
            f'<path class="strip" d="M{_n(x + 5)} {_n(y)}H{_n(x + 6)}V{_n(bottom)}H{_n(x + 5)}'
            f"A5 5 0 0 1 {_n(x)} {_n(bottom - 5)}V{_n(y + 5)}"
            f'A5 5 0 0 1 {_n(x + 5)} {_n(y)}Z"/>'
        )


def _box(shape: Shape) -> Iterator[str]:
    if shape.item.rounds:
        yield _rect("behind", shape, 7, away=4)
    yield _rect("box", shape, 7)
    x, y, right = shape.x, shape.y, shape.x + shape.width
    yield (
        f'<path class="bar" d="M{_n(x)} {_n(y + 24)}V{_n(y + 7)}A7 7 0 0 1 {_n(x + 7)} {_n(y)}'
        f'H{_n(right - 7)}A7 7 0 0 1 {_n(right)} {_n(y + 7)}V{_n(y + 24)}Z"/>'
    )


def _rect(style: str, shape: Shape, radius: float, away: float = 0) -> str:
    return (
        f'<rect class="{style}" x="{_n(shape.x + away)}" y="{_n(shape.y + away)}" '
        f'width="{_n(shape.width)}" height="{_n(shape.height)}" rx="{_n(radius)}"/>'
    )


def _edge(line: Line, numbers: dict[int, int]) -> str:
    source, index, target = line.edge
    said = f"{wording.title(source)} to {wording.title(target)}: {wording.shapes(source, index)}"
    path = "".join(_path(piece) for piece in line.pieces)
    x, y = line.pieces[-1][-1]
    tip = f"M{_n(x - 4)} {_n(y - 7)}L{_n(x)} {_n(y)}L{_n(x + 4)} {_n(y - 7)}Z"
    return (
        f'<g class="edge" data-from="n{numbers[id(source)]}" data-to="n{numbers[id(target)]}">'
        f'<title>{_escaped(said)}</title><path class="line" d="{path}"/><path class="tip" d="{tip}"/></g>'
    )


def _path(points: list[Point]) -> str:
    """Points joined, with rounded corners."""
    said = f"M{_n(points[0][0])} {_n(points[0][1])}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        one, other = _towards(corner, before), _towards(corner, after)
        said += f"L{_n(one[0])} {_n(one[1])}"
        said += f"Q{_n(corner[0])} {_n(corner[1])} {_n(other[0])} {_n(other[1])}"
    return said + f"L{_n(points[-1][0])} {_n(points[-1][1])}"


def _towards(corner: Point, other: Point) -> Point:
    """A few pixels from a corner on the way to another point, half of it at most."""
    away = abs(other[0] - corner[0]) + abs(other[1] - corner[1])
    part = min(6.0, away / 2) / away if away else 0
    return corner[0] + (other[0] - corner[0]) * part, corner[1] + (other[1] - corner[1]) * part


def _lock(x: float, y: float) -> str:
    return (
        f"M{_n(x)} {_n(y + 6)}H{_n(x + 10)}V{_n(y + 13)}H{_n(x)}Z"
        f"M{_n(x + 1.5)} {_n(y + 6)}V{_n(y + 3.5)}A3.5 3.5 0 0 1 {_n(x + 8.5)} {_n(y + 3.5)}V{_n(y + 6)}"
        f"H{_n(x + 7)}V{_n(y + 3.5)}A2 2 0 0 0 {_n(x + 3)} {_n(y + 3.5)}V{_n(y + 6)}Z"
    )


def _text(text: Text) -> str:
    anchor = ' text-anchor="end"' if text.right else ""
    return (
        f'<text class="{text.style}" x="{_n(text.x)}" y="{_n(text.y)}" '
        f'font-size="{_n(text.size)}"{anchor}>{_escaped(text.text)}</text>'
    )


def _families(drawing: Drawing) -> list[str]:
    """The families for the legend: none where the names of a few cards say as much."""
    there = {family(s.item) for s in drawing.shapes if isinstance(s.item, Leaf)}
    found = [name for name in FAMILIES if name in there]
    return found if len(found) >= 4 else []


def _legend_rows(names: list[str], width: float) -> list[list[tuple[float, str]]]:
    rows: list[list[tuple[float, str]]] = []
    at = 0.0
    for name in names:
        needed = 18 + text_width(FAMILIES[name], 11) + 14
        if not rows or at + needed > width:
            rows.append([])
            at = 0.0
        rows[-1].append((at, name))
        at += needed
    return rows


def _legend(rows: list[list[tuple[float, str]]], y: float) -> Iterator[str]:
    for row in rows:
        for x, name in row:
            left = _MARGIN + x
            yield f'<rect class="strip {name}" x="{_n(left)}" y="{_n(y)}" width="11" height="11" rx="2.5"/>'
            yield _text(Text(left + 17, y + 9.5, FAMILIES[name], "under", 11))
        y += _LEGEND


def _told(drawing: Drawing) -> str:
    """The layers in order, for those who do not see them."""
    said = [wording.title(shape.item) for shape in drawing.shapes if isinstance(shape.item, Leaf)]
    shown = said if len(said) <= 40 else [*said[:40], f"and {len(said) - 40} more"]
    return ", ".join(shown)


def _escaped(text: str) -> str:
    """A text as an element has it."""
    return saxutils.escape(_NOT_XML.sub("\ufffd", text))


def _quoted(text: str) -> str:
    """A text as an attribute, with its quotes."""
    return saxutils.quoteattr(_NOT_XML.sub("\ufffd", text))


def _n(number: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    said = f"{number:.1f}".removesuffix(".0")
    return "0" if said == "-0" else said
