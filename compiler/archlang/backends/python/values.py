"""Expressions of a spec as Python expressions, laid out as ruff lays out a line that fits."""

from __future__ import annotations

import re
from collections.abc import Callable

from archlang.backends.python.literals import literal
from archlang.backends.python.names import Locals, constant_name, free
from archlang.backends.python.objects import Imports, value_code
from archlang.evaluation.evaluator import Evaluator
from archlang.narrowing import is_sequence
from archlang.semantics.program import (
    BodyInputRef,
    BuiltinRef,
    EntryRef,
    FlowingRef,
    Program,
    Symbol,
    SymbolRef,
    VariableRef,
    Word,
)
from archlang.shapes.rule import LayerValue
from archlang.syntax import tree as t


class CannotWrite(Exception):
    """A form that structured code has no words for; the flat form can always be written."""


# Binding strength, weakest first.
_CONDITIONAL, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _UNARY, _POWER, _ATOM = range(10)
_STRENGTH = {
    "or": _OR, "and": _AND, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "//": _PRODUCT,
    "%": _PRODUCT, "**": _POWER,
}  # fmt: skip
# Their results are lists in the language, which may be gone through more than once.
_ITERATORS = ("range", "enumerate", "zip", "reversed")
_PLAIN_NUMBER = re.compile(r"\d+(_\d+)*(\.\d+)?(e-?\d+)?")
_SIMPLE = re.compile(r"-?[A-Za-z_][\w.]*|-?\d[\w.]*")


class Constants:
    """The file's constants that the script uses, as module-level names in the order in which they are needed."""

    def __init__(self, program: Program, evaluator: Evaluator, taken: set[str]) -> None:
        self.program = program
        self.evaluator = evaluator
        self.taken = taken
        self.lines: list[str] = []
        self.names: dict[Symbol, str] = {}


