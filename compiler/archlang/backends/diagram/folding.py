"""Rounds that are alike become one that is drawn once.

Rounds of a loop, and equal uses of a block one behind the other, are alike if they are made of the same layers in the
same way, and each takes from the one before at the same places (or none does).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from archlang.backends.diagram.model import Box, Item, Leaf, Picture, leaves

_Sources = set[tuple[int, int, int]]


def folded(picture: Picture) -> Picture:
    """The picture with alike rounds folded. Changes the boxes of the picture it is given."""
    folding = _Folding(picture)
    folding.fold(picture.root)
    return Picture(picture.graph, picture.root, folding.edges())


def unfolded(picture: Picture) -> Picture:
    """The picture with every round drawn, rounds themselves without a box."""
    _dissolve(picture.root)
    return picture


def _dissolve(box: Box) -> None:
    for child in box.children:
        if isinstance(child, Box):
            _dissolve(child)
    box.children = [part for child in box.children for part in _parts(child)]


@dataclass(slots=True)
class _Flows:
    """What flows into the leaves of a round: from within, from the round before, from elsewhere (how much to which)."""

    within: _Sources = field(default_factory=set[tuple[int, int, int]])
    carried: _Sources = field(default_factory=set[tuple[int, int, int]])
    outside: Counter[int] = field(default_factory=Counter[int])


class _Folding:
    def __init__(self, picture: Picture) -> None:
        self.sources: dict[Leaf, dict[tuple[Leaf, int], None]] = {}
        for source, index, target in picture.edges:
            self.sources.setdefault(target, {})[source, index] = None
        self.first: dict[Leaf, Leaf] = {}
        self.takers: dict[Leaf, list[Leaf]] = {}
        for source, _, target in picture.edges:
            self.takers.setdefault(source, []).append(target)
        self.picture = picture
        self.root = picture.root

    def edges(self) -> list[tuple[Leaf, int, Leaf]]:
        """What is left of the edges, each once."""
        found = {
            (self._now(source), index, leaf): None
            for leaf in self.root.leaves()
            for source, index in self.sources.get(leaf, ())
        }
        rounds: dict[tuple[Leaf, int, Leaf], set[Leaf]] = {}
        for source, index, target in self.picture.edges:
            rounds.setdefault((self._now(source), index, target), set()).add(source)
        for (source, index, _), given in rounds.items():
            if len(given) > 1:
                source.gathered[index] = len(given)
        return [edge for edge in found if edge[0] is not edge[2]]

    def fold(self, box: Box) -> None:
        """Fold inside a box, from the inside out."""
        for child in box.children:
            if isinstance(child, Box):
                self.fold(child)
        rounds = self._runs(box.children, _same_loop)
        box.children = [part for child in rounds for part in _parts(child)]
        box.children = self._runs(box.children, _same_use, chained=True)

    def _runs(
        self, items: list[Item], same: Callable[[Item, Item], bool], *, chained: bool = False
    ) -> list[Item]:
        """The items with alike ones behind each other as one; if `chained`, only those that build on each other."""
        found: list[Item] = []
        at = 0
        while at < len(items):
            end = at + 1
            first = items[at]
            members = [leaves(first)]
            carried: _Sources | None = None
            while end < len(items) and same(first, items[end]) and _alike(first, items[end]):
                more = leaves(items[end])
                flows = self._flows(more, members[-1], members[:-1])
                if flows is None or not self._goes_on(members, flows, carried):
                    break
                if chained and not (flows.carried and self._only_to(members[-1], more)):
                    break
                carried = flows.carried
                members.append(more)
                end += 1
            if end - at > 1:
                assert carried is not None
                self._merge(items[at:end], members, sideways=not carried)
            found.append(first)
            at = end
        return found

    def _goes_on(self, members: list[list[Leaf]], flows: _Flows, carried: _Sources | None) -> bool:
        """Whether a round goes on as those before it did."""
        first = self._flows(members[0], [], [])
        assert first is not None
        if flows.within != first.within:
            return False
        if carried is not None:
            before = self._flows(members[-1], members[-2], members[:-2])
            return (
                before is not None and flows.carried == carried and flows.outside == before.outside
            )
        # What a round takes from the one before, the first takes from elsewhere.
        return first.outside == flows.outside + Counter(target for _, _, target in flows.carried)

    def _only_to(self, member: list[Leaf], after: list[Leaf]) -> bool:
        """Whether all that a round gives goes to the one after it."""
        inside = {*member, *after}
        takers = [taker for leaf in member for taker in self.takers.get(leaf, ())]
        return all(self._now(taker) in inside for taker in takers)

    def _flows(
        self, member: Sequence[Leaf], before: Sequence[Leaf], earlier: Sequence[Sequence[Leaf]]
    ) -> _Flows | None:
        """What flows into a round; None if it takes from a round that is not the one before."""
        places = {leaf: at for at, leaf in enumerate(member)}
        last = {leaf: at for at, leaf in enumerate(before)}
        flows = _Flows()
        for target, leaf in enumerate(member):
            for given, index in self.sources.get(leaf, ()):
                source = self._now(given)
                if source in places:
                    flows.within.add((places[source], index, target))
                elif source in last:
                    flows.carried.add((last[source], index, target))
                elif any(source in one for one in earlier):
                    return None
                else:
                    flows.outside[target] += 1
        return flows

    def _merge(self, items: list[Item], members: list[list[Leaf]], *, sideways: bool) -> None:
        """Fold several items into the first."""
        kept = items[0]
        own = {leaf for member in members for leaf in member}
        for member in members[1:]:
            for leaf, other in zip(members[0], member, strict=True):
                into = self.sources.setdefault(leaf, {})
                for source in self.sources.pop(other, {}):
                    if self._now(source[0]) not in own:
                        into[source] = None
        for member in members[1:]:
            for leaf, other in zip(members[0], member, strict=True):
                self.first[other] = leaf
                self.takers.setdefault(leaf, []).extend(self.takers.get(other, ()))
        for other in items[1:]:
            _absorb(kept, other)
        only = kept.children[0] if isinstance(kept, Box) and len(kept.children) == 1 else None
        if isinstance(kept, Box) and kept.kind == "round" and only is not None and not only.rounds:
            only.rounds, only.sideways = [len(items)], sideways
        else:
            kept.rounds, kept.sideways = [len(items)], sideways

    def _now(self, leaf: Leaf) -> Leaf:
        while leaf in self.first:
            leaf = self.first[leaf]
        return leaf


def _parts(item: Item) -> list[Item]:
    """A round that is not folded, or is folded into what it is all made of, is drawn without a box."""
    if isinstance(item, Box) and item.kind == "round" and not item.rounds:
        return item.children
    return [item]


def _same_loop(one: Item, other: Item) -> bool:
    return (
        isinstance(one, Box)
        and isinstance(other, Box)
        and one.kind == other.kind == "round"
        and one.spans[0] == other.spans[0]
    )


def _same_use(one: Item, other: Item) -> bool:
    return (
        isinstance(one, Box)
        and isinstance(other, Box)
        and one.kind == other.kind == "block"
        and not one.rounds
        and not other.rounds
        and one.texts == other.texts
    )


def _alike(one: Item, other: Item) -> bool:
    return _signature(one) == _signature(other)


def _signature(item: Item) -> object:
    """What two items must have in common to be drawn as one."""
    folded = (bool(item.rounds), item.sideways)
    if isinstance(item, Leaf):
        layer = item.layer
        what = (
            None
            if layer is None
            else (layer.class_name, tuple(layer.args), layer.trainable, layer.kind)
        )
        ops = tuple(dict.fromkeys(node.op for node in item.nodes))
        return (item.kind, item.span, what, ops, item.head, item.number, folded)
    inside = tuple(_signature(child) for child in item.children)
    own = item.spans[0] if item.kind in ("round", "group") else None
    return (item.kind, item.name, own, item.number, inside, folded)


def _absorb(kept: Item, other: Item) -> None:
    kept.rounds += other.rounds
    if isinstance(kept, Leaf):
        assert isinstance(other, Leaf)
        kept.nodes += other.nodes
        return
    assert isinstance(other, Box)
    kept.texts += other.texts
    kept.spans += other.spans
    for mine, theirs in zip(kept.children, other.children, strict=True):
        _absorb(mine, theirs)
