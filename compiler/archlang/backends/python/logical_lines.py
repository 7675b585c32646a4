"""A module's source cut into logical lines and comments."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

_DEFINITION = re.compile(r"(def|class|async def)\b|@")
_STRING_BEGINS = {"STRING", "FSTRING_START"}
_STRING_ENDS = {"STRING", "FSTRING_END"}


@dataclass(slots=True)
class LogicalLine:
    """A statement, the header of one, or a comment on its own line; `lines` as they will stand.

    `text` is the statement on one line, without its indentation. What is `fixed` cannot be broken
    in another way than it is: a text of several lines, strings side by side, comments inside or
    behind.
    """

    kind: Literal["code", "comment"]
    indent: int
    text: str
    lines: list[str]
    blank_before: int
    fixed: bool = False

    @property
    def is_definition(self) -> bool:
        return self.kind == "code" and _DEFINITION.match(self.text) is not None

    @property
    def is_decorator(self) -> bool:
        return self.kind == "code" and self.text.startswith("@")

    @property
    def is_import(self) -> bool:
        return self.kind == "code" and self.text.startswith(("import ", "from "))

    @property
    def is_docstring(self) -> bool:
        return self.kind == "code" and self.text.startswith('"""')

    @property
    def opens_block(self) -> bool:
        return self.kind == "code" and self.text.endswith(":")


def logical_lines(code: str) -> list[LogicalLine]:
    """The logical lines and comments of a module, in order."""
    rows = code.split("\n")
    found: list[LogicalLine] = []
    pending: list[tokenize.TokenInfo] = []
    last = 0
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type in (tokenize.INDENT, tokenize.DEDENT, tokenize.NL, tokenize.ENDMARKER):
            continue
        if token.type == tokenize.COMMENT and not pending:
            row = token.start[0]
            blank = row - last - 1 if found else 0
            text = rows[row - 1].rstrip()
            found.append(LogicalLine("comment", token.start[1], text.lstrip(), [text], blank, True))
            last = row
        elif token.type == tokenize.NEWLINE:
            first = pending[0].start[0]
            found.append(_code(pending, rows, first - last - 1 if found else 0))
            last = token.start[0]
            pending = []
        else:
            pending.append(token)
    return found


def _code(tokens: list[tokenize.TokenInfo], rows: list[str], blank: int) -> LogicalLine:
    """The logical line of some tokens."""
    comments = [token for token in tokens if token.type == tokenize.COMMENT]
    code = [token for token in tokens if token.type != tokenize.COMMENT]
    (first, indent), (last, end) = code[0].start, code[-1].end
    lines = rows[first - 1 : tokens[-1].end[0]]
    several = any(token.start[0] != token.end[0] for token in code) or _side_by_side(code)
    fixed = several or bool(comments) or any(line.endswith("\\") for line in lines)
    if fixed:
        # The text only serves to tell what kind of statement this is.
        text = rows[first - 1][indent : end if first == last else None]
        return LogicalLine("code", indent, text, lines, blank, True)
    text = _on_one_line(lines)
    return LogicalLine("code", indent, text, [" " * indent + text], blank)


def _side_by_side(code: list[tokenize.TokenInfo]) -> bool:
    """Whether two strings stand next to each other."""
    names = [tokenize.tok_name[token.type] for token in code]
    return any(
        before in _STRING_ENDS and after in _STRING_BEGINS for before, after in pairwise(names)
    )


def _on_one_line(lines: list[str]) -> str:
    text = ""
    for line in lines:
        part = line.strip()
        if text and part and not text.endswith(("(", "[", "{")) and part[0] not in ")]}.":
            text += " "
        text += part
    return text
