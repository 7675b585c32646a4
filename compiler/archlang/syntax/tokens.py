"""Tokens as the passes between the lexer and the parser see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archlang.syntax.tree import Node


class Token:
    """A word of the source. A token that a repair has put in is empty: `start` equals `end`."""

    __slots__ = ("end", "start", "text", "type")

    def __init__(self, type: str, text: str, start: int, end: int) -> None:
        self.type = type
        self.text = text
        self.start = start
        self.end = end

    def as_type(self, type: str) -> Token:
        """The same text and place, as a terminal of another type."""
        return Token(type, self.text, self.start, self.end)

    def __repr__(self) -> str:
        return f"{self.type}({self.text!r})"


class Broken(Token):
    """Stands for a statement that could not be read; `node` is what is known of it, if anything."""

    __slots__ = ("node",)

    def __init__(self, node: Node | None, start: int, end: int) -> None:
        super().__init__("BROKEN", "", start, end)
        self.node = node


RESERVED = {
    "and": "AND",
    "as": "AS",
    "else": "ELSE",
    "for": "FOR",
    "frozen": "FROZEN",
    "head": "HEAD",
    "if": "IF",
    "in": "IN",
    "input": "INPUT",
    "learned": "LEARNED",
    "let": "LET",
    "not": "NOT",
    "or": "OR",
    "output": "OUTPUT",
    "repeat": "REPEAT",
    "require": "REQUIRE",
    "shared": "SHARED",
    "True": "TRUE",
    "False": "FALSE",
    "None": "NONE",
}
"""The words that can be no name, and their terminals."""

RESERVED_TYPES = frozenset(RESERVED.values())

DECLARATION_WORDS = {
    "task": "TASK",
    "model": "MODEL",
    "block": "BLOCK",
    "layer": "LAYER",
    "loss": "LOSS",
    "metric": "METRIC",
    "train": "TRAIN",
    "from": "FROM",
}
"""The words that are keywords only where a declaration may begin (`phase` and `import` are the
others).
"""

OPENERS = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
CLOSERS = {"RPAR": "LPAR", "RSQB": "LSQB", "RBRACE": "LBRACE"}
BRACKETS = {"LPAR": "(", "LSQB": "[", "LBRACE": "{", "RPAR": ")", "RSQB": "]", "RBRACE": "}"}
