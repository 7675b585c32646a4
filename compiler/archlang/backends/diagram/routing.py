"""Which way each edge goes, before anything has a size.

An edge leaves a card at its bottom and enters one at its top. Between two parts of a stack there is a channel, in which it
may go sideways; past the parts between it goes down a lane beside the stack. Where a part stands beside others, its edges
first go down beside it. So no edge comes near a text but the one of its own shape.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from archlang.backends.diagram.model import Edge, Leaf, Picture
from archlang.backends.diagram.places import Card, Frame, Place, Row, Stack

RIGHT, LEFT = 1, -1


@dataclass(eq=False)
class Port:
    """Where one of a card's outputs leaves it."""

    card: Card
    index: int
    x: float = 0


@dataclass(eq=False)
class Entry:
    """Where an output enters a card, and where it comes from last."""

    card: Card
    port: Port
    source: Port | Lane
    x: float = 0


@dataclass(eq=False)
class Lane:
    """A way beside a stack, from one of its channels or parts to another.

    Channel `n` is at `n + 0.5`, below part `n`; -0.5 is the top of the stack.
    """

    stack: Stack
    side: int
    port: Port
    start: float
    end: float
    x: float = 0


Stop = Port | Lane | Entry


@dataclass(eq=False)
class Turn:
    """A way sideways in the channel below part `channel` of a stack."""

    stack: Stack
    channel: int
    source: Port | Lane
    target: Stop


@dataclass(eq=False)
class Route:
    """The way of an edge."""

    edge: Edge
    port: Port
    entry: Entry
    turns: list[Turn] = field(default_factory=list[Turn])


@dataclass(slots=True)
class Routes:
    """The ways of all edges, and what they need of cards and stacks."""

    routes: list[Route]
    ports: dict[Card, list[Port]]
    entries: dict[Card, list[Entry]]
    lanes: dict[Stack, list[Lane]]


def routed(picture: Picture, root: Place) -> Routes:
    """The ways of a picture's edges through its places."""
    cards = {card.leaf: card for card in _cards(root)}
    found = Routes([], {}, {}, {})
    ports: dict[tuple[Leaf, int], Port] = {}
    for leaf, index in sorted(
        {(source, index): None for source, index, _ in picture.edges}, key=lambda one: one[1]
    ):
        port = ports[leaf, index] = Port(cards[leaf], index)
        found.ports.setdefault(cards[leaf], []).append(port)
    # Short edges first, so that their lanes are the inner ones.
    for edge in picture.edges:
        source, index, target = edge
        _route(found, edge, ports[source, index], cards[target])
    return found


def _cards(place: Place) -> list[Card]:
    if isinstance(place, Card):
        return [place]
    if isinstance(place, Frame):
        return _cards(place.inner)
    inside = place.items if isinstance(place, Stack | Row) else []
    return [card for item in inside for card in _cards(item)]


def way_up(place: Place) -> list[Place]:
    """A place and all places around it, from the inside out."""
    found: list[Place] = []
    at: Place | None = place
    while at is not None:
        found.append(at)
        at = at.parent
    return found


def _route(found: Routes, edge: Edge, port: Port, card: Card) -> None:
    up, down = way_up(port.card), way_up(card)
    shared = set(down)
    meeting = next(place for place in up if place in shared)
    assert isinstance(meeting, Stack), "parts with an edge between them stand below each other"
    up, down = up[: up.index(meeting)], down[: down.index(meeting)]
    first, last = up[-1].index, down[-1].index
    side = _side(meeting, up, down)
    out = _blocked(up, last=True)
    into = _blocked(down, last=False)
    turns: list[tuple[Stack, int, Port | Lane]] = []
    at: Port | Lane = port
    # Down beside its own stack, as long as something stands between it and the lane.
    start = first + 0.5
    for place in out:
        stack = place.parent
        assert isinstance(stack, Stack)
        if _free(stack, meeting, side):
            turns.append((stack, place.index, at))
            start = first
            break
        lane = _lane(found, stack, RIGHT, port, place.index + 0.5, len(stack.items) - 0.5)
        turns.append((stack, place.index, at))
        at = lane
    # The same from the other end.
    tail: list[tuple[Stack, int, Lane | None]] = []
    end = last - 0.5
    for place in into:
        stack = place.parent
        assert isinstance(stack, Stack)
        if _free(stack, meeting, side):
            tail.append((stack, place.index - 1, None))
            end = last
            break
        tail.append(
            (
                stack,
                place.index - 1,
                _lane(found, stack, side, port, -0.5, place.index - 0.5),
            )
        )
    beside = start == first or end == last or last > first + 1
    ways: list[tuple[Stack, int, Port | Lane]] = list(turns)
    if beside:
        lane = _lane(found, meeting, side, port, start, end)
        if start != first:
            ways.append((meeting, first, at))
        at = lane
        if end != last:
            ways.append((meeting, last - 1, at))
    else:
        ways.append((meeting, first, at))
    for stack, channel, inner in reversed(tail):
        if inner is not None:
            at = inner
        ways.append((stack, channel, at))
    entries = found.entries.setdefault(card, [])
    entry = next((one for one in entries if one.port is port and one.source is at), None)
    if entry is None:
        entry = Entry(card, port, at)
        entries.append(entry)
    route = Route(edge, port, entry)
    for number, (stack, channel, source) in enumerate(ways):
        target: Stop = ways[number + 1][2] if number + 1 < len(ways) else entry
        route.turns.append(Turn(stack, channel, source, target))
    found.routes.append(route)


def _blocked(way: list[Place], *, last: bool) -> list[Place]:
    """The places on a way up that have others of their stack below (or above) them."""
    found: list[Place] = []
    for place in way[:-1]:
        stack = place.parent
        if isinstance(stack, Stack) and place.index != (len(stack.items) - 1 if last else 0):
            found.append(place)
    return found


def _free(stack: Place, outer: Stack, side: int) -> bool:
    """Whether nothing stands beside a stack, on this side, inside the outer one."""
    at = stack
    while at is not outer:
        parent = at.parent
        assert parent is not None
        if isinstance(parent, Row) and at.index != (len(parent.items) - 1 if side == RIGHT else 0):
            return False
        at = parent
    return True


def _side(meeting: Stack, up: list[Place], down: list[Place]) -> int:
    """The side on which an edge passes: where it comes from or leads to, otherwise the right."""
    for way in (up, down):
        for place in reversed(way):
            row = place.parent
            if isinstance(row, Row):
                middle = (len(row.items) - 1) / 2
                if place.index != middle:
                    return RIGHT if place.index > middle else LEFT
    return RIGHT


def _lane(
    found: Routes, stack: Stack, side: int, port: Port, start: float, end: float
) -> Lane:
    """A lane for an output; one that it has already beside the stack is made longer."""
    lanes = found.lanes.setdefault(stack, [])
    for lane in lanes:
        if lane.port is port and lane.side == side and start <= lane.end and lane.start <= end:
            lane.start, lane.end = min(lane.start, start), max(lane.end, end)
            return lane
    lane = Lane(stack, side, port, start, end)
    lanes.append(lane)
    return lane
