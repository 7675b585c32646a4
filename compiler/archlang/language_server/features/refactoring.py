"""Refactorings: what they are, and the checks that one changes nothing that it should not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from archlang import api
from archlang.api import Checked
from archlang.graph.model import Graph, tensors
from archlang.language_server.analysis import Analysis
from archlang.records import record
from archlang.source import Source, Span
from archlang.syntax import tree as t

Kind = str
EXTRACT, INLINE, REWRITE, IMPORTS = (
    "refactor.extract",
    "refactor.inline",
    "refactor.rewrite",
    "source.organizeImports",
)

ReadText = Callable[[str], "str | None"]

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


def keeps_meaning(analysis: Analysis, found: Refactoring, read_text: ReadText) -> bool:
    """Whether the spec has no new errors after a refactoring and, if it promises so, the same models."""
    if len(analysis.text) > _MOST_TEXT:
        return False
    text = applied(analysis.text, found.edits)
    after = api.check(Source(analysis.path, text), read_text=read_text)
    if errors(after) > errors(analysis.checked):
        return False
    return not found.same or outline(after.graphs) == outline(analysis.graphs)


def errors(checked: Checked) -> int:
    """How many errors there are."""
    return sum(1 for each in checked.diagnostics if each.is_error)


def outline(graphs: dict[str, Graph]) -> dict[str, list[tuple[object, ...]]]:
    """What a model is without its names: for each call its class, result, weights and whether they train, in order."""
    return {name: _outline(graph) for name, graph in graphs.items()}


def _outline(graph: Graph) -> list[tuple[object, ...]]:
    numbers = {layer: index for index, layer in enumerate(graph.layers)}
    rows: list[tuple[object, ...]] = []
    for node in graph.nodes:
        layer = node.layer
        what = node.kind if layer is None else layer.class_name
        if layer is not None and layer.graph is not None:
            what = repr(_outline(layer.graph))
        specs = tuple(
            str(tensor.spec.shape) + str(tensor.spec.dtype) for tensor in tensors(node.outputs)
        )
        params = None if layer is None else layer.params
        trains = None if layer is None else layer.trainable
        number = None if layer is None else numbers.get(layer)
        rows.append((what, node.op, specs, params, trains, number))
    rows.append(tuple(sorted((n, str(x.spec.shape)) for n, x in graph.outputs.items())))
    return rows


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
