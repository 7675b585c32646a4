"""What the name at a place stands for, and where else it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlang.language_server.analysis import Analysis
from archlang.language_server.features.occurrences import (
    Occurrence,
    Role,
    imported_file,
    selected_names,
)
from archlang.language_server.project import Project
from archlang.library import library_path
from archlang.source import Span
from archlang.syntax import tree as t


def name_at(analysis: Analysis, offset: int) -> Occurrence | None:
    """The name at an offset of the file; one that begins there rather than one that ends."""
    here = library_path(analysis.path)
    found = [
        each
        for each in analysis.occurrences
        if each.span.path == here and each.span.start <= offset <= each.span.end
    ]
    return max(found, key=lambda each: each.span.start, default=None)


def definition(analysis: Analysis, offset: int) -> tuple[Span, Span] | None:
    """The span at an offset that leads somewhere, and where it leads: to the word that introduces a name, to the
    beginning of an imported file, to the layer that `unfreeze` selects. Both are placed in their files.
    """
    found = name_at(analysis, offset)
    if found is not None:
        return found.span, found.origin
    path = analysis.path_at(offset)
    declaration = path[0] if path else None
    if isinstance(declaration, t.Import) and declaration.path in path:
        file = imported_file(analysis.program, declaration)
        if file is not None:
            return analysis.place(declaration.path.span), Span(file, 0, 0)
    if isinstance(declaration, t.Train):
        return _selected(analysis, declaration, offset)
    return None


def references(
    project: Project, analysis: Analysis, offset: int, *, declaration: bool = True
) -> list[Span]:
    """All places of the name at an offset, in this file, in what it imports and in all specs of the project."""
    found = name_at(analysis, offset)
    if found is None:
        return []
    spans = {
        each.span: None
        for each in everywhere(project, analysis, found)
        if declaration or each.role is not Role.DECLARES
    }
    return sorted(spans, key=lambda span: (span.path, span.start))


def highlights(analysis: Analysis, offset: int) -> list[tuple[Span, bool]]:
    """The places in this file of the name at an offset, and whether each binds it."""
    found = name_at(analysis, offset)
    if found is None:
        return []
    here = library_path(analysis.path)
    spans = {
        each.span: each.role is not Role.READS
        for each in analysis.occurrences
        if each.origin == found.origin and each.span.path == here
    }
    return sorted(spans.items(), key=lambda item: item[0].start)


def everywhere(project: Project, analysis: Analysis, name: Occurrence) -> Iterator[Occurrence]:
    """All places of a name, each once."""
    seen: set[Span] = set()
    for each in _all(project, analysis, name):
        if each.origin == name.origin and each.span not in seen:
            seen.add(each.span)
            yield each


def _all(project: Project, analysis: Analysis, name: Occurrence) -> Iterator[Occurrence]:
    yield from analysis.occurrences
    known = {library_path(path) for path in analysis.program.modules}
    word = re.compile(rf"\b{re.escape(word_at(project, name.span))}\b")
    for path in specs(project):
        if path not in known:
            text = project.read_text(path)
            if text is not None and word.search(text):
                yield from project.beside.occurrences(path)


def specs(project: Project) -> Iterator[str]:
    """The paths of all specs that are open or stand in the project's folders, each once."""
    paths = [document.path for document in project.documents()]
    yield from dict.fromkeys([*paths, *project.files()])


def word_at(project: Project, span: Span) -> str:
    """The text of a placed span."""
    text = project.read_text(span.path)
    return "" if text is None else text[span.start : span.end]


def _selected(analysis: Analysis, train: t.Train, offset: int) -> tuple[Span, Span] | None:
    """The layer, application or nested model that a selector names, as Keras will call it."""
    for phase in train.phases:
        for setting in phase.settings:
            if setting.name.id != "unfreeze":
                continue
            for span, name in selected_names(setting.value):
                placed = analysis.place(span)
                if placed.start <= offset <= placed.end:
                    for graph in analysis.graphs.values():
                        for layer in graph.layers:
                            if layer.name == name:
                                return placed, analysis.place(layer.span)
    return None
