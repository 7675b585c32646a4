"""Cutting a spec into its declarations, without parsing it.

Each part is parsed by itself and kept while its text stays the same, so that a change costs what its declaration
costs. A part begins with the comments directly above its declaration; the first begins at the top of the file.
"""

from __future__ import annotations

import re
from itertools import pairwise

_MARKS = re.compile(
    r"""
    \#[^\r\n]*                                     # comments and strings hide brackets
    | "(?:[^"\\\r\n]|\\.)*"? | '(?:[^'\\\r\n]|\\.)*'?
    | (?P<open>[(\[{]) | (?P<close>[)\]}])
    | (?P<sure>^(?:task|model|block|train|from)(?=[ \t]+[A-Z"'{]))
    | (?P<begin>^(?:task|model|block|layer|loss|metric|train|from|let)\b)
    """,
    re.VERBOSE | re.MULTILINE,
)
_COMMENT_LINE = re.compile(r"[ \t]*#[^\r\n]*\r?\n?\Z")


def split(text: str) -> list[str]:
    """The parts of a text, which joined give the text.

    A declaration begins in the first column, outside of brackets. `model M` and the like begin one even where a
    bracket above them was never closed, so that such a mistake stays in its part.
    """
    starts: list[int] = []
    depth = 0
    for match in _MARKS.finditer(text):
        kind = match.lastgroup
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "sure" or (kind == "begin" and depth == 0):
            starts.append(_with_comments(text, match.start()))
            depth = 0
    bounds = [0, *starts[1:], len(text)]
    return [text[start:end] for start, end in pairwise(bounds)]


def _with_comments(text: str, start: int) -> int:
    """Where the lines of comments directly above a line begin."""
    while start > 0:
        above = text.rfind("\n", 0, start - 1) + 1
        if not _COMMENT_LINE.match(text[above:start]):
            break
        start = above
    return start
