"""The one layout of a spec, for all of it, for a part, and for the line that is being typed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from difflib import SequenceMatcher

from archlang.formatting import ChangedMeaning, Unreadable, format_source
from archlang.language_server.analysis import Analysis
from archlang.source import Source, Span
from archlang.syntax import parse
from archlang.syntax import tree as t
from archlang.syntax.engine import tokenize
from archlang.syntax.tokens import CLOSERS, OPENERS, Token

_INDENT = 4
# More lines than these are replaced as a whole: comparing them takes longer than it saves.
_MOST_COMPARED = 2000

_log = logging.getLogger(__name__)

Edit = tuple[Span, str]


def layout(analysis: Analysis) -> list[Edit]:
    """The edits that bring all of a file into its layout; none where it can't be read."""
    after = _laid_out(analysis)
    return [] if after is None else line_edits(analysis.path, analysis.text, after)


def layout_of_range(analysis: Analysis, start: int, end: int) -> list[Edit]:
    """The same for the statements that a range touches alone."""
    after = _laid_out(analysis)
    if after is None or after == analysis.text:
        return []
    new = Source(analysis.path, after)
    before, behind = parse(analysis.source).tree.declarations, parse(new).tree.declarations
    found = _touched(before, behind, start, end)
    if found is None:
        return []
    old_span = _with_indentation(analysis.text, found[0])
    new_span = _with_indentation(after, found[1])
    if old_span is None or new_span is None:
        # In the middle of a line nothing but the statement itself is changed.
        old_span, new_span = found
    text = new.slice(new_span)
    return [(old_span, text)] if text != analysis.source.slice(old_span) else []


def _laid_out(analysis: Analysis) -> str | None:
    try:
        return format_source(analysis.source)
    except Unreadable:
        return None
    except ChangedMeaning:
        _log.exception("%s can't be laid out", analysis.path)
        return None


def line_edits(path: str, before: str, after: str) -> list[Edit]:
    """Edits of whole lines that lead from one text to another."""
    if before == after:
        return []
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(old) > _MOST_COMPARED:
        return [(Span(path, 0, len(before)), after)]
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    return [
        (Span(path, starts[a], starts[b]), "".join(new[c:d]))
        for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if what != "equal"
    ]


# ---------------------------------------------------------------------------------------- statements


def _touched(
    before: Sequence[t.Node], after: Sequence[t.Node], start: int, end: int
) -> tuple[Span, Span] | None:
    """The statements that a range touches, as they are and as they would be: the innermost that hold all of it."""
    if len(before) != len(after):
        return None
    inside = [i for i, n in enumerate(before) if n.span.end >= start and n.span.start <= end]
    if not inside:
        return None
    first, last = inside[0], inside[-1]
    if first == last:
        for body, new_body in zip(_bodies(before[first]), _bodies(after[first]), strict=True):
            if body and body[0].span.start <= start and end <= body[-1].span.end:
                found = _touched(body, new_body, start, end)
                if found is not None:
                    return found
    return (
        before[first].span.to(before[last].span),
        after[first].span.to(after[last].span),
    )


def _bodies(node: t.Node) -> list[Sequence[t.Node]]:
    match node:
        case t.Task():
            return [node.members]
        case t.Block() | t.Model() | t.Repeat() | t.For():
            return [node.body]
        case t.If():
            return [node.then, node.otherwise or ()]
        case t.Train():
            return [sorted((*node.settings, *node.phases), key=lambda each: each.span.start)]
        case t.Phase():
            return [node.settings]
        case _:
            return []


def _with_indentation(text: str, span: Span) -> Span | None:
    """A span from the beginning of its line, None if something else stands before it."""
    start = max(text.rfind("\n", 0, span.start), text.rfind("\r", 0, span.start)) + 1
    return None if text[start : span.start].strip() else Span(span.path, start, span.end)


# ---------------------------------------------------------------------------------------- typing


def indentation(analysis: Analysis, offset: int) -> list[Edit]:
    """The edit that gives the line of an offset the indentation that its brackets ask for."""
    text, number = analysis.text, analysis.lines.line_of(offset)
    start = analysis.lines.starts[number]
    line = analysis.lines.line(number)
    there = line[: len(line) - len(line.lstrip(" \t"))]
    tokens = tokenize(text)
    if any(x.start < start < x.end and x.type == "TRIPLE_STRING" for x in tokens):
        return []  # inside a string over several lines
    above = [x for x in tokens if x.end <= start and x.type not in ("NEWLINE", "COMMENT")]
    wanted = " " * _wanted(analysis, above, line.strip())
    return [] if wanted == there else [(Span(analysis.path, start, start + len(there)), wanted)]


def _wanted(analysis: Analysis, above: Sequence[Token], line: str) -> int:
    """How many spaces stand before a line, from the tokens above it."""
    opened: list[Token] = []
    for token in above:
        if token.type in OPENERS:
            opened.append(token)
        elif token.type in CLOSERS:
            while opened and opened.pop().type != CLOSERS[token.type]:
                pass
    base = _indentation_of(analysis, opened[-1].start) + _INDENT if opened else 0
    if opened and line[:1] in (")", "]", "}"):
        return base - _INDENT
    goes_on = line.startswith("->") or bool(above and above[-1].type == "ARROW")
    return base + _INDENT if goes_on else base


def _indentation_of(analysis: Analysis, offset: int) -> int:
    line = analysis.lines.line(analysis.lines.line_of(offset)).expandtabs(_INDENT)
    return len(line) - len(line.lstrip(" "))
