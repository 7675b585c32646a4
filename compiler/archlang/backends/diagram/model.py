"""What a diagram shows: layers as leaves, blocks and rounds as boxes, and what flows between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from archlang.graph.model import Graph, Layer, Node, tensors
from archlang.shapes.spec import TensorSpec
from archlang.source import Span
from archlang.tasks.model import OutputSpec


@dataclass(eq=False, slots=True)
class Leaf:
    """A layer, op, slice, input, output, or a step that could not be carried out (`broken`).

    `problems` are the messages of mistakes in it. `nodes` are all calls that it stands for: several where rounds are folded, none for an output. `rounds` says how
    often it is repeated, once for each time that a box around it is. `number` is that of a layer that is called at
    several places.
    """

    kind: Literal["input", "layer", "op", "slice", "output", "broken"]
    span: Span
    nodes: list[Node] = field(default_factory=list[Node])
    output: OutputSpec | None = None
    name: str = ""
    doc: str | None = None
    rounds: list[int] = field(default_factory=list[int])
    sideways: bool = False
    number: int | None = None
    head: bool = False
    inside_frozen: bool = False
    # Which outputs one step takes of all rounds, and of how many.
    gathered: dict[int, int] = field(default_factory=dict[int, int])
    problems: list[str] = field(default_factory=list[str])

    @property
    def layer(self) -> Layer | None:
        """The layer that is called, in the first round."""
        return self.nodes[0].layer if self.nodes else None

    @property
    def frozen(self) -> bool:
        """Whether training moves none of its weights, which it has."""
        layer = self.layer
        if layer is None or layer.params == 0:
            return False
        return self.inside_frozen or not layer.trainable

    @property
    def params(self) -> list[int | None]:
        """How many numbers its weights hold, in each round."""
        return [0 if node.layer is None else node.layer.params for node in self.nodes]

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where it is written; several places where equal uses are folded."""
        return tuple(dict.fromkeys([self.span, *(node.span for node in self.nodes)]))

    def specs(self, index: int) -> list[TensorSpec]:
        """What its output number `index` is in each round."""
        return [list(tensors(node.outputs))[index].spec for node in self.nodes]


@dataclass(eq=False, slots=True)
class Box:
    """What belongs together: a use of a block, a round of a loop, a group, a nested model.

    `texts` and `spans` are of all uses that it stands for. `sideways` is whether its rounds do not build on each other.
    """

    kind: Literal["root", "block", "round", "group", "model"]
    name: str
    texts: list[str]
    spans: list[Span]
    key: object = None
    children: list[Item] = field(default_factory=list["Item"])
    rounds: list[int] = field(default_factory=list[int])
    sideways: bool = False
    layer: Layer | None = None
    number: int | None = None
    round: int | None = None
    problems: list[str] = field(default_factory=list[str])

    @property
    def frozen(self) -> bool:
        """Whether it has weights and training moves none of them."""
        held = [leaf for leaf in self.leaves() if any(leaf.params)]
        return bool(held) and all(leaf.frozen for leaf in held)

    @property
    def params(self) -> int | None:
        """How many numbers all weights inside hold, those of all rounds, a shared layer's once."""
        layers = {
            id(node.layer): node.layer.params
            for leaf in self.leaves()
            for node in leaf.nodes
            if node.layer is not None
        }
        total = 0
        for params in layers.values():
            if params is None:
                return None
            total += params
        return total

    def leaves(self) -> Iterator[Leaf]:
        """All leaves inside, in order."""
        for child in self.children:
            if isinstance(child, Leaf):
                yield child
            else:
                yield from child.leaves()


Item = Leaf | Box

# Who gives (a leaf and which of its outputs) and who takes.
Edge = tuple[Leaf, int, Leaf]


@dataclass(slots=True)
class Picture:
    """A model as it is drawn; edges lead from leaves to later ones."""

    graph: Graph
    root: Box
    edges: list[Edge]


def leaves(item: Item) -> list[Leaf]:
    """The leaves of an item in order."""
    return [item] if isinstance(item, Leaf) else list(item.leaves())


def items(box: Box) -> list[Item]:
    """All boxes and leaves inside a box, each box before what is in it."""
    found: list[Item] = []
    for child in box.children:
        found.append(child)
        if isinstance(child, Box):
            found += items(child)
    return found
