"""Scopes: which variables a name may mean at a place in a stack."""

from __future__ import annotations

from archlang.semantics.program import Module, Variable
from archlang.syntax.tree import Block, Model


class Scope:
    """The variables visible in a `{ … }`; a child sees its parents'."""

    def __init__(
        self, module: Module, parent: Scope | None = None, owner: Model | Block | None = None
    ) -> None:
        self.module = module
        self.parent = parent
        self.owner = owner if owner is not None else (parent.owner if parent else None)
        self.variables: dict[str, Variable] = {}
        # All variables of the model or block, for warnings about unused ones.
        self.all: list[Variable] = parent.all if parent else []

    def child(self) -> Scope:
        """A scope inside this one."""
        return Scope(self.module, self)

    def find(self, name: str) -> Variable | None:
        """The variable of that name, in this scope or an enclosing one."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.variables.get(name)
            if found is not None:
                return found
            scope = scope.parent
        return None

    def define(self, variable: Variable) -> Variable:
        """Make a new variable visible from here on."""
        self.variables[variable.name] = variable
        self.all.append(variable)
        return variable

    def visible(self) -> list[str]:
        """The names that may be used here, for suggestions."""
        names: dict[str, None] = {}
        scope: Scope | None = self
        while scope is not None:
            names.update(dict.fromkeys(scope.variables))
            scope = scope.parent
        names.update(dict.fromkeys(self.module.names))
        return list(names)
