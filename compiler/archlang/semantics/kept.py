"""What resolving a declaration found, kept from one check of a spec to the next."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from archlang.diagnostics import Diagnostic
from archlang.records import mutable
from archlang.semantics.program import Module, Symbol, Tables
from archlang.syntax.tree import Declaration, Import, Train, Tree


@mutable
class Resolved:
    """What a declaration adds to the tables, what was reported of it, and how often it uses the names of its file."""

    tables: Tables
    problems: list[Diagnostic]
    uses: list[tuple[Symbol, int]]


class KeptResolutions:
    """Resolved declarations by their nodes, each with what it depends on.

    Modules and symbols are the same objects in each check, so that what was kept speaks of the symbols of today. A
    program is therefore good until the next check begins.
    """

    def __init__(self) -> None:
        self._modules: dict[str, Module] = {}
        self._symbols: dict[Declaration, Symbol] = {}
        self._resolved: dict[Declaration, tuple[Hashable, Resolved]] = {}
        self._depends: Callable[[Module, Declaration], Hashable] = lambda _, declaration: None

    def begin(self, depends: Callable[[Module, Declaration], Hashable]) -> None:
        """Begin a check, in which `depends` says what the resolution of a declaration depends on."""
        self._depends = depends

    def module(self, path: str, tree: Tree) -> Module:
        """The module of a file, without names."""
        module = self._modules.setdefault(path, Module(tree))
        module.tree, module.names, module.broken, module.unread = tree, {}, False, ()
        return module

    def symbol(self, declaration: Declaration, module: Module) -> Symbol:
        """The symbol of a declaration, not used so far."""
        assert not isinstance(declaration, Import | Train)
        known = self._symbols.get(declaration)
        if known is None or known.module is not module:
            known = Symbol(declaration.name.id, declaration, module)
            self._symbols[declaration] = known
        known.uses = 0
        return known

    def resolved(
        self, module: Module, declaration: Declaration, resolve: Callable[[], Resolved]
    ) -> Resolved:
        """What was found when a declaration was last resolved, or is now, if something that it depends on is new.

        What has problems is not kept: their help names what is declared elsewhere.
        """
        depends = self._depends(module, declaration)
        known = self._resolved.get(declaration)
        if known is not None and known[0] == depends:
            for symbol, uses in known[1].uses:
                symbol.uses += uses
            return known[1]
        before = {symbol: symbol.uses for symbol in module.names.values()}
        found = resolve()
        found.uses = [(s, s.uses - count) for s, count in before.items() if s.uses != count]
        self._resolved.pop(declaration, None)  # it may speak of symbols that are no more
        if not found.problems:
            self._resolved[declaration] = (depends, found)
        return found

    def end(self, modules: dict[str, Module]) -> None:
        """End a check: forget what is no longer there."""
        there = {d for module in modules.values() for d in module.tree.declarations}
        for kept in (self._symbols, self._resolved):
            for gone in [declaration for declaration in kept if declaration not in there]:
                kept.pop(gone)
        for gone in [path for path in self._modules if path not in modules]:
            del self._modules[gone]
