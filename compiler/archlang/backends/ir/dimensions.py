"""Symbolic dimensions read back from the notation in which they are shown: `time - 2`, `4 * ceil(time / 2)`."""

from __future__ import annotations

import re

from archlang.shapes import dims
from archlang.shapes.spec import Dim

_TOKEN = re.compile(r"\s*(\d{1,18}|[A-Za-z_]\w*|[-+*/()])")
_MOST_CHARACTERS = 2000
_DEEPEST = 40


def parse_dim(text: str) -> Dim:
    """The dimension that a text shows; ValueError where it shows none."""
    if len(text) > _MOST_CHARACTERS:
        raise ValueError("too long for a dimension")
    parser = _Parser(_tokens(text))
    value = parser.sum(0)
    if parser.at < len(parser.tokens):
        raise ValueError(f"`{parser.tokens[parser.at]}` has no place in a dimension")
    return value


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    stripped = text.rstrip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None:
            raise ValueError(f"`{stripped[at:].strip()[:1]}` has no place in a dimension")
        tokens.append(match[1])
        at = match.end()
    return tokens


class _Parser:
    """Sums of products of whole numbers, names, and rounded quotients."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def sum(self, depth: int) -> Dim:
        if depth > _DEEPEST:
            raise ValueError("nested too deep for a dimension")
        total: Dim = 0
        sign = -1 if self._take("-") else 1
        while True:
            total = dims.add(total, dims.mul(self._product(depth), sign))
            if self._take("+"):
                sign = 1
            elif self._take("-"):
                sign = -1
            else:
                return total

    def _product(self, depth: int) -> Dim:
        value = self._factor(depth)
        while self._take("*"):
            value = dims.mul(value, self._factor(depth))
        return value

    def _factor(self, depth: int) -> Dim:
        token = self._next()
        if token.isdigit():
            return int(token)
        if not token.isidentifier():
            raise ValueError(f"`{token}` has no place there in a dimension")
        if token in ("floor", "ceil") and self._take("("):
            value = self.sum(depth + 1)
            self._expect("/")
            by = self._next()
            self._expect(")")
            if not by.isdigit() or int(by) < 1:
                raise ValueError("a dimension is divided by positive whole numbers only")
            return (dims.floordiv if token == "floor" else dims.ceildiv)(value, int(by))
        return dims.symbol(token)

    def _next(self) -> str:
        if self.at >= len(self.tokens):
            raise ValueError("a dimension ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def _take(self, token: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at] == token:
            self.at += 1
            return True
        return False

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise ValueError(f"a dimension lacks a `{token}`")
