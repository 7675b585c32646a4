"""Where a cursor stands, told by the tokens before it: they are there however broken the statement is.

Offsets are those of the part of the file (`archlang.incremental`) that the cursor stands in, as in the tree.
"""

from __future__ import annotations

import re
from dataclasses import field

from archlang.language_server.analysis import Analysis
from archlang.records import mutable, record
from archlang.source import Span
from archlang.syntax.engine import tokenize
from archlang.syntax.tokens import CLOSERS, OPENERS, RESERVED_TYPES, Token

_WORD = re.compile(r"[A-Za-z_]\w*")
_STRINGS = frozenset(("STRING", "BAD_STRING", "TRIPLE_STRING"))
_BODIES = frozenset(("task", "model", "block", "train", "phase"))
# Behind these something has been said in full; a bracket then indexes, or a word joins what follows.
_COMPLETE = frozenset(
    ("NAME", "NUMBER", "STRING", "RPAR", "RSQB", "RBRACE", "TRUE", "FALSE", "NONE", "HEAD", "INPUT")
)


@mutable
class Opened:
    """A bracket that is open at the cursor.

    `owner` says what opened it: `call`, `parameters`, `subscript`, `type`, `list`, `parentheses`, `targets`; of a `{`, `task`, `model`,
    `block`, `train`, `phase` or `stack`. `callee` is what is called, or the declaration's name. `arguments` are the tokens of the arguments
    before the cursor, the one that it stands in last; `statement` are those of the statement in a body.
    """

    kind: str
    owner: str
    callee: str
    start: int
    callee_start: int = 0
    column: int = 0
    arguments: list[list[Token]] = field(default_factory=lambda: [[]])
    statement: list[Token] = field(default_factory=list[Token])


@record
class StringAt:
    """The string that the cursor stands in: the text before the cursor, and where its inside begins and ends."""

    before: str
    start: int
    end: int
    quote: str


@mutable
class Cursor:
    """A place between tokens.

    `start` to `end` is the word under the cursor, `prefix` what of it stands before the cursor; `dotted` are the words with dots
    before it (`ops.`). `tokens` are those before the word. `opened` are the brackets around it, the file's own level first.
    """

    path: str
    text: str
    offset: int
    start: int
    end: int
    prefix: str
    dotted: str
    tokens: list[Token]
    opened: list[Opened]
    string: StringAt | None = None
    in_comment: bool = False
    in_number: bool = False

    @property
    def inner(self) -> Opened:
        """The innermost bracket."""
        return self.opened[-1]

    @property
    def body(self) -> Opened:
        """The innermost `{`, or the file's own level."""
        return next(each for each in reversed(self.opened) if each.kind in ("", "{"))

    @property
    def statement(self) -> list[Token]:
        """The tokens of the statement, up to the word under the cursor."""
        return self.body.statement

    @property
    def declaration(self) -> Opened | None:
        """The innermost declaration around the cursor: a task, model, block, `train` or phase."""
        return next((each for each in reversed(self.opened) if each.owner in _BODIES), None)

    @property
    def last(self) -> Token | None:
        """The token before the word; None at the beginning of a statement."""
        if self.inner.kind in ("", "{"):
            return self.statement[-1] if self.statement else None
        argument = self.inner.arguments[-1]
        return argument[-1] if argument else self.tokens[-1]

    @property
    def replaced(self) -> Span:
        """The word under the cursor, or the inside of the string."""
        if self.string is not None:
            return Span(self.path, self.string.start, self.string.end)
        return Span(self.path, self.start, self.end)

    @property
    def following(self) -> str:
        """The first character behind the word that is no space, in its line."""
        rest = self.text[self.end : self.end + 200].lstrip(" \t")
        return rest[:1]


def cursor_at(analysis: Analysis, offset: int) -> Cursor:
    """The cursor at an offset of the file."""
    at = analysis.span_at(offset, offset)
    source = analysis.program.sources.get(at.path)
    text = source.text if source is not None else analysis.text
    return cursor_in(at.path, text, max(0, min(at.start, len(text))))


def cursor_in(path: str, text: str, offset: int) -> Cursor:
    """The cursor at an offset of a text."""
    start, end = _word(text, offset)
    string: StringAt | None = None
    in_comment = in_number = False
    before: list[Token] = []
    for token in tokenize(text):
        if token.start >= offset or (token.end > start and token.start >= start):
            break
        if token.type in _STRINGS and _is_inside(token, offset):
            closed = len(token.text) > 1 and token.type == "STRING"
            inside_end = token.end - 1 if closed else _end_of_open(text, token)
            start = end = offset
            string = StringAt(
                text[token.start + 1 : offset],
                token.start + 1,
                max(offset, inside_end),
                token.text[0],
            )
            break
        if token.type == "COMMENT":
            in_comment = in_comment or token.end >= offset
            continue
        if token.type == "NUMBER" and token.end >= offset:
            in_number = True
        before.append(token)
    indent = _column(text, start)
    opened = _opened(text, before, indent, _begins_chain(text, start))
    return Cursor(
        path,
        text,
        offset,
        start,
        end,
        text[start:offset],
        _dotted(before, start),
        before,
        opened,
        string,
        in_comment,
        in_number,
    )


def _word(text: str, offset: int) -> tuple[int, int]:
    start = end = offset
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    match = _WORD.match(text, start)
    if match is None:
        return offset, offset  # a number, or nothing
    return start, end


