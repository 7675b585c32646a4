"""The names that the statements of a stack bind."""

from __future__ import annotations

from archlang.diagnostics import Diagnostic, Label, error
from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.semantics.interfaces import Interface
from archlang.semantics.program import Tables, Variable, VariableKind
from archlang.semantics.scopes import Scope
from archlang.syntax import tree as t


class Binder:
    """Makes the variables of one model or block."""

    def __init__(
        self, tables: Tables, problems: list[Diagnostic], interface: Interface | None
    ) -> None:
        self.tables = tables
        self.problems = problems
        self.interface = interface  # None in a block

    def targets(self, statement: t.FlowStatement, scope: Scope) -> None:
        """Bind the names behind `as`: anew, again, or to the next element of a list."""
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
        near = nearest(name, lists)
        self.problems.append(
            error(
                "E0201" if known is None else "E0209",
                f"no list `{name}` to gather tensors in",
                target.name.span,
                label="not a list" if known is not None else "not known here",
                help=did_you_mean(near) or f"begin it above with `let {name} = []`",
            )
        )

    def define(
        self, statement: t.Statement, name: t.Name, kind: VariableKind, scope: Scope
    ) -> None:
        """Bind the name that a `let`, `shared` or `learned` statement declares."""
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
        variable = Variable(name.id, kind, name.span)
        self.tables.statements[statement] = scope.define(variable)
