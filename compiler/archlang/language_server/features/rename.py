"""Renaming what stands at a place, in all files that speak of it.

Whether the new name would be understood otherwise somewhere is not guessed: the files are resolved as they would be, and
every name has to stand for what it stood for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from archlang.language_server.analysis import Analysis
from archlang.language_server.features.names import everywhere, name_at, word_at
from archlang.language_server.features.occurrences import Kind, Occurrence
from archlang.language_server.project import Project
from archlang.library import library_path
from archlang.records import record
from archlang.semantics.program import EntryRef, Word
from archlang.source import Span
from archlang.syntax import tree as t
from archlang.syntax.tokens import RESERVED

_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*\Z")
# Sources whose columns or keys bear the names of inputs and outputs.
_NAMED_COLUMNS = ("csv", "npz")


class CannotRename(ValueError):
    """Why something can't be renamed, or not so; the message is for the user."""


@record
class Renaming:
    """The edits of a renaming: placed spans and their new texts."""

    edits: tuple[tuple[Span, str], ...]


def renamable(project: Project, analysis: Analysis, offset: int) -> Occurrence:
    """The name at an offset that can be renamed; `CannotRename` says why there is none."""
    found = name_at(analysis, offset)
    if found is None:
        raise CannotRename(_why_not(analysis, offset))
    if found.origin.path.startswith("std/"):
        word = word_at(project, found.origin)
        raise CannotRename(
            f"`{word}` is declared in {found.origin.path}, which ships with the compiler"
        )
    return found


def rename(project: Project, analysis: Analysis, offset: int, new: str) -> Renaming:
    """The edits that give what stands at an offset another name."""
    name = renamable(project, analysis, offset)
    old = word_at(project, name.origin)
    if new == old:
        return Renaming(())
    _check_word(new, old, name.kind)
    spans = [each.span for each in everywhere(project, analysis, name)]
    edits = [(span, new) for span in spans]
    added = _columns(analysis, name, old, new)
    _check_meaning(project, analysis, edits, added, new)
    return Renaming((*edits, *added))


def _check_word(new: str, old: str, kind: Kind) -> None:
    if not _NAME.match(new):
        raise CannotRename(f"`{new}` is no name: letters, digits and `_`, not a digit first")
    if new in RESERVED or new == "_":
        raise CannotRename(f"`{new}` is a word of the language")
    if kind is not Kind.LAYER and new[0].isupper() != old[0].isupper():
        if old[0].isupper():
            raise CannotRename(f"`{new}` begins small: names of this kind begin with a capital")
        raise CannotRename(f"`{new}` begins with a capital: names of this kind begin small")


def _why_not(analysis: Analysis, offset: int) -> str:
    path = analysis.path_at(offset)
    node = path[-1] if path else None
    if isinstance(node, t.Name):
        known = analysis.program.tables.names.get(node)
        known = known or next(
            (
                analysis.program.tables.names.get(outer)
                for outer in path
                if isinstance(outer, t.Dotted)
            ),
            None,
        )
        if isinstance(known, EntryRef):
            return f"`{node.id}` is a name of Keras's"
        if isinstance(known, Word):
            return f"`{node.id}` is a word, not a name of this spec"
    return "no name of this spec stands here"


def _columns(analysis: Analysis, name: Occurrence, old: str, new: str) -> list[tuple[Span, str]]:
    """An input that takes its column from its name goes on to read that column: `csv("f.csv", new="old")`."""
    if name.kind not in (Kind.INPUT, Kind.OUTPUT):
        return []
    edits: list[tuple[Span, str]] = []
    for module in analysis.program.modules.values():
        for declaration in module.tree.declarations:
            members = (
                declaration.members
                if isinstance(declaration, t.Task)
                else declaration.body
                if isinstance(declaration, t.Model)
                else ()
            )
            own = [m for m in members if isinstance(m, t.InputDecl | t.OutputDecl)]
            if any(_same(analysis.place(m.name.span), name.origin) for m in own):
                for member in members:
                    if isinstance(member, t.DataDecl):
                        edits += _mapped(analysis, member.value, old, new)
    return edits


def _same(span: Span, other: Span) -> bool:
    return (library_path(span.path), span.start, span.end) == (other.path, other.start, other.end)


def _mapped(analysis: Analysis, value: t.Expr, old: str, new: str) -> list[tuple[Span, str]]:
    if not (isinstance(value, t.Call) and value.callee.id in _NAMED_COLUMNS and value.arguments):
        return []
    if any(a.name is not None and a.name.id == old for a in value.arguments):
        return []
    behind = analysis.place(value.arguments[-1].span)
    return [(Span(behind.path, behind.end, behind.end), f', {new}="{old}"')]


# ---------------------------------------------------------------------------------------- what it would mean


def _check_meaning(
    project: Project,
    analysis: Analysis,
    edits: Sequence[tuple[Span, str]],
    added: Sequence[tuple[Span, str]],
    new: str,
) -> None:
    """Refuse a name that would be taken for something else, or taken from something else."""
    by_file: dict[str, list[tuple[Span, str]]] = {}
    for span, text in (*edits, *added):
        by_file.setdefault(_on_disk(analysis, span.path), []).append((span, text))
    texts: dict[str, str] = {}
    for path, inside in by_file.items():
        before = project.read_text(path)
        if before is None:
            raise CannotRename(f"{path} can't be read")
        texts[path] = edited(before, inside)
    after = project.beside.with_texts(texts)
    for path in dict.fromkeys([*texts, analysis.path]):
        moved = {file: _Shift(inside) for file, inside in by_file.items()}
        was = {_moved(each, moved) for each in project.beside.occurrences(path)}
        now = {
            (each.span.path, each.span.start, each.origin.path, each.origin.start)
            for each in after.occurrences(path)
        }
        mapped = sum(_on_disk(analysis, span.path) == path for span, _ in added)
        if not was <= now or len(now) > len(was) + mapped:
            raise CannotRename(f"`{new}` already stands for something else where it would be used")
        if after.errors(path) > project.beside.errors(path):
            raise CannotRename(f"`{new}` is taken already")


def _on_disk(analysis: Analysis, path: str) -> str:
    """The path by which the file of a placed span is read."""
    return analysis.path if library_path(analysis.path) == path else path


def edited(text: str, edits: Sequence[tuple[Span, str]]) -> str:
    """A text with edits made that do not overlap."""
    for span, new in sorted(edits, key=lambda edit: edit[0].start, reverse=True):
        text = text[: span.start] + new + text[span.end :]
    return text


class _Shift:
    """Where offsets of a file go when edits are made."""

    def __init__(self, edits: Sequence[tuple[Span, str]]) -> None:
        self.edits = sorted(edits, key=lambda edit: edit[0].start)

    def __call__(self, offset: int) -> int:
        return offset + sum(
            len(new) - (span.end - span.start) for span, new in self.edits if span.start < offset
        )


def _moved(each: Occurrence, shifts: Mapping[str, _Shift]) -> tuple[str, int, str, int]:
    def moved(span: Span) -> int:
        shift = shifts.get(span.path)
        return span.start if shift is None else shift(span.start)

    return each.span.path, moved(each.span), each.origin.path, moved(each.origin)
