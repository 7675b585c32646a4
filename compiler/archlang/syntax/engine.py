"""The lexer, and the LALR(1) parser that is driven token by token.

Both run from `tables.py`, which holds what Lark made of `grammar/arch.lark` (see `generator`), so
Lark itself is not imported. They do what Lark does with these tables
(`lark.parsers.lalr_parser_state.ParserState.feed_token`), but for two things: a token that does not
fit is refused rather than raised about, and the stacks can be saved, restored and tried out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from archlang.syntax import tables
from archlang.syntax.builder import Builder
from archlang.syntax.tokens import Token


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(tables.PATTERN)


def tokenize(text: str) -> list[Token]:
    """Every token of a text, comments included. Any text has one: `UNKNOWN` matches what nothing
    else does.
    """
    tokens: list[Token] = []
    ignored, keywords = tables.IGNORED, tables.KEYWORDS
    for match in _pattern().finditer(text):
        kind = match.lastgroup or ""
        if kind in ignored:
            continue
        word = match[0]
        if kind == tables.WORD:
            kind = keywords.get(word, kind)
        tokens.append(Token(kind, word, match.start(), match.end()))
    return tokens


def terminals() -> frozenset[str]:
    """The names of all terminals that a rule may ask for."""
    return frozenset(name for names, _ in tables.STATES for name in names if name.isupper())


class _States(dict[int, dict[str, int]]):
    """What to do in a state by what comes: most texts meet few of the states."""

    def __missing__(self, state: int) -> dict[str, int]:
        names, targets = tables.STATES[state]
        self[state] = row = dict(zip(names, targets, strict=True))
        return row


_STATES = _States()


class Inline:
    """What a rule whose name begins with `_` matched; its children go into the rule above."""

    __slots__ = ("children",)

    def __init__(self, children: list[Any]) -> None:
        self.children = children


class Snapshot:
    """The parser's stacks at one moment."""

    __slots__ = ("lengths", "states", "values")

    def __init__(self, states: list[int], values: list[Any]) -> None:
        self.states = list(states)
        self.values = list(values)
        # The list of a repetition grows in place; only how long it is now belongs to the snapshot.
        self.lengths = [len(v.children) if isinstance(v, Inline) else 0 for v in values]


class Machine:
    """An LALR(1) parser that takes one token at a time and hands what it reads to a `Builder`."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._states: list[int] = [tables.START]
        self._values: list[Any] = []

    def feed(self, token: Token) -> bool:
        """Reads a token; False if it does not fit. The stacks may have been reduced by then."""
        states, values = self._states, self._values
        kind = token.type
        while True:
            action = _STATES[states[-1]].get(kind)
            if action is None:
                return False
            if action >= 0:
                states.append(action)
                values.append(token)
                return True
            origin, size, method, expands_single, inlined = tables.RULES[~action]
            if size == 1 and expands_single and not inlined:
                states[-1] = _STATES[states[-2]][origin]
                continue
            children: list[Any] = []
            if size:
                children = values[-size:]
                del states[-size:], values[-size:]
            if inlined:
                children = _with_inlined(children, inlined)
            if expands_single and len(children) == 1:
                values.append(children[0])
            elif method[0] == "_":
                values.append(Inline(children))
            else:
                values.append(getattr(self._builder, method)(children))
            states.append(_STATES[states[-1]][origin])
            if kind == "$END" and states[-1] == tables.END:
                return True

    @property
    def result(self) -> Any:
        """What the start rule made, once `$END` has been read."""
        return self._values[-1]

    def accepts(self, kinds: Sequence[str]) -> bool:
        """Whether tokens of these types could be read now, one after the other."""
        return self.accepts_from(self._states, kinds)

    def accepts_from(self, before: list[int], kinds: Sequence[str]) -> bool:
        """Whether tokens of these types could be read with `before` as the stack."""
        states = list(before)
        for kind in kinds:
            while True:
                action = _STATES[states[-1]].get(kind)
                if action is None:
                    return False
                if action >= 0:
                    states.append(action)
                    break
                origin, size, *_ = tables.RULES[~action]
                if size:
                    del states[-size:]
                states.append(_STATES[states[-1]][origin])
                if kind == "$END" and states[-1] == tables.END:
                    return True
        return True

    def expected(self) -> set[str]:
        """The terminals that could be read now."""
        return {
            kind for kind in _STATES[self._states[-1]] if kind.isupper() and self.accepts((kind,))
        }

    def save(self) -> Snapshot:
        return Snapshot(self._states, self._values)

    def restore(self, snapshot: Snapshot) -> None:
        self._states = list(snapshot.states)
        self._values = [
            Inline(value.children[:length]) if isinstance(value, Inline) else value
            for value, length in zip(snapshot.values, snapshot.lengths, strict=True)
        ]


def _with_inlined(children: list[Any], inlined: tuple[int, ...]) -> list[Any]:
    """The children, those at the places `inlined` replaced by their own.

    A repetition is the first child of its next round: its list grows in place, or long lists would
    take quadratic time.
    """
    flat: list[Any] = []
    for index, child in enumerate(children):
        if index not in inlined:
            flat.append(child)
        elif flat:
            flat += child.children
        else:
            flat = child.children
    return flat
