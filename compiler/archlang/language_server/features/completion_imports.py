"""Completion of imports, and blocks of the library that bring their import along."""

from __future__ import annotations

import os
import posixpath
from functools import cache

from archlang.catalogue import Entry
from archlang.language_server.analysis import Analysis
from archlang.language_server.features.completion_items import Asked, Item, keyword
from archlang.language_server.features.fitting import first_layer, fits
from archlang.library import library_paths, library_text
from archlang.semantics.imports import resolve_path
from archlang.source import Source, Span
from archlang.syntax import parse
from archlang.syntax import tree as t

_MOST_FILES = 300


@cache
def library_blocks() -> tuple[tuple[str, t.Block, str], ...]:
    """The blocks of the library: file, block, parameters as written."""
    found: list[tuple[str, t.Block, str]] = []
    for path in library_paths():
        text = library_text(path)
        if text is None:
            continue
        source = Source(path, text)
        for declaration in parse(source).tree.declarations:
            if isinstance(declaration, t.Block):
                shown = ", ".join(source.slice(p.span) for p in declaration.parameters)
                found.append((path, declaration, f"({shown})"))
    return tuple(found)


@cache
def _first_layer(path: str, name: str) -> Entry | None:
    blocks = {block.name.id: block for file, block, _ in library_blocks() if file == path}
    return first_layer(blocks[name], blocks.get)


def from_library(asked: Asked, flow: object, rank: int, unfit: int) -> list[Item]:
    """The blocks of the library that the file does not know yet, each with the edit that imports it."""
    known = asked.analysis.program.module.names
    items: list[Item] = []
    for path, block, parameters in library_blocks():
        name, doc = block.name.id, block.doc or ""
        if name in known:
            continue
        first = _first_layer(path, name)
        fitting = flow is None or first is None or fits(first, flow)
        needed = any(p.default is None for p in block.parameters)
        call = needed and asked.cursor.following != "("
        items.append(
            Item(
                name,
                "class",
                f'{parameters} from "{path}"',
                rank if fitting else unfit,
                f"{name}($1)" if call else None,
                call,
                doc=doc,
                edits=(import_edit(asked.analysis, path, name),),
            )
        )
    return items


def import_edit(analysis: Analysis, path: str, name: str) -> tuple[Span, str]:
    """The edit that imports a name: put into the import of its file, or as a line of its own. Placed in the file."""
    imports = [d for d in analysis.program.declarations() if isinstance(d, t.Import)]
    for declaration in imports:
        if declaration.path.value == path and declaration.names:
            after = [n for n in declaration.names if n.id < name]
            if after:
                place = analysis.place(after[-1].span)
                return Span(place.path, place.end, place.end), f", {name}"
            place = analysis.place(declaration.names[0].span)
            return Span(place.path, place.start, place.start), f"{name}, "
    line = f'from "{path}" import {name}\n'
    if imports:
        end = analysis.place(imports[-1].span).end
        at = _next_line(analysis.text, end)
        return Span(analysis.path, at, at), line if at > end else f"\n{line}"
    at = _first_declaration(analysis)
    return Span(analysis.path, at, at), f"{line}\n"


def _next_line(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end + 1


def _first_declaration(analysis: Analysis) -> int:
    """Where the first declaration begins, with the comments right above it; those of the file stay above the import."""
    declarations = analysis.program.declarations()
    if not declarations:
        return 0
    text = analysis.text
    at = analysis.place(declarations[0].span).start
    at = text.rfind("\n", 0, at) + 1
    while at > 0:
        above = text.rfind("\n", 0, at - 1) + 1
        if not text[above:at].lstrip().startswith("#"):
            break
        at = above
    return at


def in_import(asked: Asked) -> list[Item]:
    """What may stand in `from "…" import …`, outside of the path."""
    statement = asked.cursor.statement
    if len(statement) < 2:
        return []
    if not any(token.text == "import" for token in statement):
        return [keyword("import", rank=1)]
    if statement[-1].text != "import" and statement[-1].type != "COMMA":
        return []
    path = statement[1].text[1:-1]
    text = asked.files.read_text(resolve_path(asked.analysis.path, path))
    if text is None:
        text = library_text(path)
    if text is None:
        return []
    given = {token.text for token in statement[3:]}
    items: list[Item] = []
    for declaration in parse(Source(path, text)).tree.declarations:
        if isinstance(declaration, t.Import | t.Train) or declaration.name.id in given:
            continue
        kind = type(declaration).__name__.lower()
        items.append(Item(declaration.name.id, "class", kind, 1, doc=declaration.doc or ""))
    return items


def spec_files(asked: Asked) -> list[Item]:
    """The specs that an import may name: those of the library, and those beside the file and below."""
    items = [Item(path, "file", "the library", 3) for path in library_paths()]
    string = asked.cursor.string
    typed = "" if string is None else string.before
    folder = typed.rpartition("/")[0]
    base = posixpath.join(posixpath.dirname(asked.analysis.path), folder)
    try:
        with os.scandir(base) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)[:_MOST_FILES]
    except (OSError, ValueError):
        return items
    own = posixpath.basename(asked.analysis.path)
    for entry in listed:
        path = f"{folder}/{entry.name}" if folder else entry.name
        if entry.name.endswith(".arch") and (folder or entry.name != own):
            items.append(Item(path, "file", rank=1))
        elif not entry.name.startswith(".") and _is_folder(entry) and entry.name != "std":
            items.append(Item(f"{path}/", "folder", rank=2, parted=True))
    return items


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
