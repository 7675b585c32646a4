"""Leaving out problems that are only there because of others."""

from __future__ import annotations

import re

from archlang.diagnostics import Diagnostic
from archlang.source import Source, file_of


def without_consequences(
    problems: list[Diagnostic], sources: dict[str, Source]
) -> list[Diagnostic]:
    """Leave out unknown names that are unknown only because what binds them could not be read."""
    unread: dict[str, set[str]] = {}
    for problem in problems:
        if problem.code.startswith(("E01", "E06")):
            unread.setdefault(file_of(problem.span.path), set()).update(
                _words_near(problem, sources)
            )
    return [
        problem
        for problem in problems
        if not (
            problem.code == "E0201"
            and sources[problem.span.path].slice(problem.span)
            in unread.get(file_of(problem.span.path), ())
        )
    ]


def _words_near(problem: Diagnostic, sources: dict[str, Source]) -> list[str]:
    source = sources[problem.span.path]
    words: list[str] = []
    for span in (
        problem.span,
        *(label.span for label in problem.labels if label.span.path == problem.span.path),
    ):
        first, last = source.position(span.start).line, source.position(span.end).line
        for line in range(first, min(last, source.line_count) + 1):
            words += re.findall(r"\w+", source.line(line))
    return words
