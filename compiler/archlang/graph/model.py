"""The flat IR: a model as a graph of layer calls, every loop unrolled and every block expanded.

Nodes stand in an order in which each comes after what it needs. A `Layer` is one Keras object with its
weights; several nodes may call it (shared weights).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from archlang.narrowing import is_dict, is_list, is_sequence, is_tuple
from archlang.records import mutable, record
from archlang.shapes.rule import Weight
from archlang.shapes.spec import TensorSpec
from archlang.source import Span
from archlang.tasks.model import TaskSpec, TrainSpec

if TYPE_CHECKING:
    from archlang.shapes.applications import InnerLayer

# A tensor, or tensors nested in lists, tuples and dicts.
Nested = Any

# The op of a node that stands for a step with a mistake that has been reported. It is not among a graph's `nodes`.
BROKEN = "?"


@record
class Frame:
    """One step of the way to a node: the use of a block (`Bottleneck(128, strides=2)`), or a round of a loop.

    `round` counts from 1 and is None for blocks, nested models and groups.
    """

    text: str
    span: Span
    round: int | None = None


@mutable
class Layer:
    """A Keras object that is called in the graph.

    `kind` says where its class comes from: `layers` (keras.layers), `applications`, `python` (declared in the spec,
    `module` says where it lives), `learned` (a trainable tensor), `model` (a nested model, `graph`). `args` are the constructor's
    arguments as written, by Keras's names, without `name`; values are plain Python values and `LayerValue`s.
    `weights` is None where not known.
    """

    name: str
    kind: Literal["layers", "applications", "python", "learned", "model"]
    class_name: str
    args: dict[str, Any]
    span: Span
    trainable: bool = True
    weights: tuple[Weight, ...] | None = ()
    graph: Graph | None = None
    module: str | None = None
    # The layers inside an application, in Keras's order; None where not known.
    inner: tuple[InnerLayer, ...] | None = None
    # Where its last argument stands, if it has one: further ones are suggested behind it.
    last: Span | None = None

    @property
    def params(self) -> int | None:
        """How many numbers its weights hold; None where not known."""
        if self.graph is not None:
            return self.graph.params
        return None if self.weights is None else sum(weight.size for weight in self.weights)

    @property
    def trainable_params(self) -> int | None:
        """Those of `params` that training moves."""
        if not self.trainable:
            return None if self.params is None else 0
        if self.graph is not None:
            return self.graph.trainable_params
        return None if self.weights is None else sum(w.size for w in self.weights if w.trainable)


@mutable
class Tensor:
    """A tensor of the graph: what `node` gives, at `path` inside nested results (`(1,)` for the second)."""

    # Nodes hold the tensors that they give, which would go round in a circle.
    node: Node = field(repr=False)
    path: tuple[int | str, ...]
    spec: TensorSpec


@mutable
class Node:
    """One call.

    `kind` is `input`, `layer` (`layer` is called on `inputs` with the keyword arguments `kwargs`), `op` (a function of keras.ops,
    called `op`, with `args` and `kwargs`), or `slice` (`inputs` indexed by `args`: ints, Python `slice`s, None and Ellipsis).
    Tensors may stand anywhere in `args` and `kwargs`. `outputs` nests as Keras returns it. Where a step could not be
    carried out, a node with the op `BROKEN` gives what is taken of it, and `inputs` is what flowed into it.
    """

    kind: Literal["input", "layer", "op", "slice"]
    span: Span
    path: tuple[Frame, ...] = ()
    name: str = ""
    layer: Layer | None = None
    op: str | None = None
    inputs: Nested = None
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict[str, Any])
    outputs: Nested = None
    macs: int | None = 0


@record
class Passed:
    """What a step of a stack passed on, once: where the step stands, the way there, what came out, and the layers and calls
    that it made.
    """

    span: Span
    path: tuple[Frame, ...]
    result: Nested
    layers: tuple[Layer, ...]
    nodes: tuple[Node, ...]

    @property
    def params(self) -> int | None:
        """How many numbers the weights of its layers hold; None where not known."""
        return _total(layer.params for layer in self.layers)

    @property
    def macs(self) -> int | None:
        """The multiply-adds of its calls, None where not known."""
        return _total(node.macs for node in self.nodes)


@mutable
class Graph:
    """A model, elaborated.

    `inputs` and `outputs` are by name, in the order of the task. `layers` are in the order in which they are first called.
    `overrides` are the values of the model's parameters.
    """

    name: str
    task: TaskSpec
    train: TrainSpec | None
    inputs: dict[str, Tensor]
    outputs: dict[str, Tensor]
    nodes: list[Node]
    layers: list[Layer]
    span: Span
    doc: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict[str, Any])
    # The layers that `head` made, by output.
    heads: dict[str, list[Layer]] = field(default_factory=dict[str, list["Layer"]])
    # Calls that reach no output. They are no part of the model: only warnings speak of them.
    dead: list[Node] = field(default_factory=list[Node])
    # The names of the uses of blocks (`residual_3`), with which the names of their layers begin.
    uses: list[str] = field(default_factory=list[str])
    # The policy of mixed precision that its layers compute under, `mixed_float16` or the like.
    mixed: str | None = None
    # What every step passed on, in order, those that reach no output too: for editors.
    passed: list[Passed] = field(default_factory=list[Passed])
    # The nodes with the op `BROKEN`, each with how many of `nodes` stand before it.
    broken: list[tuple[int, Node]] = field(default_factory=list[tuple[int, Node]])

    @property
    def params(self) -> int | None:
        """All weights' numbers, None where a layer's are not known."""
        return _total(layer.params for layer in self.layers)

    @property
    def trainable_params(self) -> int | None:
        """Those that training moves."""
        return _total(layer.trainable_params for layer in self.layers)

    @property
    def macs(self) -> int | None:
        """Multiply-adds for one example, None where not known."""
        return _total(node.macs for node in self.nodes)


def tensors(nested: Nested) -> Iterator[Tensor]:
    """Every tensor inside nested lists, tuples and dicts, in order."""
    if isinstance(nested, Tensor):
        yield nested
    elif is_sequence(nested):
        for item in nested:
            yield from tensors(item)
    elif is_dict(nested):
        for item in nested.values():
            yield from tensors(item)


def specs(nested: Nested) -> Nested:
    """The same nesting with each tensor's `TensorSpec` in its place; other values stay."""
    if isinstance(nested, Tensor):
        return nested.spec
    if is_list(nested):
        return [specs(item) for item in nested]
    if is_tuple(nested):
        return tuple(specs(item) for item in nested)
    if is_dict(nested):
        return {key: specs(item) for key, item in nested.items()}
    return nested


def _total(counts: Iterator[int | None]) -> int | None:
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total
