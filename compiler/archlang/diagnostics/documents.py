"""Diagnostics as a JSON document, described by grammar/diagnostics.schema.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archlang.diagnostics.model import Diagnostic
from archlang.diagnostics.ordering import ordered
from archlang.source import Source, Span


def to_document(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]) -> dict[str, Any]:
    """`{"diagnostics": […]}`, sorted; lines and columns count from 1, in code points."""
    return {"diagnostics": [_diagnostic(d, sources) for d in ordered(diagnostics, sources)]}


def _diagnostic(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        **_range(diagnostic.span, sources),
        "label": diagnostic.label,
        "labels": [{**_range(la.span, sources), "text": la.text} for la in diagnostic.labels],
        "notes": list(diagnostic.notes),
        "help": diagnostic.help,
        "fixes": [
            {
                "title": fix.title,
                "edits": [{**_range(edit.span, sources), "text": edit.text} for edit in fix.edits],
            }
            for fix in diagnostic.fixes
        ],
    }


def _range(span: Span, sources: Mapping[str, Source]) -> dict[str, Any]:
    return {
        "file": span.path,
        "start": _position(span.path, span.start, sources),
        "end": _position(span.path, span.end, sources),
    }


def _position(path: str, offset: int, sources: Mapping[str, Source]) -> dict[str, int]:
    source = sources.get(path)
    if source is None:
        # A file that could not be read has only a beginning.
        return {"line": 1, "column": 1}
    position = source.position(min(offset, len(source.text)))
    return {"line": position.line, "column": position.column}
