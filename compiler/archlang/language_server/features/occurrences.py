"""Every place where a name of a spec stands, with the place that introduces it.

A name is known by where it is introduced: the declaration of a symbol, the `as` of a tensor, the first mention of a
dimension. All places of one name have the same origin, in whatever file they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

from archlang.library import library_path
from archlang.records import record
from archlang.semantics.imports import resolve_path
from archlang.semantics.program import (
    DimensionRef,
    Module,
    Program,
    Symbol,
    SymbolRef,
    VariableRef,
    Word,
)
from archlang.source import Span, file_of
from archlang.syntax import tree as t

Member = t.InputDecl | t.OutputDecl | t.DataDecl


class Role(StrEnum):
    """What a place does with its name."""

    DECLARES = "declares"
    WRITES = "writes"  # binds it again
    READS = "reads"


class Kind(StrEnum):
    """What a name stands for."""

    CONSTANT = "constant"
    TASK = "task"
    BLOCK = "block"
    MODEL = "model"
    PYTHON = "python"  # a layer, loss or metric written in Python
    PARAMETER = "parameter"
    VARIABLE = "variable"
    INPUT = "input"
    OUTPUT = "output"
    PHASE = "phase"
    LAYER = "layer"  # what `name=` says
    DIMENSION = "dimension"


@record
class Occurrence:
    """A place of a name: the word's span, and the span of the word that introduces it."""

    span: Span
    origin: Span
    role: Role
    kind: Kind


def occurrences(program: Program) -> list[Occurrence]:
    """All places of the names of a program, in all its files; spans as in the trees."""
    found: list[Occurrence] = []
    for path, module in program.modules.items():
        found += _Collector(program, path, module).run()
    return found


def placed_occurrences(program: Program, place: Callable[[Span], Span]) -> Iterator[Occurrence]:
    """The same with spans as `place` puts them into their files; files of the library are called `std/…`."""
    for each in occurrences(program):
        yield Occurrence(
            _canonical(place(each.span)), _canonical(place(each.origin)), each.role, each.kind
        )


def _canonical(span: Span) -> Span:
    return Span(library_path(span.path), span.start, span.end)


def symbol_kind(symbol: Symbol) -> Kind:
    """What a symbol of a file is."""
    match symbol.declaration:
        case t.Let():
            return Kind.CONSTANT
        case t.Task():
            return Kind.TASK
        case t.Block():
            return Kind.BLOCK
        case t.PythonDecl():
            return Kind.PYTHON
        case _:
            return Kind.MODEL


