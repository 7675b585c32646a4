"""Resolving stacks: the statements and steps of models and blocks."""

from __future__ import annotations

from dataclasses import dataclass, field

from archlang.diagnostics import Diagnostic, Label, error
from archlang.semantics import errors
from archlang.semantics.beginnings import Beginnings
from archlang.semantics.expressions import BUILTINS, ExpressionResolver
from archlang.semantics.program import (
    BodyInputRef,
    DimensionRef,
    EntryRef,
    FlowingRef,
    Symbol,
    SymbolRef,
    Tables,
    Unresolved,
    Variable,
    VariableRef,
)
from archlang.semantics.scopes import Scope
from archlang.source import Span
from archlang.syntax import tree as t

STEP_KINDS = ("layers", "applications")
DTYPES = (
    "float32", "float16", "bfloat16", "float64", "int8", "int16", "int32", "int64",
    "uint8", "uint16", "uint32", "uint64", "bool", "string",
)  # fmt: skip


@dataclass
class Interface:
    """The inputs and outputs that a model's body sees; `span` is where they are declared."""

    inputs: list[t.InputDecl] = field(default_factory=list[t.InputDecl])
    outputs: list[t.OutputDecl] = field(default_factory=list[t.OutputDecl])
    known: bool = True  # False where the task could not be found

    @property
    def output_names(self) -> list[str]:
        return [output.name.id for output in self.outputs]


