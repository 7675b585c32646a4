"""The one module that imports Lark: its lexer, and its LALR(1) tables driven token by token.

Building the parser from `grammar/arch.lark` takes longer than checking a spec, so what Lark made
of the grammar is kept in `tables.py` (written by `tools/write_parser_tables.py`, proven current by
a test). It is used if this is the Lark that wrote it; any other reads the grammar.

The driver is Lark's own loop (`lark.parsers.lalr_parser_state.ParserState.feed_token`) with two
changes: a token that does not fit is refused rather than raised about, and the stacks can be
saved, restored and tried out.
"""

# Lark types little of what is used here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import lark
from lark.grammar import Rule
from lark.lexer import TerminalDef
from lark.parse_tree_builder import ParseTreeBuilder
from lark.parsers.lalr_analysis import Shift

from archlang.syntax.builder import Builder, Inline
from archlang.syntax.tokens import Token

_LEXER_ONLY = (
    "COMMENT",
    "FOREIGN",
    "TRIPLE_STRING",
    "CURLY_STRING",
    "BAD_STRING",
    "BAD_WORD",
    "UNKNOWN",
)


class _KeepTerminals:
    """Keeps Lark from dropping terminals that no rule names."""

    always_accept = _LEXER_ONLY

    def process(self, stream: Iterator[Any]) -> Iterator[Any]:
        return stream


def from_grammar(grammar: str) -> lark.Lark:
    """A parser for the text of a grammar."""
    return lark.Lark(
        grammar,
        parser="lalr",
        lexer="basic",
        start="spec",
        keep_all_tokens=True,
        maybe_placeholders=False,
        postlex=_KeepTerminals(),  # pyright: ignore[reportArgumentType]
    )


def serialized(parser: lark.Lark) -> tuple[dict[str, Any], dict[int, Any]]:
    """What `tables.py` holds: plain values that a parser can be made from again."""
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    data["options"] = {
        k: v for k, v in data["options"].items() if k not in lark.lark._LOAD_ALLOWED_OPTIONS
    }
    return data, memo


@cache
def _parser() -> lark.Lark:
    from archlang.syntax import tables

    if lark.__version__ != tables.LARK_VERSION:
        from archlang.grammar_files import grammar_file

        return from_grammar(grammar_file("arch.lark").read_text(encoding="utf-8"))
    return lark.Lark._load_from_dict(tables.DATA, tables.MEMO, postlex=_KeepTerminals())


def tokenize(text: str) -> list[Token]:
    """Every token of a text, comments included. Any text has one: `UNKNOWN` matches what nothing
    else does.
    """
    return [
        Token(t.type, t.value, t.start_pos or 0, t.end_pos or 0) for t in _lexer().lex_all(text)
    ]


class _Lexer:
    def __init__(self, parser: lark.Lark) -> None:
        self._lexer = parser._build_lexer()

    def lex_all(self, text: str) -> Iterator[lark.Token]:
        return lark.lexer.LexerThread.from_text(self._lexer, text).lex(None)  # pyright: ignore[reportArgumentType]


@cache
def _lexer() -> _Lexer:
    return _Lexer(_parser())


def terminals() -> frozenset[str]:
    """The names of all terminals that a rule may ask for."""
    states = _table().states.values()
    return frozenset(name for state in states for name in state if name.isupper())


@cache
def _table() -> Any:
    return _parser().parser.parser._parse_table


@cache
def _builders() -> Any:
    return ParseTreeBuilder(_parser().rules, lark.Tree)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The parser's stacks at one moment."""

    states: list[int]
    values: list[Any]
    lengths: list[int]


class Machine:
    """An LALR(1) parser that takes one token at a time and hands what it reads to a `Builder`."""

    def __init__(self, builder: Builder) -> None:
        table = _table()
        self._table: dict[int, dict[str, tuple[Any, Any]]] = table.states
        self._callbacks: dict[Any, Callable[[list[Any]], Any]] = _builders().create_callback(
            builder
        )
        self._end: int = table.end_states["spec"]
        self._states: list[int] = [table.start_states["spec"]]
        self._values: list[Any] = []

    def feed(self, token: Token) -> bool:
        """Reads a token; False if it does not fit. The stacks may have been reduced by then."""
        states, values, table = self._states, self._values, self._table
        kind = token.type
        while True:
            entry = table[states[-1]].get(kind)
            if entry is None:
                return False
            action, argument = entry
            if action is Shift:
                states.append(argument)
                values.append(token)
                return True
            size = len(argument.expansion)
            if size:
                children = values[-size:]
                del states[-size:], values[-size:]
            else:
                children = []
            values.append(self._callbacks[argument](children))
            states.append(table[states[-1]][argument.origin.name][1])
            if kind == "$END" and states[-1] == self._end:
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
        states, table = list(before), self._table
        for kind in kinds:
            while True:
                entry = table[states[-1]].get(kind)
                if entry is None:
                    return False
                action, argument = entry
                if action is Shift:
                    states.append(argument)
                    break
                if argument.expansion:
                    del states[-len(argument.expansion) :]
                states.append(table[states[-1]][argument.origin.name][1])
                if kind == "$END" and states[-1] == self._end:
                    return True
        return True

    def expected(self) -> set[str]:
        """The terminals that could be read now."""
        return {
            kind
            for kind in self._table[self._states[-1]]
            if kind.isupper() and self.accepts((kind,))
        }

    def save(self) -> Snapshot:
        values = list(self._values)
        # Lark grows the list of a repetition in place; only how long it is now belongs to the
        # snapshot.
        lengths = [len(v.children) if isinstance(v, Inline) else 0 for v in values]
        return Snapshot(list(self._states), values, lengths)

    def restore(self, snapshot: Snapshot) -> None:
        self._states = list(snapshot.states)
        self._values = [
            Inline(value.children[:length]) if isinstance(value, Inline) else value
            for value, length in zip(snapshot.values, snapshot.lengths, strict=True)
        ]
