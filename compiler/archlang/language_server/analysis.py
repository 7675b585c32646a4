"""A checked spec with what editors ask of it: what stands at a place, and what was found out about it.

Spans of a check stand in parts of the file (`archlang.incremental`). Features work with them as they are; what goes
out is put in its place in the file by `place`, what comes in is looked up by `path_at`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import cached_property

from archlang.api import Checked
from archlang.diagnostics import Diagnostic
from archlang.graph.model import Graph, Passed
from archlang.graph.model import Node as GraphNode
from archlang.incremental import Memory
from archlang.language_server.documents import Lines
from archlang.language_server.features.flows import Passing, passings
from archlang.language_server.features.occurrences import Occurrence, placed_occurrences
from archlang.narrowing import is_tuple
from archlang.records import record
from archlang.semantics.program import Program
from archlang.source import Source, Span, file_of
from archlang.syntax.tree import Declaration, Node


@record
class Use:
    """A call in a model's graph, and the model."""

    graph: Graph
    node: GraphNode


@record
class Pass:
    """What a step passed on in a model, once, and the model."""

    graph: Graph
    passed: Passed


class Analysis:
    """A version of a document, checked."""

    def __init__(self, source: Source, checked: Checked, memory: Memory) -> None:
        self.source = source
        self.checked = checked
        # The memory goes on to later versions; the places of this one are kept.
        self._starts = dict(memory.starts)
        self._order = sorted((start, path) for path, start in self._starts.items())

    @property
    def text(self) -> str:
        return self.source.text

    @property
    def path(self) -> str:
        return self.source.path

    @property
    def program(self) -> Program:
        return self.checked.program

    @property
    def graphs(self) -> dict[str, Graph]:
        """The graphs of the models, as far as they could be elaborated."""
        return self.checked.graphs

    @cached_property
    def lines(self) -> Lines:
        """The lines of the text."""
        return Lines(self.text)

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong in this file; spans as in the tree."""
        return tuple(p for p in self.checked.diagnostics if self.is_here(p.span))

    # ---------------------------------------------------------------------- places

    def is_here(self, span: Span) -> bool:
        """Whether a span stands in this file rather than in one that it imports."""
        return file_of(span.path) == self.path

    def place(self, span: Span) -> Span:
        """A span with its path and offsets in the file."""
        start = self._starts.get(span.path, 0)
        return Span(file_of(span.path), start + span.start, start + span.end)

    def slice(self, span: Span) -> str:
        """The text of a span."""
        return self.program.sources[span.path].slice(span)

    def span_at(self, start: int, end: int) -> Span:
        """A range of the file as a span of the tree."""
        index = max(0, bisect_right(self._order, (start, "\U0010ffff")) - 1)
        if not self._order:
            return Span(self.path, start, end)
        base, path = self._order[index]
        return Span(path, start - base, end - base)

    # ---------------------------------------------------------------------- what stands there

    def declaration_at(self, offset: int) -> Declaration | None:
        """The declaration around an offset; right behind its end counts too."""
        at = self.span_at(offset, offset)
        for declaration in self.program.declarations():
            if _touches(declaration.span, at):
                return declaration
        return None

    def path_at(self, offset: int) -> tuple[Node, ...]:
        """The nodes of the tree around an offset, from the declaration inwards. Of two that meet there, the one that
        ends is left out.
        """
        declaration = self.declaration_at(offset)
        if declaration is None:
            return ()
        return tuple(_descend(declaration, self.span_at(offset, offset)))

    @cached_property
    def occurrences(self) -> tuple[Occurrence, ...]:
        """All places of names in this file and in what it imports; spans are placed in their files."""
        return tuple(placed_occurrences(self.program, self.place))

    # ---------------------------------------------------------------------- graphs

    @cached_property
    def passings(self) -> dict[Span, list[Passing]]:
        """What each step passed on, by its span, each model, round of a loop and use of a block once."""
        return passings(self.program, self.graphs)

    @cached_property
    def comment_starts(self) -> dict[int, int]:
        """Where the comment of a line begins, by line."""
        starts = (self.place(c.span).start for c in self.program.module.tree.comments)
        return {self.lines.line_of(start): start for start in starts}

    @cached_property
    def _uses(self) -> dict[Span, list[Use]]:
        uses: dict[Span, list[Use]] = {}
        for graph in self.graphs.values():
            for each in _with_nested(graph):
                for node in (*each.nodes, *each.dead):
                    found = uses.setdefault(node.span, [])
                    if all(use.node is not node for use in found):
                        found.append(Use(each, node))
        return uses

    def uses(self, span: Span) -> Sequence[Use]:
        """The calls that a place of the spec makes in all models: one for each round and use of its block."""
        return self._uses.get(span, [])

    @cached_property
    def _passes(self) -> dict[Span, list[Pass]]:
        passes: dict[Span, list[Pass]] = {}
        for graph in self.graphs.values():
            for each in _with_nested(graph):
                for passed in each.passed:
                    passes.setdefault(passed.span, []).append(Pass(each, passed))
        return passes

    def passes(self, span: Span) -> Sequence[Pass]:
        """What a step passed on in all models: once for each round and use of its block."""
        return self._passes.get(span, [])


def children(node: Node) -> Iterator[Node]:
    """The nodes directly inside a node, in the order of its fields."""
    for each in fields(node):
        value = getattr(node, each.name)
        if isinstance(value, Node):
            yield value
        elif is_tuple(value):
            for item in value:
                if isinstance(item, Node):
                    yield item


def _descend(node: Node, at: Span) -> Iterator[Node]:
    yield node
    inside = [child for child in children(node) if _touches(child.span, at)]
    if inside:
        # Where one ends and the next begins, the one that begins is meant.
        yield from _descend(max(inside, key=lambda child: child.span.start), at)


def _touches(span: Span, at: Span) -> bool:
    return span.path == at.path and span.start <= at.start <= span.end


def _with_nested(graph: Graph) -> Iterator[Graph]:
    yield graph
    for layer in graph.layers:
        if layer.graph is not None:
            yield from _with_nested(layer.graph)
