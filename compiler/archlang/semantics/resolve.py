"""From the trees of a spec and its imports to a `Program`: every name bound, or reported."""

from __future__ import annotations

import re

from archlang.catalogue import load
from archlang.diagnostics import Diagnostic, Label, Severity, error, warning
from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.semantics import errors
from archlang.semantics.beginnings import Unclear
from archlang.semantics.expressions import ExpressionResolver
from archlang.semantics.imports import Importer, Reader
from archlang.semantics.program import (
    BoundCall,
    DimensionRef,
    Module,
    Program,
    SymbolRef,
    Tables,
    Unresolved,
    Variable,
    VariableRef,
    Word,
)
from archlang.semantics.scopes import Scope
from archlang.semantics.stacks import Interface, StackResolver
from archlang.source import Source
from archlang.syntax import tree as t


def resolve(
    source: Source, tree: t.Tree, read: Reader, unread: tuple[Diagnostic, ...] = ()
) -> tuple[Program, list[Diagnostic]]:
    """Bind every name of a parsed spec.

    `read` gives the text of an imported file, or None; `unread` are the problems of parsing `tree`: names that
    are unknown only because of them are not reported.
    """
    problems: list[Diagnostic] = list(unread)
    broken = any(problem.is_error for problem in unread)
    importer = Importer(read, problems)
    main = importer.load(source, tree, unread)
    tables = Tables()
    for module in importer.modules.values():
        _ModuleResolver(module, tables, problems).run()
    program = Program(main, importer.modules, importer.sources, tables)
    if not any(problem.is_error for problem in problems) and not broken:
        _warn_unused(program, problems)
    return program, _without_consequences(problems, importer.sources)[len(unread) :]


