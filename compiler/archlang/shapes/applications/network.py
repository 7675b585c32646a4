"""A network as a list of operations, each after those whose results it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archlang.records import record

# Where an operation takes the tensor that flows into the network.
ENTERING = -1


@record
class Operation:
    """One layer (or, as `ops.add`, a function of keras.ops) of a network.

    `inputs` are the places in the list of what it takes. `name` is None where Keras numbers the layer by itself: such names
    differ from session to session.
    """

    kind: str
    name: str | None
    args: Mapping[str, Any]
    inputs: tuple[int, ...]


class Network:
    """Operations while they are written down one by one; `last` is where a chain goes on."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []

    @property
    def last(self) -> int:
        return len(self.operations) - 1

    def add(self, kind: str, name: str | None = None, *inputs: int, **args: Any) -> int:
        """Add an operation on the last one, or on `inputs`; its place."""
        self.operations.append(Operation(kind, name, args, inputs or (self.last,)))
        return self.last


def ancestors(operations: Sequence[Operation], outputs: Sequence[int]) -> list[int]:
    """The places of the operations that `outputs` depend on, in the order in which Keras lists a model's layers: by
    their distance from the outputs.
    """
    depth: dict[int, int] = {}
    for place in range(len(operations) - 1, -1, -1):
        if place in outputs:
            depth[place] = max(depth.get(place, 0), 0)
        if place in depth:
            for given in operations[place].inputs:
                if given != ENTERING:
                    depth[given] = max(depth.get(given, 0), depth[place] + 1)
    return sorted(depth, key=lambda place: (-depth[place], place))


def only(operations: Sequence[Operation], places: Sequence[int]) -> list[Operation]:
    """The operations at `places`, which hold all that they depend on."""
    new = {ENTERING: ENTERING} | {place: index for index, place in enumerate(places)}
    found = (operations[place] for place in places)
    return [Operation(o.kind, o.name, o.args, tuple(new[i] for i in o.inputs)) for o in found]
