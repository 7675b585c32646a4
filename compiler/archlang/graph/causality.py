"""Whether a model that generates could do so: no step of its output may depend on later steps of what it is fed.

While training, the shifted input holds the whole target. A layer that shows a step those after it lets the model
copy what it should learn to find; generating, these steps are not there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Any

from archlang.catalogue import load
from archlang.diagnostics import Diagnostic, Label, error, warning
from archlang.diagnostics.model import Edit, Fix
from archlang.graph.causality_layers import WholeOf, layer_dependence
from archlang.graph.causality_ops import op_dependence, slice_dependence
from archlang.graph.decoding import entering, generated
from archlang.graph.model import Graph, Node, Tensor, tensors
from archlang.graph.refusals import path_notes
from archlang.graph.time_axis import (
    Dependence,
    Length,
    Mixed,
    Steps,
    Untold,
    Use,
    Whole,
    joined,
)
from archlang.records import mutable
from archlang.source import Span

_Key = tuple[Node, tuple[int | str, ...]]


def causality_problems(graph: Graph) -> list[Diagnostic]:
    """An error for a generation output that looks ahead, with the culprit; a warning where that can't be told."""
    found = generated(graph)
    if found is None:
        return []
    spec, shifted = found
    result = Flow(graph, shifted).of(graph.outputs[spec.name])
    at = graph.inputs[shifted].node.span
    if isinstance(result, Mixed):
        return [_refused(result, spec.name, shifted, at)]
    if isinstance(result, Untold):
        return [_doubtful(result.node, spec.name, shifted, at)]
    if isinstance(result, Steps) and result.delay < 0 and result.by is not None:
        ahead = "the next one" if result.delay == -1 else f"the next {-result.delay}"
        mixed = Mixed(result.by, f"shows each step {ahead}, too", *_way_out(result.by))
        return [_refused(mixed, spec.name, shifted, at)]
    return []


@mutable
class Flow:
    """Follows the shifted input through a graph. `whole` are the calls that a step alone would not do for."""

    graph: Graph
    shifted: str
    found: dict[_Key, Dependence] = field(default_factory=dict[_Key, Dependence])
    whole: list[Node] = field(default_factory=list[Node])
    started: bool = False

    def of(self, tensor: Tensor) -> Dependence:
        """What a tensor of the graph depends on."""
        if not self.started:
            self.started = True
            self.run({self.shifted: Steps(1)})
        return self.found.get((tensor.node, tensor.path))

    def run(self, given: dict[str, Dependence]) -> None:
        """Follow the inputs, by name, to all tensors."""
        self.started = True
        for name, tensor in self.graph.inputs.items():
            self.found[tensor.node, tensor.path] = given.get(name)
        for node in self.graph.nodes:
            if node.kind != "input":
                self._node(node)

    def _node(self, node: Node) -> None:
        taken = [(t, self.found.get((t.node, t.path))) for t in entering(node)]
        results = list(tensors(node.outputs))
        if all(dependence is None for _, dependence in taken):
            return
        settled = joined([dependence for _, dependence in taken])
        if node.layer is not None and node.layer.kind == "learned":
            # It takes the size of the batch of what flows in, and nothing else.
            outcome: list[Dependence] = [None] * len(results)
        elif node.layer is not None and node.layer.graph is not None:
            outcome = self._nested(node, node.layer.graph)
        elif settled is not None:
            outcome = [settled] * len(results)
        else:
            try:
                outcome = self._called(Use(node, *_call(node), tuple(taken)), len(results))
            except WholeOf as several:
                self.whole.append(node)
                outcome = several.results
            except Whole as only:
                self.whole.append(node)
                outcome = [only.result] * len(results)
        if any(isinstance(dependence, Length | Mixed | Untold) for dependence in outcome[:1]):
            self.whole.append(node)
        for tensor, dependence in zip(results, outcome, strict=True):
            self.found[node, tensor.path] = dependence

    def _called(self, use: Use, count: int) -> list[Dependence]:
        node = use.node
        if node.kind == "op":
            return [op_dependence(use)] * count
        if node.kind == "slice":
            return [slice_dependence(use)] * count
        if node.layer is None or node.layer.kind != "layers":
            return [use.untold] * count
        return layer_dependence(use)

    def _nested(self, node: Node, graph: Graph) -> list[Dependence]:
        given = [self.found.get((t.node, t.path)) for t in tensors(node.inputs)]
        inner = Flow(graph, "")
        inner.run(dict(zip(graph.inputs, given, strict=False)))
        if inner.whole or any(_carries(inside) for inside in graph.nodes):
            self.whole.append(node)
        return [
            inner.of(graph.outputs[str(t.path[0]) if t.path else next(iter(graph.outputs))])
            for t in tensors(node.outputs)
        ]


