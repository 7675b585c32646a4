"""Right specs and wrong ones like them."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.differential.draw_models import draw
from tests.differential.draw_steps import flip
from tests.differential.spec_tree import Part, Spec, at, numbers, places, replaced

Random = random.Random


def broken(rng: Random, spec: Spec) -> Spec:
    """The spec with one thing changed in it, which may well make it wrong."""
    ways = places(spec)
    for _ in range(20):
        way = rng.choice(ways)
        part = at(spec, way)
        found = numbers(part.head)
        kind = rng.random()
        if kind < 0.5 and found:
            number = rng.choice(found)
            new = rng.choice(("0", "-1", "1", "2", "3", "5", "7", "100", "2.5", "None", '"3"'))
            head = part.head[: number.start()] + new + part.head[number.end() :]
            return replaced(spec, way, (Part(head, part.body),))
        if kind < 0.65 and len(way) > 1:
            return replaced(spec, way, ())
        other = rng.choice(ways)
        if (
            kind < 0.9
            and len(way) > 1
            and len(other) == len(way)
            and way[:-1] == other[:-1]
            and way != other
        ):
            swapped = replaced(spec, way, (at(spec, other),))
            return replaced(swapped, other, (part,))
        if kind < 0.95 and " -> " in part.head:
            steps = part.head.split(" -> ")
            rng.shuffle(steps)
            return replaced(spec, way, (Part(" -> ".join(steps), part.body),))
    return spec


def specs(rng: Random) -> Iterator[Spec]:
    """A right spec, and wrong ones like it."""
    d = draw(rng)
    yield d.spec()
    yield from d.refused[:2]
    if flip(rng, 0.6):
        yield broken(rng, d.spec())
