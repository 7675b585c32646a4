"""The second pass: brackets that match, and a `{` behind every header.

A balanced file passes through unchanged. In any other, indentation and declaration keywords tell
where a bracket should have been closed: a closing one is put in there, with one error that points
at the opening one.
"""

from __future__ import annotations

from archlang.diagnostics import Diagnostic
from archlang.records import mutable
from archlang.source import Source, Span
from archlang.syntax import errors, token_errors
from archlang.syntax.tokens import BRACKETS, CLOSERS, DECLARATION_WORDS, OPENERS, Token

_HEADERS = frozenset(("FOR", "REPEAT", "IF"))
_HEADER_WORDS = frozenset(("task", "model", "block", "train", "phase"))
_PYTHON_HEADERS = frozenset(("def", "class", "while", "with", "try"))


def structure(source: Source, tokens: list[Token]) -> tuple[list[Token], list[Diagnostic]]:
    """Tokens with balanced brackets."""
    # Where comments stand between lines, line breaks follow each other: the first is enough.
    tokens = [
        token
        for i, token in enumerate(tokens)
        if token.type != "NEWLINE" or i == 0 or tokens[i - 1].type != "NEWLINE"
    ]
    if _is_sound(tokens):
        return tokens, []
    walk = _Walk(source, tokens)
    walk.run()
    return walk.out, walk.problems


def _is_sound(tokens: list[Token]) -> bool:
    """Whether brackets match and every header is followed by its `{`."""
    stack: list[str] = []
    header = -1  # the depth at which a header waits for its `{`
    colon = False  # behind a `:` of it
    begins = True
    before = ""
    for i, token in enumerate(tokens):
        kind = token.type
        if kind == "NEWLINE":
            if _goes_on(tokens, i):
                continue
            if header == len(stack) or (before == "COLON" and (not stack or stack[-1] == "LBRACE")):
                return False
            begins = begins or not stack or stack[-1] == "LBRACE"
            before = kind
            continue
        if begins:
            header = len(stack) if _is_header(tokens, i, bool(stack)) else -1
            colon = False
        begins = False
        if kind in OPENERS:
            if kind == "LBRACE":
                begins = True
                if header == len(stack):
                    header = -1
            stack.append(kind)
        elif kind in CLOSERS:
            if header == len(stack) and colon:
                return False  # `{ repeat 3: ReLU }`
            if not stack or stack.pop() != CLOSERS[kind]:
                return False
        elif kind == "EQUAL" and header == len(stack):
            if colon:
                return False  # `train: epochs = 3`
            header = -1  # `model Deep = Net(depth=101)`
        elif kind == "COLON":
            colon = True
        elif kind == "ELSE" and before == "RBRACE":
            header = len(stack)
        elif kind == "ELSE" and header == len(stack) and colon:
            return False  # `if deep: Dense(8)` above it
        before = kind
    return not stack and header < 0


def _is_header(tokens: list[Token], i: int, nested: bool) -> bool:
    """Whether the statement that begins here must have a body."""
    token = tokens[i]
    if token.type in _HEADERS:
        return True
    if token.type != "NAME" or token.text not in _HEADER_WORDS or i + 1 == len(tokens):
        return False
    following = tokens[i + 1]
    if token.text == "train" and not nested:
        return following.type in ("NAME", "LBRACE", "NEWLINE", "COLON")
    return following.type == "NAME"


def _goes_on(tokens: list[Token], i: int) -> bool:
    """Whether a statement goes on behind the line break at index `i`."""
    behind = tokens[i + 1].type if i + 1 < len(tokens) else ""
    return behind in ("ARROW", "ELSE") or (i > 0 and tokens[i - 1].type == "ARROW")


@mutable
class _Open:
    """A bracket that is open."""

    token: Token
    indent: int  # of the line on which it stands
    body: int | None = None  # indentation of the first line inside it
    reported: bool = False  # an error has been given; that it is not closed is no news


