"""Where everything stands: sizes, coordinates, the points of edges."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from archlang.backends.diagram.cards import (
    CARD,
    LABEL,
    TITLE,
    Shape,
    card_shape,
    card_width,
    even,
    frame_shape,
    is_wide,
    label_width,
    title_width,
)
from archlang.backends.diagram.model import Edge, Picture
from archlang.backends.diagram.places import Card, Frame, Place, Row, Stack, arranged
from archlang.backends.diagram.routing import (
    RIGHT,
    Channel,
    Entry,
    Lane,
    Port,
    Route,
    Routes,
    routed,
    way_up,
)

_GAP = 34.0  # between parts side by side
_LANE = 13.0  # between lanes
_TRACK = 8.0  # between edges in a channel
_PAD = 16.0


Point = tuple[float, float]


@dataclass(slots=True)
class Line:
    """An edge: its points, in pieces where a title lies over it."""

    edge: Edge
    pieces: list[list[Point]]


@dataclass(slots=True)
class Drawing:
    """A picture with coordinates; the outermost place begins at 0, 0."""

    picture: Picture
    width: float
    height: float
    shapes: list[Shape]
    lines: list[Line]


def drawn(picture: Picture) -> Drawing:
    """The drawing of a picture."""
    if not picture.root.children:
        return Drawing(picture, 0, 0, [], [])
    root = arranged(picture)
    return _Geometry(picture, root, routed(picture, root)).drawing()


class _Geometry:
    def __init__(self, picture: Picture, root: Place, routes: Routes) -> None:
        self.picture = picture
        self.root = root
        self.routes = routes
        # The outputs that turn in a channel, and at which height of it, counted from the top.
        self.tracks: dict[Channel, dict[Port, int]] = {}

    def drawing(self) -> Drawing:
        self._measure(self.root)
        self._across(self.root, self.root.left)
        self._enter()
        self._assign_tracks()
        self._heights(self.root)
        self._down(self.root, 0)
        shapes: list[Shape] = []
        self._shapes(self.root, shapes)
        lines = [Line(route.edge, self._pieces(route)) for route in self.routes.routes]
        return Drawing(
            self.picture, self.root.left + self.root.right, self.root.height, shapes, lines
        )

    # ------------------------------------------------------------------ across

    def _measure(self, place: Place) -> None:
        """Extents left and right of the axis, from the inside out."""
        if isinstance(place, Card):
            place.width = place.width or card_width(place.leaf)
            place.left = place.right = place.width / 2
            labels = [label_width(port) for port in self.routes.ports.get(place, ())]
            if len(labels) == 1:
                place.right = max(place.right, labels[0])
            elif labels:
                place.left = place.right = max(place.left, sum(labels) / 2)
        elif isinstance(place, Frame):
            self._measure(place.inner)
            place.left, place.right = place.inner.left + _PAD, place.inner.right + _PAD
            lacking = title_width(place.box) - place.left - place.right
            if lacking > 0:
                place.left += even(lacking) / 2
                place.right += even(lacking) / 2
        elif isinstance(place, Row):
            for item in place.items:
                self._measure(item)
            width = sum(i.left + i.right for i in place.items) + _GAP * (len(place.items) - 1)
            first, last = place.items[0], place.items[-1]
            # The axis is in the middle between those of the outer parts.
            place.left = even(first.left + width - last.right) / 2
            place.right = width - place.left
        elif isinstance(place, Stack):
            cards = [i for i in place.items if isinstance(i, Card) and is_wide(i.leaf)]
            for item in place.items:
                self._measure(item)
            for card in cards:
                card.width = max(other.width for other in cards)
                self._measure(card)
            self._place_lanes(place)

    def _place_lanes(self, stack: Stack) -> None:
        """Lanes beside what they pass and those inside, short ones first; their xs are from the axis for now."""
        stack.left = max(item.left for item in stack.items)
        stack.right = max(item.right for item in stack.items)
        placed: list[Lane] = []
        lanes = self.routes.lanes.get(stack, [])
        for lane in sorted(lanes, key=lambda one: (one.end - one.start, one.start)):
            passed = stack.items[max(0, int(lane.start)) : int(lane.end + 1)]
            away = max(i.right if lane.side == RIGHT else i.left for i in passed)
            for other in placed:
                if other.side == lane.side and other.start <= lane.end and lane.start <= other.end:
                    away = max(away, abs(other.x))
            lane.x = lane.side * (away + _LANE)
            placed.append(lane)
            if lane.side == RIGHT:
                stack.right = max(stack.right, away + _LANE + 2)
            else:
                stack.left = max(stack.left, away + _LANE + 2)

    def _across(self, place: Place, x: float) -> None:
        """The x of every axis, from the outside in."""
        place.x = x
        if isinstance(place, Frame):
            gates = sorted(self.routes.gates.get(place, ()), key=lambda gate: gate.port.x)
            for number, gate in enumerate(gates):
                gate.x = x + 16 * (number - (len(gates) - 1) / 2)
            self._across(place.inner, x)
        elif isinstance(place, Row):
            at = x - place.left
            for item in place.items:
                self._across(item, at + item.left)
                at += item.left + item.right + _GAP
        elif isinstance(place, Stack):
            for lane in self.routes.lanes.get(place, ()):
                lane.x += x
            for item in place.items:
                self._across(item, x)
        elif isinstance(place, Card):
            ports = self.routes.ports.get(place, [])
            widths = [label_width(port) for port in ports]
            at = x if len(ports) == 1 else x - sum(widths) / 2 + 6
            for port, width in zip(ports, widths, strict=True):
                port.x = at
                at += width

    def _enter(self) -> None:
        """Where edges enter: straight where they come straight, the others on the side that they come from."""
        for card, entries in self.routes.entries.items():
            entries = sorted(entries, key=lambda one: one.source.x)
            straight = [one for one in entries if self._from_above(one)]
            if not _placed(card, entries, straight):
                straight = [one for one in straight if abs(one.source.x - card.x) < 1]
                _placed(card, entries, straight)

    def _from_above(self, entry: Entry) -> bool:
        """Whether an edge may come straight down: from the middle, or from one of several outputs right above."""
        away = abs(entry.source.x - entry.card.x)
        if away < 1 or not isinstance(entry.source, Port):
            return away < 1
        return len(self.routes.ports[entry.source.card]) > 1 and away < entry.card.width / 2 - 12

    # ------------------------------------------------------------------ channels

    def _assign_tracks(self) -> None:
        """A height in its channel for everything that turns, so that nothing lies on another."""
        above: dict[Channel, dict[Port, set[float]]] = {}
        below: dict[Channel, dict[Port, set[float]]] = {}
        for route in self.routes.routes:
            for turn in route.turns:
                key = turn.channel
                above.setdefault(key, {}).setdefault(route.port, set()).add(turn.source.x)
                below.setdefault(key, {}).setdefault(route.port, set()).add(turn.target.x)
        for key, starts in above.items():
            ends = below[key]
            spans = {
                port: (min(starts[port] | ends[port]), max(starts[port] | ends[port]))
                for port in starts
            }
            turning = {port: span for port, span in spans.items() if span[1] - span[0] >= 1}
            self.tracks[key] = _tracks(turning, starts, ends)

    def _channel(self, place: Stack | Frame, channel: int) -> float:
        """The height of a channel."""
        tracks = self.tracks.get((place, channel), {})
        count = 1 + max(tracks.values(), default=-1)
        return 16.0 if count == 0 else 18.0 + _TRACK * count

    # ------------------------------------------------------------------ down

    def _heights(self, place: Place) -> None:
        if isinstance(place, Card):
            place.height = CARD + (LABEL if place in self.routes.ports else 0)
        elif isinstance(place, Frame):
            self._heights(place.inner)
            place.height = TITLE + self._channel(place, 0) + place.inner.height + 10
        elif isinstance(place, Row | Stack):
            for item in place.items:
                self._heights(item)
            if isinstance(place, Row):
                place.height = max(item.height for item in place.items)
            else:
                channels = sum(self._channel(place, c) for c in range(len(place.items) - 1))
                place.height = sum(item.height for item in place.items) + channels

    def _down(self, place: Place, y: float) -> None:
        place.y = y
        if isinstance(place, Frame):
            self._down(place.inner, y + TITLE + self._channel(place, 0))
        elif isinstance(place, Row):
            for item in place.items:
                self._down(item, y)
        elif isinstance(place, Stack):
            for channel, item in enumerate(place.items):
                self._down(item, y)
                y += item.height + self._channel(place, channel)

    # ------------------------------------------------------------------ what is drawn

    def _pieces(self, route: Route) -> list[list[Point]]:
        card, target = route.port.card, route.entry.card
        points: list[Point] = [(route.port.x, card.y + CARD)]
        for turn in route.turns:
            if abs(turn.source.x - turn.target.x) < 1:
                continue
            y = _top(turn.channel) + 6 + _TRACK * self.tracks[turn.channel][route.port]
            points += [(turn.source.x, y), (turn.target.x, y)]
        points.append((route.entry.x, target.y))
        around = set(way_up(card))
        frames = [f for f in way_up(target) if isinstance(f, Frame) and f not in around]
        return _cut(points, list(reversed(frames)))

    def _shapes(self, place: Place, shapes: list[Shape]) -> None:
        if isinstance(place, Card):
            ports = self.routes.ports.get(place, [])
            shapes.append(card_shape(place, ports))
        elif isinstance(place, Frame):
            shapes.append(frame_shape(place))
            self._shapes(place.inner, shapes)
        elif isinstance(place, Row | Stack):
            for item in place.items:
                self._shapes(item, shapes)


def _placed(card: Card, entries: list[Entry], straight: list[Entry]) -> bool:
    """Place the entries of a card, those that do not come straight beside those that do; False where there is no room."""
    others = [one for one in entries if one not in straight]
    step = min(16.0, 2.0 * ((card.width - 16) // max(1, 2 * len(entries))))
    if not straight:
        for place, entry in enumerate(others):
            entry.x = card.x + step * (place - (len(others) - 1) / 2)
        return True
    for entry in straight:
        entry.x = entry.source.x
    first, last = straight[0].x, straight[-1].x
    left = [one for one in others if one.source.x < card.x]
    for place, entry in enumerate(reversed(left), 1):
        entry.x = first - step * place
    right = [one for one in others if one.source.x >= card.x]
    for place, entry in enumerate(right, 1):
        entry.x = last + step * place
    room = card.width / 2 - 8
    return all(abs(one.x - card.x) <= room for one in entries)


def _tracks(
    turning: dict[Port, tuple[float, float]],
    starts: dict[Port, set[float]],
    ends: dict[Port, set[float]],
) -> dict[Port, int]:
    """Tracks from the top: of those that go left to right the left ones lowest, so that they cross least."""
    order = sorted(turning, key=lambda port: _height(port, starts, ends))
    # One that comes from above where another leaves downward has to turn first.
    first: dict[Port, set[Port]] = {
        port: {
            other
            for other in order
            if other is not port and any(abs(a - b) < 5 for a in starts[other] for b in ends[port])
        }
        for port in order
    }
    found: dict[Port, int] = {}
    waiting = list(order)
    while waiting:
        port = next((one for one in waiting if not first[one] - found.keys()), waiting[0])
        waiting.remove(port)
        lowest = max((found[other] + 1 for other in first[port] if other in found), default=0)
        left, right = turning[port]
        taken = {
            found[other]
            for other in found
            if turning[other][0] < right + 6 and left < turning[other][1] + 6
        }
        track = lowest
        while track in taken:
            track += 1
        found[port] = track
    return found


def _height(
    port: Port, starts: dict[Port, set[float]], ends: dict[Port, set[float]]
) -> tuple[bool, float]:
    start, end = min(starts[port]), max(ends[port])
    return (start < end, -start) if start < end else (False, start)


def _top(channel: Channel) -> float:
    """Where a channel begins."""
    place, number = channel
    if isinstance(place, Frame):
        return place.y + TITLE
    return place.items[number].y + place.items[number].height


def _cut(points: list[Point], frames: list[Frame]) -> list[list[Point]]:
    """The points of an edge, in pieces between the titles that it passes behind."""
    pieces: list[list[Point]] = [[points[0]]]
    for (x, y), (next_x, next_y) in pairwise(points):
        for frame in frames:
            beside = not frame.x - frame.left <= x <= frame.x + frame.right
            if x == next_x and not beside and y <= frame.y and frame.y + TITLE <= next_y:
                pieces[-1].append((x, frame.y))
                pieces.append([(x, frame.y + TITLE)])
        pieces[-1].append((next_x, next_y))
    return pieces