class _ModuleResolver:
    def __init__(self, module: Module, tables: Tables, problems: list[Diagnostic]) -> None:
        self.module = module
        self.tables = tables
        self.problems = problems
        self.values = ExpressionResolver(tables, problems)
        self.top = Scope(module)

    def run(self) -> None:
        for declaration in self.module.tree.declarations:
            match declaration:
                case t.Import():
                    pass
                case t.Let():
                    self.values.value(declaration.value, self.top)
                case t.Task():
                    self._interface(declaration.members, self.top)
                case t.Block():
                    self._block(declaration)
                case t.Model():
                    self._model(declaration)
                case t.Variant():
                    self._variant(declaration)
                case t.PythonDecl():
                    self._python(declaration)
                case t.Train():
                    self._train(declaration)
            if isinstance(declaration, t.Block | t.Model | t.PythonDecl):
                self._shadowed(declaration.name)
        self._train_twice()

    # ------------------------------------------------------------------ stacks

    def _parameters(self, owner: t.Block | t.Model, scope: Scope) -> None:
        for parameter in owner.parameters:
            if parameter.default is not None:
                words = self.values.parameter_words.of(self.module, owner, parameter)
                self.values.value(parameter.default, scope, words=words)
            if parameter.name.id in scope.variables:
                first = scope.variables[parameter.name.id]
                self.problems.append(_twice(parameter.name, first.span, "parameter"))
            kind = "tensor_parameter" if parameter.is_tensor else "parameter"
            variable = scope.define(Variable(parameter.name.id, kind, parameter.name.span))
            self.tables.parameters[parameter] = variable

    def _block(self, block: t.Block) -> None:
        scope = Scope(self.module, owner=block)
        self._parameters(block, scope)
        stacks = StackResolver(self.tables, self.problems, None)
        if block.contract is not None:
            for side in (block.contract.takes, block.contract.gives):
                stacks.type_dims(side, scope, symbolic=True)
        stacks.body(block.body, scope)
        stacks.beginnings.check(block.body)
        self.tables.variables[block] = scope.all

    def _model(self, model: t.Model) -> None:
        scope = Scope(self.module, owner=model)
        self._parameters(model, scope)
        for parameter in model.parameters:
            if parameter.default is None and not parameter.is_tensor:
                self.problems.append(
                    errors.argument_problem(
                        f"the parameter `{parameter.name.id}` of a model needs a default",
                        parameter.span,
                        label="no default",
                        help=f"write `{parameter.name.id}=…`; `--set` and variants change it",
                    )
                )
        interface = self._model_interface(model, scope)
        stacks = StackResolver(self.tables, self.problems, interface)
        inputs: dict[str, Variable] = {}
        for declared in interface.inputs:
            variable = scope.define(Variable(declared.name.id, "input", declared.name.span, uses=1))
            inputs[declared.name.id] = variable
        self.tables.inputs[model] = inputs
        stacks.body(model.body, scope)
        several = len(interface.inputs) > 1
        names = tuple(declared.name.id for declared in interface.inputs)
        start = Unclear(model.name.span, "the model has several inputs", names) if several else None
        stacks.beginnings.check(model.body, start)
        self.tables.variables[model] = scope.all

    def _model_interface(self, model: t.Model, scope: Scope) -> Interface:
        own = [s for s in model.body if isinstance(s, t.InputDecl | t.OutputDecl | t.DataDecl)]
        if model.task is None:
            self._interface(own, scope)
            return _interface_of(own)
        symbol = self.module.names.get(model.task.id)
        if symbol is None:
            tasks = [n for n, s in self.module.names.items() if isinstance(s.declaration, t.Task)]
            self.problems.append(errors.unknown_name(model.task.id, model.task.span, "task", tasks))
            return Interface(known=False)
        symbol.uses += 1
        self.tables.names[model.task] = SymbolRef(symbol)
        if not isinstance(symbol.declaration, t.Task):
            self.problems.append(
                error(
                    "E0209",
                    f"`{model.task.id}` is not a task",
                    model.task.span,
                    label="a task is needed here",
                    labels=(Label(symbol.declaration.name.span, "declared here"),),
                )
            )
            return Interface(known=False)
        for member in own:
            self.problems.append(
                error(
                    "E0210",
                    "a model that is `for` a task has that task's inputs, outputs and data, and no more",
                    member.span,
                    label="declared in the model",
                    labels=(Label(model.task.span, "for this task"),),
                    help=f"move it into `task {model.task.id}`",
                )
            )
        return _interface_of(symbol.declaration.members)

    def _variant(self, variant: t.Variant) -> None:
        callee = variant.base.callee
        symbol = self.module.names.get(callee.id)
        if symbol is None or not isinstance(symbol.declaration, t.Model | t.Variant):
            models = [n for n, s in self.module.names.items() if isinstance(s.declaration, t.Model)]
            self.problems.append(errors.unknown_name(callee.id, callee.span, "model", models))
            self.tables.names[callee] = Unresolved()
            return
        seen = {variant.name.id}
        while isinstance(symbol.declaration, t.Variant):
            if symbol.name in seen:
                self.problems.append(
                    error(
                        "E0209",
                        f"`{variant.name.id}` is a variant of itself",
                        callee.span,
                        label="goes in a circle",
                    )
                )
                self.tables.names[callee] = Unresolved()
                return
            seen.add(symbol.name)
            base = symbol.module.names.get(symbol.declaration.base.callee.id)
            if base is None or not isinstance(base.declaration, t.Model | t.Variant):
                self.tables.names[callee] = Unresolved()
                return
            symbol = base
        symbol.uses += 1
        self.tables.names[callee] = SymbolRef(symbol)
        self.values.arguments(variant.base, SymbolRef(symbol), self.top)

    # ------------------------------------------------------------------ tasks, training, Python

    def _interface(self, members: object, scope: Scope) -> None:
        stacks = StackResolver(self.tables, self.problems, Interface())
        names: dict[str, t.Name] = {}
        outputs = [m for m in members if isinstance(m, t.OutputDecl)]  # type: ignore[attr-defined]
        for member in members:  # type: ignore[attr-defined]
            if isinstance(member, t.DataDecl):
                self._data(member.value, scope)
                continue
            if member.name.id in names:
                self.problems.append(
                    _twice(member.name, names[member.name.id].span, "input or output")
                )
            names[member.name.id] = member.name
            if isinstance(member, t.InputDecl):
                if isinstance(member.type, t.TensorType):
                    stacks.type_dims(member.type, scope, symbolic=True)
                    self._near_constants(member.type, scope)
                elif member.type.output.id not in [o.name.id for o in outputs]:
                    self.problems.append(
                        errors.unknown_name(
                            member.type.output.id,
                            member.type.output.span,
                            "output",
                            [o.name.id for o in outputs],
                        )
                    )
            elif isinstance(member.type, t.TensorType):
                stacks.type_dims(member.type, scope, symbolic=True)
            elif isinstance(member.type, t.Call):
                self._task_arguments(member.type, scope)

    def _task_arguments(self, call: t.Call, scope: Scope) -> None:
        """`classification(labels=[…], loss=…, metrics=[…])`: which kinds there are is known to `tasks`."""
        for argument in call.arguments:
            name = argument.name.id if argument.name is not None else ""
            kinds = {"loss": ("losses",), "metrics": ("metrics",), "text": ("layers",)}.get(name)
            words = (
                _identifiers("losses" if name == "loss" else "metrics")
                if name in ("loss", "metrics")
                else ()
            )
            self.values.value(
                argument.value, scope, words=words, kinds=kinds, any_word=name == "of"
            )

    def _data(self, value: t.Expr, scope: Scope) -> None:
        """`sklearn(digits)`: the source's word and bare words in it stand for themselves."""
        if not isinstance(value, t.Call) or not isinstance(value.callee, t.Name):
            self.values.value(value, scope, any_word=True)
            return
        self.tables.names[value.callee] = Word(value.callee.id)
        positional = [a for a in value.arguments if a.name is None]
        keywords = {a.name.id: a for a in value.arguments if a.name is not None}
        self.tables.calls[value] = BoundCall(keywords, {}, tuple(positional))
        for argument in value.arguments:
            self.values.value(argument.value, scope, any_word=argument.name is None)

    def _train_twice(self) -> None:
        first: dict[str | None, t.Train] = {}
        for train in self.module.tree.declarations:
            if not isinstance(train, t.Train):
                continue
            name = train.model.id if train.model is not None else None
            if name in first:
                what = f"`train {name}`" if name is not None else "`train`"
                label = Label(_keyword(first[name]), "first declared here")
                self.problems.append(
                    error(
                        "E0202",
                        f"{what} is declared twice",
                        _keyword(train),
                        label="declared again",
                        labels=(label,),
                        help="write all settings into one; settings of one model go into `train Name { … }`",
                    )
                )
            first.setdefault(name, train)
            phases: dict[str, t.Name] = {}
            for phase in train.phases:
                if phase.name.id in phases:
                    self.problems.append(_twice(phase.name, phases[phase.name.id].span, "phase"))
                phases.setdefault(phase.name.id, phase.name)

    def _train(self, train: t.Train) -> None:
        if train.model is not None:
            symbol = self.module.names.get(train.model.id)
            models = [
                n
                for n, s in self.module.names.items()
                if isinstance(s.declaration, t.Model | t.Variant)
            ]
            if symbol is None or train.model.id not in models:
                self.problems.append(
                    errors.unknown_name(train.model.id, train.model.span, "model", models)
                )
            else:
                symbol.uses += 1
        for setting in train.settings:
            self._setting(setting)
        for phase in train.phases:
            for setting in phase.settings:
                self._setting(setting)

    def _setting(self, setting: t.Setting) -> None:
        name = setting.name.id
        if name == "unfreeze":
            self._selectors(setting.value)
        elif name in ("validation", "test") and isinstance(setting.value, t.Call):
            self._data(setting.value, self.top)
        else:
            kinds = {"optimizer": ("optimizers",), "callbacks": ("callbacks",)}.get(name)
            words = _identifiers("optimizers") if name == "optimizer" else ()
            self.values.value(
                setting.value,
                self.top,
                words=words,
                kinds=kinds,
                any_word=name in ("strategy", "mixed_precision"),
            )

    def _selectors(self, value: t.Expr) -> None:
        """`[backbone, last(backbone, 20), after(backbone, "block4")]`: names of layers stand for themselves."""
        items = value.items if isinstance(value, t.ListExpr) else (value,)
        for item in items:
            if isinstance(item, t.Name):
                self.tables.names[item] = Word(item.id)
            elif (
                isinstance(item, t.Call)
                and isinstance(item.callee, t.Name)
                and item.callee.id in ("last", "after")
            ):
                self.tables.names[item.callee] = Word(item.callee.id)
                for argument in item.arguments:
                    self.values.value(argument.value, self.top, any_word=True)
            elif isinstance(item, t.Call):
                self.problems.append(
                    errors.unknown_name(
                        item.callee.id, item.callee.span, "selector", ("last", "after")
                    )
                )
            else:
                self.values.value(item, self.top)

    def _python(self, declaration: t.PythonDecl) -> None:
        scope = Scope(self.module)
        for parameter in declaration.parameters:
            if parameter.default is not None:
                self.values.value(parameter.default, scope)
            scope.define(Variable(parameter.name.id, "parameter", parameter.name.span, uses=1))
        if isinstance(declaration.result, t.TensorType):
            StackResolver(self.tables, self.problems, None).type_dims(
                declaration.result, scope, symbolic=True
            )

    def _near_constants(self, type: t.TensorType, scope: Scope) -> None:
        constants = [n for n, s in self.module.names.items() if isinstance(s.declaration, t.Let)]
        for dim in type.dims:
            if isinstance(dim, t.Name) and isinstance(self.tables.names.get(dim), DimensionRef):
                near = nearest(dim.id, constants, 1)
                if near:
                    self.problems.append(
                        warning(
                            "W1202",
                            f"`{dim.id}` is a dimension of any length, but almost the constant `{near[0]}`",
                            dim.span,
                            label="symbolic",
                            help=did_you_mean(near),
                        )
                    )

    def _shadowed(self, name: t.Name) -> None:
        entry = load().find(name.id, ("layers", "applications"))
        if entry is not None:
            self.problems.append(
                Diagnostic(
                    "N1203",
                    Severity.NOTE,
                    f"`{name.id}` is also {errors.KIND_WORDS[entry.kind]} of Keras; in this file it means this one",
                    name.span,
                )
            )