def _carries(node: Node) -> bool:
    return node.layer is not None and node.layer.class_name in ("LSTM", "GRU", "SimpleRNN", "RNN")


def _call(node: Node) -> tuple[str, dict[str, Any]]:
    """The name of a class or op, and its arguments with defaults."""
    if node.kind == "op":
        entry = load().get("ops", node.op or "")
        if entry is None:
            return node.op or "", dict(node.kwargs)
        names = [parameter.name for parameter in entry.parameters]
        return entry.alias_of or entry.name, {
            **entry.defaults(),
            **dict(zip(names, node.args, strict=False)),
            **node.kwargs,
        }
    layer = node.layer
    if layer is None:
        return "", {}
    entry = load().get("layers", layer.class_name) if layer.kind == "layers" else None
    if entry is None:
        return layer.class_name, dict(layer.args)
    return entry.alias_of or entry.name, {**entry.defaults(), **layer.args}


# ------------------------------------------------------------------ what is said


def _named(node: Node) -> str:
    if node.layer is not None:
        return f"`{node.layer.class_name}`"
    return f"`ops.{node.op}`" if node.op else "this slice"


def _labels(node: Node, span: Span, shifted: str) -> tuple[Label, ...]:
    return (Label(span, f"`{shifted}` holds the steps before"),) if span != node.span else ()


def _refused(mixed: Mixed, output: str, shifted: str, span: Span) -> Diagnostic:
    node = mixed.node
    return error(
        "E0339",
        f"{_named(node)} lets each step of `{output}` see steps that come after it",
        node.span,
        label=mixed.why,
        labels=_labels(node, span, shifted),
        notes=path_notes(node.path),
        help=mixed.help,
        fixes=tuple(_fixes(mixed)),
    )


def _doubtful(node: Node, output: str, shifted: str, span: Span) -> Diagnostic:
    return warning(
        "W1344",
        f"whether {_named(node)} lets steps of `{output}` see those after them can't be told",
        node.span,
        label="its steps are not followed any further",
        labels=_labels(node, span, shifted),
        notes=path_notes(node.path),
        help="make sure that each step depends on the steps up to it alone",
    )


def _way_out(node: Node) -> tuple[str | None, tuple[str, str] | None]:
    """How to mend a call that looks ahead."""
    layer = node.layer
    if layer is None or not layer.class_name.endswith("Conv1D"):
        return None, None
    return "write `padding=causal`", ("padding", "causal")


def _fixes(mixed: Mixed) -> Iterable[Fix]:
    """The argument that is lacking, behind those that are there."""
    node, argument = mixed.node, mixed.argument
    layer = node.layer
    if argument is None or layer is None or node.span != layer.span or argument[0] in layer.args:
        return
    if "Depthwise" in layer.class_name:
        return
    written = "=".join(argument)
    span = layer.span
    further = span.end - span.start - len(layer.class_name)
    if further == 0:
        edit = Edit(span.after, f"({written})")
    else:
        at = Span(span.path, span.end - 1, span.end)
        edit = Edit(at, f"{written})" if further == len("()") else f", {written})")
    yield Fix(f"write `{written}`", (edit,))
