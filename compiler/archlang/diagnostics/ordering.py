"""The order in which diagnostics are told: by file, by place, errors first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archlang.diagnostics.model import Diagnostic, Severity
from archlang.source import Source

_GRAVITY = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def ordered(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]) -> list[Diagnostic]:
    """Sorted, files in the order of `sources` (the one being compiled comes first there)."""
    rank = {path: index for index, path in enumerate(sources)}

    def key(diagnostic: Diagnostic) -> tuple[int, str, int, int, int, str, str]:
        span = diagnostic.span
        return (
            rank.get(span.path, len(rank)),
            span.path,
            span.start,
            _GRAVITY[diagnostic.severity],
            span.end,
            diagnostic.code,
            diagnostic.message,
        )

    return sorted(diagnostics, key=key)
