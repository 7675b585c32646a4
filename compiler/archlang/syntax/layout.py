"""The last pass before the parser: newlines, keywords that are ones only in places, nesting.

A NEWLINE stays only where it ends a statement: not inside `( )` or `[ ]` (a `{ }` inside those has
statements again), not behind `->` or `{`, not before `}`, nor where the next line begins with `->`
or `else`.
"""

from __future__ import annotations

from archlang.diagnostics import Diagnostic
from archlang.source import Span
from archlang.syntax import errors
from archlang.syntax.tokens import CLOSERS, DECLARATION_WORDS, OPENERS, RESERVED_TYPES, Token

MAX_NESTING = 100
"""How deep brackets and operators may nest; later stages walk trees by recursion."""

_NESTING_OPERATORS = frozenset(
    [
        "PLUS",
        "MINUS",
        "STAR",
        "SLASH",
        "DOUBLESLASH",
        "PERCENT",
        "DOUBLESTAR",
        "AND",
        "OR",
        "NOT",
        "ELSE",
        "FROZEN",
    ]
)
_NEVER_BEHIND_A_KEYWORD = frozenset(
    ("ARROW", "EQUAL", "DOT", "LPAR", "LSQB", "AS", "COMMA", "COLON")
)


def lay_out(path: str, tokens: list[Token]) -> tuple[list[Token], list[Diagnostic]]:
    """The tokens that the parser reads."""
    return _bounded(path, _retagged(_separated(tokens)))


def _separated(tokens: list[Token]) -> list[Token]:
    """Without the newlines that end no statement."""
    out: list[Token] = []
    brackets: list[str] = []
    newline: Token | None = None  # held back until it is known what begins the next line
    for token in tokens:
        kind = token.type
        if kind == "NEWLINE":
            if (
                out
                and out[-1].type not in ("ARROW", "LBRACE")
                and (not brackets or brackets[-1] == "LBRACE")
            ):
                newline = newline or token
            continue
        if newline is not None:
            if kind not in ("ARROW", "ELSE", "RBRACE"):
                out.append(newline)
            newline = None
        out.append(token)
        if kind in OPENERS:
            brackets.append(kind)
        elif kind in CLOSERS and brackets:
            brackets.pop()
    return out


def _retagged(tokens: list[Token]) -> list[Token]:
    """With names as keywords where a declaration begins, and keywords as names where only a name
    makes sense.
    """
    last = len(tokens) - 1
    brackets: list[str] = []
    begins = True
    declares = ""  # the terminal with which the statement outside of all brackets began
    for i, token in enumerate(tokens):
        kind = token.type
        if kind == "NAME":
            following = tokens[i + 1].type if i < last else "$END"
            if begins and following not in _NEVER_BEHIND_A_KEYWORD:
                new = _keyword(
                    token.text,
                    following,
                    tokens[i + 2].type if i + 1 < last else "",
                    bool(brackets),
                )
            elif not brackets and token.text == "from" and declares in ("LAYER", "LOSS", "METRIC"):
                new = (
                    "FROM"
                    if tokens[i - 1].type in ("RPAR", "NAME") and tokens[i - 1].text != "from"
                    else None
                )
            elif not brackets and token.text == "import" and declares == "FROM":
                new = "IMPORT" if tokens[i - 1].type == "STRING" else None
            else:
                new = None
            if new is not None:
                tokens[i] = token.as_type(new)
                kind = new
        elif kind in RESERVED_TYPES:
            named = (
                i < last and tokens[i + 1].type == "EQUAL" and brackets and brackets[-1] == "LPAR"
            )
            if named or (i > 0 and tokens[i - 1].type == "DOT"):
                tokens[i] = token.as_type("NAME")
        elif kind in OPENERS:
            brackets.append(kind)
        elif kind in CLOSERS and brackets:
            brackets.pop()
        if begins and not brackets:
            declares = kind
        begins = kind == "NEWLINE" or kind == "LBRACE"
    return tokens


def _keyword(word: str, following: str, behind: str, nested: bool) -> str | None:
    """The keyword that a word is at the beginning of a statement, judging by the two tokens behind
    it.
    """
    if word == "phase" and nested:
        return "PHASE" if following in ("NAME", "LBRACE") or following in RESERVED_TYPES else None
    keyword = DECLARATION_WORDS.get(word)
    if keyword is None or not nested:
        return keyword
    # A declaration inside another is an error, but of its own kind.
    if following == "NAME" and behind in ("LBRACE", "LPAR", "FOR", "EQUAL", "FROM"):
        return keyword
    return None


def _bounded(path: str, tokens: list[Token]) -> tuple[list[Token], list[Diagnostic]]:
    """With a hole in the place of whatever is nested too deep.

    Within one item or statement every operator may add a level to the tree, so these are counted
    too.
    """
    out: list[Token] = []
    problems: list[Diagnostic] = []
    level = 0
    outer: list[int] = []  # the level at which each open bracket stands
    skipping = 0  # how many brackets are open inside what is skipped
    skips = False
    for token in tokens:
        kind = token.type
        if skips:
            if kind in OPENERS:
                skipping += 1
                continue
            if skipping or kind not in ("COMMA", "NEWLINE", "RPAR", "RSQB", "RBRACE"):
                skipping -= kind in CLOSERS
                continue
            skips = False
        if kind in OPENERS:
            level += 1
            if level > MAX_NESTING:
                problems.append(errors.too_deep(Span(path, token.start, token.end), MAX_NESTING))
                skips, skipping, level = True, 1, level - 1
                out.append(Token("HOLE", "", token.start, token.end))
                continue
            outer.append(level)
        elif kind in CLOSERS:
            # `x[0][0]` nests to the left, calls and bodies side by side do not.
            level = (outer.pop() if outer else 1) - (kind != "RSQB")
        elif kind in ("COMMA", "NEWLINE", "ARROW"):
            level = outer[-1] if outer else 0
        elif kind in _NESTING_OPERATORS:
            level += 1
            if level > MAX_NESTING:
                problems.append(errors.too_deep(Span(path, token.start, token.end), MAX_NESTING))
                skips = True
                out.append(Token("HOLE", "", token.start, token.end))
                continue
        out.append(token)
    return out, problems