class _Collector:
    """Collects the places in one file."""

    def __init__(self, program: Program, path: str, module: Module) -> None:
        self.path = path
        self.module = module
        self.tables = program.tables
        self.names = module.names
        self.found: list[Occurrence] = []
        # Dimensions of the declaration that is looked at, by name, and its members.
        self.dimensions: dict[str, Span] = {}
        self.members: Sequence[Member] = ()
        # Variables that are outputs too, by their spans.
        self.bound: dict[Span, Span] = {}

    def run(self) -> list[Occurrence]:
        layers = _LayerNames(self.module, self.names)
        for declaration in self.module.tree.declarations:
            self.dimensions, self.bound = {}, {}
            self.members = self._members(declaration)
            self._declaration(declaration)
            if isinstance(declaration, t.Train):
                self._train(declaration, layers)
        for span in layers.declared.values():
            self.add(span, span, Role.DECLARES, Kind.LAYER)
        return self.found

    def add(self, span: Span, origin: Span, role: Role, kind: Kind) -> None:
        self.found.append(Occurrence(span, origin, role, kind))

    def symbol(self, name: t.Name, symbol: Symbol | None) -> None:
        """A use of a name of the file."""
        if symbol is not None:
            origin = symbol.declaration.name.span
            self.add(name.span, origin, Role.READS, symbol_kind(symbol))

    # ------------------------------------------------------------------ declarations

    def _members(self, declaration: t.Declaration) -> Sequence[Member]:
        match declaration:
            case t.Task():
                return declaration.members
            case t.Model() if declaration.task is not None:
                symbol = self.names.get(declaration.task.id)
                task = symbol.declaration if symbol is not None else None
                return task.members if isinstance(task, t.Task) else ()
            case t.Model():
                return [s for s in declaration.body if isinstance(s, Member)]
            case _:
                return ()

    def _declaration(self, declaration: t.Declaration) -> None:
        match declaration:
            case t.Import():
                for name in declaration.names:
                    self.symbol(name, self.names.get(name.id))
                return
            case t.Train():
                if declaration.model is not None:
                    self.symbol(declaration.model, self.names.get(declaration.model.id))
                for phase in declaration.phases:
                    self.add(phase.name.span, phase.name.span, Role.DECLARES, Kind.PHASE)
            case _:
                symbol = self.names.get(declaration.name.id)
                if symbol is not None and symbol.declaration is declaration:
                    span = declaration.name.span
                    self.add(span, span, Role.DECLARES, symbol_kind(symbol))
        self._outputs_bound(declaration)
        for node in t.walk(declaration):
            self._node(node)

    def _outputs_bound(self, declaration: t.Declaration) -> None:
        """A tensor that `as` binds to an output is that output, wherever it is named."""
        if not isinstance(declaration, t.Model):
            return
        for node in t.walk(declaration.body):
            if isinstance(node, t.AsTarget) and node in self.tables.outputs:
                variable = self.tables.targets.get(node)
                output = self._member(self.tables.outputs[node], t.OutputDecl)
                if variable is not None and output is not None:
                    self.bound[variable.span] = output.name.span

    def _member(
        self, name: str, *kinds: type[t.InputDecl | t.OutputDecl]
    ) -> t.InputDecl | t.OutputDecl | None:
        for member in self.members:
            if (
                isinstance(member, kinds)
                and not isinstance(member, t.DataDecl)
                and member.name.id == name
            ):
                return member
        return None

    # ------------------------------------------------------------------ nodes

    def _node(self, node: t.Node) -> None:
        match node:
            case t.Name():
                self._name(node)
            case t.NameTarget():
                variable = self.tables.targets.get(node)
                if variable is not None:
                    self.add(node.span, variable.span, Role.DECLARES, Kind.VARIABLE)
            case t.AsTarget():
                self._as(node)
            case t.Let() | t.Shared() | t.Learned():
                variable = self.tables.statements.get(node)
                if variable is not None:
                    self.add(node.name.span, variable.span, Role.DECLARES, Kind.VARIABLE)
            case t.Parameter():
                self.add(node.name.span, node.name.span, Role.DECLARES, Kind.PARAMETER)
            case t.InputDecl():
                self.add(node.name.span, node.name.span, Role.DECLARES, Kind.INPUT)
                if isinstance(node.type, t.ShiftedType):
                    self._to_member(node.type.output, t.OutputDecl)
            case t.OutputDecl():
                self.add(node.name.span, node.name.span, Role.DECLARES, Kind.OUTPUT)
                self._of(node)
            case t.Head():
                if node.output is not None:
                    self._to_member(node.output, t.OutputDecl)
            case t.DataDecl():
                self._data(node.value)
            case t.Call():
                self._call(node)
            case _:
                pass

    def _name(self, node: t.Name) -> None:
        match self.tables.names.get(node):
            case SymbolRef(symbol=symbol):
                self.symbol(node, symbol)
            case VariableRef(variable=variable):
                origin = self.bound.get(variable.span, variable.span)
                kind = _VARIABLES.get(variable.kind, Kind.VARIABLE)
                if origin is not variable.span:
                    kind = Kind.OUTPUT
                self.add(node.span, origin, Role.READS, kind)
            case DimensionRef(name=name):
                first = self.dimensions.setdefault(name, node.span)
                role = Role.DECLARES if first is node.span else Role.READS
                self.add(node.span, first, role, Kind.DIMENSION)
            case _:
                pass

    def _as(self, node: t.AsTarget) -> None:
        output = self.tables.outputs.get(node)
        member = self._member(output, t.OutputDecl) if output is not None else None
        if member is not None:
            self.add(node.name.span, member.name.span, Role.WRITES, Kind.OUTPUT)
            return
        variable = self.tables.targets.get(node)
        if variable is not None:
            first = variable.span == node.name.span
            origin = self.bound.get(variable.span, variable.span)
            role = Role.DECLARES if first else Role.WRITES
            self.add(node.name.span, origin, role, Kind.VARIABLE)

    def _to_member(self, name: t.Name, *kinds: type[t.InputDecl | t.OutputDecl]) -> None:
        member = self._member(name.id, *kinds)
        if member is not None:
            kind = Kind.INPUT if isinstance(member, t.InputDecl) else Kind.OUTPUT
            self.add(name.span, member.name.span, Role.READS, kind)

    def _of(self, node: t.OutputDecl) -> None:
        """`reconstruction(of=image)` names an input."""
        if isinstance(node.type, t.Call):
            for argument in node.type.arguments:
                if (
                    argument.name is not None
                    and argument.name.id == "of"
                    and isinstance(argument.value, t.Name)
                    and isinstance(self.tables.names.get(argument.value), Word)
                ):
                    self._to_member(argument.value, t.InputDecl)

    def _data(self, value: t.Expr) -> None:
        """`csv("f.csv", hours="column")`: keywords are inputs and outputs."""
        if isinstance(value, t.Call):
            for argument in value.arguments:
                if argument.name is not None:
                    self._to_member(argument.name, t.InputDecl, t.OutputDecl)

    def _call(self, node: t.Call) -> None:
        """The keywords of a block's use are its parameters."""
        resolution = self.tables.names.get(node.callee)
        bound = self.tables.calls.get(node)
        if not isinstance(resolution, SymbolRef) or bound is None:
            return
        declaration = resolution.symbol.declaration
        if not isinstance(declaration, t.Block | t.Model | t.PythonDecl):
            return
        for parameter in declaration.parameters:
            argument = bound.constructor.get(parameter.name.id)
            if (
                argument is not None
                and argument.name is not None
                and argument.name.id == parameter.name.id
            ):
                self.add(argument.name.span, parameter.name.span, Role.READS, Kind.PARAMETER)

    # ------------------------------------------------------------------ training

    def _train(self, train: t.Train, layers: _LayerNames) -> None:
        for settings in (train.settings, *(phase.settings for phase in train.phases)):
            for setting in settings:
                if setting.name.id == "unfreeze":
                    for span, name in selected_names(setting.value):
                        self._selected(span, name, layers)
                elif setting.name.id in ("validation", "test"):
                    self.members = self._trained(train)
                    self._data(setting.value)

    def _selected(self, span: Span, name: str, layers: _LayerNames) -> None:
        if name in layers.declared:
            self.add(span, layers.declared[name], Role.READS, Kind.LAYER)
        elif name in layers.shared:
            self.add(span, layers.shared[name], Role.READS, Kind.VARIABLE)
        elif (symbol := self.names.get(name)) is not None and symbol_kind(symbol) is Kind.MODEL:
            self.add(span, symbol.declaration.name.span, Role.READS, Kind.MODEL)

    def _trained(self, train: t.Train) -> Sequence[Member]:
        """The members of the tasks of the models that are trained; of `train` for all of them, all."""
        found: list[Member] = []
        for declaration in self.module.tree.declarations:
            while isinstance(declaration, t.Variant):
                symbol = self.names.get(declaration.base.callee.id)
                if symbol is None or symbol.declaration is declaration:
                    break
                declaration = symbol.declaration
            if isinstance(declaration, t.Model) and (
                train.model is None or declaration.name.id == train.model.id
            ):
                found += [m for m in self._members(declaration) if m not in found]
        return found


