"""How a generation output is decoded: what runs once for a sequence, and what of the rest goes a step at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any

from archlang.graph.model import Graph, Node, Tensor, tensors
from archlang.narrowing import is_sequence
from archlang.records import record
from archlang.shapes.rule import LayerValue
from archlang.tasks.model import OutputSpec
from archlang.tasks.registry import KINDS

RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN"})
# How long a sequence can get where the task does not say.
DEFAULT_MAX_LENGTH = 100


@record
class Carried:
    """A call of a recurrent layer that is run a step at a time.

    `sizes` are the widths of its states; `nesting` is how its cell takes them, as numbers of states in lists. `starts`
    are the tensors with which the states begin, of which there are none where they begin with 0.
    """

    node: Node
    sizes: tuple[int, ...]
    nesting: list[Any]
    starts: tuple[Tensor, ...] = ()


@record
class Decoding:
    """The parts of a model, `graph`, that generates.

    `nodes` depend on `shifted`, the input that is the output's own past; they stand in order and lead to `output`.
    `memory` are the tensors that they take from the rest of the model, which runs once for a sequence, but for those
    with which carried states begin. Where there is anything in `carried`, `nodes` are run one step at a time;
    else they are run on the whole sequence so far.
    """

    graph: Graph
    spec: OutputSpec
    shifted_name: str
    shifted: Tensor
    output: Tensor
    nodes: tuple[Node, ...]
    memory: tuple[Tensor, ...]
    carried: tuple[Carried, ...] = field(default=())

    @property
    def carries(self) -> bool:
        """Whether the decoder goes a step at a time."""
        return bool(self.carried)

    @property
    def starts(self) -> tuple[Tensor, ...]:
        """The tensors with which states begin, those of each carried layer in turn."""
        return tuple(tensor for one in self.carried for tensor in one.starts)

    @property
    def logits(self) -> bool:
        """Whether the output is logits, not probabilities."""
        return KINDS["generation"].gives_logits(self.spec)

    @property
    def max_length(self) -> int:
        """How long a sequence can get."""
        return self.spec.args["max_length"] or DEFAULT_MAX_LENGTH

    @property
    def inputs(self) -> dict[str, Tensor]:
        """What the encoder takes: all inputs but the output's own past."""
        return {n: tensor for n, tensor in self.graph.inputs.items() if n != self.shifted_name}


def decoding(graph: Graph, *, carry: bool = True, apart: bool = True) -> Decoding | None:
    """How the model's generation output is decoded; None where it has none that is fed its own past.

    Without `carry` it is run on the whole sequence so far, even if it could carry its states. Not taken `apart`, the
    whole model is run so, and the memory are its other inputs.
    """
    found = generated(graph)
    if found is None:
        return None
    spec, shifted_name = found
    shifted, output = graph.inputs[shifted_name], graph.outputs[spec.name]
    if apart:
        nodes = _dependent(graph, shifted.node, output)
    else:
        needed = _needed(output)
        nodes = tuple(node for node in graph.nodes if node in needed and node.kind != "input")
    carried = _carried(graph, shifted_name, output, nodes) if carry and apart else ()
    inside = {shifted.node, *nodes}
    starting = {one.node for one in carried}
    memory: dict[tuple[Node, tuple[int | str, ...]], Tensor] = {}
    for node in nodes:
        for tensor in entering(node) if node not in starting else tensors(node.inputs):
            if tensor.node not in inside:
                memory[tensor.node, tensor.path] = tensor
    return Decoding(
        graph, spec, shifted_name, shifted, output, nodes, tuple(memory.values()), carried
    )


def generated(graph: Graph) -> tuple[OutputSpec, str] | None:
    """The generation output that is fed its own past, and the input that does so."""
    outputs = {output.name: output for output in graph.task.outputs if output.kind == "generation"}
    for declared in graph.task.inputs:
        name = declared.shifted
        if name in outputs and name in graph.outputs and declared.name in graph.inputs:
            return outputs[name], declared.name
    return None


def entering(node: Node) -> list[Tensor]:
    """The tensors that a call takes, each as often as it takes it."""
    return [*tensors(node.inputs), *tensors(list(node.args)), *tensors(node.kwargs)]


def _dependent(graph: Graph, start: Node, output: Tensor) -> tuple[Node, ...]:
    """The nodes between the shifted input and the output, in order."""
    reached = {start}
    for node in graph.nodes:
        if any(tensor.node in reached for tensor in entering(node)):
            reached.add(node)
    needed = _needed(output)
    return tuple(
        node for node in graph.nodes if node in reached and node in needed and node is not start
    )


def _needed(output: Tensor) -> set[Node]:
    seen: set[Node] = set()
    waiting = [output.node]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += [tensor.node for tensor in entering(node)]
    return seen


# ------------------------------------------------------------------ a step at a time


def _carried(
    graph: Graph, shifted: str, output: Tensor, nodes: Sequence[Node]
) -> tuple[Carried, ...]:
    """The recurrent layers among the nodes, if everything else needs no step but the present one."""
    from archlang.graph.causality import Flow
    from archlang.graph.time_axis import Steps

    flow = Flow(graph, shifted)
    result = flow.of(output)
    if result != Steps(1) or set(nodes) & set(flow.whole):
        return ()
    found: list[Carried] = []
    for node in nodes:
        layer = node.layer
        if layer is None or layer.kind != "layers":
            continue
        if layer.class_name in RECURRENT or layer.class_name == "RNN":
            one = _carried_call(node)
            if one is None:
                return ()
            found.append(one)
        elif layer.class_name.startswith("ConvLSTM"):
            return ()
    return tuple(found)


def _carried_call(node: Node) -> Carried | None:
    """A recurrent layer that can be run by its cell; None where it can't."""
    layer = node.layer
    assert layer is not None
    if layer.args.get("stateful") is True or set(node.kwargs) - {"initial_state"}:
        return None
    if not isinstance(node.inputs, Tensor):
        return None
    starts = tuple(tensors(node.kwargs.get("initial_state")))
    if layer.class_name in RECURRENT:
        sizes = _states(layer.class_name, layer.args)
        return Carried(node, sizes, list(range(len(sizes))), starts)
    cell = layer.args.get("cell")
    if isinstance(cell, LayerValue) and cell.name == "StackedRNNCells":
        cell = cell.args.get("cells")
    if isinstance(cell, LayerValue):
        sizes = _states(cell.name.removesuffix("Cell"), cell.args)
        return Carried(node, sizes, list(range(len(sizes))), starts) if sizes else None
    if not is_sequence(cell) or len(cell) < 2 or starts:
        return None
    every: list[int] = []
    nesting: list[Any] = []
    for one in cell:
        sizes = (
            _states(one.name.removesuffix("Cell"), one.args) if isinstance(one, LayerValue) else ()
        )
        if not sizes:
            return None
        numbers = list(range(len(every), len(every) + len(sizes)))
        nesting.append(numbers if len(numbers) > 1 else numbers[0])
        every += sizes
    return Carried(node, tuple(every), nesting)


def _states(name: str, args: Any) -> tuple[int, ...]:
    """The widths of the states of a recurrent layer or cell; none where it is not Keras's."""
    if name not in RECURRENT:
        return ()
    return (args["units"],) * (2 if name == "LSTM" else 1)
