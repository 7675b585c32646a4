"""`from "blocks/resnet.arch" import Bottleneck`: the files that a spec is made of."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable

from archlang.diagnostics import Diagnostic, Label, error
from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.library import library_paths
from archlang.semantics.kept import KeptResolutions
from archlang.semantics.program import Module, Symbol
from archlang.source import Source, Span
from archlang.syntax import ParseResult, parse
from archlang.syntax.tree import Import, Train, Tree

# Gives the text of a file, or None where there is none. It alone touches the disk.
Reader = Callable[[str], "str | None"]

# Gives the tree of a file; by default it is read.
Parser = Callable[[Source], ParseResult]

MOST_FILES = 200


class Importer:
    """Parses the files that a spec imports, each once, and joins their names."""

    def __init__(
        self,
        read: Reader,
        problems: list[Diagnostic],
        parse: Parser = parse,
        kept: KeptResolutions | None = None,
    ) -> None:
        self.read = read
        self.parse = parse
        self.kept = kept
        self.problems = problems
        self.modules: dict[str, Module] = {}
        self.sources: dict[str, Source] = {}
        self._loading: list[tuple[str, Span]] = []

    def load(self, source: Source, tree: Tree, unread: Iterable[Diagnostic] = ()) -> Module:
        """The module of a parsed file, with everything that it imports; `unread` are the problems of parsing it."""
        spans = tuple(problem.span for problem in unread if problem.is_error)
        module = Module(tree) if self.kept is None else self.kept.module(source.path, tree)
        module.broken, module.unread = bool(spans), spans
        self.modules[source.path] = module
        self.sources[source.path] = source
        for declaration in tree.declarations:
            if not isinstance(declaration, (Import, Train)):
                name = declaration.name.id
                if self.kept is None:
                    symbol = Symbol(name, declaration, module)
                else:
                    symbol = self.kept.symbol(declaration, module)
                self._declare(module, name, symbol)
        self._loading.append((source.path, Span(source.path, 0, 0)))
        for declaration in tree.declarations:
            if isinstance(declaration, Import):
                self._import(module, source, declaration)
        self._loading.pop()
        return module

    def _declare(self, module: Module, name: str, symbol: Symbol) -> None:
        first = module.names.get(name)
        if first is None:
            module.names[name] = symbol
            return
        self.problems.append(
            error(
                "E0202",
                f"`{name}` is declared twice",
                symbol.declaration.name.span,
                label="declared again",
                labels=(Label(first.declaration.name.span, "first declared here"),),
                help="rename one of them",
            )
        )

    def _import(self, module: Module, source: Source, declaration: Import) -> None:
        written = str(declaration.path.value)
        path = resolve_path(source.path, written)
        on_the_way = [loading for loading, _ in self._loading]
        if path in on_the_way:
            circle = [*on_the_way[on_the_way.index(path) :], path]
            self.problems.append(
                error(
                    "E0602",
                    "files import each other in a circle",
                    declaration.path.span,
                    label="leads back to this file" if path == source.path else "closes the circle",
                    notes=(" -> ".join(circle),),
                    help="move what both need into a third file",
                )
            )
            module.broken = True
            return
        imported = self.modules.get(path) or self._read(path, written, declaration)
        if imported is None:
            module.broken = True
            return
        for name in declaration.names:
            symbol = imported.names.get(name.id)
            if symbol is None:
                if not imported.broken:
                    self._missing(declaration, name.id, name.span, imported)
                module.broken = True
            elif name.id in module.names and module.names[name.id].module is module:
                first = module.names[name.id].declaration.name.span
                self.problems.append(
                    error(
                        "E0202",
                        f"`{name.id}` is imported and declared",
                        name.span,
                        label="imported here",
                        labels=(Label(first, "declared here"),),
                        help="rename the one that this file declares",
                    )
                )
            else:
                module.names[name.id] = symbol

    def _read(self, path: str, written: str, declaration: Import) -> Module | None:
        text = (
            self.read(path) if path.endswith(".arch") and len(self.modules) < MOST_FILES else None
        )
        if text is None:
            what = "no such file" if path.endswith(".arch") else "not an `.arch` file"
            self.problems.append(
                error(
                    "E0601",
                    f"can't import from `{written}`: {what}",
                    declaration.path.span,
                    label=what,
                    notes=(f"looked for {path}",),
                    help=_library_help(path)
                    if path.startswith("std/")
                    else "the path is relative to the file that imports",
                )
            )
            return None
        source = Source(path, text)
        result = self.parse(source)
        self.problems.extend(result.diagnostics)
        return self.load(source, result.tree, result.diagnostics)

    def _missing(self, declaration: Import, name: str, span: Span, imported: Module) -> None:
        candidates = nearest(name, imported.names)
        self.problems.append(
            error(
                "E0603",
                f"`{declaration.path.value}` declares no `{name}`",
                span,
                label="not in that file",
                help=did_you_mean(candidates)
                or (f"it declares {', '.join(imported.names)}" if imported.names else None),
            )
        )


def _library_help(path: str) -> str:
    there = library_paths()
    return (
        did_you_mean(nearest(path, there))
        or f"the library has {', '.join(f'`{name}`' for name in there)}"
    )


def resolve_path(importer: str, written: str) -> str:
    """The path of an imported file, from the path of the file that imports it."""
    if written.startswith("std/"):
        return written
    folder = posixpath.dirname(importer.replace("\\", "/"))
    return posixpath.normpath(posixpath.join(folder, written))
