"""A model as a picture, without Keras: SVG, Mermaid or Graphviz's dot.

The flat graph is put back into blocks (`grouping`), alike rounds are folded (`folding`), then arranged (`places`), routed
(`routing`) and measured (`geometry`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal
from urllib.parse import quote

from archlang.backends.diagram.folding import folded, unfolded
from archlang.backends.diagram.grouping import grouped
from archlang.backends.diagram.marking import mark
from archlang.backends.diagram.model import Box, Leaf, items
from archlang.backends.diagram.spots import Placing, Spot, spots
from archlang.diagnostics import Diagnostic
from archlang.graph.model import Graph
from archlang.records import record
from archlang.semantics.program import Program
from archlang.source import STDIN, Source, Span

Form = Literal["svg", "mermaid", "dot"]


@record
class Diagram:
    """A picture: its text, and where each card and box of it is written, in the order of their numbers."""

    text: str
    spots: tuple[Spot, ...]


def diagram(
    graph: Graph,
    sources: Mapping[str, Source],
    *,
    program: Program | None = None,
    form: Form = "svg",
    fold: bool = True,
    theme: Literal["light", "dark"] | None = None,
    links: Mapping[str, str] | None = None,
    place: Placing | None = None,
    problems: Iterable[Diagnostic] = (),
) -> Diagram:
    """Draw a model.

    `program` shows groups (`{ … }`) as boxes too. `fold=False` draws every round of loops. `theme` is that of the SVG,
    otherwise the viewer's. `links` has the address of each file of `sources` (the path itself where it has none; an
    empty one: no link). `place` turns spans into those of whole files. The errors of `problems` are marked where they are.
    """
    picture = grouped(graph, program)
    picture = folded(picture) if fold else unfolded(picture)
    mark(picture.root, problems)
    addresses = links or {}

    def link(spot: Spot) -> str | None:
        # A path that begins with two slashes would be another host.
        path = addresses.get(spot.file, quote(re.sub("^/+", "/", spot.file)))
        if spot.line is None or not path or spot.file == STDIN or spot.file.startswith("std/"):
            return None
        return f"{path}#L{spot.line}"

    def found(items: list[Leaf | Box]) -> dict[int, Spot]:
        return spots(items, sources, place or _same)

    if form == "svg":
        from archlang.backends.diagram.geometry import drawn
        from archlang.backends.diagram.svg import svg

        drawing = drawn(picture)
        places = found([shape.item for shape in drawing.shapes])
        return Diagram(svg(drawing, places, link, theme), tuple(places.values()))
    places = found(items(picture.root))
    if form == "mermaid":
        from archlang.backends.diagram.mermaid import mermaid

        return Diagram(mermaid(picture, places), tuple(places.values()))
    from archlang.backends.diagram.dot import dot

    return Diagram(dot(picture, places, link), tuple(places.values()))


def _same(span: Span) -> Span:
    return span
