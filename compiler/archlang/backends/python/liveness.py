"""Whether what flows is needed: so that generated code assigns nothing that nobody reads."""

from __future__ import annotations

from archlang.semantics.program import BodyInputRef, FlowingRef, Tables, VariableRef
from archlang.syntax import tree as t


class Liveness:
    """Answers for statements and steps whether they use what flows into them."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    def body(self, statements: tuple[t.Statement, ...], after: bool) -> bool:
        """Whether statements use what flows in, where what flows out is used or not (`after`)."""
        live = after
        for statement in reversed(statements):
            live = self.statement(statement, live)
        return live

    def statement(self, statement: t.Statement, after: bool) -> bool:
        match statement:
            case t.FlowStatement():
                return self.step(statement.value)
            case t.Repeat() | t.For():
                head = statement.iterable if isinstance(statement, t.For) else statement.count
                if self.mentions(head):
                    return True
                around = self.body(statement.body, after)
                return after or self.body(statement.body, after or around)
            case t.If():
                if self.mentions(statement.condition):
                    return True
                return self.body(statement.then, after) or self.body(
                    statement.otherwise or (), after
                )
            case t.Let():
                return self.mentions(statement.value) or after
            case t.Learned():
                return True
            case _:
                return after

    def step(self, expr: t.Expr) -> bool:
        """Whether a step uses what flows into it."""
        match expr:
            case t.Flow():
                return self.step(expr.steps[0])
            case t.ListExpr():
                return any(self.step(item) for item in expr.items)
            case t.Comprehension():
                return self.step(expr.element)
            case t.Conditional():
                return (
                    self.mentions(expr.condition)
                    or self.step(expr.then)
                    or self.step(expr.otherwise)
                )
            case t.Group():
                return self.body(expr.body, True)
            case t.Subscript():
                return self.mentions(expr)
            case t.Name():
                match self.tables.names.get(expr):
                    case BodyInputRef():
                        return False
                    case VariableRef(variable=variable):
                        return variable.kind == "shared"
                    case _:
                        return True
            case _:
                return True

    def mentions(self, expr: t.Expr) -> bool:
        """Whether `_` stands anywhere in a value."""
        match expr:
            case t.Name():
                return isinstance(self.tables.names.get(expr), FlowingRef)
            case t.Call():
                return any(self.mentions(argument.value) for argument in expr.arguments)
            case t.ListExpr() | t.TupleExpr():
                return any(self.mentions(item) for item in expr.items)
            case t.Subscript():
                return self.mentions(expr.value)
            case t.Unary():
                return self.mentions(expr.operand)
            case t.Binary():
                return self.mentions(expr.left) or self.mentions(expr.right)
            case t.Compare():
                return any(self.mentions(operand) for operand in expr.operands)
            case t.Conditional():
                return any(
                    self.mentions(part) for part in (expr.then, expr.condition, expr.otherwise)
                )
            case t.Comprehension():
                return self.mentions(expr.element) or any(
                    self.mentions(c.iterable) for c in expr.clauses
                )
            case _:
                return False
