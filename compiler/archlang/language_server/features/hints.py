"""Inlay hints: behind each line of a stack, the shape that comes out and the parameters of the line's layers."""

from __future__ import annotations

from collections.abc import Sequence

from archlang.graph.model import Frame
from archlang.language_server.analysis import Analysis
from archlang.language_server.features.flows import Passing, counted, in_uses, shown
from archlang.records import record
from archlang.source import Span
from archlang.syntax import tree as t

_COMPOSITE = (t.ListExpr, t.Group, t.Conditional, t.Comprehension)


@record
class Hint:
    """A text to show at an offset of the file, and more of it for who asks; `before` says that what follows is meant."""

    offset: int
    text: str
    details: str = ""
    before: bool = False


@record
class _Step:
    """A step that has passed something on, placed: its lines, and the flow that it is a part of."""

    expr: t.Expr | t.Learned
    start: int
    end: int
    first: int
    last: int
    flow: t.Flow | None


def hints(analysis: Analysis, start: int, end: int, *, arguments: bool = False) -> list[Hint]:
    """The hints between two offsets of the file; with `arguments` also the names of positional arguments."""
    found: list[Hint] = []
    for declaration in analysis.program.declarations():
        placed = analysis.place(declaration.span)
        if placed.end < start or placed.start > end:
            continue
        if isinstance(declaration, t.Block | t.Model):
            found += _Hints(analysis, declaration).lines()
        if arguments:
            found += _arguments(analysis, declaration)
    return sorted((h for h in found if start <= h.offset <= end), key=lambda h: h.offset)


class _Hints:
    """The hints of one body."""

    def __init__(self, analysis: Analysis, declaration: t.Block | t.Model) -> None:
        self.analysis = analysis
        self.declaration = declaration
        self.steps: dict[t.Node, _Step] = {}
        for statement in t.walk(declaration.body):
            if isinstance(statement, t.Flow):
                for part in statement.steps:
                    self._step(part, statement)
            elif isinstance(statement, t.Expr | t.Learned) and statement not in self.steps:
                self._step(statement, None)

    def lines(self) -> list[Hint]:
        """A hint for each line on which a step ends: the last and widest one's."""
        last: dict[int, _Step] = {}
        for step in self.steps.values():
            known = last.get(step.last)
            if known is None or (step.end, -step.start) > (known.end, -known.start):
                last[step.last] = step
        found: list[Hint] = []
        for line, step in sorted(last.items()):
            text, details = self._told(step)
            if text:
                found.append(Hint(self._end_of(line), text, details))
        return found

    def _step(self, expr: t.Expr | t.Learned, flow: t.Flow | None) -> None:
        if expr.span in self.analysis.passings:
            span = self.analysis.place(expr.span)
            first, last = self._line(span.start), self._line(span.end)
            self.steps[expr] = _Step(expr, span.start, span.end, first, last, flow)

    def _line(self, offset: int) -> int:
        return self.analysis.lines.line_of(offset)

    def _end_of(self, line: int) -> int:
        """Where the code of a line ends; a comment may follow."""
        start = self.analysis.lines.starts[line]
        end = start + len(self.analysis.lines.line(line))
        comment = self.analysis.comment_starts.get(line)
        return start + len(self.analysis.text[start : min(end, comment or end)].rstrip())

    # ------------------------------------------------------------------ one line

    def _told(self, step: _Step) -> tuple[str, str]:
        """The hint of a line that ends in a step, and its details; empty where a shape is not known."""
        entries = self._entries(step.expr)
        counts = self._params(step, len(entries))
        values: list[str] = []
        for entry, params in zip(entries, counts, strict=True):
            shape = shown(entry.passed.result)
            if shape is None:
                return "", ""
            values.append(f"{shape} {counted(params)}".rstrip())
        if not values:
            return "", ""
        return self._in_uses(entries, values), self._details(entries, values)

    def _entries(self, expr: t.Expr | t.Learned) -> list[Passing]:
        """What a step passed on; in a model's body, in that model alone and not in variants of it."""
        found = self.analysis.passings.get(expr.span, [])
        if isinstance(self.declaration, t.Model) and found:
            own = self.declaration.name.id
            name = own if any(each.model == own for each in found) else found[0].model
            found = [each for each in found if each.model == name]
        return found

    def _params(self, step: _Step, count: int) -> Sequence[int | None]:
        """For each time: the parameters of the layers that stand on the last line of a step."""
        if isinstance(step.expr, t.Learned):
            parts: Sequence[t.Expr | t.Learned] = [step.expr]
        elif isinstance(step.expr, t.Flow) and step.first < step.last:
            parts = self._on_line(step.expr, step.last)
        elif step.flow is not None:
            parts = self._on_line(step.flow, step.last)
        else:
            parts = [step.expr] if self._is_told_here(step) else []
        totals: list[int | None] = [0] * count
        for part in parts:
            entries = self._entries(part)
            for index in range(count):
                params = entries[index].passed.params if len(entries) == count else None
                total = totals[index]
                totals[index] = None if total is None or params is None else total + params
        return totals

    def _on_line(self, flow: t.Flow, line: int) -> list[t.Expr]:
        """The parts of a flow that are told on a line."""
        return [
            part
            for part in flow.steps
            if (step := self.steps.get(part)) is not None
            and step.last == line
            and self._is_told_here(step)
        ]

    def _is_told_here(self, step: _Step) -> bool:
        """A fork or group over several lines has told its layers on these already."""
        expr = step.expr
        while isinstance(expr, t.Frozen):
            expr = expr.step
        return step.first == step.last or not isinstance(expr, _COMPOSITE)

    # ------------------------------------------------------------------ rounds and uses

    def _in_uses(self, entries: Sequence[Passing], values: Sequence[str]) -> str:
        uses: dict[Span | None, list[str]] = {}
        for entry, value in zip(entries, values, strict=True):
            use = entry.use
            uses.setdefault(use.span if use is not None else None, []).append(value)
        return in_uses(list(uses.values()))

    def _details(self, entries: Sequence[Passing], values: Sequence[str]) -> str:
        if len(values) == 1:
            return ""
        told = [
            f"{self._way(entry.passed.path)}: {value}"
            for entry, value in zip(entries, values, strict=True)
        ]
        more = len(told) - 20
        return "\n".join([*told[:20], *([f"{more} more"] if more > 0 else [])])

    def _way(self, path: Sequence[Frame]) -> str:
        parts = [
            f"round {frame.round}"
            if frame.round is not None
            else f"{frame.text} in line {self._line_of(frame.span)}"
            for frame in path
        ]
        return ", ".join(parts) or "here"

    def _line_of(self, span: Span) -> int:
        source = self.analysis.program.sources[span.path]
        if not self.analysis.is_here(span):
            return source.position(span.start).line
        return self._line(self.analysis.place(span).start) + 1


def _arguments(analysis: Analysis, declaration: t.Declaration) -> list[Hint]:
    """The parameters that arguments without names go to."""
    found: list[Hint] = []
    for node in t.walk(declaration):
        bound = analysis.program.tables.calls.get(node) if isinstance(node, t.Call) else None
        if bound is None:
            continue
        for name, argument in bound.constructor.items():
            if argument.name is None and not isinstance(argument.value, t.Missing):
                at = analysis.place(argument.span).start
                found.append(Hint(at, f"{name}=", before=True))
    return found
