"""A picture as a Mermaid flowchart."""

from __future__ import annotations

from collections.abc import Iterator

from archlang.backends.diagram import wording
from archlang.backends.diagram.families import FAMILIES, family
from archlang.backends.diagram.model import Box, Leaf, Picture, items, leaves
from archlang.backends.diagram.spots import Spot
from archlang.backends.diagram.style import STROKES, WRONG

_MOST = 60  # characters of a title with its arguments


def mermaid(picture: Picture, spots: dict[int, Spot]) -> str:
    """The text of a flowchart; boxes are subgraphs, ids are those of `spots`."""
    inside = items(picture.root)
    ids = {id(item): spots[number].id for number, item in enumerate(inside)}
    lines = ["flowchart TB"]
    for child in picture.root.children:
        lines += _item(child, ids, "    ")
    for source, index, target in picture.edges:
        shape = _quoted(wording.shapes(source, index))
        lines.append(f"    {ids[id(source)]} -->|{shape}| {ids[id(target)]}")
    there = {family(leaf) for leaf in leaves(picture.root)}
    for name in FAMILIES:
        if name in there:
            members = [leaf for leaf in leaves(picture.root) if family(leaf) == name]
            lines.append(f"    classDef {name} stroke:{STROKES[name]},stroke-width:2px")
            lines.append(f"    class {','.join(ids[id(leaf)] for leaf in members)} {name}")
    wrong = [item for item in inside if item.problems]
    if wrong:
        lines.append(f"    classDef wrong stroke:{WRONG},stroke-width:3px")
        lines.append(f"    class {','.join(ids[id(item)] for item in wrong)} wrong")
    return "\n".join(lines) + "\n"


def _item(item: Leaf | Box, ids: dict[int, str], indent: str) -> Iterator[str]:
    name = ids[id(item)]
    if isinstance(item, Leaf):
        ends = ("([", "])") if item.kind in ("input", "output") else ("[", "]")
        yield f"{indent}{name}{ends[0]}{_quoted(*card_lines(item))}{ends[1]}"
        return
    yield f"{indent}subgraph {name} [{_quoted(title_line(item))}]"
    for child in item.children:
        yield from _item(child, ids, indent + "    ")
    yield f"{indent}end"


def card_lines(leaf: Leaf) -> list[str]:
    """What a node says: its title and arguments, then parameters and marks."""
    first = wording.short(f"{wording.title(leaf)} {wording.details(leaf)}".strip(), _MOST)
    params = wording.parameters(leaf)
    marks = [f"{params} parameters"] if params else []
    marks += wording.marks(leaf)
    marks += ["frozen"] if leaf.frozen else []
    said = ", ".join(marks)
    return [first, said] if said else [first]


def title_line(box: Box) -> str:
    """What the title of a box says."""
    parts = [
        wording.short(wording.box_title(box), _MOST),
        *wording.marks(box),
        "(frozen)" if box.frozen else "",
    ]
    return " ".join(part for part in parts if part) or "group"


def _quoted(*lines: str) -> str:
    """A text in quotes, everything that Mermaid or HTML could read in it as an entity."""
    said = "<br/>".join("".join(map(_char, line)) for line in lines)
    return f'"{said}"'


def _char(char: str) -> str:
    return f"#{ord(char)};" if char in '"#&<>`\\;*_~$:' else char
