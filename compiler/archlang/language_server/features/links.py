"""Files that a spec names: imports, data, saved weights."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence

from archlang.language_server.analysis import Analysis
from archlang.language_server.features.occurrences import imported_file, word_of
from archlang.records import record
from archlang.source import Span
from archlang.syntax import tree as t

_SOURCES = ("csv", "npz", "text_file", "text_pairs")


@record
class Link:
    """A placed span that names a file, and the file's path."""

    span: Span
    path: str


def links(analysis: Analysis, folders: Sequence[str]) -> list[Link]:
    """The imports that were read, and the files of data and weights that exist, looked for in the folders of the project
    (where training is started) and beside the spec.
    """
    found: list[Link] = []
    for declaration in analysis.program.declarations():
        if isinstance(declaration, t.Import):
            file = imported_file(analysis.program, declaration)
            word = word_of(declaration.path)
            if file is not None and word is not None:
                found.append(Link(analysis.place(word[0]), file))
            continue
        for span, written in _named(declaration):
            for folder in (*folders, posixpath.dirname(analysis.path)):
                path = posixpath.normpath(posixpath.join(folder, written))
                if os.path.isfile(path):
                    found.append(Link(analysis.place(span), path))
                    break
    return found


def _named(declaration: t.Declaration) -> Iterator[tuple[Span, str]]:
    """The strings that name files."""
    for node in t.walk(declaration):
        if not isinstance(node, t.Call):
            continue
        for argument in node.arguments:
            first = argument is node.arguments[0] and argument.name is None
            weights = argument.name is not None and argument.name.id == "weights"
            if weights or (first and node.callee.id in _SOURCES):
                found = word_of(argument.value)
                if (
                    found is not None
                    and isinstance(argument.value, t.Constant)
                    and "\0" not in found[1]
                ):
                    yield found