class _Walk:
    """One pass over the tokens of a file with something wrong in its brackets."""

    def __init__(self, source: Source, tokens: list[Token]) -> None:
        self.source = source
        self.tokens = tokens
        self.out: list[Token] = []
        self.problems: list[Diagnostic] = []
        self.stack: list[_Open] = []
        self.header: Token | None = None
        self.header_depth = -1
        self.colon = -1  # the index in `out` of the first `:` behind the header
        self.indent = 0  # of the current line
        self.surplus = sum((t.type == "RBRACE") - (t.type == "LBRACE") for t in tokens)

    def run(self) -> None:
        begins_line = begins_statement = True
        for i, token in enumerate(self.tokens):
            kind = token.type
            if kind == "NEWLINE":
                if _goes_on(self.tokens, i):
                    ends = i + 1 < len(self.tokens) and self.tokens[i + 1].type == "ELSE"
                    if not (ends and self._body_on_the_line()):
                        self.out.append(token)
                elif not (self.out and self.out[-1].type == "NEWLINE"):
                    self._end_line(i, token)
                begins_line = True
                continue
            if begins_line:
                self.indent = self._indent(token)
                self._dedent(i, token)
                begins_statement = begins_statement or not self._in_parentheses()
            if kind == "ELSE":
                self._body_on_the_line(chooses=True)
            if (begins_statement and _is_header(self.tokens, i, bool(self.stack))) or (
                kind == "ELSE" and self._is_behind_a_body()
            ):
                self._expect_body(token)
            begins_line = begins_statement = False
            if kind in OPENERS:
                self._open(i, token)
                begins_statement = kind == "LBRACE"
            elif kind in CLOSERS:
                self._close(token)
            else:
                if self.header is not None and len(self.stack) == self.header_depth:
                    if kind == "COLON" and self.colon < 0:
                        self.colon = len(self.out)
                    elif kind == "EQUAL" and self.colon < 0:
                        self.header = None
                self.out.append(token)
        self._end_line(len(self.tokens), None)
        self._close_until(0, None)

    # ---------------------------------------------------------------------- openers

    def _expect_body(self, token: Token) -> None:
        self.header = token
        self.header_depth = len(self.stack)
        self.colon = -1

    def _open(self, i: int, token: Token) -> None:
        if token.type == "LBRACE":
            ends_line = i + 1 == len(self.tokens) or self.tokens[i + 1].type == "NEWLINE"
            if self.header is not None and ends_line and len(self.stack) > self.header_depth:
                self._close_until(self.header_depth, token)  # `repeat (3 {`
            self.header = None
        self.out.append(token)
        self.stack.append(_Open(token, self.indent))

    def _end_line(self, i: int, newline: Token | None) -> None:
        """At a line break, or at the end: a header without its `{`, or with something else in its
        place.
        """
        following = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
        last = self._last() if self.out else None
        if last is None or self._in_parentheses():
            pass
        elif last.type == "COLON":
            deeper = following is not None and self._indent(following) > self.indent
            if self.header is not None or deeper:
                self._brace_for_colon(last, deeper)
        elif self.header is not None and len(self.stack) == self.header_depth:
            if following is not None and following.type == "LBRACE":
                self.problems.append(
                    token_errors.brace_on_next_line(*self._spans(self.header, last, following))
                )
                self.header = None
                return  # without the newline
            if not self._body_on_the_line():
                self._missing_body(last, following)
        if newline is not None:
            self.out.append(newline)

    def _brace_for_colon(self, colon: Token, deeper: bool) -> None:
        word = self._statement_word()
        if word is not None and word.text in _PYTHON_HEADERS:
            self.problems.append(errors.python_statement(self._span(word), word.text))
        else:
            self.problems.append(token_errors.colon_for_brace(self._span(colon)))
        brace = Token("LBRACE", "{", colon.start, colon.end)
        self.out[-1] = brace
        self._begin_body(brace, deeper or self.surplus > 0)

    def _body_on_the_line(self, chooses: bool = False) -> bool:
        """`if deep: Dense(8)`, as in Python: what stands behind the `:` becomes the body. `chooses` says that an `else` follows,
        which may belong to `A if condition else B`.
        """
        at = self.colon
        if self.header is None or len(self.stack) != self.header_depth or at < 0:
            return False
        if self._last() is self.out[at]:
            return False
        body = self.out[at + 1 :]
        if self.header.text == "block" and _is_contract(body):
            return False
        if chooses and any(token.type == "IF" for token in body):
            return False
        colon, last = self.out[at], self._last()
        self.problems.append(
            token_errors.colon_for_brace(self._span(colon), self._span(last).after)
        )
        self.out[at] = Token("LBRACE", "{", colon.start, colon.end)
        self.out.append(Token("RBRACE", "}", last.end, last.end))
        self.header = None
        return True

    def _missing_body(self, last: Token, following: Token | None) -> None:
        assert self.header is not None
        if self.header.type == "ELSE" and self._wrap_else(last):
            return
        deeper = following is not None and self._indent(following) > self.indent
        closed = self.surplus > 0
        insert = "{" if closed else None if deeper else "{ }"
        self.problems.append(
            token_errors.missing_body(self._span(self.header), self._span(last), insert)
        )
        brace = Token("LBRACE", "{", last.end, last.end)
        self.out.append(brace)
        empty = following is None or not (deeper or (closed and following.type == "RBRACE"))
        self._begin_body(brace, not empty)

    def _wrap_else(self, last: Token) -> bool:
        """`else Dense(4)`: what stands behind the `else` becomes the body."""
        assert self.header is not None
        at = len(self.out)
        while self.out[at - 1] is not self.header:
            at -= 1
        if at == len(self.out) or self.out[at].type == "IF":
            return False
        first = self.out[at]
        self.problems.append(
            token_errors.bare_else(self._span(self.header), self._span(first), self._span(last))
        )
        self.out.insert(at, Token("LBRACE", "{", first.start, first.start))
        self.out.append(Token("RBRACE", "}", last.end, last.end))
        self.header = None
        return True

    def _begin_body(self, brace: Token, has_statements: bool) -> None:
        """Opens a body whose `{` has just been put in; one without statements ends at once."""
        if has_statements:
            self.stack.append(_Open(brace, self.indent, reported=True))
        else:
            self.out.append(Token("RBRACE", "}", brace.end, brace.end))
        self.header = None

    # ---------------------------------------------------------------------- closers

    def _dedent(self, i: int, token: Token) -> None:
        """Closes what this line, by its indentation or its first word, no longer belongs to."""
        depth = len(self.stack)
        if _declares(self.tokens, i) and self.indent == 0:
            depth = 0
        else:
            while depth > 0 and self._is_over(self.stack[depth - 1], depth - 1, token):
                depth -= 1
        self._close_until(depth, token)
        if self.stack and self.stack[-1].body is None:
            self.stack[-1].body = self.indent

    def _is_over(self, top: _Open, below: int, token: Token) -> bool:
        """Whether the line that begins with `token` shows that the bracket should have been closed
        above.
        """
        if token.type in CLOSERS:
            if CLOSERS[token.type] != top.token.type:
                return self._opener_of(token, below) is not None
            return self.indent < top.indent and any(
                o.token.type == top.token.type and o.indent == self.indent
                for o in self.stack[:below]
            )
        if top.token.type == "LBRACE":
            # Some write the body no deeper than the header: then only less indentation tells.
            flat = (
                self.indent if top.body is None else top.body
            ) <= top.indent and not top.reported
            return self.indent < top.indent or (self.indent == top.indent and not flat)
        if token.type in ("ARROW", "ELSE") or self.indent > top.indent:
            return False
        continues = (
            self.out[-2].type if self.out[-1].type == "NEWLINE" and len(self.out) > 1 else ""
        )
        return self.indent < top.indent or continues not in ("COMMA", "LSQB")

    def _close(self, token: Token) -> None:
        opener = CLOSERS[token.type]
        if not self.stack:
            self._stray(token)
            return
        if token.type == "RBRACE" and self.surplus <= 0:
            self._body_on_the_line()  # `{ repeat 3: ReLU }`
        top = self.stack[-1]
        if top.token.type == opener:
            first = self._last().type == "NEWLINE" if self.out else True
            if token.type == "RBRACE" and first and self.surplus > 0 and self.indent > top.indent:
                self.surplus -= 1
                self._stray(token)
                return
            self.stack.pop()
            self.out.append(token)
            return
        depth = self._opener_of(token, len(self.stack))
        if depth is not None:
            self._close_until(depth + 1, token)
            self.stack.pop()
            self.out.append(token)
        elif top.token.type != "LBRACE" and token.type != "RBRACE":
            right = BRACKETS[OPENERS[top.token.type]]
            self.problems.append(
                token_errors.wrong_closer(
                    self._span(token), token.text, self._span(top.token), right
                )
            )
            self.stack.pop()
            self.out.append(Token(OPENERS[top.token.type], right, token.start, token.end))
        else:
            self._stray(token)

    def _opener_of(self, token: Token, below: int) -> int | None:
        """The open bracket that `token` can close; `)` and `]` do not reach out of a `{ }`."""
        for depth in range(below - 1, -1, -1):
            kind = self.stack[depth].token.type
            if kind == CLOSERS[token.type]:
                return depth
            if kind == "LBRACE":
                return None
        return None

    def _close_until(self, depth: int, found: Token | None) -> None:
        """Closes the brackets above `depth`, with one error for all of them."""
        if len(self.stack) <= depth:
            return
        newline = self.out.pop() if self.out and self.out[-1].type == "NEWLINE" else None
        last = self.out[-1]
        news = [o for o in self.stack[depth:] if not o.reported]
        if news:
            spans = [self._span(o.token) for o in reversed(news)]
            self.problems.append(
                token_errors.unclosed(
                    self.source,
                    spans,
                    [BRACKETS[o.token.type] for o in reversed(news)],
                    last.end,
                    self._span(found) if found is not None else None,
                )
            )
        while len(self.stack) > depth:
            kind = OPENERS[self.stack.pop().token.type]
            self.out.append(Token(kind, BRACKETS[kind], last.end, last.end))
        if newline is not None:
            self.out.append(newline)

    def _stray(self, token: Token) -> None:
        self.problems.append(token_errors.stray_closer(self._span(token), token.text))

    # ---------------------------------------------------------------------- places

    def _in_parentheses(self) -> bool:
        return bool(self.stack) and self.stack[-1].token.type != "LBRACE"

    def _last(self) -> Token:
        return self.out[-1]

    def _is_behind_a_body(self) -> bool:
        """Whether a `}` is the last token, but for a line break."""
        before = [token.type for token in self.out[-2:]]
        return before[-1:] == ["RBRACE"] or before == ["RBRACE", "NEWLINE"]

    def _statement_word(self) -> Token | None:
        """The first word on the line of the last token."""
        for i in range(len(self.out) - 1, -1, -1):
            if i == 0 or self.out[i - 1].type in ("NEWLINE", "LBRACE"):
                return self.out[i]
        return None

    def _indent(self, token: Token) -> int:
        """The indentation of the line on which a token stands, tabs counted as four."""
        text = self.source.text
        start = max(text.rfind("\n", 0, token.start), text.rfind("\r", 0, token.start)) + 1
        end = start
        while end < len(text) and text[end] in " \t\f\ufeff":
            end += 1
        return len(text[start:end].expandtabs(4))

    def _span(self, token: Token) -> Span:
        return Span(self.source.path, token.start, token.end)

    def _spans(self, *tokens: Token) -> list[Span]:
        return [self._span(token) for token in tokens]


def _declares(tokens: list[Token], i: int) -> bool:
    """Whether a declaration that only stands outside of everything begins here."""
    token = tokens[i]
    if token.type != "NAME" or token.text not in DECLARATION_WORDS or i + 1 == len(tokens):
        return False
    following = tokens[i + 1].type
    if token.text == "train":
        return following in ("LBRACE", "NAME", "NEWLINE")
    return following == ("STRING" if token.text == "from" else "NAME")


def _is_contract(tokens: list[Token]) -> bool:
    """Whether these are the shapes that a block takes and gives, or begin with them: `[n] -> [n]`, `float32[n] -> same`."""
    return tokens[0].type == "LSQB" or (
        any(token.type == "ARROW" for token in tokens)
        and all(token.type not in ("LPAR", "LBRACE") for token in tokens)
        and not any(token.type == "NAME" and token.text[0].isupper() for token in tokens)
    )
