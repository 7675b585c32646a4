"""Resolving values: the arguments of layers, constants, conditions."""

from __future__ import annotations

from archlang.catalogue import Entry, load
from archlang.diagnostics import Diagnostic, error
from archlang.diagnostics.suggestions import nearest
from archlang.semantics import errors
from archlang.semantics.calls import (
    Signature,
    bind,
    declaration_signature,
    entry_signature,
    unknown_argument,
)
from archlang.semantics.program import (
    BodyInputRef,
    BoundCall,
    BuiltinRef,
    EntryRef,
    FlowingRef,
    Module,
    Resolution,
    Symbol,
    SymbolRef,
    Tables,
    Unresolved,
    Variable,
    VariableRef,
    Word,
)
from archlang.semantics.scopes import Scope
from archlang.semantics.words import ParameterWords
from archlang.source import Span
from archlang.syntax import tree as t

BUILTINS = (
    "len", "range", "min", "max", "sum", "round", "abs", "int", "float", "str",
    "enumerate", "zip", "reversed", "shape",
)  # fmt: skip
MEASURES = ("params", "macs")
# Where a class name is looked for when an argument doesn't say which kind it takes.
VALUE_KINDS = (
    "layers", "initializers", "regularizers", "constraints", "optimizers", "schedules",
    "losses", "metrics", "callbacks", "applications",
)  # fmt: skip


