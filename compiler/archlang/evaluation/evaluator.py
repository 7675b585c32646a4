"""Computes the values of expressions: constants once, everything else in the environment of one use of a body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from archlang.catalogue import Entry
from archlang.diagnostics import Diagnostic, error
from archlang.evaluation import builtins
from archlang.evaluation.arguments import argument_problems
from archlang.evaluation.values import (
    MOST_ITEMS,
    UNKNOWN,
    Selector,
    ValueProblem,
    binary,
    compare,
    contains_unknown,
    kind_of,
    negative,
    show,
    size,
    truth,
)
from archlang.narrowing import is_sequence
from archlang.records import mutable
from archlang.semantics.program import (
    BodyInputRef,
    BuiltinRef,
    DimensionRef,
    EntryRef,
    FlowingRef,
    Program,
    Symbol,
    SymbolRef,
    Variable,
    VariableRef,
    Word,
)
from archlang.shapes.dims import symbol as symbolic
from archlang.shapes.rule import LayerValue
from archlang.source import Span
from archlang.syntax import tree as t

MOST_STEPS = 500_000
MOST_CHAINED = 50
_ITEMS_A_STEP = 8


class TooMuch(Exception):
    """The bound on compile-time work is reached; it has been reported."""


@mutable
class Environment:
    """What names mean in one use of a body: `flowing` is `_`, `body_input` is `input`."""

    values: dict[Variable, Any] = field(default_factory=dict[Variable, Any])
    flowing: Any = None
    body_input: Any = None
    measures: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Evaluator:
    """Evaluates expressions of a resolved program.

    `overrides` are values for constants by name (`--set`). What goes wrong is given to `report` and has the value UNKNOWN.
    """

    def __init__(
        self, program: Program, overrides: Mapping[str, Any], report: Callable[[Diagnostic], None]
    ) -> None:
        self.program = program
        self.tables = program.tables
        self.overrides = overrides
        self.report = report
        self.slice: Callable[[Any, tuple[Any, ...], Span], Any] | None = (
            None  # how a tensor is indexed
        )
        self._constants: dict[Symbol, Any] = {}
        self._computing: list[Symbol] = []
        self._steps = 0

    def evaluate(self, expr: t.Expr, env: Environment) -> Any:
        """The value of an expression."""
        self.count(expr.span)
        try:
            return self._bounded(self._evaluate(expr, env), expr.span)
        except ValueProblem as problem:
            self.report(error(problem.code, problem.message, expr.span, help=problem.help))
            return UNKNOWN

    def _bounded(self, value: Any, span: Span) -> Any:
        if is_sequence(value):
            items = size(value)
            if items > MOST_ITEMS and self._reported(value):
                return UNKNOWN
            if items > MOST_ITEMS:
                raise ValueProblem(
                    f"a list of more than {MOST_ITEMS:,} elements is too large", code="E0801"
                )
            # Whatever is done with it next takes time by its size.
            self.count(span, items // _ITEMS_A_STEP)
        return value

    @staticmethod
    def _reported(value: Any) -> bool:
        """Whether a large list begins with a mistake that has been reported: an element of it that was too large."""
        while is_sequence(value) and value:
            value = value[0]
        return value is UNKNOWN

    def count(self, span: Span, steps: int = 1) -> None:
        """Count work against the bound."""
        self._steps += steps
        if self._steps > MOST_STEPS:
            self.report(
                error(
                    "E0802",
                    "this takes too many steps to compute",
                    span,
                    label="stopped here",
                    notes=(f"the bound is {MOST_STEPS:,} steps for a file",),
                )
            )
            raise TooMuch

    def condition(self, expr: t.Expr, env: Environment) -> bool | None:
        """Whether a condition holds; None where that can't be told because of a mistake."""
        value = self.evaluate(expr, env)
        try:
            return truth(value)
        except ValueProblem as problem:
            self.report(error(problem.code, problem.message, expr.span, help=problem.help))
            return None

    def sequence(self, expr: t.Expr, env: Environment) -> list[Any]:
        """The elements of a list; none where it is UNKNOWN."""
        value = self.evaluate(expr, env)
        if value is UNKNOWN:
            return []
        try:
            return builtins.sequence(value)
        except ValueProblem as problem:
            self.report(error(problem.code, problem.message, expr.span, help=problem.help))
            return []

    def bind_target(self, target: t.Target, value: Any, env: Environment) -> None:
        """`for i, (a, b) in …`: give the names their parts of a value."""
        if isinstance(target, t.NameTarget):
            variable = self.tables.targets.get(target)
            if variable is not None:
                env.values[variable] = value
            return
        parts: list[Any]
        if is_sequence(value) and len(value) == len(target.items):
            parts = list(value)
        else:
            if value is not UNKNOWN:
                what = f"{len(value)} elements" if is_sequence(value) else kind_of(value)
                self.report(
                    error(
                        "E0702",
                        f"{len(target.items)} names can't be bound to {what}",
                        target.span,
                        label=f"the element is {show(value)}"[:80],
                    )
                )
            parts = [UNKNOWN] * len(target.items)
        for item, part in zip(target.items, parts, strict=True):
            self.bind_target(item, part, env)

    # ------------------------------------------------------------------ forms

    def _evaluate(self, expr: t.Expr, env: Environment) -> Any:
        match expr:
            case t.Constant():
                return expr.value
            case t.Name() | t.Dotted():
                return self._name(expr, env)
            case t.Call():
                return self._call(expr, env)
            case t.ListExpr():
                return [self.evaluate(item, env) for item in expr.items]
            case t.TupleExpr():
                return tuple(self.evaluate(item, env) for item in expr.items)
            case t.Comprehension():
                return self._comprehension(expr, env, 0)
            case t.Conditional():
                holds = self.condition(expr.condition, env)
                if holds is None:
                    return UNKNOWN
                return self.evaluate(expr.then if holds else expr.otherwise, env)
            case t.Subscript():
                return self._subscript(expr, env)
            case t.SliceExpr():
                parts = [
                    None if p is None else self.evaluate(p, env)
                    for p in (expr.lower, expr.upper, expr.step)
                ]
                return UNKNOWN if any(part is UNKNOWN for part in parts) else slice(*parts)
            case t.Unary(operator="not"):
                holds = self.condition(expr.operand, env)
                return UNKNOWN if holds is None else not holds
            case t.Unary():
                value = self.evaluate(expr.operand, env)
                return negative(value) if expr.operator == "-" else value
            case t.Binary(operator="and" | "or"):
                left = self.evaluate(expr.left, env)
                holds = truth(left)
                if holds is None:
                    return UNKNOWN
                return left if holds == (expr.operator == "or") else self.evaluate(expr.right, env)
            case t.Binary():
                return binary(
                    expr.operator, self.evaluate(expr.left, env), self.evaluate(expr.right, env)
                )
            case t.Compare():
                return self._compare(expr, env)
            case _:
                return UNKNOWN

    def _name(self, expr: t.Name | t.Dotted, env: Environment) -> Any:
        match self.tables.names.get(expr):
            case Word(text=text):
                return text
            case VariableRef(variable=variable):
                return env.values.get(variable, UNKNOWN)
            case SymbolRef(symbol=symbol):
                return self.symbol(symbol)
            case EntryRef(entry=entry):
                value = LayerValue(entry.kind, entry.name, {})
                self.validate(entry, value.args, {}, expr.span)
                return value
            case BuiltinRef(name=name):
                return env.measures.get(name, UNKNOWN)
            case FlowingRef():
                return UNKNOWN if env.flowing is None else env.flowing
            case BodyInputRef():
                return UNKNOWN if env.body_input is None else env.body_input
            case DimensionRef(name=name):
                return symbolic(name)
            case _:
                return UNKNOWN

    def symbol(self, symbol: Symbol) -> Any:
        """The value of a constant of a file; anything else by its name."""
        declaration = symbol.declaration
        if not isinstance(declaration, t.Let):
            return LayerValue(
                "python" if isinstance(declaration, t.PythonDecl) else "declared", symbol.name, {}
            )
        if symbol in self._constants:
            return self._constants[symbol]
        if symbol in self._computing:
            circle = [*self._computing[self._computing.index(symbol) :], symbol]
            self.report(
                error(
                    "E0703",
                    f"`{symbol.name}` is defined by itself",
                    declaration.name.span,
                    label="goes in a circle",
                    notes=(" -> ".join(s.name for s in circle),),
                )
            )
            return UNKNOWN
        if len(self._computing) > MOST_CHAINED:
            span = declaration.name.span
            self.report(
                error(
                    "E0802",
                    f"more than {MOST_CHAINED} constants are needed for `{symbol.name}`",
                    span,
                )
            )
            return UNKNOWN
        if symbol.name in self.overrides and symbol.module is self.program.module:
            value = self.overrides[symbol.name]
        else:
            self._computing.append(symbol)
            value = self.evaluate(declaration.value, Environment())
            self._computing.pop()
        self._constants[symbol] = value
        return value

    def _call(self, expr: t.Call, env: Environment) -> Any:
        match self.tables.names.get(expr.callee):
            case BuiltinRef(name=name):
                arguments = [self.evaluate(argument.value, env) for argument in expr.arguments]
                return builtins.call(name, arguments)
            case EntryRef(entry=entry):
                return self.entry_value(expr, entry, env)
            case SymbolRef(symbol=symbol):
                args = self.arguments(expr, env)
                kind = "python" if isinstance(symbol.declaration, t.PythonDecl) else "declared"
                return LayerValue(kind, symbol.name, args)
            case Word(text="last" | "after" as text):
                return self._selector(text, expr, env)
            case Word(text=text):
                return LayerValue("source", text, self.arguments(expr, env))
            case _:
                return UNKNOWN

    def arguments(self, expr: t.Expr, env: Environment) -> dict[str, Any]:
        """The constructor's arguments of a call, by name."""
        bound = self.tables.calls.get(expr) if isinstance(expr, t.Call) else None
        if bound is None:
            return {}
        return {
            name: self.evaluate(argument.value, env) for name, argument in bound.constructor.items()
        }

    def entry_value(self, expr: t.Call, entry: Entry, env: Environment) -> Any:
        """A Keras object as a value, its arguments checked."""
        args = self.arguments(expr, env)
        if entry.kind == "ops":
            self.report(
                error(
                    "E0203",
                    f"`ops.{entry.name}` is a step of a stack, not an argument",
                    expr.callee.span,
                    label="a step",
                    help=f"name its result first: `… -> ops.{entry.name}(…) as result`",
                )
            )
            return UNKNOWN
        self.validate(entry, args, self.spans(expr), expr.callee.span)
        return LayerValue(entry.kind, entry.name, args)

    def spans(self, expr: t.Expr) -> dict[str, Span]:
        """Where the value of each argument of a call stands."""
        bound = self.tables.calls.get(expr) if isinstance(expr, t.Call) else None
        if bound is None:
            return {}
        return {
            name: argument.value.span
            for name, argument in (*bound.constructor.items(), *bound.call.items())
        }

    def validate(
        self, entry: Entry, args: Mapping[str, Any], spans: Mapping[str, Span], callee: Span
    ) -> bool:
        """Check arguments against the schemas; says whether they are good."""
        problems = argument_problems(entry, args, spans, callee)
        for problem in problems:
            self.report(problem)
        return not problems and not any(contains_unknown(value) for value in args.values())

    def _selector(self, kind: str, expr: t.Call, env: Environment) -> Any:
        values = [self.evaluate(argument.value, env) for argument in expr.arguments]
        if any(value is UNKNOWN for value in values):
            return UNKNOWN
        wanted = int if kind == "last" else str
        if len(values) != 2 or not isinstance(values[0], str) or not isinstance(values[1], wanted):
            example = (
                "last(backbone, 20)" if kind == "last" else 'after(backbone, "conv4_block6_out")'
            )
            raise ValueProblem(
                f"`{kind}` takes a layer and {'a number' if kind == 'last' else 'a layer in it'}",
                f"write `{example}`",
                "E0206",
            )
        return Selector(kind, values[0], values[1])

    def _comprehension(self, expr: t.Comprehension, env: Environment, depth: int) -> list[Any]:
        if depth == len(expr.clauses):
            return [self.evaluate(expr.element, env)]
        clause = expr.clauses[depth]
        result: list[Any] = []
        for item in self.sequence(clause.iterable, env):
            self.bind_target(clause.target, item, env)
            if all(self.condition(condition, env) for condition in clause.conditions):
                result += self._comprehension(expr, env, depth + 1)
            if len(result) > MOST_ITEMS:
                raise ValueProblem("this list is too large", code="E0801")
        return result

    def _subscript(self, expr: t.Subscript, env: Environment) -> Any:
        value = self.evaluate(expr.value, env)
        indices = tuple(self.evaluate(index, env) for index in expr.indices)
        if value is UNKNOWN or any(index is UNKNOWN for index in indices):
            return UNKNOWN
        if hasattr(value, "spec") and self.slice is not None:
            return self.slice(value, indices, expr.span)
        if not (is_sequence(value) or isinstance(value, str)):
            raise ValueProblem(f"{kind_of(value)} has no elements")
        if (
            len(indices) != 1
            or not isinstance(indices[0], int | slice)
            or isinstance(indices[0], bool)
        ):
            raise ValueProblem("a list takes one whole number or a slice between `[` and `]`")
        try:
            return value[indices[0]]
        except IndexError:
            count = len(value)
            raise ValueProblem(
                f"no element {indices[0]}: there {'is' if count == 1 else 'are'} {count}",
                f"the elements are numbered from 0 to {count - 1}"
                if count
                else "the list is empty",
            ) from None
        except (TypeError, ValueError):
            raise ValueProblem("a slice takes whole numbers") from None

    def _compare(self, expr: t.Compare, env: Environment) -> Any:
        left = self.evaluate(expr.operands[0], env)
        for operator, operand in zip(expr.operators, expr.operands[1:], strict=True):
            right = self.evaluate(operand, env)
            holds = compare(operator, left, right)
            if holds is not True:
                return holds
            left = right
        return True
