"""All refactorings of a place, each checked before it is offered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from archlang.formatting import ChangedMeaning, Unreadable, format_source
from archlang.incremental.parts import split
from archlang.language_server.analysis import Analysis
from archlang.language_server.features.layout import line_edits
from archlang.language_server.features.refactor_calls import add_train, name_arguments, sort_imports
from archlang.language_server.features.refactor_extract import extract_block
from archlang.language_server.features.refactor_inline import inline_block
from archlang.language_server.features.refactor_steps import expand_head, repeat, residual
from archlang.language_server.features.refactoring import (
    EXTRACT,
    IMPORTS,
    INLINE,
    REWRITE,
    Check,
    Kind,
    Outlines,
    Refactoring,
    applied,
    keeps_meaning,
)
from archlang.source import Source, Span


def refactorings(
    analysis: Analysis,
    start: int,
    end: int,
    check: Check,
    asked: Callable[[Kind], bool] = lambda kind: True,
) -> list[Refactoring]:
    """What may be rewritten at a range of the file, of the kinds that are asked for.

    Each is tried: what would give a new error, or another model where the model should stay, is not offered.
    """
    found: list[Refactoring | None] = []
    if asked(EXTRACT):
        found.append(extract_block(analysis, start, end))
    if asked(INLINE):
        found.append(inline_block(analysis, start))
    if asked(REWRITE):
        found += [
            expand_head(analysis, start),
            repeat(analysis, start, end),
            residual(analysis, start, end),
            name_arguments(analysis, start),
            add_train(analysis, start),
        ]
    if asked(IMPORTS):
        found.append(sort_imports(analysis))
    outlines = Outlines()
    return [
        _laid_out(analysis, each)
        for each in found
        if each is not None and keeps_meaning(analysis, each, check, outlines)
    ]


def _laid_out(analysis: Analysis, found: Refactoring) -> Refactoring:
    """The same with the layout that the result should have, where what it changes had its one layout before."""
    text = applied(analysis.text, found.edits)
    before, behind = split(analysis.text), split(text)
    first = _alike(before, behind)
    last = _alike(before[first:][::-1], behind[first:][::-1])
    old = "".join(before[first : len(before) - last])
    new = "".join(behind[first : len(behind) - last])
    start = sum(map(len, before[:first]))
    try:
        if _formatted(analysis.path, old) != old:
            return found
        after = _formatted(analysis.path, new)
    except (Unreadable, ChangedMeaning):
        return found
    if after == new:
        return found
    edits = [
        (Span(span.path, start + span.start, start + span.end), put)
        for span, put in line_edits(analysis.path, old, after)
    ]
    return replace(found, edits=tuple(edits))


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many parts at the beginning are equal."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def _formatted(path: str, text: str) -> str:
    """A part of a file in its layout; the empty lines around it stay."""
    inside = text.strip("\n")
    at = text.index(inside)
    laid_out = format_source(Source(path, f"{inside}\n")).rstrip("\n")
    return text[:at] + laid_out + text[at + len(inside) :]