class ExpressionResolver:
    """Resolves the names in values, and the arguments of calls."""

    def __init__(self, tables: Tables, problems: list[Diagnostic]) -> None:
        self.tables = tables
        self.problems = problems
        self.catalogue = load()
        self.parameter_words = ParameterWords()

    # ------------------------------------------------------------------ values

    def value(
        self,
        expr: t.Expr,
        scope: Scope,
        *,
        words: tuple[str, ...] = (),
        kinds: tuple[str, ...] | None = None,
        any_word: bool = False,
        measures: bool = False,
    ) -> None:
        """Resolve a value. `words` are the bare words that it may be, `kinds` the sections a class may come from."""
        match expr:
            case t.Name():
                self._value_name(expr, scope, words, kinds, any_word, measures)
            case t.Call():
                self._value_call(expr, scope, kinds)
            case t.Dotted():
                self._dotted(expr)
            case t.ListExpr(items=items) | t.TupleExpr(items=items):
                for item in items:
                    self.value(item, scope, words=words, kinds=kinds, any_word=any_word)
            case t.Comprehension():
                inner = self.comprehension(expr, scope)
                self.value(expr.element, inner, words=words, kinds=kinds)
            case t.Conditional():
                self.value(expr.condition, scope, measures=measures)
                self.value(expr.then, scope, words=words, kinds=kinds, any_word=any_word)
                self.value(expr.otherwise, scope, words=words, kinds=kinds, any_word=any_word)
            case t.Subscript():
                self.subscript(expr, scope)
            case t.SliceExpr():
                for part in (expr.lower, expr.upper, expr.step):
                    if part is not None:
                        self.value(part, scope)
            case t.Unary():
                self.value(expr.operand, scope, measures=measures)
            case t.Binary():
                self.value(expr.left, scope, measures=measures)
                self.value(expr.right, scope, measures=measures)
            case t.Compare():
                for operand in expr.operands:
                    self.value(operand, scope, measures=measures)
            case t.Constant() | t.Missing():
                pass
            case t.Flow() | t.Group() | t.Frozen() | t.Head():
                what = {
                    t.Flow: "a flow of steps",
                    t.Group: "a group",
                    t.Frozen: "`frozen`",
                    t.Head: "`head`",
                }
                self.problems.append(
                    error(
                        "E0207",
                        f"{what[type(expr)]} is no value",
                        expr.span,
                        label="not a value",
                        help="in an argument stands a value: a number, a word, a layer such as `LSTM(64)`, a tensor",
                    )
                )
            case _:
                raise AssertionError(f"no such expression: {expr!r}")

    def comprehension(self, expr: t.Comprehension, scope: Scope) -> Scope:
        """Resolve the clauses of a comprehension; the scope in which its element stands."""
        inner = scope
        for clause in expr.clauses:
            self.value(clause.iterable, inner)
            inner = inner.child()
            self.target(clause.target, inner)
            for condition in clause.conditions:
                self.value(condition, inner)
        return inner

    def target(self, target: t.Target, scope: Scope) -> None:
        """Define the names that a loop binds."""
        if isinstance(target, t.TupleTarget):
            for item in target.items:
                self.target(item, scope)
        elif target.id != "_":
            self.tables.targets[target] = scope.define(Variable(target.id, "loop", target.span))

    def subscript(self, expr: t.Subscript, scope: Scope) -> None:
        """`list[0]`, `x[:, 0]`, `shape(_)[-1]`."""
        self.value(expr.value, scope)
        for index in expr.indices:
            self.value(index, scope)

    def lookup(self, name: str, scope: Scope) -> VariableRef | SymbolRef | None:
        """What a name of the file stands for here, if anything; counts as a use."""
        variable = scope.find(name)
        if variable is not None:
            variable.uses += 1
            return VariableRef(variable)
        symbol = scope.module.names.get(name)
        if symbol is not None:
            symbol.uses += 1
            return SymbolRef(symbol)
        return None

    def _value_name(
        self,
        expr: t.Name,
        scope: Scope,
        words: tuple[str, ...],
        kinds: tuple[str, ...] | None,
        any_word: bool,
        measures: bool,
    ) -> None:
        name = expr.id
        if name == "_" and scope.owner is not None:
            self.tables.names[expr] = FlowingRef()
            return
        if name == "input" and scope.owner is not None:
            self.tables.names[expr] = BodyInputRef()
            return
        found = self.lookup(name, scope)
        if found is not None and name in words:
            self.problems.append(errors.two_meanings(name, expr.span, *_described(found)))
            self.tables.names[expr] = Unresolved()
        elif found is not None:
            self.tables.names[expr] = found
        elif name in words or (any_word and not name[:1].isupper()):
            self.tables.names[expr] = Word(name)
        elif measures and name in MEASURES:
            self.tables.names[expr] = BuiltinRef(name)
        else:
            self.tables.names[expr] = self._entry_name(expr, scope, words, kinds)

    def _entry_name(
        self, expr: t.Name, scope: Scope, words: tuple[str, ...], kinds: tuple[str, ...] | None
    ) -> Resolution:
        name = expr.id
        entry = self.catalogue.find(name, kinds or VALUE_KINDS) or self.catalogue.find(
            name, VALUE_KINDS
        )
        if entry is not None:
            return EntryRef(entry)
        if name[:1].isupper():
            candidates = [*_type_names(scope.module), *self._catalogue_names(kinds)]
            what = "name"
        else:
            candidates = [*words, *scope.visible(), *(BUILTINS if not words else ())]
            what = "word" if words else "name"
        help = None
        if words and not nearest(name, candidates):
            shown = ", ".join(words[:8]) + (", …" if len(words) > 8 else "")
            help = f"the words for this argument are {shown}"
        elif not words and not nearest(name, candidates) and not name[:1].isupper():
            help = f'declare it: `let {name} = …`; text stands in quotes: `"{name}"`'
        self.problems.append(errors.unknown_name(name, expr.span, what, candidates, help=help))
        return Unresolved()

    def _catalogue_names(self, kinds: tuple[str, ...] | None) -> list[str]:
        return [name for kind in kinds or VALUE_KINDS for name in self.catalogue.names(kind)]

    # ------------------------------------------------------------------ calls

    def _value_call(self, expr: t.Call, scope: Scope, kinds: tuple[str, ...] | None) -> None:
        callee = expr.callee
        if isinstance(callee, t.Dotted):
            resolution = self._dotted(callee)
        elif (
            callee.id in BUILTINS
            and scope.find(callee.id) is None
            and callee.id not in scope.module.names
        ):
            self.tables.names[callee] = BuiltinRef(callee.id)
            for argument in expr.arguments:
                self.value(argument.value, scope)
                if argument.name is not None:
                    self._no_keywords(callee.id, argument)
            return
        else:
            found = self.lookup(callee.id, scope)
            resolution = found if found is not None else self._entry_name(callee, scope, (), kinds)
            self.tables.names[callee] = resolution
        self.arguments(expr, resolution, scope)

    def arguments(self, expr: t.Call, resolution: Resolution, scope: Scope) -> None:
        """Bind and resolve the arguments of a call of something known; of something unknown, only resolve them."""
        match resolution:
            case EntryRef(entry=entry) if entry.kind == "ops":
                self._op_arguments(expr, entry, scope)
            case EntryRef(entry=entry):
                bound = bind(expr, entry_signature(entry), self.problems)
                self.tables.calls[expr] = bound
                self.entry_arguments(entry, bound, scope)
            case SymbolRef(symbol=symbol):
                self.symbol_arguments(expr, symbol, scope)
            case Unresolved():
                # What can't be bound is only looked through for what it uses, without a word.
                silent = ExpressionResolver(self.tables, [])
                for argument in expr.arguments:
                    silent.value(argument.value, scope, any_word=True)
            case _:
                what = expr.callee.id
                self.problems.append(
                    error(
                        "E0209", f"`{what}` can't be called", expr.callee.span, label="not callable"
                    )
                )

    def entry_arguments(self, entry: Entry, bound: BoundCall, scope: Scope) -> None:
        """Resolve the arguments of a Keras object, with the words and kinds that each takes."""
        for name, argument in bound.constructor.items():
            parameter = entry.parameter(name)
            words = parameter.words if parameter is not None else ()
            kinds = (
                (parameter.value_kind,) if parameter is not None and parameter.value_kind else None
            )
            if name == "name" and isinstance(argument.value, t.Name):
                self.tables.names[argument.value] = Word(argument.value.id)
            elif entry.kind == "applications" and name == "preprocess":
                self.value(argument.value, scope)
            else:
                self.value(argument.value, scope, words=words, kinds=kinds)
        for argument in bound.call.values():
            self.value(argument.value, scope)

    def _op_arguments(self, expr: t.Call, entry: Entry, scope: Scope) -> None:
        """The arguments of an op; what flows is its first unless `_` says where it stands."""
        placed = any(isinstance(a.value, t.Name) and a.value.id == "_" for a in expr.arguments)
        names = [p.name for p in entry.parameters]
        position = 0 if placed else 1
        for argument in expr.arguments:
            if argument.name is None:
                parameter = entry.parameters[position] if position < len(names) else None
                position += 1
            else:
                parameter = entry.parameter(argument.name.id)
                if parameter is None:
                    self.problems.append(unknown_argument(entry_signature(entry), argument.name))
            words = parameter.words if parameter is not None else ()
            self.value(argument.value, scope, words=words)

    def symbol_arguments(self, expr: t.Call, symbol: Symbol, scope: Scope) -> None:
        """Bind and resolve the arguments of a block, model or Python layer of the file."""
        declaration = symbol.declaration
        if isinstance(declaration, t.Block | t.Model | t.PythonDecl):
            bound = bind(expr, declaration_signature(declaration), self.problems)
            self.tables.calls[expr] = bound
            for name, argument in bound.constructor.items():
                parameter = next((p for p in declaration.parameters if p.name.id == name), None)
                if name == "name" and parameter is None and isinstance(argument.value, t.Name):
                    self.tables.names[argument.value] = Word(argument.value.id)
                elif name == "weights" and parameter is None and isinstance(argument.value, t.Name):
                    self._model_weights(argument.value, scope)
                elif parameter is not None and not isinstance(declaration, t.PythonDecl):
                    words = self.parameter_words.of(symbol.module, declaration, parameter)
                    self.value(argument.value, scope, words=words)
                else:
                    self.value(argument.value, scope)
            for argument in bound.call.values():
                self.value(argument.value, scope)
        elif isinstance(declaration, t.Variant):
            bound = bind(
                expr, Signature(symbol.name, (), further=("name", "weights")), self.problems
            )
            self.tables.calls[expr] = bound
            for name, argument in bound.constructor.items():
                if name == "name" and isinstance(argument.value, t.Name):
                    self.tables.names[argument.value] = Word(argument.value.id)
                else:
                    self.value(argument.value, scope)
        else:
            what = "a task" if isinstance(declaration, t.Task) else "a constant"
            self.problems.append(
                error(
                    "E0209",
                    f"`{symbol.name}` is {what} and can't be called",
                    expr.callee.span,
                    label=what,
                )
            )

    def _model_weights(self, name: t.Name, scope: Scope) -> None:
        found = self.lookup(name.id, scope)
        if isinstance(found, SymbolRef) and isinstance(
            found.symbol.declaration, t.Model | t.Variant
        ):
            self.tables.names[name] = found
            return
        models = [
            n
            for n, s in scope.module.names.items()
            if isinstance(s.declaration, t.Model | t.Variant)
        ]
        self.problems.append(errors.unknown_name(name.id, name.span, "model", models))
        self.tables.names[name] = Unresolved()

    def _no_keywords(self, function: str, argument: t.Argument) -> None:
        self.problems.append(
            errors.argument_problem(
                f"`{function}` takes its arguments by position", argument.span, label="by keyword"
            )
        )

    def _dotted(self, expr: t.Dotted) -> Resolution:
        """`ops.mean`, `optimizers.schedules.CosineDecay`."""
        section, rest = expr.parts[0].id, ".".join(part.id for part in expr.parts[1:])
        if section == "optimizers" and rest.startswith("schedules."):
            section, rest = "schedules", rest.removeprefix("schedules.")
        if section in errors.KIND_WORDS:
            entry = self.catalogue.get(section, rest)
            if entry is None and section == "ops":
                entry = self.catalogue.get("ops", rest.removeprefix("numpy."))
            if entry is not None:
                self.tables.names[expr] = resolution = EntryRef(entry)
                return resolution
            candidates = self.catalogue.names(section)
            what = "`keras.ops` function" if section == "ops" else f"name in `{section}`"
            self.problems.append(
                errors.unknown_name(rest, expr.parts[1].span.to(expr.span), what, candidates)
            )
        else:
            self.problems.append(
                errors.unknown_name(section, expr.parts[0].span, "module", errors.KIND_WORDS)
            )
        self.tables.names[expr] = Unresolved()
        return Unresolved()


def _described(found: VariableRef | SymbolRef) -> tuple[Span, str]:
    if isinstance(found, VariableRef):
        return (
            found.variable.span,
            "parameter" if found.variable.kind == "parameter" else "name in scope",
        )
    return found.symbol.declaration.name.span, "constant"


def _type_names(module: Module) -> list[str]:
    return [name for name in module.names if name[:1].isupper()]
