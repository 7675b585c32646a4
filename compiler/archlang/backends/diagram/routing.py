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
    source: Start
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


@dataclass(eq=False)
class Gate:
    """Where an output enters a frame in which it leads to several parts."""

    frame: Frame
    port: Port
    x: float = 0


Start = Port | Lane | Gate
Channel = tuple[Stack | Frame, int]
"""Where edges go sideways: below a part of a stack, or below the title of a frame (channel 0)."""


@dataclass(eq=False)
class Turn:
    """A way sideways in a channel."""

    channel: Channel
    source: Start
    target: Start | Entry


@dataclass(eq=False)
class Route:
    """The way of an edge."""

    edge: Edge
    port: Port
    entry: Entry
    turns: list[Turn] = field(default_factory=list[Turn])


@dataclass(slots=True)
class Routes:
    """The ways of all edges, and what they need of cards, frames and stacks."""

    routes: list[Route]
    ports: dict[Card, list[Port]]
    entries: dict[Card, list[Entry]]
    lanes: dict[Stack, list[Lane]]
    gates: dict[Frame, list[Gate]]


@dataclass(slots=True)
class _Plan:
    """An edge, the stack in which its two ends stand in different parts, and the ways from there to both."""

    edge: Edge
    port: Port
    card: Card
    meeting: Stack
    up: list[Place]
    down: list[Place]
    side: int

    @property
    def first(self) -> int:
        return self.up[-1].index

    @property
    def last(self) -> int:
        return self.down[-1].index

    def sideways(self) -> Place | None:
        """The part that is entered from the side: from the lane of an edge that passes others, if that is free."""
        if self.last == self.first + 1:
            return None
        for place in _blocked(self.down, last=False):
            if _free(_parent(place), self.meeting, self.side):
                return place
        return None


def routed(picture: Picture, root: Place) -> Routes:
    """The ways of a picture's edges through its places."""
    cards = {card.leaf: card for card in _cards(root)}
    found = Routes([], {}, {}, {}, {})
    ports: dict[tuple[Leaf, int], Port] = {}
    outputs = {(source, index): None for source, index, _ in picture.edges}
    for leaf, index in sorted(outputs, key=lambda one: one[1]):
        port = ports[leaf, index] = Port(cards[leaf], index)
        found.ports.setdefault(cards[leaf], []).append(port)
    plans = [_plan(edge, ports[edge[0], edge[1]], cards[edge[2]]) for edge in picture.edges]
    into: dict[tuple[Frame, Port], int] = {}
    for plan in plans:
        for frame in _entered(plan):
            into[frame, plan.port] = into.get((frame, plan.port), 0) + 1
    for (frame, port), count in into.items():
        if count > 1:
            found.gates.setdefault(frame, []).append(Gate(frame, port))
    for plan in plans:
        _route(found, plan)
    return found


def _plan(edge: Edge, port: Port, card: Card) -> _Plan:
    up, down = way_up(port.card), way_up(card)
    shared = set(down)
    meeting = next(place for place in up if place in shared)
    assert isinstance(meeting, Stack), "parts with an edge between them stand below each other"
    up, down = up[: up.index(meeting)], down[: down.index(meeting)]
    return _Plan(edge, port, card, meeting, up, down, _side(up, down))


def _entered(plan: _Plan) -> list[Frame]:
    """The frames that an edge enters through their titles, from the outside in."""
    side = plan.sideways()
    inside = plan.down if side is None else plan.down[: plan.down.index(side) + 1]
    return [place for place in reversed(inside) if isinstance(place, Frame)]


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


def _route(found: Routes, plan: _Plan) -> None:
    meeting, port, side = plan.meeting, plan.port, plan.side
    ways: list[tuple[Channel, Start]] = []
    at: Start = port
    start = plan.first + 0.5
    # Down beside its own stack, or to the lane if nothing stands between.
    for place in _blocked(plan.up, last=True):
        stack = _parent(place)
        ways.append(((stack, place.index), at))
        if _free(stack, meeting, side):
            start = plan.first
            break
        at = _lane(found, stack, RIGHT, port, place.index + 0.5, len(stack.items) - 0.5)
    sideways = plan.sideways()
    end = plan.last - 0.5 if sideways is None else plan.last
    if start == plan.first or plan.last > plan.first + 1:
        lane = _lane(found, meeting, side, port, start, end)
        if start != plan.first:
            ways.append(((meeting, plan.first), at))
        at = lane
        if sideways is None:
            ways.append(((meeting, plan.last - 1), at))
    else:
        ways.append(((meeting, plan.first), at))
    inside = list(reversed(plan.down))
    if sideways is not None:
        ways.append(((_parent(sideways), sideways.index - 1), at))
        inside = inside[inside.index(sideways) :]
    for place in inside:
        stack = place.parent
        passed = isinstance(stack, Stack) and stack is not meeting and place.index > 0
        if passed and place is not sideways:
            at = _lane(found, _parent(place), side, port, -0.5, place.index - 0.5)
            ways.append(((_parent(place), place.index - 1), at))
        if isinstance(place, Frame):
            gates = found.gates.get(place, [])
            gate = next((one for one in gates if one.port is port), None)
            if gate is not None:
                at = gate
                ways.append(((place, 0), at))
    entries = found.entries.setdefault(plan.card, [])
    entry = next((one for one in entries if one.port is port and one.source is at), None)
    if entry is None:
        entry = Entry(plan.card, port, at)
        entries.append(entry)
    route = Route(plan.edge, port, entry)
    for number, (channel, source) in enumerate(ways):
        target = ways[number + 1][1] if number + 1 < len(ways) else entry
        route.turns.append(Turn(channel, source, target))
    found.routes.append(route)


def _parent(place: Place) -> Stack:
    assert isinstance(place.parent, Stack)
    return place.parent


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


def _side(up: list[Place], down: list[Place]) -> int:
    """The side on which an edge passes: where it comes from or leads to, otherwise the right."""
    for way in (up, down):
        for place in reversed(way):
            row = place.parent
            if isinstance(row, Row):
                middle = (len(row.items) - 1) / 2
                if place.index != middle:
                    return RIGHT if place.index > middle else LEFT
    return RIGHT


def _lane(found: Routes, stack: Stack, side: int, port: Port, start: float, end: float) -> Lane:
    """A lane for an output; one that it has already beside the stack is made longer."""
    lanes = found.lanes.setdefault(stack, [])
    for lane in lanes:
        if lane.port is port and lane.side == side and start <= lane.end and lane.start <= end:
            lane.start, lane.end = min(lane.start, start), max(lane.end, end)
            return lane
    lane = Lane(stack, side, port, start, end)
    lanes.append(lane)
    return lane
