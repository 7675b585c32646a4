"""What is wrong with where a drawing puts things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise

from archlang.backends.diagram.cards import Shape
from archlang.backends.diagram.folding import folded, unfolded
from archlang.backends.diagram.geometry import Drawing, Point, drawn
from archlang.backends.diagram.grouping import grouped
from archlang.backends.diagram.marking import mark
from archlang.backends.diagram.model import Leaf
from archlang.diagnostics import Diagnostic
from archlang.graph.model import Graph
from archlang.semantics.program import Program

Rectangle = tuple[float, float, float, float]
_NEAR = 0.01


def drawing(
    graph: Graph, program: Program, *, fold: bool = True, problems: Iterable[Diagnostic] = ()
) -> Drawing:
    picture = grouped(graph, program)
    picture = folded(picture) if fold else unfolded(picture)
    mark(picture.root, problems)
    return drawn(picture)


def faults(drawing: Drawing) -> list[str]:
    """A sentence for each thing that lies on another, stands outside, or goes upward."""
    return [*_edges(drawing), *_rectangles(drawing), *_texts(drawing)]


def _edges(drawing: Drawing) -> Iterator[str]:
    texts = [(text.text, text.box) for s in drawing.shapes for text in s.texts + s.labels]
    cards = [_of(shape) for shape in drawing.shapes if isinstance(shape.item, Leaf)]
    for line in drawing.lines:
        for start, end in (ends for piece in line.pieces for ends in pairwise(piece)):
            if start[0] != end[0] and start[1] != end[1]:
                yield f"neither across nor down: {start} to {end}"
            if end[1] < start[1]:
                yield f"upward: {start} to {end}"
            for text, box in texts:
                if _crosses(start, end, box):
                    yield f"an edge crosses {text!r}"
            for card in cards:
                if _crosses(start, end, _smaller(card)):
                    yield f"an edge crosses the card at {card}"
            for x, y in (start, end):
                if not (
                    -_NEAR <= x <= drawing.width + _NEAR and -_NEAR <= y <= drawing.height + _NEAR
                ):
                    yield f"outside: {x}, {y}"


def _rectangles(drawing: Drawing) -> Iterator[str]:
    for one, other in combinations(drawing.shapes, 2):
        a, b = _of(one), _of(other)
        if _overlap(_smaller(a), b) and not (_within(a, b) or _within(b, a)):
            yield f"{a} and {b} overlap"
        if isinstance(one.item, Leaf) and isinstance(other.item, Leaf) and _overlap(_smaller(a), b):
            yield f"cards at {a} and {b} overlap"


def _texts(drawing: Drawing) -> Iterator[str]:
    for shape in drawing.shapes:
        for text in shape.texts:
            if not _within(text.box, _of(shape)):
                yield f"{text.text!r} sticks out of its shape"
    texts = [text for shape in drawing.shapes for text in shape.texts + shape.labels]
    for one, other in combinations(texts, 2):
        if _overlap(one.box, other.box):
            yield f"{one.text!r} lies on {other.text!r}"
    for text in texts:
        if text.box[0] < -_NEAR or text.box[2] > drawing.width + _NEAR:
            yield f"{text.text!r} stands outside"


def _of(shape: Shape) -> Rectangle:
    return shape.x, shape.y, shape.x + shape.width, shape.y + shape.height


def _smaller(box: Rectangle) -> Rectangle:
    return box[0] + 0.5, box[1] + 0.5, box[2] - 0.5, box[3] - 0.5


def _overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _within(a: Rectangle, b: Rectangle) -> bool:
    return (
        a[0] >= b[0] - _NEAR
        and a[1] >= b[1] - _NEAR
        and a[2] <= b[2] + _NEAR
        and a[3] <= b[3] + _NEAR
    )


def _crosses(start: Point, end: Point, box: Rectangle) -> bool:
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    return left < box[2] and right > box[0] and top < box[3] and bottom > box[1]
