"""From what features answer to what the protocol says: ranges, locations, edits, diagnostics."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from lsprotocol import types as lsp

from archlang.diagnostics import Diagnostic, Severity
from archlang.language_server.analysis import Analysis
from archlang.language_server.documents import Encoding, Lines, Place
from archlang.language_server.project import Project, uri_of
from archlang.library import library_file
from archlang.source import Span

SOURCE = "archlang"

_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.NOTE: lsp.DiagnosticSeverity.Information,
}
# Codes that say that something is not needed: editors fade it.
_UNNECESSARY = frozenset({"W1201", "W1301"})


class Locator:
    """Converts places whose offsets are those of their files, in the encoding of the client."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._lines: dict[str, Lines] = {}

    @property
    def encoding(self) -> Encoding:
        return self.project.encoding

    def position_in(self, path: str, offset: int) -> lsp.Position:
        """The position of an offset in a file."""
        place = self._lines_of(path).place(offset, self.encoding)
        return lsp.Position(place.line, place.character)

    def placed(self, span: Span) -> lsp.Range:
        """The range of a span whose offsets are those of its file already."""
        return lsp.Range(
            self.position_in(span.path, span.start), self.position_in(span.path, span.end)
        )

    def placed_location(self, span: Span) -> lsp.Location:
        """Where such a span stands."""
        return lsp.Location(self.uri(span.path), self.placed(span))

    def uri(self, path: str) -> str:
        """The URI by which the client knows a path."""
        library = library_file(path)
        path = path if library is None else library.as_posix()
        for document in self.project.documents():
            if document.path == path:
                return document.uri
        return uri_of(path)

    def _lines_of(self, path: str) -> Lines:
        lines = self._lines.get(path)
        if lines is None:
            lines = self._lines[path] = Lines(self.project.read_text(path) or "")
        return lines


class Converter(Locator):
    """Converts what was found in one analysis."""

    def __init__(self, project: Project, analysis: Analysis) -> None:
        super().__init__(project)
        self.analysis = analysis
        self._lines[analysis.path] = analysis.lines

    # ---------------------------------------------------------------------- in

    def offset(self, position: lsp.Position) -> int:
        """The offset of a position in the document."""
        place = Place(position.line, position.character)
        return self.analysis.lines.offset(place, self.encoding)

    # ---------------------------------------------------------------------- out

    def position(self, offset: int) -> lsp.Position:
        """The position of an offset in the document."""
        return self.position_in(self.analysis.path, offset)

    def range(self, span: Span) -> lsp.Range:
        """The range of a span of the analysis."""
        placed = self.analysis.place(span)
        return self.placed(placed)

    def location(self, span: Span) -> lsp.Location:
        """Where a span of the analysis stands, in this file or another."""
        placed = self.analysis.place(span)
        return lsp.Location(self.uri(placed.path), self.placed(placed))

    def edits(self, edits: Iterable[tuple[Span, str]]) -> lsp.WorkspaceEdit:
        """Edits of placed spans, by file."""
        changes: dict[str, list[lsp.TextEdit]] = {}
        for span, text in edits:
            edit = lsp.TextEdit(self.placed(span), text)
            changes.setdefault(self.uri(span.path), []).append(edit)
        return lsp.WorkspaceEdit(changes=changes)

    def diagnostic(self, diagnostic: Diagnostic) -> lsp.Diagnostic:
        """A diagnostic, with its help below the message and related places beside it."""
        parts = [diagnostic.message, *diagnostic.notes]
        if diagnostic.help:
            parts.append(f"help: {diagnostic.help}")
        related = [
            lsp.DiagnosticRelatedInformation(self.location(label.span), label.text)
            for label in diagnostic.labels
        ]
        tags = [lsp.DiagnosticTag.Unnecessary] if diagnostic.code in _UNNECESSARY else None
        return lsp.Diagnostic(
            self.range(diagnostic.span),
            "\n".join(parts),
            severity=_SEVERITIES[diagnostic.severity],
            code=diagnostic.code,
            code_description=_explanation(diagnostic.code),
            source=SOURCE,
            tags=tags,
            related_information=related or None,
        )


@cache
def _index() -> str | None:
    """The URI of the error index: the one that was installed, or a checkout's."""
    package = Path(__file__).resolve().parents[1]
    for path in (package / "docs" / "errors.md", package.parents[1] / "docs" / "errors.md"):
        if path.is_file():
            return path.as_uri()
    return None


def _explanation(code: str) -> lsp.CodeDescription | None:
    index = _index()
    return None if index is None else lsp.CodeDescription(f"{index}#{code.lower()}")
