"""Quick fixes: what a diagnostic offers to mend it."""

from __future__ import annotations

from archlang.diagnostics import Diagnostic, Fix
from archlang.language_server.analysis import Analysis
from archlang.records import record
from archlang.source import Span


@record
class QuickFix:
    """A fix, and the diagnostic that it mends."""

    diagnostic: Diagnostic
    fix: Fix
    # The only one of its diagnostic: what an editor may apply without asking.
    preferred: bool


def quick_fixes(analysis: Analysis, start: int, end: int) -> list[QuickFix]:
    """The fixes of all diagnostics that touch a range of the file."""
    found: list[QuickFix] = []
    for diagnostic in analysis.diagnostics:
        span = analysis.place(diagnostic.span)
        if span.start <= end and start <= span.end:
            single = len(diagnostic.fixes) == 1
            found += [QuickFix(diagnostic, fix, single) for fix in diagnostic.fixes]
    return found


def all_fixes(analysis: Analysis) -> list[tuple[Span, str]]:
    """The edits of every fix that is the only one of its error and overlaps no other: mend all of a file."""
    edits: list[tuple[Span, str]] = []
    for diagnostic in analysis.diagnostics:
        if len(diagnostic.fixes) != 1:
            continue
        new = [(analysis.place(edit.span), edit.text) for edit in diagnostic.fixes[0].edits]
        if all(span.path == analysis.path for span, _ in new) and not any(
            _overlap(span, other) for span, _ in new for other, _ in edits
        ):
            edits += new
    return edits


def _overlap(one: Span, other: Span) -> bool:
    return one == other or (one.start < other.end and other.start < one.end)