def _interface_of(members: object) -> Interface:
    items: list[object] = list(members)  # type: ignore[call-overload]
    # Of two with one name, which has been reported, the first counts.
    inputs = {m.name.id: m for m in reversed(items) if isinstance(m, t.InputDecl)}
    outputs = {m.name.id: m for m in reversed(items) if isinstance(m, t.OutputDecl)}
    return Interface(list(reversed(inputs.values())), list(reversed(outputs.values())))


def _identifiers(kind: str) -> tuple[str, ...]:
    """The words that Keras's `get` takes for losses, metrics or optimizers: those of `compile`'s arguments."""
    return load().words(kind)


def _keyword(train: t.Train) -> t.Span:
    return t.Span(train.span.path, train.span.start, train.span.start + len("train"))


def _twice(name: t.Name, first: t.Span, what: str) -> Diagnostic:
    return error(
        "E0202",
        f"the {what} `{name.id}` is declared twice",
        name.span,
        label="declared again",
        labels=(Label(first, "first declared here"),),
        help="rename one of them",
    )


def _warn_unused(program: Program, problems: list[Diagnostic]) -> None:
    main = program.module
    described = {
        "tensor": "tensor", "let": "constant", "list": "list", "shared": "shared layer",
        "learned": "learned tensor", "parameter": "parameter", "tensor_parameter": "parameter",
    }  # fmt: skip
    for owner, variables in program.tables.variables.items():
        if owner.span.path != main.tree.source.path:
            continue
        for variable in variables:
            if not variable.uses and variable.kind in described:
                problems.append(
                    errors.unused(variable.name, variable.span, described[variable.kind])
                )
    has_models = bool(program.models)
    imported = {
        name.id: name for d in main.tree.declarations if isinstance(d, t.Import) for name in d.names
    }
    for name, symbol in main.names.items():
        if symbol.uses or not has_models:
            continue
        if name in imported and symbol.module is not main:
            problems.append(errors.unused(name, imported[name].span, "import"))
        elif isinstance(symbol.declaration, t.Let | t.Block) and symbol.module is main:
            what = "block" if isinstance(symbol.declaration, t.Block) else "constant"
            problems.append(errors.unused(name, symbol.declaration.name.span, what))


def _without_consequences(
    problems: list[Diagnostic], sources: dict[str, Source]
) -> list[Diagnostic]:
    """Leave out unknown names that are unknown only because what binds them could not be read."""
    unread: dict[str, set[str]] = {}
    for problem in problems:
        if problem.code.startswith(("E01", "E06")):
            unread.setdefault(problem.span.path, set()).update(_words_near(problem, sources))
    return [
        problem
        for problem in problems
        if not (
            problem.code == "E0201"
            and sources[problem.span.path].slice(problem.span) in unread.get(problem.span.path, ())
        )
    ]


def _words_near(problem: Diagnostic, sources: dict[str, Source]) -> list[str]:
    source = sources[problem.span.path]
    words: list[str] = []
    for span in (
        problem.span,
        *(label.span for label in problem.labels if label.span.path == problem.span.path),
    ):
        first, last = source.position(span.start).line, source.position(span.end).line
        for line in range(first, min(last, source.line_count) + 1):
            words += re.findall(r"\w+", source.line(line))
    return words


__all__ = ["VariableRef", "resolve"]
