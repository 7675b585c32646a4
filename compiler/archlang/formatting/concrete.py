"""What a formatter works on: every token of a spec in the tree of the rules that matched it.

The syntax tree drops what has no meaning (parentheses, commas, how a string was quoted). Here the
parser's rules are kept as they are, and each token knows the comments and blank lines around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from archlang.records import mutable, node
from archlang.source import Source
from archlang.syntax.engine import Machine, tokenize
from archlang.syntax.layout import lay_out
from archlang.syntax.spelling import spell
from archlang.syntax.structure import structure
from archlang.syntax.tokens import Token


@node
class Branch:
    """What a rule of the grammar matched; `kind` is the rule's name."""

    kind: str
    children: tuple[Branch | Token, ...]


@mutable
class Trivia:
    """What stands around a token.

    `above` are the comments on lines of their own before it, each with whether a blank line comes
    before; `blank` says whether one stands right before the token; `behind` is the comment at the
    end of its line.
    """

    above: list[tuple[str, bool]]
    blank: bool
    behind: str | None

    @property
    def spaced(self) -> bool:
        """Whether there is a blank line anywhere before the token."""
        return self.blank or any(blank for _, blank in self.above)


class Concrete:
    """The concrete tree of a spec without syntax errors."""

    def __init__(self, source: Source) -> None:
        spelled = spell(source, tokenize(source.text))
        tokens, _ = structure(source, spelled.tokens)
        tokens, _ = lay_out(source.path, tokens)
        end = len(source.text)
        self.end = Token("$END", "", end, end)
        tokens.append(self.end)
        machine = Machine(_Rules())  # pyright: ignore[reportArgumentType]
        if not all(machine.feed(token) for token in tokens):
            raise ValueError(f"{source.path} does not parse")
        root: Branch = machine.result
        self.entries = [child for child in root.children if isinstance(child, Branch)]
        self._text = source.text
        self._trivia = _attached(
            source.text, [token for token in tokens if token.type != "NEWLINE"], spelled.comments
        )

    def trivia(self, token: Token) -> Trivia:
        """The comments and blank lines around a token."""
        return self._trivia[token.start, token.end]

    def opens_line(self, token: Token) -> bool:
        """Whether a token stood on another line than the one before it."""
        before = self._text[: token.start].rstrip(" \t\f")
        return not before or before[-1] in "\r\n"


def tokens_of(part: Branch | Token) -> Iterator[Token]:
    """All tokens, in order."""
    if isinstance(part, Token):
        yield part
    else:
        for child in part.children:
            yield from tokens_of(child)


def first_token(part: Branch | Token) -> Token:
    """The token with which a part begins."""
    while isinstance(part, Branch):
        part = part.children[0]
    return part


def last_token(part: Branch | Token) -> Token:
    """The token with which a part ends."""
    while isinstance(part, Branch):
        part = part.children[-1]
    return part


class _Rules:
    """In the place of the builder: every rule gives a `Branch`."""

    def __getattr__(self, kind: str) -> Callable[[list[Any]], Branch]:
        kind = kind.rstrip("_")

        def matched(children: list[Any]) -> Branch:
            kept = [
                child
                for child in children
                if isinstance(child, Branch)
                or (isinstance(child, Token) and child.type != "NEWLINE")
            ]
            return Branch(kind, tuple(kept))

        return matched


def _attached(
    text: str, tokens: list[Token], comments: list[Token]
) -> dict[tuple[int, int], Trivia]:
    found: dict[tuple[int, int], Trivia] = {}
    waiting = iter(comments)
    comment = next(waiting, None)
    previous: Trivia | None = None
    at = 0  # where what has been seen ends
    for token in tokens:
        trivia = Trivia([], False, None)
        while comment is not None and comment.start < token.start:
            gap = text[at : comment.start]
            if previous is not None and not trivia.above and not _breaks(gap):
                previous.behind = _written(comment.text)
            else:
                trivia.above.append((_written(comment.text), _breaks(gap) > 1))
            at = comment.end
            comment = next(waiting, None)
        trivia.blank = _breaks(text[at : token.start]) > 1
        found[token.start, token.end] = trivia
        previous, at = trivia, max(at, token.end)
    return found


def _breaks(gap: str) -> int:
    """How many line breaks there are."""
    return gap.replace("\r\n", "\n").replace("\r", "\n").count("\n")


def _written(comment: str) -> str:
    """A comment with a space behind its `#`, if it is a plain one."""
    body = comment[1:].rstrip()
    return f"# {body}" if body and body[0] not in " \t!:#" else f"#{body}"