class _LayerNames:
    """The names that layers of a file's stacks have been given, by `name=` and `shared`."""

    def __init__(self, module: Module, names: dict[str, Symbol]) -> None:
        self.declared: dict[str, Span] = {}
        self.shared: dict[str, Span] = {}
        for declaration in module.tree.declarations:
            if isinstance(declaration, t.Model | t.Block):
                for node in t.walk(declaration.body):
                    if isinstance(node, t.Shared | t.Learned):
                        self.shared.setdefault(node.name.id, node.name.span)
                    elif isinstance(node, t.Call):
                        for argument in node.arguments:
                            if argument.name is not None and argument.name.id == "name":
                                self._declare(argument.value)

    def _declare(self, value: t.Expr) -> None:
        found = word_of(value)
        if found is not None:
            self.declared.setdefault(found[1], found[0])


_VARIABLES = {
    "parameter": Kind.PARAMETER,
    "tensor_parameter": Kind.PARAMETER,
    "input": Kind.INPUT,
}


def word_of(value: t.Expr) -> tuple[Span, str] | None:
    """The word of a bare name or a string, and where it stands without its quotes."""
    match value:
        case t.Name():
            return value.span, value.id
        case t.Constant(value=str() as text) if len(value.text) == len(text) + 2:
            return Span(value.span.path, value.span.start + 1, value.span.end - 1), text
        case _:
            return None


def selected_names(value: t.Expr) -> Iterator[tuple[Span, str]]:
    """The names of layers in `unfreeze = [backbone, last(base, 20), "head"]`."""
    for item in value.items if isinstance(value, t.ListExpr) else (value,):
        inside = [a.value for a in item.arguments] if isinstance(item, t.Call) else [item]
        for each in inside:
            found = word_of(each)
            if found is not None:
                yield found


def imported_file(program: Program, declaration: t.Import) -> str | None:
    """The path of the file that an import names, if it has been read."""
    importer = file_of(declaration.span.path)
    path = resolve_path(importer, str(declaration.path.value))
    return path if path in program.modules else None
