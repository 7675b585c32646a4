"""A picture in Graphviz's dot language."""

from __future__ import annotations

from collections.abc import Iterator

from archlang.backends.diagram import wording
from archlang.backends.diagram.families import family
from archlang.backends.diagram.mermaid import card_lines, title_line
from archlang.backends.diagram.model import Box, Leaf, Picture, items
from archlang.backends.diagram.spots import Link, Spot
from archlang.backends.diagram.style import STROKES, WRONG


def dot(picture: Picture, spots: dict[int, Spot], link: Link) -> str:
    """The text of a digraph; boxes are clusters, ids are those of `spots`."""
    inside = items(picture.root)
    found = {id(item): spots[number] for number, item in enumerate(inside)}
    title, under = wording.heading(picture.graph)
    lines = [
        f"digraph {_quoted(picture.graph.name)} {{",
        f'    label={_quoted(title, under)} labelloc=t fontname="Helvetica"',
        '    node [shape=box style=rounded fontname="Helvetica" fontsize=11]',
        '    edge [fontname="Helvetica" fontsize=9 color="#64748b"]',
    ]
    for child in picture.root.children:
        lines += _item(child, found, link, "    ")
    for source, index, target in picture.edges:
        shape = _quoted(wording.shapes(source, index))
        lines.append(f"    {found[id(source)].id} -> {found[id(target)].id} [label={shape}]")
    return "\n".join([*lines, "}"]) + "\n"


def _item(item: Leaf | Box, spots: dict[int, Spot], link: Link, indent: str) -> Iterator[str]:
    spot = spots[id(item)]
    where = link(spot)
    address = "" if where is None else f" URL={_quoted(where)}"
    if isinstance(item, Leaf):
        colour = WRONG if item.problems else STROKES.get(family(item), "#64748b")
        style = ' style="rounded,dashed"' if item.frozen else ""
        shape = " shape=oval" if item.kind in ("input", "output") else ""
        yield (
            f"{indent}{spot.id} [label={_quoted(*card_lines(item))} "
            f'color="{colour}"{shape}{style}{address} tooltip={_quoted(*spot.hover.splitlines())}]'
        )
        return
    yield f"{indent}subgraph cluster_{spot.id} {{"
    colour = WRONG if item.problems else "#94a3b8"
    yield (
        f"{indent}    label={_quoted(title_line(item))} labelloc=t labeljust=l style=rounded "
        f'fontname="Helvetica" fontsize=11 color="{colour}"{address}'
    )
    for child in item.children:
        yield from _item(child, spots, link, indent + "    ")
    yield f"{indent}}}"


def _quoted(*lines: str) -> str:
    # Graphviz reads entities in labels, and nothing else once backslashes and quotes are escaped.
    said = [line.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') for line in lines]
    return '"' + "\\n".join(said) + '"'