class Values:
    """Writes values; `locals` are the Python names of variables, `flowing` is what `_` is called now."""

    def __init__(self, constants: Constants, imports: Imports, locals: Locals) -> None:
        self.constants = constants
        self.tables = constants.program.tables
        self.imports = imports
        self.locals = locals
        self.flowing: Callable[[], str] = _nothing
        self.body_input: Callable[[], str] = _nothing

    def code(self, expr: t.Expr) -> str:
        """The expression in Python."""
        return self._write(expr)[0]

    def _at(self, expr: t.Expr, strength: int) -> str:
        code, own = self._write(expr)
        return f"({code})" if own < strength else code

    def _write(self, expr: t.Expr) -> tuple[str, int]:
        match expr:
            case t.Constant():
                return self._constant(expr), _ATOM
            case t.Name() | t.Dotted():
                return self._name(expr)
            case t.Call():
                return self._call(expr), _ATOM
            case t.ListExpr():
                return "[" + ", ".join(self.code(item) for item in expr.items) + "]", _ATOM
            case t.TupleExpr():
                items = [self.code(item) for item in expr.items]
                return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})", _ATOM
            case t.Comprehension():
                return self._comprehension(expr), _ATOM
            case t.Conditional():
                then, condition = self._at(expr.then, _OR), self._at(expr.condition, _OR)
                return (
                    f"{then} if {condition} else {self._at(expr.otherwise, _CONDITIONAL)}",
                    _CONDITIONAL,
                )
            case t.Subscript():
                return self._subscript(expr), _ATOM
            case t.Unary(operator="not"):
                return (
                    f"not {self._at(expr.operand, _ATOM if _is_power(expr.operand) else _NOT)}",
                    _NOT,
                )
            case t.Unary():
                # ruff writes `-(a**b)`, which means the same without.
                operand = self._at(expr.operand, _ATOM if _is_power(expr.operand) else _UNARY)
                return f"{expr.operator}{operand}", _UNARY
            case t.Binary():
                return self._binary(expr)
            case t.Compare():
                parts = [self._at(expr.operands[0], _SUM)]
                for operator, operand in zip(expr.operators, expr.operands[1:], strict=True):
                    parts += [operator, self._at(operand, _SUM)]
                return " ".join(parts), _COMPARE
            case _:
                raise CannotWrite

    def _constant(self, expr: t.Constant) -> str:
        if isinstance(expr.value, bool | str) or expr.value is None:
            return literal(expr.value)
        text = expr.text.lower()
        return text if _PLAIN_NUMBER.fullmatch(text) else literal(expr.value)

    def _name(self, expr: t.Name | t.Dotted) -> tuple[str, int]:
        match self.tables.names.get(expr):
            case Word(text=text):
                return literal(text), _ATOM
            case VariableRef(variable=variable):
                name = self.locals.of(variable)
                if name is None:
                    raise CannotWrite
                return name, _ATOM
            case SymbolRef(symbol=symbol):
                return self.constant(symbol)
            case EntryRef(entry=entry):
                return f"{self.imports.entry(entry)}()", _ATOM
            case FlowingRef():
                return self.flowing(), _ATOM
            case BodyInputRef():
                return self.body_input(), _ATOM
            case _:
                raise CannotWrite

    def constant(self, symbol: Symbol) -> tuple[str, int]:
        """A constant of a file by its module-level name, which is defined if it is not there yet."""
        constants = self.constants
        if not isinstance(symbol.declaration, t.Let):
            raise CannotWrite
        value = constants.evaluator.symbol(symbol)
        if _holds_object(value):
            # One initializer used twice would give the same weights twice: write it out at every use.
            return value_code(value, self.imports), _ATOM
        if symbol not in constants.names:
            main = constants.program.module
            if symbol.name in constants.evaluator.overrides and symbol.module is main:
                code = literal(value)
            else:
                code = Values(constants, self.imports, Locals(())).code(symbol.declaration.value)
            name = free(constant_name(symbol.name), constants.taken)
            constants.taken.add(name)
            constants.names[symbol] = name
            constants.lines.append(f"{name} = {code}")
        return constants.names[symbol], _ATOM

    def iterable(self, expr: t.Expr) -> str:
        """A list that is gone through once, from its beginning to its end."""
        name = self._iterator(expr)
        if isinstance(expr, t.Call) and name is not None:
            return self._builtin(name, expr)
        return self.code(expr)

    def _iterator(self, expr: t.Expr) -> str | None:
        """The name of a function whose result is a list in the language, and none in Python."""
        reference = self.tables.names.get(expr.callee) if isinstance(expr, t.Call) else None
        if isinstance(reference, BuiltinRef) and reference.name in _ITERATORS:
            return reference.name
        return None

    def _builtin(self, name: str, expr: t.Call) -> str:
        values = [argument.value for argument in expr.arguments]
        once = name in ("zip", "enumerate", "sum") or (name in ("min", "max") and len(values) == 1)
        parts = [
            # A range has a length and an end, unlike the other iterators.
            self.iterable(value)
            if once or (name in ("len", "reversed") and self._iterator(value) == "range")
            else self.code(value)
            for value in values
        ]
        return f"{name}({', '.join(parts)})"

    def _call(self, expr: t.Call) -> str:
        match self.tables.names.get(expr.callee):
            case BuiltinRef(name="shape"):
                return f"{self._at(expr.arguments[0].value, _ATOM)}.shape"
            case BuiltinRef(name=name) if name in _ITERATORS:
                return f"list({self._builtin(name, expr)})"
            case BuiltinRef(name=name):
                return self._builtin(name, expr)
            case EntryRef(entry=entry):
                return f"{self.imports.entry(entry)}({self.arguments(expr)})"
            case SymbolRef(symbol=symbol) if isinstance(symbol.declaration, t.PythonDecl):
                module = str(symbol.declaration.module.value)
                return f"{self.imports.python(module, symbol.name)}({self.arguments(expr)})"
            case _:
                raise CannotWrite

    def arguments(self, expr: t.Expr, *, leave_out: frozenset[str] = frozenset()) -> str:
        """The constructor's arguments of a call as they stand in the spec."""
        return ", ".join(self.argument_list(expr, leave_out))

    def argument_list(self, expr: t.Expr, leave_out: frozenset[str] = frozenset()) -> list[str]:
        """The same, one by one."""
        bound = self.tables.calls.get(expr) if isinstance(expr, t.Call) else None
        if bound is None:
            return []
        parts: list[str] = []
        for name, argument in bound.constructor.items():
            if name not in leave_out:
                code = self.code(argument.value)
                parts.append(code if argument.name is None else f"{name}={code}")
        return parts

    def _comprehension(self, expr: t.Comprehension) -> str:
        with self.locals.scope():
            clauses = "".join(self.clause(clause) for clause in expr.clauses)
            return f"[{self.code(expr.element)}{clauses}]"

    def clause(self, clause: t.ComprehensionClause) -> str:
        """` for x in xs if c`."""
        iterable = self._at(clause.iterable, _OR)
        if self._iterator(clause.iterable) is not None:
            iterable = self.iterable(clause.iterable)
        target = self.target(clause.target)
        conditions = "".join(f" if {self._at(c, _OR)}" for c in clause.conditions)
        return f" for {target} in {iterable}{conditions}"

    def target(self, target: t.Target) -> str:
        """The names that a loop binds."""
        if isinstance(target, t.TupleTarget):
            return ", ".join(
                f"({self.target(item)})" if isinstance(item, t.TupleTarget) else self.target(item)
                for item in target.items
            )
        variable = self.tables.targets.get(target)
        return "_" if variable is None else self.locals.new(variable, variable.name)

    def _subscript(self, expr: t.Subscript) -> str:
        value = self._at(expr.value, _ATOM)
        return f"{value}[{', '.join(self._index(index) for index in expr.indices)}]"

    def _index(self, index: t.Expr) -> str:
        if not isinstance(index, t.SliceExpr):
            return self.code(index)
        lower, upper = (None if p is None else self.code(p) for p in (index.lower, index.upper))
        step = None if index.step is None else self.code(index.step)
        # ruff puts spaces around the colon where a side is more than a name or a number.
        spaced = any(
            part is not None and not _SIMPLE.fullmatch(part) for part in (lower, upper, step)
        )
        colon = " :" if spaced and lower is not None else ":"
        text = (
            (lower or "") + colon + (f" {upper}" if spaced and upper is not None else upper or "")
        )
        return text + (
            f"{colon if spaced else ':'}{' ' if spaced else ''}{step}" if step is not None else ""
        )

    def _binary(self, expr: t.Binary) -> tuple[str, int]:
        strength = _STRENGTH[expr.operator]
        if expr.operator == "**":
            left, right = self._at(expr.left, _ATOM), self._at(expr.right, _UNARY)
            # What stands right behind the sign: of `a ** (b ** c)` it is b.
            following = right
            if isinstance(expr.right, t.Binary) and _is_power(expr.right):
                following = self._at(expr.right.left, _ATOM)
            tight = bool(_SIMPLE.fullmatch(left) and _SIMPLE.fullmatch(following))
            return (f"{left}**{right}" if tight else f"{left} ** {right}"), _POWER
        left, right = self._at(expr.left, strength), self._at(expr.right, strength + 1)
        return f"{left} {expr.operator} {right}", strength


def _is_power(expr: t.Expr) -> bool:
    return isinstance(expr, t.Binary) and expr.operator == "**"


def _holds_object(value: object) -> bool:
    if isinstance(value, LayerValue):
        return True
    return is_sequence(value) and any(_holds_object(item) for item in value)


def _nothing() -> str:
    raise CannotWrite