class StackResolver:
    """Resolves the body of one model or block."""

    def __init__(
        self, tables: Tables, problems: list[Diagnostic], interface: Interface | None
    ) -> None:
        self.tables = tables
        self.problems = problems
        self.interface = interface  # None in a block
        self.values = ExpressionResolver(tables, problems)
        self.beginnings = Beginnings(tables, problems)

    def body(self, statements: tuple[t.Statement, ...], scope: Scope) -> None:
        """Resolve statements one after the other."""
        for statement in statements:
            self.statement(statement, scope)

    def statement(self, statement: t.Statement, scope: Scope) -> None:
        match statement:
            case t.FlowStatement():
                self.step(statement.value, scope, first=True)
                self._targets(statement, scope)
            case t.Let():
                self.values.value(statement.value, scope)
                gathers = isinstance(statement.value, t.ListExpr) and not statement.value.items
                self._define(statement, statement.name, "list" if gathers else "let", scope)
            case t.Shared():
                self.step(statement.value, scope, first=False)
                self._define(statement, statement.name, "shared", scope)
            case t.Learned():
                self.type_dims(statement.type, scope, symbolic=False)
                if statement.initializer is not None:
                    self._initializer(statement.initializer, scope)
                self._define(statement, statement.name, "learned", scope)
            case t.Repeat():
                self.values.value(statement.count, scope)
                self.body(statement.body, scope.child())
            case t.For():
                self.values.value(statement.iterable, scope)
                inner = scope.child()
                self.values.target(statement.target, inner)
                self.body(statement.body, inner)
            case t.If():
                self.values.value(statement.condition, scope)
                self.body(statement.then, scope.child())
                if statement.otherwise is not None:
                    self.body(statement.otherwise, scope.child())
            case t.Require():
                self.values.value(statement.condition, scope, measures=True)
            case t.InputDecl() | t.OutputDecl() | t.DataDecl():
                self._member(statement, scope)
            case _:
                raise AssertionError(f"no such statement: {statement!r}")

    # ------------------------------------------------------------------ steps

    def step(self, expr: t.Expr, scope: Scope, *, first: bool) -> None:
        """Resolve a step; `first` where a named tensor may stand."""
        match expr:
            case t.Name():
                self._name_step(expr, scope, first)
            case t.Call():
                self._call_step(expr, scope)
            case t.Dotted():
                self.values.value(expr, scope)
            case t.Flow():
                for index, part in enumerate(expr.steps):
                    self.step(part, scope, first=first and index == 0)
            case t.ListExpr():
                for item in expr.items:
                    self.step(item, scope.child(), first=True)
            case t.Comprehension():
                inner = self.values.comprehension(expr, scope)
                self.step(expr.element, inner, first=True)
            case t.Conditional():
                self.values.value(expr.condition, scope)
                self.step(expr.then, scope, first=True)
                self.step(expr.otherwise, scope, first=True)
            case t.Group():
                self.body(expr.body, scope.child())
            case t.Frozen():
                self.step(expr.step, scope, first=False)
            case t.Head():
                self._head(expr)
            case t.Subscript():
                self.values.subscript(expr, scope)
                if not first and not _mentions_flow(expr):
                    self.problems.append(errors.tensor_in_flow(_root(expr), expr.span))
            case t.Missing():
                pass
            case _:
                self.values.value(expr, scope)
                self.problems.append(
                    error(
                        "E0203",
                        "a value stands where a step should",
                        expr.span,
                        label="not a step of a stack",
                        help="a step is a layer, a block, a model, an op, a fork, a group or a choice",
                    )
                )

    def _name_step(self, expr: t.Name, scope: Scope, first: bool) -> None:
        name = expr.id
        if name == "_":
            self.tables.names[expr] = FlowingRef()
        elif name == "input":
            self.tables.names[expr] = BodyInputRef()
            if not first:
                self.problems.append(errors.tensor_in_flow(name, expr.span))
        elif (found := self.values.lookup(name, scope)) is not None:
            self.tables.names[expr] = found
            if isinstance(found, VariableRef):
                if found.variable.kind != "shared" and not first:
                    self.problems.append(errors.tensor_in_flow(name, expr.span))
            else:
                self._symbol_step(expr, found.symbol, scope)
        else:
            self._keras_step(expr, scope, expr)

    def _symbol_step(self, expr: t.Name | t.Call, symbol: Symbol, scope: Scope) -> None:
        declaration = symbol.declaration
        if isinstance(declaration, t.Task | t.Let):
            what = "a task" if isinstance(declaration, t.Task) else "a constant"
            help = f"a task is what a model is for: `model Name for {symbol.name} {{ … }}`"
            span = expr.callee.span if isinstance(expr, t.Call) else expr.span
            self.problems.append(
                errors.not_a_step(
                    symbol.name, what, span, help if isinstance(declaration, t.Task) else None
                )
            )
        elif isinstance(declaration, t.PythonDecl) and declaration.kind != "layer":
            span = expr.callee.span if isinstance(expr, t.Call) else expr.span
            self.problems.append(errors.not_a_step(symbol.name, f"a {declaration.kind}", span))
        if isinstance(expr, t.Call):
            self.values.arguments(expr, SymbolRef(symbol), scope)
        elif isinstance(declaration, t.Block | t.Model | t.PythonDecl):
            missing = [p.name.id for p in declaration.parameters if p.default is None]
            if missing:
                names = ", ".join(f"`{name}`" for name in missing)
                self.problems.append(
                    errors.argument_problem(
                        f"`{symbol.name}` needs {names}",
                        expr.span,
                        help=f"write `{symbol.name}({', '.join(f'{name}=…' for name in missing)})`",
                        label=f"{names} not given",
                    )
                )

    def _keras_step(self, expr: t.Name | t.Call, scope: Scope, callee: t.Name) -> None:
        name = callee.id
        catalogue = self.values.catalogue
        entry = catalogue.find(name, STEP_KINDS)
        if entry is None or not name[:1].isupper():
            self.tables.names[callee] = Unresolved()
            other = catalogue.find(name)
            if other is not None and name[:1].isupper():
                what = errors.KIND_WORDS[other.kind]
                self.problems.append(errors.not_a_step(name, what, callee.span))
            else:
                self._unknown_step(callee, scope, called=isinstance(expr, t.Call))
            if isinstance(expr, t.Call):
                self.values.arguments(expr, Unresolved(), scope)
            return
        self.tables.names[callee] = EntryRef(entry)
        if isinstance(expr, t.Call):
            self.values.arguments(expr, EntryRef(entry), scope)

    def _unknown_step(self, callee: t.Name, scope: Scope, *, called: bool) -> None:
        catalogue = self.values.catalogue
        layers = [
            name for kind in STEP_KINDS for name in catalogue.names(kind) if name[:1].isupper()
        ]
        own = [
            n
            for n, s in scope.module.names.items()
            if isinstance(s.declaration, t.Block | t.Model | t.Variant)
        ]
        if callee.id[:1].isupper() or called:
            what = "layer" if callee.id[:1].isupper() else "layer or function"
            foreign = errors.FOREIGN_LAYERS.get(callee.id)
            help = f"Keras calls it `{foreign}`" if foreign else None
            self.problems.append(
                errors.unknown_name(callee.id, callee.span, what, [*own, *layers], help=help)
            )
            return
        tensors = [name for name in scope.visible() if scope.find(name) is not None]
        exact = next(
            (
                name
                for name in [*own, *layers]
                if name.lower() == callee.id.replace("_", "").lower()
            ),
            None,
        )
        candidates = [exact] if exact else [*tensors, *own, *layers]
        self.problems.append(errors.unknown_name(callee.id, callee.span, "tensor", candidates))

    def _call_step(self, expr: t.Call, scope: Scope) -> None:
        callee = expr.callee
        if isinstance(callee, t.Dotted):
            self.values.value(expr, scope)
            resolution = self.tables.names.get(callee)
            if isinstance(resolution, EntryRef) and resolution.entry.kind not in (
                "ops",
                *STEP_KINDS,
            ):
                what = errors.KIND_WORDS[resolution.entry.kind]
                self.problems.append(errors.not_a_step(callee.id, what, callee.span))
            return
        if callee.id in BUILTINS and scope.find(callee.id) is None:
            self.values.value(expr, scope)
            self.problems.append(
                errors.not_a_step(callee.id, "a compile-time function", callee.span)
            )
            return
        found = self.values.lookup(callee.id, scope)
        if found is None:
            self._keras_step(expr, scope, callee)
            return
        self.tables.names[callee] = found
        if isinstance(found, SymbolRef):
            self._symbol_step(expr, found.symbol, scope)
        elif found.variable.kind == "shared":
            # The arguments of `encoder(initial_state=h)` go to the layer's call.
            for argument in expr.arguments:
                self.values.value(argument.value, scope)
        else:
            self.problems.append(
                error("E0203", f"`{callee.id}` can't be called", callee.span, label="not a layer")
            )

    def _head(self, expr: t.Head) -> None:
        interface = self.interface
        if interface is None:
            self.problems.append(
                error(
                    "E0210",
                    "`head` stands in a block",
                    expr.span,
                    label="only a model has a head",
                    help="put it into the model, after the block",
                )
            )
        elif not interface.known:
            return
        elif expr.output is not None:
            if expr.output.id not in interface.output_names:
                names = interface.output_names
                near = errors.nearest(expr.output.id, names)
                help = (
                    None
                    if near
                    else f"there are {', '.join(f'`{name}`' for name in names)}"
                    if names
                    else None
                )
                self.problems.append(
                    errors.unknown_name(
                        expr.output.id, expr.output.span, "output", names, help=help
                    )
                )
        elif len(interface.outputs) != 1:
            names = ", ".join(interface.output_names)
            message = (
                f"`head` of which output? the task has {names}"
                if names
                else "the model has no output for `head`"
            )
            self.problems.append(
                error(
                    "E0211",
                    message,
                    expr.span,
                    label="which output?" if names else "no output declared",
                    help=f"write `head {interface.output_names[0]}`"
                    if names
                    else "declare one: `output label: classification(10)`, in the model or in a task that it is `for`",
                )
            )

    # ------------------------------------------------------------------ names

    def _targets(self, statement: t.FlowStatement, scope: Scope) -> None:
        for target in statement.targets:
            name = target.name.id
            known = scope.find(name)
            if target.append:
                if known is None or known.kind != "list":
                    self._no_list(target, known, scope)
                else:
                    self.tables.targets[target] = known
                continue
            if self.interface is not None and name in self.interface.output_names:
                self.tables.outputs[target] = name
            if name == "_":
                continue
            if known is not None and known.kind == "tensor":
                known.rebound = True
                self.tables.targets[target] = known
                continue
            if known is not None and known.kind in ("parameter", "shared", "list"):
                what = {"parameter": "a parameter", "shared": "a shared layer", "list": "a list"}[
                    known.kind
                ]
                help = (
                    f"to add to the list, write `as {name}[]`"
                    if known.kind == "list"
                    else "choose another name"
                )
                self.problems.append(
                    error(
                        "E0209",
                        f"`{name}` is {what}",
                        target.name.span,
                        label="taken already",
                        labels=(Label(known.span, f"{what} since here"),),
                        help=help,
                    )
                )
                continue
            variable = Variable(name, "tensor", target.name.span)
            if target in self.tables.outputs:
                variable.uses += 1
            self.tables.targets[target] = scope.define(variable)

    def _no_list(self, target: t.AsTarget, known: Variable | None, scope: Scope) -> None:
        name = target.name.id
        lists = [
            n for n in scope.visible() if (v := scope.find(n)) is not None and v.kind == "list"
        ]
        near = errors.nearest(name, lists)
        self.problems.append(
            error(
                "E0201" if known is None else "E0209",
                f"no list `{name}` to gather tensors in",
                target.name.span,
                label="not a list" if known is not None else "not known here",
                help=errors.did_you_mean(near) or f"begin it above with `let {name} = []`",
            )
        )

    def _define(self, statement: t.Statement, name: t.Name, kind: str, scope: Scope) -> None:
        known = scope.variables.get(name.id)
        if known is not None:
            self.problems.append(
                error(
                    "E0202",
                    f"`{name.id}` is bound twice",
                    name.span,
                    label="bound again",
                    labels=(Label(known.span, "first bound here"),),
                    help="choose another name",
                )
            )
        variable = Variable(name.id, kind, name.span)  # pyright: ignore[reportArgumentType]
        self.tables.statements[statement] = scope.define(variable)

    def _initializer(self, expr: t.Expr, scope: Scope) -> None:
        dense = self.values.catalogue.get("layers", "Dense")
        parameter = dense.parameter("kernel_initializer") if dense is not None else None
        words = parameter.words if parameter is not None else ()
        self.values.value(expr, scope, words=words, kinds=("initializers",))

    def _member(self, statement: t.InputDecl | t.OutputDecl | t.DataDecl, scope: Scope) -> None:
        if self.interface is None or scope.parent is not None:
            where = "a block" if self.interface is None else "a loop or group"
            self.problems.append(
                error(
                    "E0210",
                    f"inputs, outputs and data can't be declared in {where}",
                    statement.span,
                    label=f"in {where}",
                    help="declare them in a task, or at the top of the model",
                )
            )

    def type_dims(self, type: t.TensorType | t.DimsType, scope: Scope, *, symbolic: bool) -> None:
        """Resolve the dimensions of a type; a lowercase name that is nothing else is symbolic."""
        if isinstance(type, t.TensorType) and type.dtype.id not in DTYPES:
            self.problems.append(
                errors.unknown_name(type.dtype.id, type.dtype.span, "dtype", DTYPES)
            )
        for dim in type.dims:
            self._dim(dim, scope, symbolic)

    def _dim(self, dim: t.Expr, scope: Scope, symbolic: bool) -> None:
        if isinstance(dim, t.Name) and symbolic and not dim.id[:1].isupper():
            found = self.values.lookup(dim.id, scope)
            self.tables.names[dim] = found if found is not None else DimensionRef(dim.id)
        elif isinstance(dim, t.Binary | t.Unary) and symbolic:
            operands = (dim.left, dim.right) if isinstance(dim, t.Binary) else (dim.operand,)
            for operand in operands:
                self._dim(operand, scope, symbolic)
        else:
            self.values.value(dim, scope)


def _mentions_flow(expr: t.Expr) -> bool:
    while isinstance(expr, t.Subscript):
        expr = expr.value
    return isinstance(expr, t.Name) and expr.id == "_"


def _root(expr: t.Expr) -> str:
    while isinstance(expr, t.Subscript):
        expr = expr.value
    return expr.id if isinstance(expr, t.Name) else "this"


__all__ = ["Interface", "Span", "StackResolver"]
