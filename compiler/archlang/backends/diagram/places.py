"""Which items stand below each other and which side by side, before anything has a size.

Items that all others lead to or come from stand in a column. Between two of them, what is not connected stands side by
side, each part arranged in the same way. So chains, forks and skips come out as they were written.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from archlang.backends.diagram.model import Box, Item, Leaf, Picture

_DEEPEST = 40  # nested forks of forks; beyond, a plain column


@dataclass(eq=False)
class Place:
    """A part of the drawing: `left` and `right` are its extents from its axis at `x`, `y` is its top."""

    parent: Place | None = field(default=None, init=False, repr=False)
    index: int = field(default=0, init=False)
    left: float = field(default=0, init=False)
    right: float = field(default=0, init=False)
    height: float = field(default=0, init=False)
    x: float = field(default=0, init=False)
    y: float = field(default=0, init=False)


@dataclass(eq=False)
class Card(Place):
    """One leaf, drawn as a card with its shapes below."""

    leaf: Leaf
    width: float = field(default=0, init=False)


@dataclass(eq=False)
class Frame(Place):
    """A box around a part."""

    box: Box
    inner: Place


@dataclass(eq=False)
class Stack(Place):
    """Parts below each other, on one axis."""

    items: list[Place]


@dataclass(eq=False)
class Row(Place):
    """Parts side by side, with no edges between them."""

    items: list[Place]


def arranged(picture: Picture) -> Place:
    """The places of all items of a picture."""
    edges = _lifted(picture)
    place = _box(picture.root, edges)
    _link(place)
    return place


def _box(box: Box, edges: dict[Box, list[tuple[int, int]]]) -> Place:
    items: list[Place] = [
        Card(child) if isinstance(child, Leaf) else Frame(child, _box(child, edges))
        for child in box.children
    ]
    after: list[list[int]] = [[] for _ in items]
    before: list[list[int]] = [[] for _ in items]
    for source, target in edges.get(box, ()):
        after[source].append(target)
        before[target].append(source)
    return _Arranger(items, before, after).arrange(list(range(len(items))), 0)


class _Arranger:
    def __init__(self, items: list[Place], before: list[list[int]], after: list[list[int]]) -> None:
        self.items = items
        self.before = before
        self.after = after

    def arrange(self, part: list[int], depth: int) -> Place:
        """A part of the items, which stand in an order that edges follow."""
        if len(part) == 1:
            return self.items[part[0]]
        groups = self._connected(part)
        if len(groups) > 1:
            return Row([self.arrange(group, depth + 1) for group in groups])
        if depth > _DEEPEST:
            return Stack([self.items[item] for item in part])
        rows = self._between_meetings(part) or self._levels(part)
        return Stack([self.arrange(row, depth + 1) for row in rows])

    def _connected(self, part: list[int]) -> list[list[int]]:
        """The parts of a part between which there are no edges, in order of their first items."""
        own = set(part)
        group: dict[int, int] = {}
        for start in part:
            waiting = [start]
            while waiting:
                item = waiting.pop()
                if item not in group:
                    group[item] = start
                    near = self.before[item] + self.after[item]
                    waiting += [other for other in near if other in own]
        found: dict[int, list[int]] = {}
        for item in part:
            found.setdefault(group[item], []).append(item)
        return list(found.values())

    def _between_meetings(self, part: list[int]) -> list[list[int]]:
        """Items that all others lead to or come from, each alone, and what is between them; empty if there are none."""
        bit = {item: 1 << at for at, item in enumerate(part)}
        above: dict[int, int] = {}
        below: dict[int, int] = {}
        for item in part:
            above[item] = self._reached(item, self.before, above, bit)
        for item in reversed(part):
            below[item] = self._reached(item, self.after, below, bit)
        everything = (1 << len(part)) - 1
        meetings = [item for item in part if above[item] | below[item] | bit[item] == everything]
        if not meetings:
            return []
        mask = sum(bit[item] for item in meetings)
        rows: list[list[int]] = [[] for _ in range(2 * len(meetings) + 1)]
        for item in part:
            passed = (above[item] & mask).bit_count()
            rows[2 * passed + (1 if bit[item] & mask else 0)].append(item)
        return [row for row in rows if row]

    def _reached(
        self, item: int, near: list[list[int]], known: dict[int, int], bit: dict[int, int]
    ) -> int:
        found = 0
        for other in near[item]:
            if other in bit:
                found |= known[other] | bit[other]
        return found

    def _levels(self, part: list[int]) -> list[list[int]]:
        """Rows of items in which each stands below all that lead to it."""
        level: dict[int, int] = {}
        for item in part:
            level[item] = 1 + max((level[b] for b in self.before[item] if b in level), default=-1)
        rows: list[list[int]] = [[] for _ in range(max(level.values()) + 1)]
        for item in part:
            rows[level[item]].append(item)
        return rows


def _lifted(picture: Picture) -> dict[Box, list[tuple[int, int]]]:
    """For each box the edges between its children, those between what is inside them too."""
    ways: dict[Leaf, list[tuple[Box, int]]] = {}

    def walk(item: Item, way: list[tuple[Box, int]]) -> None:
        if isinstance(item, Leaf):
            ways[item] = way
        else:
            for index, child in enumerate(item.children):
                walk(child, [*way, (item, index)])

    walk(picture.root, [])
    found: dict[Box, dict[tuple[int, int], None]] = {}
    for source, _, target in picture.edges:
        for (box, one), (_, other) in zip(ways[source], ways[target], strict=False):
            if one != other:
                found.setdefault(box, {})[one, other] = None
                break
    return {box: list(edges) for box, edges in found.items()}


def _link(place: Place) -> None:
    """Tell each part where it stands."""
    inside = place.items if isinstance(place, Stack | Row) else []
    if isinstance(place, Frame):
        inside = [place.inner]
    for index, item in enumerate(inside):
        item.parent, item.index = place, index
        _link(item)
