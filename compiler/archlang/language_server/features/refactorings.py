"""All refactorings of a place, each checked before it is offered."""

from __future__ import annotations

from collections.abc import Callable

from archlang.language_server.analysis import Analysis
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
    Refactoring,
    keeps_meaning,
)


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
    return [each for each in found if each is not None and keeps_meaning(analysis, each, check)]
