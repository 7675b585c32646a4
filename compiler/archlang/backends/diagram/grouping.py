"""From the flat graph back to boxes, by the way that led to each node."""

from __future__ import annotations

from collections.abc import Iterator

from archlang.backends.diagram.model import Box, Edge, Leaf, Picture
from archlang.graph.model import BROKEN, Frame, Graph, Layer, Node, Tensor, tensors
from archlang.semantics.program import Program
from archlang.source import Span
from archlang.syntax import tree as t

# Nested models are drawn with their layers up to here; those beyond it as one layer.
MOST_LEAVES = 2_000

_Flow = tuple[Leaf, int]


def grouped(graph: Graph, program: Program | None = None) -> Picture:
    """The picture of a model with nothing folded yet. `program` tells the groups, `{ … }`, which the graph has lost."""
    return _Grouping(graph, program).picture()


class _Grouping:
    def __init__(self, graph: Graph, program: Program | None) -> None:
        self.graph = graph
        self.groups = [] if program is None else list(_groups(program))
        self.sources = {} if program is None else program.sources
        self.edges: dict[Edge, None] = {}
        self.numbers = _numbers(graph)
        self.heads = {id(layers[-1]) for layers in graph.heads.values() if layers}
        self.docs = {declared.name: declared.doc for declared in graph.task.inputs}
        self.count = 0
        self.leaves: dict[Node, Leaf] = {}

    def picture(self) -> Picture:
        root = Box("root", self.graph.name, [self.graph.name], [self.graph.span])
        flows: dict[Tensor, _Flow] = {}
        self._add(self.graph, root, flows)
        declared = {output.name: output for output in self.graph.task.outputs}
        for name, tensor in self.graph.outputs.items():
            output = declared.get(name)
            span = self.graph.span if output is None else output.span
            leaf = Leaf("output", span, output=output, name=name)
            leaf.doc = None if output is None else output.doc
            flow = self._flow(tensor, root, flows)
            root.children.append(leaf)
            self.edges[(*flow, leaf)] = None
        return Picture(self.graph, root, list(self.edges))

    def _add(
        self, graph: Graph, box: Box, flows: dict[Tensor, _Flow], *, frozen: bool = False
    ) -> None:
        """The nodes of a graph into a box; `flows` says who gives a tensor, and knows the inputs of nested models."""
        names = {id(tensor.node): name for name, tensor in graph.inputs.items()}
        for node in _in_order(graph):
            if node.op == BROKEN:
                self._broken(node, box, flows)
                continue
            given = list(tensors(node.outputs))
            if node.kind == "input" and given and given[0] in flows:
                continue
            inside = self._box(box, node)
            layer = node.layer
            learned = layer is not None and layer.kind == "learned"
            # A learned tensor is called on another only to learn the size of the batch.
            taken = [] if learned else _taken(node)
            if layer is not None and layer.graph is not None and self.count < MOST_LEAVES:
                self._nested(node, layer, layer.graph, inside, flows, frozen=frozen)
                continue
            leaf = Leaf(
                node.kind,
                node.span,
                [node],
                name=names.get(id(node), node.name),
                number=None if layer is None else self.numbers.get(id(layer)),
                head=layer is not None and id(layer) in self.heads,
                inside_frozen=frozen,
            )
            if node.kind == "input":
                leaf.doc = self.docs.get(leaf.name)
            self.count += 1
            self.leaves[node] = leaf
            for tensor in taken:
                self.edges[(*self._flow(tensor, box, flows), leaf)] = None
            inside.children.append(leaf)
            flows.update((tensor, (leaf, index)) for index, tensor in enumerate(given))

    def _nested(
        self,
        node: Node,
        layer: Layer,
        graph: Graph,
        inside: Box,
        flows: dict[Tensor, _Flow],
        *,
        frozen: bool,
    ) -> None:
        box = Box(
            "model",
            layer.class_name,
            [layer.class_name],
            [node.span],
            layer=layer,
            number=self.numbers.get(id(layer)),
        )
        # One tensor may flow into several inputs; where the model has mistakes, there may be fewer.
        given = [self._flow(tensor, inside, flows) for tensor in tensors(node.inputs)]
        inner = dict(zip(graph.inputs.values(), given, strict=False))
        self._add(graph, box, inner, frozen=frozen or not layer.trainable)
        only = box.children[0] if len(box.children) == 1 else None
        if isinstance(only, Box) and only.kind == "block" and only.name == box.name:
            # A shared block: a nested model of that one block.
            box.texts, box.children = only.texts, only.children
        for ours, theirs in zip(tensors(node.outputs), graph.outputs.values(), strict=False):
            flows[ours] = self._flow(theirs, box, inner)
            self.leaves[node] = flows[ours][0]
        if box.children:
            inside.children.append(box)

    def _flow(self, tensor: Tensor, box: Box, flows: dict[Tensor, _Flow]) -> _Flow:
        """Who gives a tensor."""
        if tensor not in flows:
            # One of several results that nothing is known of, or of a step that could not be carried out.
            if tensor.node not in self.leaves:
                self._broken(tensor.node, box, flows)
            flows[tensor] = self.leaves[tensor.node], 0
        return flows[tensor]

    def _broken(self, node: Node, box: Box, flows: dict[Tensor, _Flow]) -> None:
        """A leaf for a step that could not be carried out."""
        source = self.sources.get(node.span.path)
        name = "" if source is None else source.slice(node.span).partition("\n")[0]
        leaf = Leaf("broken", node.span, [node], name=name.strip() or "?")
        known = [t for t in _taken(node) if t in flows or t.node in self.leaves]
        taken = [self._flow(tensor, box, flows) for tensor in known]
        self._box(box, node).children.append(leaf)
        self.leaves[node] = leaf
        for flow in taken:
            self.edges[(*flow, leaf)] = None
        flows.update((tensor, (leaf, index)) for index, tensor in enumerate(tensors(node.outputs)))

    def _box(self, box: Box, node: Node) -> Box:
        """The box in which a node stands, made where it is the first there."""
        for frame in self._frames(node):
            key = (frame.span, frame.round)
            last = box.children[-1] if box.children else None
            if isinstance(last, Box) and last.key == key and last.kind != "model":
                box = last
                continue
            made = Box(
                "block" if frame.round is None else "round",
                frame.text.partition("(")[0],
                [frame.text],
                [frame.span],
                key,
                round=frame.round,
            )
            if frame.text in ("", "frozen"):
                made.kind = "group"
            box.children.append(made)
            box = made
        return box

    def _frames(self, node: Node) -> Iterator[Frame]:
        """The way to a node, with the groups around each part of it."""
        if not self.groups:
            yield from node.path
            return
        pending: list[Frame] = []
        for frame in (*node.path, None):
            if frame is not None:
                pending.append(frame)
            if frame is None or frame.round is None:
                end = node.span if frame is None else frame.span
                around = [group for group in self.groups if _inside(end, group[0])]
                yield from _merged(around, pending)
                pending = []


