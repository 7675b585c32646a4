"""Stacks as Python: statements and steps, written line by line as an expert writes functional Keras."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlang.backends.python.calls import CallWriter
from archlang.backends.python.flat import layer_code
from archlang.backends.python.flows import Flow, fork_flow
from archlang.backends.python.values import CannotWrite
from archlang.semantics.program import EntryRef, FlowingRef, SymbolRef, VariableRef
from archlang.syntax import tree as t

if TYPE_CHECKING:
    from archlang.backends.python.functions import FunctionWriter


class StackWriter:
    """Writes the stack of one function.

    `work` is throughout the variable in which a step leaves its result unless it is named.
    """

    def __init__(self, writer: FunctionWriter) -> None:
        self.w = writer
        self.tables = writer.tables
        self.calls = CallWriter(writer)
        self.outputs: dict[str, str] = {}

    # ------------------------------------------------------------------ statements

    def body(
        self, statements: tuple[t.Statement, ...], flow: Flow, work: str, *, after: bool
    ) -> Flow:
        """Write statements; `after` says whether what flows at their end is used."""
        for index, statement in enumerate(statements):
            needed = self.w.live.body(statements[index + 1 :], after)
            flow = self._statement(statement, flow, work, needed)
        return flow

    def _statement(self, statement: t.Statement, flow: Flow, work: str, needed: bool) -> Flow:
        self._flowing(flow)
        self.w.at = statement.span
        match statement:
            case t.FlowStatement():
                return self._flow_statement(statement, flow, work)
            case t.Let():
                variable = self.tables.statements[statement]
                code = self.w.values.code(statement.value)
                self.w.emit(f"{self.w.define(variable)} = {code}")
            case t.Shared():
                self.calls.shared(statement)
            case t.Learned():
                self.calls.learned(statement, flow)
            case t.Repeat():
                return self._loop(statement, flow, work, needed)
            case t.For():
                return self._loop(statement, flow, work, needed)
            case t.If():
                return self._if(statement, flow, work, needed)
            case _:
                pass
        return flow

    def _flowing(self, flow: Flow) -> None:
        self.w.values.flowing = lambda: flow.code or _none()

    def _flow_statement(self, statement: t.FlowStatement, flow: Flow, work: str) -> Flow:
        for target in statement.targets:
            variable = self.tables.targets.get(target)
            if variable is not None:
                self.w.define(variable)
        self.w.locals.open()
        result = self._named_flow(statement, flow, work)
        # Names for this statement alone are free again, unless what flows on is one of them.
        self.w.locals.close(keep=result.code != work and not statement.targets)
        return result

    def _named_flow(self, statement: t.FlowStatement, flow: Flow, work: str) -> Flow:
        targets = statement.targets
        if not targets:
            return self.step(statement.value, flow, work)
        if len(targets) == 1:
            return self._single_target(targets[0], statement.value, flow, work)
        names: list[str] = []
        appended: list[tuple[str, str]] = []
        for target in targets:
            variable = self.tables.targets.get(target)
            if variable is None:
                names.append("_")
            elif target.append:
                name = self.w.locals.new(target, variable.name.removesuffix("s") or "item")
                names.append(name)
                appended.append((self.w.define(variable), name))
            else:
                names.append(self.w.define(variable))
        result = self.step(statement.value, flow, work, target=", ".join(names))
        joined = ", ".join(names)
        if result.code != joined:
            self.w.emit(f"{joined} = {', '.join(result.items) if result.items else result.code}")
        for gathered, name in appended:
            self.w.emit(f"{gathered}.append({name})")
        for target, name in zip(targets, names, strict=True):
            self._bind_output(target, name)
        return Flow(names[0])

    def _single_target(self, target: t.AsTarget, value: t.Expr, flow: Flow, work: str) -> Flow:
        variable = self.tables.targets.get(target)
        if variable is None:
            return self.step(value, flow, work)
        if target.append:
            result = self.step(value, flow, work)
            self.w.emit(f"{self.w.define(variable)}.append({result.code})")
            return result
        known = self.w.locals.of(variable)
        name = known or self.w.define(variable)
        result = self.step(value, flow, work, target=name)
        if result.code != name:
            self.w.emit(f"{name} = {result.code}")
        self._bind_output(target, name)
        return Flow(name)

    def _bind_output(self, target: t.AsTarget, name: str) -> None:
        output = self.tables.outputs.get(target)
        if output is not None:
            self.outputs[output] = name

    def _loop(self, statement: t.Repeat | t.For, flow: Flow, work: str, needed: bool) -> Flow:
        live = self.w.live.body(statement.body, needed)
        carried = live or needed
        if carried and flow.code and flow.code != work:
            self.w.emit(f"{work} = {flow.code}")
            flow = Flow(work)
        with self.w.locals.scope():
            self.w.emit(self._loop_header(statement))
            with self.w.indented():
                result = self.body(statement.body, flow, work, after=carried)
                if carried and result.code != work:
                    self.w.emit(f"{work} = {result.code}")
        return Flow(work) if carried else flow

    def _loop_header(self, statement: t.Repeat | t.For) -> str:
        """`for _ in range(3):`; a loop whose rounds number layers counts them from 1."""
        rounds = None
        if statement in self.w.numbering.rounds.values():
            rounds = self.w.locals.new(("round", statement), "i")
        if isinstance(statement, t.Repeat):
            count = self.w.values.code(statement.count)
            if rounds is None:
                return f"for _ in range({count}):"
            known = isinstance(statement.count, t.Constant) and isinstance(
                statement.count.value, int
            )
            return f"for {rounds} in range(1, {int(count) + 1 if known else f'{count} + 1'}):"
        iterable = self.w.values.iterable(statement.iterable)
        if rounds is None:
            return f"for {self.w.values.target(statement.target)} in {iterable}:"
        target = self.w.values.target(statement.target)
        if isinstance(statement.target, t.TupleTarget):
            target = f"({target})"
        return f"for {rounds}, {target} in enumerate({iterable}, start=1):"

    def _if(self, statement: t.If, flow: Flow, work: str, needed: bool) -> Flow:
        otherwise = statement.otherwise
        changes = needed and not (_keeps(statement.then) and _keeps(otherwise or ()))
        if (
            changes
            and (otherwise is None or _keeps(statement.then) or _keeps(otherwise))
            and flow.code not in ("", work)
        ):
            self.w.emit(f"{work} = {flow.code}")
            flow = Flow(work)
        keyword = "if"
        current: t.If | None = statement
        while current is not None:
            self._flowing(flow)
            self.w.emit(f"{keyword} {self.w.values.code(current.condition)}:")
            self._branch(current.then, flow, work, changes)
            rest = current.otherwise
            if rest is None:
                break
            nested = rest[0] if len(rest) == 1 and isinstance(rest[0], t.If) else None
            if nested is None:
                self.w.emit("else:")
                self._branch(rest, flow, work, changes)
            keyword, current = "elif", nested
        return Flow(work) if changes else flow

    def _branch(
        self, statements: tuple[t.Statement, ...], flow: Flow, work: str, changes: bool
    ) -> None:
        with self.w.locals.scope(), self.w.indented():
            result = self.body(statements, flow, work, after=changes)
            if changes and result.code != work:
                self.w.emit(f"{work} = {result.code}")

    # ------------------------------------------------------------------ steps

    def step(self, expr: t.Expr, flow: Flow, work: str, *, target: str | None = None) -> Flow:
        """Write a step; its result is left in `target`, else in `work`, unless it is there already."""
        self._flowing(flow)
        self.w.at = expr.span
        match expr:
            case t.Flow():
                for part in expr.steps[:-1]:
                    flow = self.step(part, flow, work)
                return self.step(expr.steps[-1], flow, work, target=target)
            case t.ListExpr():
                return self._fork(expr, flow, work)
            case t.Comprehension():
                return self._comprehension(expr, flow)
            case t.Conditional():
                return self._choice(expr, flow, target or work)
            case t.Group():
                with self.w.locals.scope():
                    return self.body(expr.body, flow, work, after=True)
            case t.Frozen():
                before, self.w.frozen = self.w.frozen, True
                result = self.step(expr.step, flow, work, target=target)
                self.w.frozen = before
                return result
            case t.Head():
                return self._head(expr, flow)
            case t.Name():
                return self._name(expr, flow, target or work)
            case t.Call() | t.Dotted():
                return self.calls.call(expr, flow, target or work)
            case t.Subscript():
                return Flow(self.w.values.code(expr))
            case _:
                raise CannotWrite

    def _name(self, expr: t.Name, flow: Flow, target: str) -> Flow:
        match self.tables.names.get(expr):
            case FlowingRef():
                return flow
            case VariableRef(variable=variable) if variable.kind != "shared":
                return Flow(self.w.values.code(expr))
            case VariableRef() | EntryRef() | SymbolRef():
                return self.calls.call(expr, flow, target)
            case _:
                return Flow(self.w.values.code(expr))

    # ------------------------------------------------------------------ forks and choices

    def _fork(self, expr: t.ListExpr, flow: Flow, work: str) -> Flow:
        items = list(expr.items)
        busy = [index for index, item in enumerate(items) if not self._is_plain(item)]
        others_use = [i for i, item in enumerate(items) if self.w.live.step(item)]
        works: dict[int, str] = {}
        kept: dict[int, str] = {}
        short = [i for i in others_use if self._is_shortcut(items[i])]
        # Values of variables that a branch may change are read before.
        if len(items) == 2 and len(short) == 1 and len(busy) >= 1 and (busy != short):
            main = next(i for i in busy if i != short[0])
            works[main] = work
            if short[0] in busy or flow.code == work:
                shortcut = self.w.locals.new((expr, "shortcut"), "shortcut")
                self.w.emit(f"{shortcut} = {flow.code}")
                kept[short[0]] = shortcut
                works[short[0]] = shortcut
        elif len(busy) == 1 and [i for i in others_use if i != busy[0]] == []:
            works[busy[0]] = work
        codes: list[str] = []
        for index, item in enumerate(items):
            entering = Flow(kept[index]) if index in kept else flow
            if index in busy:
                own = works.get(index)
                if own is None:
                    own = self.w.locals.new((item, "branch"), f"branch_{index + 1}")
                with self.w.locals.scope():
                    codes.append(self.step(item, entering, own).code)
            else:
                codes.append(self.step(item, entering, work).code)
        return fork_flow(codes)

    def _is_plain(self, item: t.Expr) -> bool:
        """Whether a branch only names a tensor."""
        if isinstance(item, t.Subscript):
            return True
        if not isinstance(item, t.Name):
            return False
        match self.tables.names.get(item):
            case EntryRef() | SymbolRef():
                return False
            case VariableRef(variable=variable):
                return variable.kind != "shared"
            case _:
                return True

    def _is_shortcut(self, item: t.Expr) -> bool:
        if isinstance(item, t.Conditional):
            return self._passes(item.then) or self._passes(item.otherwise)
        return self._passes(item)

    def _passes(self, expr: t.Expr) -> bool:
        return isinstance(expr, t.Name) and isinstance(self.tables.names.get(expr), FlowingRef)

    def _comprehension(self, expr: t.Comprehension, flow: Flow) -> Flow:
        gathered = self.w.locals.new((expr, "list"), "branches")
        self.w.emit(f"{gathered} = []")
        with self.w.locals.scope():
            depth = self.w.depth
            for clause in expr.clauses:
                iterable = self.w.values.iterable(clause.iterable)
                self.w.emit(f"for {self.w.values.target(clause.target)} in {iterable}:")
                self.w.depth += 1
                for condition in clause.conditions:
                    self.w.emit(f"if {self.w.values.code(condition)}:")
                    self.w.depth += 1
            branch = self.w.locals.new((expr, "branch"), "branch")
            result = self.step(expr.element, flow, branch)
            self.w.emit(f"{gathered}.append({result.code})")
            self.w.depth = depth
        return Flow(gathered)

    def _choice(self, expr: t.Conditional, flow: Flow, work: str) -> Flow:
        then, otherwise = expr.then, expr.otherwise
        if self._passes(then) and self._passes(otherwise):
            return flow
        condition = self.w.values.code(expr.condition)
        if self._passes(then):
            then, otherwise = otherwise, then
            condition = _negated(expr.condition, condition, self.w.values.code)
        if self._passes(otherwise) and flow.code != work:
            self.w.emit(f"{work} = {flow.code}")
            flow = Flow(work)
        self.w.emit(f"if {condition}:")
        self._one_way(then, flow, work)
        if not self._passes(otherwise):
            self.w.emit("else:")
            self._one_way(otherwise, flow, work)
        return Flow(work)

    def _one_way(self, expr: t.Expr, flow: Flow, work: str) -> None:
        with self.w.locals.scope(), self.w.indented():
            result = self.step(expr, flow, work)
            if result.code != work:
                self.w.emit(f"{work} = {result.code}")

    # ------------------------------------------------------------------ heads

    def _head(self, expr: t.Head, flow: Flow) -> Flow:
        graph = self.w.script.graph_of(self.w.owner)
        output = expr.output.id if expr.output is not None else next(iter(graph.outputs))
        name = self.w.locals.new(("output", output), output)
        layers = graph.heads[output]
        code = flow.code
        for layer in layers:
            target = name if layer is layers[-1] else self.w.x
            self.w.emit(
                f"{target} = {layer_code(layer, self.w.imports, self.w.script.flat)}({code})"
            )
            code = target
        self.outputs[output] = name
        return Flow(name)


def _keeps(statements: tuple[t.Statement, ...]) -> bool:
    """Whether statements leave what flows as it is."""
    return not any(isinstance(s, t.FlowStatement | t.Repeat | t.For | t.If) for s in statements)


_OPPOSITE = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    ">": "<=",
    "<=": ">",
    ">=": "<",
    "in": "not in",
    "not in": "in",
}


def _negated(expr: t.Expr, code: str, write: object) -> str:
    assert callable(write)
    if isinstance(expr, t.Unary) and expr.operator == "not":
        return str(write(expr.operand))
    if isinstance(expr, t.Compare) and len(expr.operators) == 1:
        left, right = write(expr.operands[0]), write(expr.operands[1])
        return f"{left} {_OPPOSITE[expr.operators[0]]} {right}"
    return f"not {code}" if isinstance(expr, t.Name | t.Constant | t.Call) else f"not ({code})"


def _none() -> str:
    raise CannotWrite
