"""Resolving stacks: the statements and steps of models and blocks."""

from __future__ import annotations

from archlang.diagnostics import Diagnostic, error
from archlang.diagnostics.suggestions import nearest
from archlang.semantics import errors
from archlang.semantics.beginnings import Beginnings
from archlang.semantics.bindings import Binder
from archlang.semantics.expressions import BUILTINS, ExpressionResolver
from archlang.semantics.interfaces import Interface
from archlang.semantics.merging import merged_list, tensors_as_argument
from archlang.semantics.program import (
    BodyInputRef,
    EntryRef,
    FlowingRef,
    Symbol,
    SymbolRef,
    Tables,
    Unresolved,
    VariableRef,
)
from archlang.semantics.scopes import Scope
from archlang.semantics.types import resolve_type
from archlang.syntax import tree as t

STEP_KINDS = ("layers", "applications")


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
        self.binder = Binder(tables, problems, interface)

    def body(self, statements: tuple[t.Statement, ...], scope: Scope) -> None:
        """Resolve statements one after the other."""
        for statement in statements:
            self.statement(statement, scope)

    def statement(self, statement: t.Statement, scope: Scope) -> None:
        match statement:
            case t.FlowStatement():
                self.step(statement.value, scope, first=True)
                self.binder.targets(statement, scope)
            case t.Let():
                self.values.value(statement.value, scope)
                gathers = isinstance(statement.value, t.ListExpr) and not statement.value.items
                self.binder.define(statement, statement.name, "list" if gathers else "let", scope)
            case t.Shared():
                self.step(statement.value, scope, first=False)
                self.binder.define(statement, statement.name, "shared", scope)
            case t.Learned():
                resolve_type(self.values, statement.type, scope, symbolic=False)
                if statement.initializer is not None:
                    self._initializer(statement.initializer, scope)
                self.binder.define(statement, statement.name, "learned", scope)
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

    def step(
        self, expr: t.Expr, scope: Scope, *, first: bool, before: t.Expr | None = None
    ) -> None:
        """Resolve a step; `first` where a named tensor may stand, `before` is what began the flow, right before it."""
        match expr:
            case t.Name():
                self._name_step(expr, scope, first)
            case t.Call() if (given := merged_list(expr, scope)) is not None:
                self._merge(expr, given, scope, first, before)
            case t.Call():
                self._call_step(expr, scope)
            case t.Dotted():
                self.values.value(expr, scope)
            case t.Flow():
                for index, part in enumerate(expr.steps):
                    begun = expr.steps[0] if first and index == 1 else None
                    self.step(part, scope, first=first and index == 0, before=begun)
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

    def _merge(
        self, expr: t.Call, given: t.ListExpr, scope: Scope, first: bool, before: t.Expr | None
    ) -> None:
        """`Add([a, b])`: what stands in it is resolved, and nothing more is said about it."""
        self.problems.append(
            tensors_as_argument(expr, given, first=first, before=before, tables=self.tables)
        )
        self.step(given, scope, first=True)
        for argument in expr.arguments[1:]:
            self.values.value(argument.value, scope, any_word=True)
        self.tables.names[expr.callee] = Unresolved()
        self.beginnings.merges.add(expr)

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
                near = nearest(expr.output.id, names)
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


def _mentions_flow(expr: t.Expr) -> bool:
    while isinstance(expr, t.Subscript):
        expr = expr.value
    return isinstance(expr, t.Name) and expr.id == "_"


def _root(expr: t.Expr) -> str:
    while isinstance(expr, t.Subscript):
        expr = expr.value
    return expr.id if isinstance(expr, t.Name) else "this"
