"""What stands on cards and the titles of boxes, and how much room it takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil

from archlang.backends.diagram import wording
from archlang.backends.diagram.metrics import cut, text_width
from archlang.backends.diagram.model import Box, Leaf
from archlang.backends.diagram.places import Card, Frame
from archlang.backends.diagram.routing import Port

CARD = 30.0  # height of a card
TITLE = 24.0  # height of a box's title
LABEL = 17.0  # height of the line with the shape below a card
NAME, TEXT, SMALL = 12.5, 12.0, 11.0  # sizes of fonts
_MOST = 290.0  # width of the arguments on a card


@dataclass(slots=True)
class Text:
    """A line of text; `x` is its left end, or its right end."""

    x: float
    y: float
    text: str
    style: str
    size: float
    right: bool = False
    bold: bool = False

    @property
    def width(self) -> float:
        return text_width(self.text, self.size, bold=self.bold)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of what it may cover."""
        left = self.x - self.width if self.right else self.x
        return left, self.y - self.size * 0.8, left + self.width, self.y + self.size * 0.25


@dataclass(slots=True)
class Shape:
    """A card or box: its rectangle, its texts, and where its lock stands if it is frozen."""

    item: Leaf | Box
    x: float
    y: float
    width: float
    height: float
    texts: list[Text] = field(default_factory=list[Text])
    chips: list[tuple[float, float, float, str]] = field(
        default_factory=list[tuple[float, float, float, str]]
    )
    lock: tuple[float, float] | None = None
    labels: list[Text] = field(default_factory=list[Text])


def is_wide(leaf: Leaf) -> bool:
    return leaf.kind not in ("input", "output")


def _chip_width(chip: str) -> float:
    return text_width(chip, SMALL, bold=True) + 12


def _right_width(item: Leaf | Box, said: str) -> float:
    """What the right end of a card or title takes: parameters, chips, a lock."""
    width = sum(_chip_width(chip) + 6 for chip in wording.marks(item))
    if said:
        width += text_width(said, SMALL) + 12
    return width + (16 if item.frozen else 0)


def _arguments(leaf: Leaf) -> str:
    return cut(wording.details(leaf), TEXT, _MOST)


def card_width(leaf: Leaf) -> float:
    return even(max(_needed(leaf), 120.0 if is_wide(leaf) else 90.0))


def _needed(leaf: Leaf) -> float:
    name = text_width(cut(wording.title(leaf), NAME, _MOST, bold=True), NAME, bold=True)
    said = _arguments(leaf)
    width = 14 + name + (7 + text_width(said, TEXT) if said else 0)
    return width + _right_width(leaf, wording.parameters(leaf)) + (10 if is_wide(leaf) else 14)


def _box_params(box: Box) -> str:
    return wording.count(box.params) if box.params != 0 else ""


def _box_title(box: Box) -> str:
    return cut(wording.box_title(box), TEXT, _MOST, bold=True)


def title_width(box: Box) -> float:
    """What the title of a box takes."""
    title = text_width(_box_title(box), TEXT, bold=True)
    return even(12 + title + _right_width(box, _box_params(box)) + 18)


def label_width(port: Port) -> float:
    """What the shape of an output takes, with the edge on its left."""
    return even(text_width(wording.shapes(port.card.leaf, port.index), SMALL) + 16)


def even(width: float) -> float:
    """A width that halves to whole pixels: so edges that are to be straight are."""
    return 2.0 * ceil(width / 2)


def _right_end(shape: Shape, item: Leaf | Box, said: str, middle: float) -> None:
    """Parameters, chips and lock, from the right."""
    at = shape.x + shape.width - 10
    for chip in wording.marks(item):
        width = _chip_width(chip)
        shape.chips.append((at - width, middle - 8, width, chip))
        shape.texts.append(Text(at - width + 6, middle + 4, chip, "chip", SMALL, bold=True))
        at -= width + 6
    if item.frozen:
        shape.lock = (at - 11, middle - 7)
        at -= 16
    if said:
        shape.texts.append(Text(at, middle + 4, said, "params", SMALL, right=True))


def card_shape(card: Card, ports: list[Port]) -> Shape:
    leaf = card.leaf
    shape = Shape(leaf, card.x - card.width / 2, card.y, card.width, CARD)
    name = cut(wording.title(leaf), NAME, _MOST, bold=True)
    middle = card.y + CARD / 2
    left = shape.x + 14
    if not is_wide(leaf):
        left += (shape.width - _needed(leaf)) / 2
    shape.texts.append(Text(left, middle + 4.5, name, "name", NAME, bold=True))
    said = _arguments(leaf)
    if said:
        after = left + text_width(name, NAME, bold=True) + 7
        shape.texts.append(Text(after, middle + 4.5, said, "args", TEXT))
    _right_end(shape, leaf, wording.parameters(leaf), middle)
    for port in ports:
        label = wording.shapes(leaf, port.index)
        shape.labels.append(Text(port.x + 7, card.y + CARD + 13, label, "shape", SMALL))
    return shape


def frame_shape(frame: Frame) -> Shape:
    box = frame.box
    shape = Shape(box, frame.x - frame.left, frame.y, frame.left + frame.right, frame.height)
    title = _box_title(box)
    if title:
        shape.texts.append(
            Text(shape.x + 12, frame.y + TITLE / 2 + 4, title, "title", TEXT, bold=True)
        )
    _right_end(shape, box, _box_params(box), frame.y + TITLE / 2)
    return shape