def _is_inside(token: Token, offset: int) -> bool:
    closed = token.type != "BAD_STRING" and len(token.text) > 1
    return token.start < offset < token.end or (not closed and offset == token.end)


def _end_of_open(text: str, token: Token) -> int:
    """Where a string that is not closed ends: what closes brackets behind it is most likely not meant."""
    return token.start + len(text[token.start : token.end].rstrip(")]}, \t"))


def _dotted(before: list[Token], start: int) -> str:
    parts: list[str] = []
    at, i = start, len(before) - 1
    while (
        i >= 1 and before[i].type == "DOT" and before[i].end == at and before[i - 1].type == "NAME"
    ):
        parts.insert(0, before[i - 1].text)
        at = before[i - 1].start
        i -= 2
    return "".join(f"{part}." for part in parts)


def _column(text: str, offset: int) -> int:
    """The indentation of the line of an offset, if only white space stands before it; else a large number."""
    line = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    return offset - line if not text[line:offset].strip(" \t") else 1_000_000


def _begins_chain(text: str, start: int) -> bool:
    return text.startswith(("->", "else"), start)


def _opened(text: str, tokens: list[Token], column: int, goes_on: bool) -> list[Opened]:
    opened = [Opened("", "file", "", 0)]
    for i, token in enumerate(tokens):
        top = opened[-1]
        kind = token.type
        if kind == "NEWLINE":
            following = tokens[i + 1] if i + 1 < len(tokens) else None
            at = _column(text, following.start) if following is not None else column
            _forgotten(opened, at, following)
            top = opened[-1]
            continued = (
                following.type in ("ARROW", "ELSE", "NEWLINE") if following is not None else goes_on
            )
            after_arrow = bool(top.statement) and top.statement[-1].type == "ARROW"
            if top.kind in ("", "{") and not continued and not after_arrow:
                top.statement = []
            continue
        if kind in OPENERS:
            opened.append(_open(text, token, i, tokens, opened))
        elif kind in CLOSERS:
            wanted = CLOSERS[kind]
            if any(_opens(each) == wanted for each in opened):
                while _opens(opened[-1]) != wanted:
                    opened.pop()
                opened.pop()
            _add(opened[-1], token)
        elif kind == "COMMA" and top.kind in ("(", "["):
            top.arguments.append([])
        else:
            _add(top, token)
    return opened


def _add(opened: Opened, token: Token) -> None:
    if opened.kind in ("", "{"):
        opened.statement.append(token)
    else:
        opened.arguments[-1].append(token)


def _opens(opened: Opened) -> str:
    return {"(": "LPAR", "[": "LSQB", "{": "LBRACE"}.get(opened.kind, "")


def _forgotten(opened: list[Opened], column: int, following: Token | None) -> None:
    """Close brackets that a line which is indented no further shows to have been left open."""
    if following is not None and (following.type in CLOSERS or following.type == "ARROW"):
        return
    while opened[-1].kind in ("(", "[") and column <= opened[-1].column:
        left = opened.pop()
        _add(opened[-1], Token("RPAR" if left.kind == "(" else "RSQB", "", left.start, left.start))


def _open(text: str, token: Token, index: int, tokens: list[Token], opened: list[Opened]) -> Opened:
    before = tokens[index - 1] if index else None
    body = next(each for each in reversed(opened) if each.kind in ("", "{"))
    owner, callee, at = "parentheses", "", token.start
    statement = body.statement
    first = statement[0].text if statement else ""
    if token.type == "LBRACE":
        owner = first if first in _BODIES and _declares(statement, opened) else "stack"
        callee = statement[1].text if owner != "stack" and len(statement) > 1 else ""
        if owner == "train" and len(statement) == 1:
            callee = ""
    elif before is not None and before.type == "NAME" and token.type == "LPAR":
        dotted = _dotted(tokens[: index - 1], before.start)
        owner, callee = "call", dotted + before.text
        at = before.start - len(dotted)
        named = len(statement) == 2 and first in ("model", "block", "layer", "loss", "metric")
        if named and opened[-1] is body and body.kind == "":
            owner = "parameters"
        elif first == "for" and not any(each.type == "IN" for each in statement):
            owner = "targets"
    elif token.type == "LSQB":
        owner = "list"
        if _is_type(statement, opened[-1] is body):
            owner = "type"
        elif before is not None and before.type in _COMPLETE and before.type != "INPUT":
            owner = "subscript"
    line = _line_column(text, token.start)
    result = Opened(token.text, owner, callee, token.start, at, line)
    # The body's statement goes on behind the bracket.
    _add(opened[-1], token)
    return result


def _declares(statement: list[Token], opened: list[Opened]) -> bool:
    inside = opened[-1].kind
    if statement[0].text == "phase":
        return True
    if len(statement) == 1:
        return statement[0].text == "train" and inside == ""
    return inside == "" and statement[1].type in ("NAME", *RESERVED_TYPES)


def _is_type(statement: list[Token], directly: bool) -> bool:
    """Whether a bracket belongs to a type: `input x: float32[`, a block's contract."""
    if not directly or not statement:
        return False
    first = statement[0]
    if first.type in ("INPUT", "OUTPUT", "LEARNED"):
        kinds = [each.type for each in statement]
        return "COLON" in kinds and "EQUAL" not in kinds
    return first.text == "block" and any(each.type == "COLON" for each in statement)


def _line_column(text: str, offset: int) -> int:
    line = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    rest = text[line:offset]
    return len(rest) - len(rest.lstrip(" \t"))
