"""What is kept from one check of a spec to the next."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from archlang.diagnostics import Diagnostic
from archlang.graph.elaborate import Elaborator
from archlang.graph.model import Graph
from archlang.incremental.parts import split
from archlang.records import mutable
from archlang.semantics.kept import KeptResolutions
from archlang.semantics.program import Module, Program
from archlang.source import PART, Source, Span, file_of
from archlang.syntax import ParseResult, parse
from archlang.syntax.tree import Declaration, Import, Let, Model, Task, Train, Tree, Variant

_WORD = re.compile(r"[A-Za-z_]\w*")


@mutable
class Part:
    """A declaration with what stands above and behind it, parsed; spans in it count from its beginning.

    `words` are all that occur in it.
    """

    source: Source
    result: ParseResult
    words: frozenset[str]


class Interrupted(Exception):
    """A check was told to stop. What it has found so far is kept for the next."""


@mutable
class _Elaborated:
    """A graph, what elaborating it reported, and what was found in it afterwards, without and with data."""

    graph: Graph | None
    reported: list[Diagnostic]
    problems: dict[bool, list[Diagnostic]] = field(default_factory=dict[bool, list[Diagnostic]])


# A model by its name, all that it depends on, and whether parts of the file could not be read.
_Key = tuple[Declaration, Hashable, bool]

_KEPT_CHECKS = 3
"""For how many checks a graph is kept that none of them has used: an edit is often taken back."""
_KEPT_PARTS = 200


class Memory:
    """The parts of one spec, what their names stand for and the graphs of its models, as of the last check.

    Pass it to `archlang.api.check`. Spans of such a check stand in parts; `place` and `span_at` lead from them to
    offsets in the file and back. What a check gave is good until the next begins. One memory is for one file.
    """

    def __init__(self) -> None:
        self.resolutions = KeptResolutions()
        self._parts: list[Part] = []
        self._starts: list[int] = []
        self._path = ""
        self._count = 0
        # Parts by their texts, those last used at the end.
        self._known: dict[str, list[Part]] = {}
        self._imported: dict[str, tuple[int, ParseResult]] = {}
        self._imports: tuple[int, ...] = ()
        self._graphs: list[dict[_Key, _Elaborated]] = [{}]
        self._by_graph: dict[int, _Elaborated] = {}
        self._rest: dict[Declaration, tuple[Hashable, list[Diagnostic]]] = {}
        self._links: Links | None = None
        self._complete = True
        # Whether to stop a check; asked before each model that is elaborated.
        self.stop: Callable[[], bool] | None = None

    # ---------------------------------------------------------------------- parsing

    def parse(self, source: Source) -> ParseResult:
        """The tree of the spec; only parts that are new are read. A check begins with it."""
        self._path = source.path
        known = {text: list(parts) for text, parts in self._known.items()}
        self._parts, self._starts = [], []
        at = 0
        for text in split(source.text):
            kept = known.get(text)
            self._parts.append(kept.pop() if kept else self._read(source.path, text))
            self._starts.append(at)
            at += len(text)
        self._remember()
        declarations = [d for part in self._parts for d in part.result.tree.declarations]
        comments = [c for part in self._parts for c in part.result.tree.comments]
        doc = self._parts[0].result.tree.doc if self._parts else None
        problems = [p for part in self._parts for p in part.result.diagnostics]
        if self._complete:
            self._graphs = [{}, *self._graphs[:_KEPT_CHECKS]]
        self._complete = False
        self._by_graph = {}
        self._imports, self._links = (), None
        self.resolutions.begin(self._depends)
        return ParseResult(Tree(source, tuple(declarations), tuple(comments), doc), tuple(problems))

    def _remember(self) -> None:
        """Keep the parts of now, and some that were there before."""
        now: dict[str, list[Part]] = {}
        for part in self._parts:
            now.setdefault(part.source.text, []).append(part)
        before = [text for text in self._known if text not in now][-_KEPT_PARTS:]
        self._known = {text: self._known[text] for text in before} | now

    def _read(self, path: str, text: str) -> Part:
        self._count += 1
        source = Source(f"{path}{PART}{self._count}", text)
        return Part(source, parse(source), frozenset(_WORD.findall(text)))

    def parse_imported(self, source: Source) -> ParseResult:
        """The tree of a file that the spec imports."""
        number, known = self._imported.get(source.path, (0, None))
        if known is None or known.tree.source.text != source.text:
            self._count += 1
            number, known = self._count, parse(source)
            self._imported[source.path] = number, known
        self._imports += (number,)
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

    # ---------------------------------------------------------------------- what depends on what

    def _depends(self, module: Module, declaration: Declaration) -> Hashable:
        """What the meaning of a declaration depends on: those whose names occur in it, and in those, and so on; any
        imported file.
        """
        if module.tree.source.path != self._path:
            return self._imports
        links = self._links_of(module)
        return links.reached(declaration), links.constants, self._imports

    def _links_of(self, module: Module) -> Links:
        if self._links is None:
            self._links = Links(self._parts, module)
        return self._links

    # ---------------------------------------------------------------------- elaborating

    def graph(
        self, program: Program, declaration: Model | Variant, overrides: Mapping[str, Any]
    ) -> tuple[Graph | None, Sequence[Diagnostic]]:
        """The graph of a model and what was reported of it: kept, if nothing that it depends on has changed."""
        module = program.module
        reached = self._links_of(module).with_trains(declaration)
        broken = any(each.broken for each in program.modules.values())
        name = declaration  # a name may be declared twice
        found = self._kept((name, (reached, self._imports), False))
        if found is None and broken:
            # What can't be read elsewhere in the file keeps some problems from being reported.
            found = self._kept((name, (reached, self._imports), True))
        if found is None:
            if self.stop is not None and self.stop():
                raise Interrupted
            problems: list[Diagnostic] = []
            graph = Elaborator(program, overrides, problems.append).model(declaration)
            found = _Elaborated(graph, problems)
            self._graphs[0][name, (reached, self._imports), broken] = found
        if found.graph is not None:
            self._by_graph[id(found.graph)] = found
        return found.graph, found.reported

    def rest(self, program: Program, overrides: Mapping[str, Any]) -> Iterator[Diagnostic]:
        """What is wrong with constants and tasks by themselves."""
        module = program.module
        now: dict[Declaration, tuple[Hashable, list[Diagnostic]]] = {}
        for declaration in program.declarations():
            if isinstance(declaration, Let | Task):
                depends = self._depends(module, declaration)
                kept = self._rest.get(declaration)
                if kept is None or kept[0] != depends:
                    kept = depends, list[Diagnostic]()
                    Elaborator(program, overrides, kept[1].append).unneeded(declaration)
                now[declaration] = kept
                yield from kept[1]
        self._rest = now
        self._complete = True

    def _kept(self, key: _Key) -> _Elaborated | None:
        for kept in self._graphs:
            found = kept.get(key)
            if found is not None:
                self._graphs[0][key] = found
                return found
        return None

    def problems(
        self, graph: Graph, data: bool, look: Callable[[], list[Diagnostic]]
    ) -> Sequence[Diagnostic]:
        """What is to be said of a graph of this check: looked for once."""
        kept = self._by_graph.get(id(graph))
        if kept is None:
            return look()
        if data not in kept.problems:
            kept.problems[data] = look()
        return kept.problems[data]


class Links:
    """What the declarations of a file reach by their words, in one check."""

    def __init__(self, parts: Sequence[Part], module: Module) -> None:
        self._declared = module.names
        self._parts = {part.source.path: part for part in parts}
        self._trains = [d for d in module.tree.declarations if isinstance(d, Train)]
        self._direct: dict[str, tuple[Declaration, ...]] = {}
        self._reached: dict[Declaration, frozenset[Declaration]] = {}
        self.constants = frozenset(
            name for name, symbol in module.names.items() if isinstance(symbol.declaration, Let)
        )

    def reached(self, declaration: Declaration) -> frozenset[Declaration]:
        """The declarations whose names occur in one, and in those, and so on; itself too."""
        known = self._reached.get(declaration)
        if known is None:
            found = {declaration}
            waiting = [declaration]
            while waiting:
                for each in self._named_in(waiting.pop().span.path):
                    if each not in found:
                        found.add(each)
                        waiting.append(each)
            known = self._reached[declaration] = frozenset(found)
        return known

    def with_trains(self, declaration: Declaration) -> frozenset[Declaration]:
        """The same with what trains any of them."""
        reached = self.reached(declaration)
        names = {d.name.id for d in reached if not isinstance(d, Import | Train)}
        found = set(reached)
        for train in self._trains:
            if train.model is None or train.model.id in names:
                found |= self.reached(train)
        return frozenset(found)

    def _named_in(self, path: str) -> tuple[Declaration, ...]:
        known = self._direct.get(path)
        if known is None:
            part = self._parts.get(path)
            # Of an imported file all is seen as one.
            words = part.words if part is not None else ()
            known = self._direct[path] = tuple(
                self._declared[word].declaration for word in words if word in self._declared
            )
        return known
