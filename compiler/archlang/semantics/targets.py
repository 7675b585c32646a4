"""What of a spec an older Keras, the target, doesn't have: names, arguments, words.

What the file imports is looked at only as far as it uses it: a library may have blocks for newer versions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from archlang.catalogue import Entry, versions
from archlang.catalogue.describe import branches
from archlang.catalogue.versions import VersionProblem
from archlang.diagnostics import Diagnostic, error, warning
from archlang.narrowing import is_tuple
from archlang.semantics.program import EntryRef, Program, SymbolRef, Word
from archlang.source import Span
from archlang.syntax import tree as t

# The sections of words that may stand where one can't tell: behind a parameter of a block.
ANY = "any"


def target_problems(program: Program, target: str) -> list[Diagnostic]:
    """What the target lacks or does otherwise, for all that the file uses."""
    return [] if versions.newest(target) else _Walk(program, target).run()


class _Walk:
    def __init__(self, program: Program, target: str) -> None:
        self.program = program
        self.tables = program.tables
        self.target = target
        self.problems: list[Diagnostic] = []
        # Nodes to look at, each with the section of the words that stand in it.
        self.waiting: list[tuple[t.Node, str | None]] = []
        self.seen: set[t.Node] = set()

    def run(self) -> list[Diagnostic]:
        # Not by recursion: expressions may be nested thousands deep.
        self.waiting = [(declaration, None) for declaration in self.program.declarations()]
        while self.waiting:
            node, section = self.waiting.pop()
            if node not in self.seen:
                self.seen.add(node)
                self._node(node, section)
        return self.problems

    def _node(self, node: t.Node, section: str | None) -> None:
        match node:
            case t.Call():
                self._call(node)
            case t.Name() | t.Dotted():
                self._name(node, section)
            case t.Constant(value=str(word)) if section not in (None, ANY):
                self._word(section, word, node.span)
            case t.Parameter():
                if node.default is not None:
                    self.waiting.append((node.default, ANY))
            case t.Setting():
                inner = "optimizers" if node.name.id == "optimizer" else None
                self.waiting.append((node.value, inner))
            case _:
                self.waiting += [(child, section) for child in _children(node)]

    def _name(self, name: t.Name | t.Dotted, section: str | None) -> None:
        match self.tables.names.get(name):
            case EntryRef(entry=entry):
                self._report(versions.missing(entry, (), self.target), name.span, {})
            case SymbolRef(symbol=symbol):
                self.waiting.append((symbol.declaration, None))
            case Word(text=text) if section == ANY:
                for one in versions.sections_of_newer(text):
                    self._word(one, text, name.span)
            case Word(text=text) if section is not None:
                self._word(section, text, name.span)
            case _:
                pass

    def _word(self, section: str | None, word: str, span: Span) -> None:
        problem = versions.missing_word(section or "", word, self.target)
        if problem is not None:
            self._report([problem], span, {})

    # ------------------------------------------------------------------ calls

    def _call(self, call: t.Call) -> None:
        match self.tables.names.get(call.callee):
            case EntryRef(entry=entry) if entry.kind == "ops":
                self._op(call, entry)
            case EntryRef(entry=entry):
                self._entry(call, entry)
            case SymbolRef(symbol=symbol):
                self.waiting.append((symbol.declaration, None))
                for argument in call.arguments:
                    chosen = argument.name is not None and argument.name.id in ("name", "weights")
                    self.waiting.append((argument.value, None if chosen else ANY))
            case _:
                self.waiting += [(argument.value, None) for argument in call.arguments]

    def _entry(self, call: t.Call, entry: Entry) -> None:
        bound = self.tables.calls.get(call)
        if bound is None:
            return
        by_position = sum(1 for argument in bound.constructor.values() if argument.name is None)
        problems = versions.missing(
            entry, bound.constructor, self.target, at_call=bound.call, by_position=by_position
        )
        arguments = {**bound.constructor, **bound.call}
        self._report(problems, call.callee.span, {n: a.span for n, a in arguments.items()})
        for name, argument in arguments.items():
            self.waiting.append((argument.value, _section(entry, name)))

    def _op(self, call: t.Call, entry: Entry) -> None:
        placed = any(isinstance(a.value, t.Name) and a.value.id == "_" for a in call.arguments)
        names = [p.name for p in entry.parameters]
        spans: dict[str, Span] = {}
        by_position = 0 if placed else 1
        for argument in call.arguments:
            if argument.name is not None:
                spans[argument.name.id] = argument.span
            elif by_position < len(names):
                spans[names[by_position]] = argument.span
                by_position += 1
            self.waiting.append((argument.value, None))
        given = dict.fromkeys([*names[:by_position], *spans])
        problems = versions.missing(entry, given, self.target, by_position=by_position)
        self._report(problems, call.callee.span, spans)

    # ------------------------------------------------------------------ diagnostics

    def _report(
        self, problems: list[VersionProblem], callee: Span, arguments: dict[str, Span]
    ) -> None:
        for problem in problems:
            make = warning if problem.code == versions.OTHER_DEFAULT else error
            span = arguments.get(problem.argument or "", callee)
            self.problems.append(
                make(problem.code, problem.message, span, label=problem.label, help=problem.help)
            )


def _section(entry: Entry, argument: str) -> str | None:
    """The section whose names an argument takes as words: `activations` for `activation=`."""
    parameter = entry.parameter(argument)
    if parameter is None:
        return None
    return next((b["x-of"] for b in branches(parameter.schema) if "x-of" in b), None)


def _children(node: t.Node) -> Iterator[t.Node]:
    for field in fields(node):
        child = getattr(node, field.name)
        if isinstance(child, t.Node):
            yield child
        elif is_tuple(child):
            yield from (item for item in child if isinstance(item, t.Node))
