"""Refactorings: what they are, and the checks that one changes nothing that it should not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from archlang.api import Checked
from archlang.evaluation.values import Selector
from archlang.graph.model import Graph, Layer, Node, Tensor, tensors
from archlang.graph.selectors import selected as layers_named
from archlang.language_server.analysis import Analysis
from archlang.narrowing import is_dict, is_list, is_sequence
from archlang.records import record
from archlang.shapes.rule import LayerValue
from archlang.source import Span
from archlang.syntax import tree as t

Kind = str
EXTRACT, INLINE, REWRITE, IMPORTS = (
    "refactor.extract",
    "refactor.inline",
    "refactor.rewrite",
    "source.organizeImports",
)

Check = Callable[[str], Checked]
"""Checks a text as if it stood in the file."""

_MOST_TEXT = 200_000


@record
class Refactoring:
    """A change of the file; its edits are placed in it. `same` says that the models stay what they were."""

    title: str
    kind: Kind
    edits: tuple[tuple[Span, str], ...]
    same: bool = True


def applied(text: str, edits: Iterable[tuple[Span, str]]) -> str:
    """A text with edits made; they must not overlap."""
    for span, new in sorted(edits, key=lambda edit: (edit[0].start, edit[0].end), reverse=True):
        text = text[: span.start] + new + text[span.end :]
    return text


def keeps_meaning(analysis: Analysis, found: Refactoring, check: Check, outlines: Outlines) -> bool:
    """Whether the spec has no new errors after a refactoring and, if it promises so, the same models."""
    if len(analysis.text) > _MOST_TEXT:
        return False
    after = check(applied(analysis.text, found.edits))
    if errors(after) > errors(analysis.checked):
        return False
    return not found.same or outlines.of(after.graphs) == outlines.of(analysis.graphs)


def errors(checked: Checked) -> int:
    """How many errors there are."""
    return sum(1 for each in checked.diagnostics if each.is_error)


class Outlines:
    """What models are without their names: for each call what is called, with which arguments, on which tensors.

    Most models stay what they are from one trial to the next, and are looked at once.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[Graph, Any]] = {}

    def of(self, graphs: Mapping[str, Graph]) -> dict[str, Any]:
        """The outlines of models by name."""
        for graph in graphs.values():
            if id(graph) not in self._known:
                self._known[id(graph)] = (graph, _outline(graph))
        return {name: self._known[id(graph)][1] for name, graph in graphs.items()}


def _outline(graph: Graph) -> Any:
    layers = {layer: index for index, layer in enumerate(graph.layers)}
    given: dict[int, tuple[object, ...]] = {}
    rows: list[object] = []
    for number, node in enumerate(graph.nodes):
        for index, tensor in enumerate(tensors(node.outputs)):
            given[id(tensor)] = ("tensor", number, index)
        rows.append(_call(node, layers, given))
    results = {name: given.get(id(tensor)) for name, tensor in graph.outputs.items()}
    return rows, results, list(_unfrozen(graph, layers))


def _unfrozen(graph: Graph, layers: Mapping[Layer, int]) -> Iterator[object]:
    """What the phases of training unfreeze: layers are named there, and names change."""
    for phase in () if graph.train is None else graph.train.phases:
        setting = phase.settings.get("unfreeze")
        for value in [] if setting is None or not is_list(setting.value) else setting.value:
            name = value.layer if isinstance(value, Selector) else str(value)
            found = layers_named(graph, name)
            yield repr(value) if not found else ""
            for layer in found:
                yield layers[layer]
                if isinstance(value, Selector):
                    inside = [] if layer.graph is None else [x.name for x in layer.graph.layers]
                    yield inside.index(value.at) if value.at in inside else value.at


def _call(node: Node, layers: Mapping[Layer, int], given: Mapping[int, object]) -> object:
    layer, what = node.layer, None
    if layer is not None:
        inner = None if layer.graph is None else _outline(layer.graph)
        args = _plain(layer.args, given)
        what = (layers.get(layer), layer.class_name, args, layer.params, layer.trainable, inner)
    specs = [tensor.spec for tensor in tensors(node.outputs)]
    flows = [_plain(each, given) for each in (node.inputs, node.args, node.kwargs)]
    return node.kind, node.op, what, flows, specs


