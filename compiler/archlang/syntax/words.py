"""Terminals in words that a reader of a message understands."""

from __future__ import annotations

from archlang.syntax.tokens import BRACKETS, DECLARATION_WORDS, RESERVED, RESERVED_TYPES, Token

WORDS = {
    "$END": "the end of the file",
    "NEWLINE": "the end of the line",
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": "a string",
    "COMMA": "`,`",
    "COLON": "`:`",
    "DOT": "`.`",
    "ARROW": "`->`",
    "EQUAL": "`=`",
    "EQEQ": "`==`",
    "NE": "`!=`",
    "LT": "`<`",
    "LE": "`<=`",
    "GT": "`>`",
    "GE": "`>=`",
    "PLUS": "`+`",
    "MINUS": "`-`",
    "STAR": "`*`",
    "DOUBLESTAR": "`**`",
    "SLASH": "`/`",
    "DOUBLESLASH": "`//`",
    "PERCENT": "`%`",
    "PHASE": "`phase`",
    "IMPORT": "`import`",
    **{kind: f"`{text}`" for kind, text in BRACKETS.items()},
    **{kind: f"`{word}`" for word, kind in (RESERVED | DECLARATION_WORDS).items()},
}

INTERNAL = frozenset(("HOLE", "BROKEN"))
"""Terminals that only error recovery makes."""

_OPERATORS = frozenset(
    [
        "EQEQ",
        "NE",
        "LT",
        "LE",
        "GT",
        "GE",
        "PLUS",
        "MINUS",
        "STAR",
        "DOUBLESTAR",
        "SLASH",
        "DOUBLESLASH",
        "PERCENT",
        "AND",
        "OR",
        "IN",
        "NOT",
        "IF",
        "FOR",
    ]
)
_VALUE = frozenset(("NAME", "NUMBER", "STRING", "LPAR", "LSQB"))
_VALUE_PARTS = _VALUE | frozenset(
    ("TRUE", "FALSE", "NONE", "INPUT", "HEAD", "FROZEN", "NOT", "PLUS", "MINUS", "LBRACE")
)


def in_words(token: Token) -> str:
    """A token as a message names it."""
    if token.type in ("$END", "NEWLINE"):
        return WORDS[token.type]
    if token.type == "STRING":
        return "this string"
    return f"`{token.text}`"


def expected_in_words(expected: set[str], step: bool = False) -> list[str]:
    """What fits at a place, the likeliest first, without operators (which nearly always do).

    `step` says that a value there is a step of a flow.
    """
    kinds = expected - INTERNAL
    words: list[str] = []
    if kinds >= _VALUE:
        words.append("a step" if step else "a value")
        kinds = kinds - _VALUE_PARTS
    elif kinds & _OPERATORS and "PLUS" in kinds:  # behind a value
        kinds = kinds - _OPERATORS - frozenset(("LPAR", "LSQB", "DOT", "ELSE"))
    if "LET" in kinds:  # where a statement may begin
        kinds = kinds - RESERVED_TYPES - frozenset(DECLARATION_WORDS.values()) - {"PHASE", "NAME"}
        words = ["a statement"]
    order = [
        "NAME",
        "LBRACE",
        "EQUAL",
        "COLON",
        "COMMA",
        "ARROW",
        "AS",
        "IN",
        "RPAR",
        "RSQB",
        "RBRACE",
    ]
    known = [kind for kind in order if kind in kinds]
    rest = sorted(kinds - set(known) - {"NEWLINE", "$END"})
    words += [WORDS[kind] for kind in (*known, *rest)]
    if kinds & {"NEWLINE", "$END"}:
        words.append(WORDS["NEWLINE"])
    return words


def listed(words: list[str], last: str = "or") -> str:
    """`a, b or c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def short(text: str) -> str:
    """A piece of source for a message: one line of it, not too long."""
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39] + "…"
