"""Which number a layer gets in generated code: known where it stands, or counted while the function runs.

The layers of a body are numbered in the order in which they are made. Where no loop or choice stands before or
around a layer its number can be written down; else code counts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from archlang.graph.naming import snake
from archlang.semantics.program import EntryRef, SymbolRef, Tables
from archlang.syntax import tree as t


@dataclass
class Numbering:
    """`numbers` are the known ones by site; `counted` the kinds (`conv2d`) whose layers are counted."""

    numbers: dict[t.Node, int] = field(default_factory=dict[t.Node, int])
    counted: dict[str, None] = field(default_factory=dict[str, None])
    kinds: dict[t.Node, str] = field(default_factory=dict[t.Node, str])
    # Kinds of which there is one in each round of a loop and none elsewhere: the round is the number.
    rounds: dict[str, t.Repeat | t.For] = field(default_factory=dict[str, "t.Repeat | t.For"])


def number(statements: tuple[t.Statement, ...], tables: Tables) -> Numbering:
    """The numbering of a body."""
    walk = _Walk(tables)
    walk.body(statements, Counter(), looped=False)
    sites = Counter(walk.result.kinds.values())
    for statement in statements:
        if isinstance(statement, t.Repeat | t.For):
            for kind in _every_round(statement, walk.result):
                if sites[kind] == 1:
                    walk.result.rounds[kind] = statement
                    del walk.result.counted[kind]
    return walk.result


def _every_round(loop: t.Repeat | t.For, numbering: Numbering) -> list[str]:
    """The kinds of the layers that a loop makes in every round, not in a loop or choice inside it."""
    found: list[str] = []

    def step(expr: t.Expr) -> None:
        if expr in numbering.kinds:
            found.append(numbering.kinds[expr])
        match expr:
            case t.Flow():
                parts: tuple[t.Expr, ...] = expr.steps
            case t.ListExpr():
                parts = expr.items
            case t.Frozen():
                parts = (expr.step,)
            case t.Group():
                body(expr.body)
                return
            case _:
                return
        for part in parts:
            step(part)

    def body(statements: tuple[t.Statement, ...]) -> None:
        for statement in statements:
            if isinstance(statement, t.FlowStatement):
                step(statement.value)

    body(loop.body)
    return found


class _Walk:
    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.result = Numbering()
        # Kinds of which a choice made more in one way than in the other: what follows has to be counted.
        self._uneven: set[str] = set()

    def body(
        self, statements: tuple[t.Statement, ...], counts: Counter[str], *, looped: bool
    ) -> None:
        for statement in statements:
            match statement:
                case t.FlowStatement():
                    self.step(statement.value, counts, looped)
                case t.Repeat() | t.For():
                    self.body(statement.body, counts, looped=True)
                case t.If():
                    branches = [statement.then, statement.otherwise or ()]
                    results = [Counter(counts) for _ in branches]
                    for branch, result in zip(branches, results, strict=True):
                        self.body(branch, result, looped=looped)
                    self._join(counts, results)
                case _:
                    pass

    def step(self, expr: t.Expr, counts: Counter[str], looped: bool) -> None:
        match expr:
            case t.Flow():
                for part in expr.steps:
                    self.step(part, counts, looped)
            case t.ListExpr():
                for item in expr.items:
                    self.step(item, counts, looped)
            case t.Comprehension():
                self.step(expr.element, counts, True)
            case t.Conditional():
                results = [Counter(counts), Counter(counts)]
                self.step(expr.then, results[0], looped)
                self.step(expr.otherwise, results[1], looped)
                self._join(counts, results)
            case t.Group():
                self.body(expr.body, counts, looped=looped)
            case t.Frozen():
                self.step(expr.step, counts, looped)
            case t.Name() | t.Call():
                self._site(expr, counts, looped)
            case _:
                pass

    def _site(self, expr: t.Name | t.Call, counts: Counter[str], looped: bool) -> None:
        kind = self._kind(expr)
        if kind is None:
            return
        bound = self.tables.calls.get(expr) if isinstance(expr, t.Call) else None
        if bound is not None and "name" in bound.constructor:
            return
        self.result.kinds[expr] = kind
        counts[kind] += 1
        self.result.numbers[expr] = counts[kind]
        if looped or kind in self._uneven:
            self.result.counted[kind] = None

    def _kind(self, expr: t.Name | t.Call) -> str | None:
        callee = expr.callee if isinstance(expr, t.Call) else expr
        match self.tables.names.get(callee):
            case EntryRef(entry=entry) if entry.kind == "layers":
                return snake(entry.name)
            case SymbolRef(symbol=symbol) if isinstance(symbol.declaration, t.Block | t.PythonDecl):
                return snake(symbol.name)
            case _:
                return None

    def _join(self, counts: Counter[str], results: list[Counter[str]]) -> None:
        """After a choice."""
        first, second = results
        for kind in {*first, *second}:
            if first[kind] != second[kind]:
                self._uneven.add(kind)
            counts[kind] = max(first[kind], second[kind])
