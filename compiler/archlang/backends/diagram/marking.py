"""Mistakes of a spec at the parts of its picture."""

from __future__ import annotations

from collections.abc import Iterable

from archlang.backends.diagram.model import Box, Item, items
from archlang.diagnostics import Diagnostic
from archlang.source import Span


def mark(root: Box, problems: Iterable[Diagnostic]) -> None:
    """Give each error to the smallest cards or boxes that are written around it; what is nowhere in the picture is left out."""
    errors = [problem for problem in problems if problem.is_error]
    inside = items(root) if errors else []
    for problem in errors:
        around: dict[int, list[Item]] = {}
        for item in inside:
            sizes = [span.end - span.start for span in item.spans if _holds(span, problem.span)]
            if sizes:
                around.setdefault(min(sizes), []).append(item)
        for item in around[min(around)] if around else ():
            if problem.message not in item.problems:
                item.problems.append(problem.message)


def _holds(outer: Span, inner: Span) -> bool:
    return outer.path == inner.path and outer.start <= inner.start and inner.end <= outer.end
