"""What can be folded away, and what a selection grows to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from archlang.language_server.analysis import Analysis
from archlang.records import record
from archlang.source import Span
from archlang.syntax import tree as t
from archlang.syntax.engine import tokenize
from archlang.syntax.tokens import CLOSERS, OPENERS


@record
class Fold:
    """Lines that fold into the first of them, counted from 0; `kind` is the protocol's word for it."""

    first: int
    last: int
    kind: str = "region"


def folds(analysis: Analysis) -> list[Fold]:
    """Bodies and brackets over several lines, blocks of comments, and imports that follow each other."""
    found: dict[int, Fold] = {}
    for fold in (*_brackets(analysis), *_comments(analysis), *_imports(analysis)):
        known = found.get(fold.first)
        # Of two that begin on one line, editors show one: the longer.
        if fold.last > fold.first and (known is None or known.last < fold.last):
            found[fold.first] = fold
    return [found[line] for line in sorted(found)]


def _brackets(analysis: Analysis) -> Iterator[Fold]:
    line_of = analysis.lines.line_of
    waiting: list[tuple[str, int]] = []
    for token in tokenize(analysis.text):
        if token.type in OPENERS:
            waiting.append((token.type, token.start))
        elif token.type in CLOSERS:
            # What was never closed is passed over.
            while waiting and waiting[-1][0] != CLOSERS[token.type]:
                waiting.pop()
            if waiting:
                _, start = waiting.pop()
                # The line of the closing bracket stays.
                yield Fold(line_of(start), line_of(token.start) - 1)


def _comments(analysis: Analysis) -> Iterator[Fold]:
    lines = [
        analysis.lines.line_of(analysis.place(comment.span).start)
        for comment in analysis.program.module.tree.comments
        if comment.own_line
    ]
    for first, last in _runs(lines):
        yield Fold(first, last, "comment")


def _imports(analysis: Analysis) -> Iterator[Fold]:
    imports = [
        analysis.place(declaration.span)
        for declaration in analysis.program.declarations()
        if isinstance(declaration, t.Import)
    ]
    lines = [
        line
        for span in imports
        for line in range(analysis.lines.line_of(span.start), analysis.lines.line_of(span.end) + 1)
    ]
    for first, last in _runs(lines):
        yield Fold(first, last, "imports")


def _runs(lines: list[int]) -> Iterator[tuple[int, int]]:
    """The first and last of lines that follow each other."""
    lines = sorted(set(lines))
    breaks = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(lines)) if b != a + 1), len(lines)]
    for start, end in pairwise(breaks):
        if end > start:
            yield lines[start], lines[end - 1]


def selections(analysis: Analysis, offset: int) -> list[Span]:
    """The spans around an offset from the innermost outwards, each wider than the one before; placed."""
    spans = [analysis.place(node.span) for node in reversed(analysis.path_at(offset))]
    spans.append(Span(analysis.path, 0, len(analysis.text)))
    found: list[Span] = []
    for span in spans:
        wider = not found or (
            span.start <= found[-1].start and span.end >= found[-1].end and span != found[-1]
        )
        if wider and span.start <= offset <= span.end:
            found.append(span)
    return found
