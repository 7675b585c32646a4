"""What is kept from one check of a spec to the next."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any

from archlang.diagnostics import Diagnostic
from archlang.graph.elaborate import Elaborator
from archlang.graph.model import Graph
from archlang.incremental.parts import split
from archlang.records import mutable
from archlang.semantics.program import Program
from archlang.source import PART, Source, Span, file_of
from archlang.syntax import ParseResult, parse
from archlang.syntax.tree import Model, Train, Tree, Variant

_WORD = re.compile(r"[A-Za-z_]\w*")


@mutable
class Part:
    """A declaration with what stands above and behind it, parsed; spans in it count from its beginning.

    `number` tells parts apart; `words` are all that occur in it.
    """

    number: int
    source: Source
    result: ParseResult
    words: frozenset[str]


@mutable
class _Elaborated:
    """A graph, what elaborating it reported, and what was found in it afterwards, without and with data."""

    graph: Graph | None
    reported: list[Diagnostic]
    problems: dict[bool, list[Diagnostic]] = field(default_factory=dict[bool, list[Diagnostic]])


class Memory:
    """The parts of one spec and the graphs of its models, as of the last check.

    Pass it to `archlang.api.check`. Spans of such a check stand in parts; `place` and `span_at` lead from them to
    offsets in the file and back. One memory is for one file.
    """

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._starts: list[int] = []
        self._path = ""
        self._count = 0
        self._imported: dict[str, ParseResult] = {}
        self._graphs: dict[tuple[str, frozenset[int]], _Elaborated] = {}
        self._used: dict[tuple[str, frozenset[int]], _Elaborated] = {}

    # ---------------------------------------------------------------------- parsing

    def parse(self, source: Source) -> ParseResult:
        """The tree of the spec; only parts that are new are read."""
        known: dict[str, list[Part]] = {}
        for part in reversed(self._parts):
            known.setdefault(part.source.text, []).append(part)
        self._path = source.path
        self._parts, self._starts = [], []
        at = 0
        for text in split(source.text):
            kept = known.get(text)
            self._parts.append(kept.pop() if kept else self._read(source.path, text))
            self._starts.append(at)
            at += len(text)
        declarations = [d for part in self._parts for d in part.result.tree.declarations]
        comments = [c for part in self._parts for c in part.result.tree.comments]
        doc = self._parts[0].result.tree.doc if self._parts else None
        problems = [p for part in self._parts for p in part.result.diagnostics]
        # What the last check used stays one check more: an edit is often taken back.
        self._graphs, self._used = self._used, {}
        return ParseResult(Tree(source, tuple(declarations), tuple(comments), doc), tuple(problems))

    def _read(self, path: str, text: str) -> Part:
        self._count += 1
        source = Source(f"{path}{PART}{self._count}", text)
        return Part(self._count, source, parse(source), frozenset(_WORD.findall(text)))

    def parse_imported(self, source: Source) -> ParseResult:
        """The tree of a file that the spec imports."""
        known = self._imported.get(source.path)
        if known is None or known.tree.source.text != source.text:
            known = self._imported[source.path] = parse(source)
        return known

    @property
    def sources(self) -> dict[str, Source]:
        """The texts of the parts, by the paths in their spans."""
        return {part.source.path: part.source for part in self._parts}

    # ---------------------------------------------------------------------- places

    @property
    def starts(self) -> dict[str, int]:
        """Where each part begins in the file, by the path in its spans."""
        return {
            part.source.path: start for part, start in zip(self._parts, self._starts, strict=True)
        }

    def place(self, span: Span) -> Span:
        """A span of the last check as one in its file."""
        path = file_of(span.path)
        if path == span.path:
            return span
        for part, start in zip(self._parts, self._starts, strict=True):
            if part.source.path == span.path:
                return Span(path, start + span.start, start + span.end)
        return Span(path, 0, 0)  # of a part that is gone

    def span_at(self, start: int, end: int) -> Span:
        """A range of the file as a span of the last check; it ends where the part of its start does."""
        if not self._parts:
            return Span(self._path, start, end)
        index = max(0, bisect_right(self._starts, start) - 1)
        base, part = self._starts[index], self._parts[index]
        return Span(part.source.path, start - base, min(end - base, len(part.source.text)))

    # ---------------------------------------------------------------------- elaborating

    def graph(
        self, program: Program, declaration: Model | Variant, overrides: Mapping[str, Any]
    ) -> tuple[Graph | None, Sequence[Diagnostic]]:
        """The graph of a model and what was reported of it: kept, if nothing that it depends on has changed."""
        key = (declaration.name.id, self._dependencies(program, declaration))
        kept = self._used.get(key) or self._graphs.get(key)
        if kept is None:
            problems: list[Diagnostic] = []
            graph = Elaborator(program, overrides, problems.append).model(declaration)
            kept = _Elaborated(graph, problems)
        self._used[key] = kept
        return kept.graph, kept.reported

    def problems(
        self, graph: Graph, data: bool, look: Callable[[], list[Diagnostic]]
    ) -> Sequence[Diagnostic]:
        """What is to be said of a graph of this check: looked for once."""
        for kept in self._used.values():
            if kept.graph is graph:
                if data not in kept.problems:
                    kept.problems[data] = look()
                return kept.problems[data]
        return look()

    def _dependencies(self, program: Program, declaration: Model | Variant) -> frozenset[int]:
        """The numbers of all parts that a model may depend on: those whose names occur in it, and in those, and so
        on; `train` of all models; any imported file, by the identity of its tree.
        """
        names = program.module.names
        parts = {part.source.path: part for part in self._parts}
        found: set[int] = set()
        waiting = [declaration.span.path]
        waiting += [d.span.path for d in program.declarations() if isinstance(d, Train)]
        while waiting:
            part = parts.get(waiting.pop())
            if part is None or part.number in found:
                continue
            found.add(part.number)
            waiting += [names[word].declaration.span.path for word in part.words if word in names]
        for path, module in program.modules.items():
            if path != self._path:
                found.add(id(module.tree))
        return frozenset(found)
