"""Breaking expressions and flows that don't fit on a line.

A newline can stand anywhere inside `( )` and `[ ]`, and elsewhere before `->` only.
"""

from __future__ import annotations

from archlang.formatting.concrete import Branch, Concrete, first_token, last_token
from archlang.formatting.flat import Flat, asks_for_lines, spaced
from archlang.formatting.writer import INDENT, Writer
from archlang.syntax.tokens import Token

_SMALL = 24
"""A fork of at most this width is broken last, as any other step is."""

_BRACKETED = frozenset(["list", "tuple", "call", "parameters", "comprehension", "parenthesised"])
_INDEXED = frozenset(["type", "contract_type", "subscript"])
_OPERATORS = frozenset(["binary", "comparison", "conditional"])
_SIMPLE = frozenset(["number", "string", "name", "keyword_constant", "unary"])


class Expressions:
    """Writes expressions; `statements` adds the rest."""

    def __init__(self, concrete: Concrete, width: int) -> None:
        self.writer = Writer(concrete, width)
        self.flat = Flat(concrete)
        self.concrete = concrete

    # ---------------------------------------------------------------------- any part

    def put(self, part: Branch | Token, tail: int = 0) -> None:
        """Write a part, on this line if it fits there with `tail` columns behind it."""
        text = self.flat(part)
        if isinstance(part, Token):
            self.writer.token(part, text)
        elif text is not None and self.writer.fits(text, tail):
            self.put_flat(part, text)
        elif part.kind == "flow":
            self._flow(part, tail)
        elif part.kind in _BRACKETED or (text is None and _is_indexed(part)):
            self._bracketed(part, tail)
        elif part.kind in _OPERATORS and self.writer.free:
            self._operators(part, tail)
        elif part.kind == "body":
            self.body(part)
        else:
            self.sequence(part, tail)

    def put_flat(self, part: Branch, text: str) -> None:
        """Write a part on this line."""
        self.writer.comments_above(first_token(part))
        self.writer.text(text)
        self.writer.comment_behind(last_token(part))

    def sequence(self, part: Branch, tail: int) -> None:
        """Write the children of a part one after the other."""
        before: Branch | Token | None = None
        children = part.children
        for i, child in enumerate(children):
            if before is not None and spaced(part.kind, before, child):
                self.writer.space()
            last = i == len(children) - 1
            self.put(child, tail if last else self._width_behind(part, i))
            before = child

    def body(self, part: Branch) -> None:
        """Write `{ … }` on lines of its own."""
        raise NotImplementedError

    def _width_behind(self, part: Branch, index: int) -> int:
        """How much of what follows a child has to stand on its line: up to a bracket."""
        following = part.children[index + 1]
        space = int(spaced(part.kind, part.children[index], following))
        if isinstance(following, Token):
            return space + len(following.text)
        first = first_token(following)
        return space + (len(first.text) if first.type in ("LPAR", "LSQB", "LBRACE") else 0)

    # ---------------------------------------------------------------------- brackets

    def _bracketed(self, part: Branch, tail: int) -> None:
        """Write a part with what its brackets hold on lines of its own."""
        children = list(part.children)
        at = next(i for i, c in enumerate(children) if isinstance(c, Token) and c.type in _OPENERS)
        for child in children[:at]:
            self.put(child, 1)
        opener, closer = children[at], children[-1]
        assert isinstance(opener, Token)
        assert isinstance(closer, Token)
        inner = _unfolded(children[at + 1 : -1])
        self.writer.token(opener)
        free, self.writer.free = self.writer.free, True
        self.writer.indent += INDENT
        if inner:
            self.writer.newline()
            self._inside(part, inner, bool(self.concrete.trivia(closer).above))
        elif self.writer.has_comment or self.concrete.trivia(closer).above:
            self.writer.newline()
        self.writer.comments_above(closer)
        self.writer.indent -= INDENT
        if inner:
            self.writer.newline()
        self.writer.free = free
        self.writer.token(closer)

    def _inside(self, part: Branch, inner: list[Branch | Token], commented: bool) -> None:
        if part.kind == "comprehension":
            for child in inner:
                self.writer.newline()
                self.put(child)
            return
        if part.kind == "parenthesised":
            self.put(inner[0])
            return
        items = [child for child in inner if not _is_comma(child)]
        if part.kind in _INDEXED:
            for child in inner:
                self.put(child)
            return
        if not (asks_for_lines(part) or commented or self._commented(inner)):
            if part.kind != "list" and self._on_one_line(items):
                self._listed(inner, keep_last=part.kind == "tuple" and len(items) == 1)
                return
            if len(items) > 1 and all(_is_simple(item) and self.flat(item) for item in items):
                self._filled(inner)
                return
        for index, child in enumerate(inner):
            if _is_comma(child):
                continue
            self.writer.newline()
            self.put(child, 1)
            comma = inner[index + 1] if index + 1 < len(inner) else None
            if isinstance(comma, Token):
                self.writer.token(comma)
            else:
                self.writer.text(",")

    def _on_one_line(self, items: list[Branch | Token]) -> bool:
        texts = [self.flat(item) for item in items]
        if any(text is None for text in texts):
            return False
        return self.writer.fits(", ".join(text or "" for text in texts))

    def _commented(self, inner: list[Branch | Token]) -> bool:
        """Whether a comment stands between items."""
        trivia = self.concrete.trivia
        return any(
            trivia(first_token(part)).above or trivia(last_token(part)).behind is not None
            for part in inner
        )

    def _listed(self, inner: list[Branch | Token], keep_last: bool) -> None:
        for index, child in enumerate(inner):
            if _is_comma(child) and index == len(inner) - 1 and not keep_last:
                continue
            if index and not _is_comma(child):
                self.writer.space()
            self.put(child)

    def _filled(self, inner: list[Branch | Token]) -> None:
        """As many items on a line as there is room for."""
        for index, child in enumerate(inner):
            if _is_comma(child):
                self.put(child)
                continue
            if index:
                if self.writer.fits(self.flat(child), 2):
                    self.writer.space()
                else:
                    self.writer.newline()
            self.put(child, 1)

    # ---------------------------------------------------------------------- operators

    def _operators(self, part: Branch, tail: int) -> None:
        """Write an operand a line, operators at the beginning of lines."""
        for index, child in enumerate(part.children):
            if index and _is_operator(child):
                self.writer.newline()
            elif index:
                self.writer.space()
            self.put(child, tail if index == len(part.children) - 1 else 0)

    # ---------------------------------------------------------------------- flows

    def _flow(self, part: Branch, tail: int) -> None:
        """Write as many steps on a line as there is room for, new lines kept; forks are opened."""
        steps, arrows = part.children[::2], part.children[1::2]
        base = self.writer.indent
        for index, step in enumerate(steps):
            last = index == len(steps) - 1
            behind = tail if last else 0
            opened = self._opens(steps[index:], tail, base)
            if index:
                arrow = arrows[index - 1]
                assert isinstance(arrow, Token)
                wanted = " -> [" if opened else self._arrowed(step)
                if self._parted_here(arrow, step) or not self.writer.fits(
                    wanted, 0 if opened else behind
                ):
                    self.writer.newline()
                    self.writer.indent = base + INDENT
                self.writer.comment_first(arrow)
                self.writer.space()
                self.writer.token(arrow)
                self.writer.text(" ")
            if opened:
                self._open(step, behind)
            else:
                self.put(step, behind)
        self.writer.indent = base

    def _parted_here(self, arrow: Token, step: Branch | Token) -> bool:
        """Whether a new line was begun at an arrow: in a long flow that shows what belongs
        together.
        """
        opens_line = self.concrete.opens_line
        return opens_line(arrow) or opens_line(first_token(step))

    def _arrowed(self, step: Branch | Token) -> str | None:
        text = self.flat(step)
        return None if text is None else f" -> {text}"

    def _opens(self, rest: tuple[Branch | Token, ...], tail: int, base: int) -> bool:
        """Whether the first of these steps is a fork or group that should be opened."""
        step = rest[0]
        if not _is_container(step):
            return False
        texts = [self.flat(part) for part in rest]
        if all(text is not None for text in texts):
            joined = " -> ".join(text or "" for text in texts)
            if self.writer.fits(f" -> {joined}", tail):
                return False
            fresh = base + INDENT + len("-> ") + len(joined) + tail
            if self.writer.begun and fresh <= self.writer.width:
                return False
        return texts[0] is None or len(texts[0]) > _SMALL

    def _open(self, step: Branch | Token, tail: int) -> None:
        assert isinstance(step, Branch)
        if step.kind in _BRACKETED:
            self._bracketed(step, tail)
        elif step.kind == "frozen":
            self.put(step.children[0])
            self.writer.space()
            self._open(step.children[1], tail)
        elif step.kind == "group":
            self._open(step.children[0], tail)
        else:
            self.body(step)


_OPENERS = ("LPAR", "LSQB")


def _unfolded(children: list[Branch | Token]) -> list[Branch | Token]:
    """Items and commas in one list, wherever the grammar puts them."""
    out: list[Branch | Token] = []
    for child in children:
        if isinstance(child, Branch) and child.kind in ("items", "indices"):
            out += child.children
        else:
            out.append(child)
    return out


def _is_indexed(part: Branch) -> bool:
    """Whether this is `x[…]` rather than a type that is one word."""
    return part.kind in _INDEXED and len(part.children) > 1


def _is_comma(part: Branch | Token) -> bool:
    return isinstance(part, Token) and part.type == "COMMA"


def _is_operator(part: Branch | Token) -> bool:
    return isinstance(part, Token) or part.kind == "comparator"


def _is_simple(part: Branch | Token) -> bool:
    return isinstance(part, Branch) and part.kind in _SIMPLE


def _is_container(part: Branch | Token) -> bool:
    if not isinstance(part, Branch):
        return False
    if part.kind == "frozen":
        return _is_container(part.children[1])
    return part.kind in ("list", "comprehension", "group", "body")
