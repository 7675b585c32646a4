"""Resolving the interface of a task or model: inputs, outputs, data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from archlang.catalogue import load
from archlang.diagnostics import warning
from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.records import mutable
from archlang.semantics import errors
from archlang.semantics.expressions import ExpressionResolver
from archlang.semantics.program import BoundCall, DimensionRef, Word
from archlang.semantics.scopes import Scope
from archlang.semantics.types import resolve_type
from archlang.syntax import tree as t

Member = t.InputDecl | t.OutputDecl | t.DataDecl


@mutable
class Interface:
    """The inputs and outputs that a model's body sees."""

    inputs: list[t.InputDecl] = field(default_factory=list[t.InputDecl])
    outputs: list[t.OutputDecl] = field(default_factory=list[t.OutputDecl])
    known: bool = True  # False where the task could not be found

    @property
    def output_names(self) -> list[str]:
        return [output.name.id for output in self.outputs]


def interface_of(members: Sequence[Member]) -> Interface:
    """The interface that these members declare."""
    # Of two with one name, which has been reported, the first counts.
    inputs = {m.name.id: m for m in reversed(members) if isinstance(m, t.InputDecl)}
    outputs = {m.name.id: m for m in reversed(members) if isinstance(m, t.OutputDecl)}
    return Interface(list(reversed(inputs.values())), list(reversed(outputs.values())))


class InterfaceResolver:
    """Resolves what the members of tasks and models name."""

    def __init__(self, values: ExpressionResolver) -> None:
        self.values = values
        self.tables = values.tables
        self.problems = values.problems

    def members(self, members: Sequence[Member], scope: Scope) -> None:
        """Resolve inputs, outputs and data."""
        names: dict[str, t.Name] = {}
        outputs = [m.name.id for m in members if isinstance(m, t.OutputDecl)]
        for member in members:
            if isinstance(member, t.DataDecl):
                self.data(member.value, scope)
                continue
            name = member.name
            if name.id in names:
                first = names[name.id].span
                self.problems.append(
                    errors.declared_twice(name.id, name.span, first, "input or output")
                )
            names[name.id] = name
            if isinstance(member, t.InputDecl):
                self._input(member, outputs, scope)
            elif isinstance(member.type, t.TensorType):
                resolve_type(self.values, member.type, scope, symbolic=True)
            elif isinstance(member.type, t.Call):
                self._task_arguments(member.type, scope)

    def data(self, value: t.Expr, scope: Scope) -> None:
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

    def _input(self, member: t.InputDecl, outputs: list[str], scope: Scope) -> None:
        if isinstance(member.type, t.TensorType):
            resolve_type(self.values, member.type, scope, symbolic=True)
            self._near_constants(member.type, scope)
        elif member.type.output.id not in outputs:
            name = member.type.output
            self.problems.append(errors.unknown_name(name.id, name.span, "output", outputs))

    def _task_arguments(self, call: t.Call, scope: Scope) -> None:
        """`classification(labels=[…], loss=…, metrics=[…])`: which kinds there are is known to `tasks`."""
        for argument in call.arguments:
            name = argument.name.id if argument.name is not None else ""
            kinds = {"loss": ("losses",), "metrics": ("metrics",), "text": ("layers",)}.get(name)
            words = identifiers(kinds[0]) if kinds is not None and name != "text" else ()
            self.values.value(
                argument.value, scope, words=words, kinds=kinds, any_word=name == "of"
            )

    def _near_constants(self, type: t.TensorType, scope: Scope) -> None:
        names = scope.module.names
        constants = [n for n, symbol in names.items() if isinstance(symbol.declaration, t.Let)]
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


def identifiers(kind: str) -> tuple[str, ...]:
    """The words that Keras's `get` takes for losses, metrics or optimizers: those of `compile`'s arguments."""
    return load().words(kind)