def _plain(value: Any, given: Mapping[int, object]) -> Any:
    """A value in which tensors are numbers, to compare it by."""
    if isinstance(value, Tensor):
        return given.get(id(value))
    if is_sequence(value):
        return [_plain(item, given) for item in value]
    if is_dict(value):
        return {key: _plain(item, given) for key, item in value.items() if key != "name"}
    if isinstance(value, LayerValue):
        return value.kind, value.name, _plain(value.args, given)
    return repr(value)


# ---------------------------------------------------------------------------------------- statements


@record
class Selected:
    """Statements that stand one behind the other in a body, which belongs to a declaration."""

    declaration: t.Model | t.Block
    body: Sequence[t.Statement]
    first: int
    last: int

    @property
    def statements(self) -> Sequence[t.Statement]:
        return self.body[self.first : self.last + 1]

    @property
    def span(self) -> Span:
        """From the first to the last of them."""
        start, end = self.statements[0].span, self.statements[-1].span
        return Span(start.path, start.start, end.end)


def selected(analysis: Analysis, start: int, end: int) -> Selected | None:
    """The statements of a stack that a range of the file touches; the innermost body that holds them all."""
    declaration = analysis.declaration_at(start)
    if not isinstance(declaration, t.Model | t.Block):
        return None
    text = analysis.text
    while start < end and text[start] in " \t\r\n":
        start += 1
    while end > start and text[end - 1] in " \t\r\n":
        end -= 1
    at = analysis.span_at(start, end)
    if at.path != declaration.span.path or at.end > declaration.span.end:
        return None
    return _within(declaration, declaration.body, at)


def _within(
    declaration: t.Model | t.Block, body: Sequence[t.Statement], at: Span
) -> Selected | None:
    touched = [i for i, s in enumerate(body) if s.span.start <= at.end and at.start <= s.span.end]
    if not touched:
        return None
    if len(touched) == 1:
        for inner in bodies_inside(body[touched[0]]):
            if inner and inner[0].span.start <= at.start and at.end <= inner[-1].span.end:
                found = _within(declaration, inner, at)
                if found is not None:
                    return found
    return Selected(declaration, body, touched[0], touched[-1])


def bodies_inside(statement: t.Statement) -> list[Sequence[t.Statement]]:
    """The stacks inside a statement, groups in its steps included."""
    found: list[Sequence[t.Statement]] = []
    if isinstance(statement, t.Repeat | t.For):
        found.append(statement.body)
    elif isinstance(statement, t.If):
        found.append(statement.then)
        if statement.otherwise is not None:
            found.append(statement.otherwise)
    elif isinstance(statement, t.FlowStatement):
        found += [node.body for node in t.walk(statement.value) if isinstance(node, t.Group)]
    return found


# ---------------------------------------------------------------------------------------- text


def indentation(text: str, offset: int) -> str:
    """The white space that the line of an offset begins with."""
    start = text.rfind("\n", 0, offset) + 1
    match = re.match(r"[ \t]*", text[start:])
    return "" if match is None else match[0]


def indented(text: str, by: str, *, but_first: bool = False) -> str:
    """Lines moved right; empty ones stay empty."""
    lines = text.split("\n")
    return "\n".join(
        line if not line.strip() or (but_first and index == 0) else by + line
        for index, line in enumerate(lines)
    )


def dedented(text: str, by: str) -> str:
    """Lines moved left by an indentation, as far as they have it; the first one is not touched."""
    lines = text.split("\n")
    return "\n".join([lines[0], *(line.removeprefix(by) for line in lines[1:])])


def with_replaced(text: str, start: int, places: Iterable[tuple[Span, str]]) -> str:
    """A part of a text that begins at an offset, with places in it replaced."""
    shifted = [(Span("", span.start - start, span.end - start), new) for span, new in places]
    return applied(text, shifted)