def _merged(around: list[tuple[Span, bool]], frames: list[Frame]) -> Iterator[Frame]:
    """Frames of one body, and the groups of the same body where they begin."""
    left = sorted(around, key=lambda group: group[0].start - group[0].end)
    for frame in frames:
        while left and _inside(frame.span, left[0][0]):
            span, frozen = left.pop(0)
            yield Frame("frozen" if frozen else "", span)
        yield frame
    for span, frozen in left:
        yield Frame("frozen" if frozen else "", span)


def _inside(span: Span, group: Span) -> bool:
    return span.path == group.path and group.start <= span.start and span.end <= group.end


def _in_order(graph: Graph) -> Iterator[Node]:
    """The nodes of a graph, with those of steps that could not be carried out where they stand."""
    at = 0
    for before, node in graph.broken:
        yield from graph.nodes[at:before]
        yield node
        at = before
    yield from graph.nodes[at:]


def _taken(node: Node) -> list[Tensor]:
    return list(dict.fromkeys(tensors([node.inputs, node.args, node.kwargs])))


def _numbers(graph: Graph) -> dict[int, int]:
    """The layers that several nodes call, counted from 1."""
    calls: dict[int, int] = {}
    seen: set[int] = set()

    def count(graph: Graph) -> None:
        if id(graph) in seen:
            return
        seen.add(id(graph))
        for node in graph.nodes:
            if node.layer is not None:
                calls[id(node.layer)] = calls.get(id(node.layer), 0) + 1
                if node.layer.graph is not None:
                    count(node.layer.graph)

    count(graph)
    several = [layer for layer, times in calls.items() if times > 1]
    return {layer: number for number, layer in enumerate(several, 1)}


def _groups(program: Program) -> Iterator[tuple[Span, bool]]:
    """The groups of a program, and whether each is frozen."""
    for module in program.modules.values():
        frozen: set[t.Node] = set()
        for node in t.walk(module.tree.declarations):
            if isinstance(node, t.Frozen):
                frozen.add(node.step)
            elif isinstance(node, t.Group):
                yield node.span, node in frozen
