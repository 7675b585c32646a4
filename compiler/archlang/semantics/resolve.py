"""From the trees of a spec and its imports to a `Program`: every name bound, or reported."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from archlang.catalogue import load
from archlang.diagnostics import Diagnostic, Label, Severity, error
from archlang.semantics import errors
from archlang.semantics.beginnings import Unclear
from archlang.semantics.consequences import without_consequences
from archlang.semantics.contracts import unknown_lengths
from archlang.semantics.expressions import ExpressionResolver
from archlang.semantics.imports import Importer, Parser, Reader
from archlang.semantics.interfaces import Interface, InterfaceResolver, Member, interface_of
from archlang.semantics.kept import KeptResolutions, Resolved
from archlang.semantics.program import (
    Module,
    Program,
    SymbolRef,
    Tables,
    Unresolved,
    Variable,
)
from archlang.semantics.scopes import Scope
from archlang.semantics.stacks import StackResolver
from archlang.semantics.training import TrainResolver
from archlang.semantics.types import resolve_type
from archlang.semantics.unused import unused_names
from archlang.source import Source
from archlang.syntax import parse
from archlang.syntax import tree as t


def resolve(
    source: Source,
    tree: t.Tree,
    read: Reader,
    unread: tuple[Diagnostic, ...] = (),
    *,
    parse: Parser = parse,
    parts: Mapping[str, Source] | None = None,
    kept: KeptResolutions | None = None,
) -> tuple[Program, list[Diagnostic]]:
    """Bind every name of a parsed spec.

    `read` gives the text of an imported file, or None; `unread` are the problems of parsing `tree`: names that
    are unknown only because of them are not reported. `parse` gives the trees of imported files; `parts` are the texts in
    which spans of the tree stand, where that is not `source` itself. With `kept`, declarations are resolved anew only where
    something has changed.
    """
    problems: list[Diagnostic] = list(unread)
    broken = any(problem.is_error for problem in unread)
    importer = Importer(read, problems, parse, kept)
    importer.sources.update(parts or {})
    main = importer.load(source, tree, unread)
    tables = Tables()
    for module in importer.modules.values():
        _ModuleResolver(module, tables, problems, kept).run()
    if kept is not None:
        kept.end(importer.modules)
    program = Program(main, importer.modules, importer.sources, tables)
    if not any(problem.is_error for problem in problems) and not broken:
        problems += unused_names(program)
    return program, without_consequences(problems, importer.sources)[len(unread) :]


class _ModuleResolver:
    def __init__(
        self,
        module: Module,
        tables: Tables,
        problems: list[Diagnostic],
        kept: KeptResolutions | None = None,
    ) -> None:
        self.module = module
        self.tables = tables
        self.problems = problems
        self.kept = kept
        self.values = ExpressionResolver(tables, problems)
        self.top = Scope(module)
        self.interfaces = InterfaceResolver(self.values)
        self.training = TrainResolver(module, self.top, self.interfaces)

    def run(self) -> None:
        for declaration in self.module.tree.declarations:
            if isinstance(declaration, t.Import):
                continue
            if self.kept is None:
                self._declaration(declaration)
                continue
            found = self.kept.resolved(
                self.module, declaration, partial(self._by_itself, declaration)
            )
            self.tables.add(found.tables)
            self.problems += found.problems
        self.training.twice()

    def _by_itself(self, declaration: t.Declaration) -> Resolved:
        """What resolving one declaration finds."""
        found = Resolved(Tables(), [], [])
        _ModuleResolver(self.module, found.tables, found.problems)._declaration(declaration)
        return found

    def _declaration(self, declaration: t.Declaration) -> None:
        match declaration:
            case t.Import():
                pass
            case t.Let():
                self.values.value(declaration.value, self.top)
            case t.Task():
                self.interfaces.members(declaration.members, self.top)
            case t.Block():
                self._block(declaration)
            case t.Model():
                self._model(declaration)
            case t.Variant():
                self._variant(declaration)
            case t.PythonDecl():
                self._python(declaration)
            case t.Train():
                self.training.train(declaration)
        if isinstance(declaration, t.Block | t.Model | t.PythonDecl):
            self._shadowed(declaration.name)

    # ------------------------------------------------------------------ stacks

    def _parameters(self, owner: t.Block | t.Model, scope: Scope) -> None:
        for parameter in owner.parameters:
            if parameter.default is not None:
                words = self.values.parameter_words.of(self.module, owner, parameter)
                self.values.value(parameter.default, scope, words=words)
            if parameter.name.id in scope.variables:
                first = scope.variables[parameter.name.id]
                name = parameter.name
                self.problems.append(
                    errors.declared_twice(name.id, name.span, first.span, "parameter")
                )
            kind = "tensor_parameter" if parameter.is_tensor else "parameter"
            variable = scope.define(Variable(parameter.name.id, kind, parameter.name.span))
            self.tables.parameters[parameter] = variable

    def _block(self, block: t.Block) -> None:
        scope = Scope(self.module, owner=block)
        self._parameters(block, scope)
        stacks = StackResolver(self.tables, self.problems, None)
        if block.contract is not None:
            for side in (block.contract.takes, block.contract.gives):
                resolve_type(self.values, side, scope, symbolic=True)
            self.problems += unknown_lengths(block.contract, self.tables)
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
        own = [s for s in model.body if isinstance(s, Member)]
        if model.task is None:
            self.interfaces.members(own, scope)
            return interface_of(own)
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
        return interface_of(symbol.declaration.members)

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

    def _python(self, declaration: t.PythonDecl) -> None:
        scope = Scope(self.module)
        for parameter in declaration.parameters:
            if parameter.default is not None:
                self.values.value(parameter.default, scope)
            scope.define(Variable(parameter.name.id, "parameter", parameter.name.span, uses=1))
        if isinstance(declaration.result, t.TensorType):
            resolve_type(self.values, declaration.result, scope, symbolic=True)

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
