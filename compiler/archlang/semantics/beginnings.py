"""Where flows begin: after a side branch the next statement must say so."""

from __future__ import annotations

from archlang.diagnostics import Diagnostic
from archlang.records import record
from archlang.semantics import errors
from archlang.semantics.program import (
    BodyInputRef,
    FlowingRef,
    SymbolRef,
    Tables,
    Unresolved,
    VariableRef,
)
from archlang.source import Span
from archlang.syntax import tree as t


@record
class Unclear:
    """What made it unclear which tensor flows on."""

    span: Span
    why: str
    inputs: tuple[str, ...] = ()


class Beginnings:
    """Walks a body whose names are resolved and reports the statements that begin nowhere."""

    def __init__(self, tables: Tables, problems: list[Diagnostic]) -> None:
        self.tables = tables
        self.problems = problems
        self.merges: set[t.Call] = set()  # `Add([a, b])`, which has been reported

    def check(
        self, statements: tuple[t.Statement, ...], state: Unclear | None = None
    ) -> Unclear | None:
        """The state after the statements, None where it is clear what flows on."""
        for statement in statements:
            state = self._statement(statement, state)
        return state

    def _statement(self, statement: t.Statement, state: Unclear | None) -> Unclear | None:
        match statement:
            case t.FlowStatement():
                return self._flow(statement, state)
            case t.Repeat() | t.For():
                after = self.check(statement.body, state)
                # The next round begins where this one ended.
                if after is not None and state is None:
                    self.check(statement.body, after)
                return after
            case t.If():
                then = self.check(statement.then, state)
                otherwise = (
                    self.check(statement.otherwise, state)
                    if statement.otherwise is not None
                    else state
                )
                return then or otherwise
            case _:
                return state

    def _flow(self, statement: t.FlowStatement, state: Unclear | None) -> Unclear | None:
        for group in _groups(statement.value):
            self.check(group.body)
        if state is not None and not self.explicit(statement.value):
            problem = errors.unclear_beginning(
                _first(statement.value).span, state.span, state.why, state.inputs
            )
            if problem not in self.problems:
                self.problems.append(problem)
            return None
        if len(statement.targets) > 1:
            return Unclear(statement.span, "this names several results")
        if statement.targets and self._begins_with_name(statement.value):
            return Unclear(statement.span, "this is a side branch")
        last = statement.value.steps[-1] if isinstance(statement.value, t.Flow) else statement.value
        if isinstance(last, t.Head) and last.output is not None:
            return Unclear(statement.span, "this is the head of one output")
        return None

    def explicit(self, expr: t.Expr) -> bool:
        """Whether a flow says itself where it begins."""
        match expr:
            case t.Flow():
                return self.explicit(expr.steps[0])
            case t.ListExpr():
                return all(self.explicit(item) for item in expr.items)
            case t.Comprehension():
                return self.explicit(expr.element)
            case t.Conditional():
                return self.explicit(expr.then) and self.explicit(expr.otherwise)
            case t.Subscript():
                return self.explicit(expr.value)
            case t.Group():
                flows = [s for s in expr.body if isinstance(s, t.FlowStatement)]
                return bool(flows) and self.explicit(flows[0].value)
            case t.Name():
                return self._tensor(expr)
            case t.Call():
                # An op on named tensors alone: `ops.einsum("…", q, k)` takes no flow of its own.
                return expr in self.merges
            case t.Missing():
                return True
            case _:
                return False

    def _tensor(self, name: t.Name) -> bool:
        match self.tables.names.get(name):
            case FlowingRef() | BodyInputRef() | Unresolved():
                return True
            case VariableRef(variable=variable):
                return variable.kind != "shared"
            case SymbolRef():
                return False
            case _:
                return False

    def _begins_with_name(self, expr: t.Expr) -> bool:
        first = _first(expr)
        while isinstance(first, t.Subscript):
            first = first.value
        if not isinstance(first, t.Name):
            return False
        return self._tensor(first) and not isinstance(self.tables.names.get(first), FlowingRef)


def _first(expr: t.Expr) -> t.Expr:
    while isinstance(expr, t.Flow):
        expr = expr.steps[0]
    return expr


def _groups(expr: t.Expr) -> list[t.Group]:
    match expr:
        case t.Group():
            return [expr]
        case t.Flow():
            return [group for step in expr.steps for group in _groups(step)]
        case t.ListExpr():
            return [group for item in expr.items for group in _groups(item)]
        case t.Conditional():
            return [*_groups(expr.then), *_groups(expr.otherwise)]
        case t.Frozen():
            return _groups(expr.step)
        case _:
            return []
