"""The one module that imports Lark: what it makes of `grammar/arch.lark`, as plain values.

Importing Lark and building the parser take longer than checking a spec. So both are done once, by
`tools/write_parser_tables.py`, and what comes out is kept in `tables.py`; tests prove that it is
current, and that the engine reads with it exactly what Lark itself reads.
"""

# Lark types little of what is used here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import lark
from lark.parse_tree_builder import ChildFilterLALR_NoPlaceholders, ExpandSingleChild
from lark.parsers.lalr_analysis import Shift

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


def parser(grammar: str) -> lark.Lark:
    """A parser for the text of a grammar, with Lark's own lexer."""
    return lark.Lark(
        grammar,
        parser="lalr",
        lexer="basic",
        start="spec",
        keep_all_tokens=True,
        maybe_placeholders=False,
        postlex=_KeepTerminals(),  # pyright: ignore[reportArgumentType]
    )


def tables(grammar: str) -> dict[str, Any]:
    """The constants of `tables.py`, which says what each is, by name."""
    built = parser(grammar)
    return {**_lexer(built), **_rules_and_states(built)}


def _lexer(built: lark.Lark) -> dict[str, Any]:
    lexer: Any = built._build_lexer()
    (pattern,) = (
        lexer.scanner._mres
    )  # more than one only where `re` allows few groups: not since 3.5
    ((kind, callback),) = lexer.callback.items()
    return {
        "PATTERN": pattern.pattern,
        "IGNORED": tuple(sorted(lexer.ignore_types)),
        # Lark matches the keywords once more among the names; they are plain words.
        "WORD": kind,
        "KEYWORDS": {
            terminal.pattern.value: terminal.name
            for terminal in sorted(callback.scanner.terminals, key=lambda t: t.name)
        },
    }


def _rules_and_states(built: lark.Lark) -> dict[str, Any]:
    table: Any = built.parser.parser._parse_table
    builders: Any = built._parse_tree_builder
    number = {rule: i for i, (rule, _) in enumerate(builders.rule_builders)}
    rules = tuple(_rule(rule, steps) for rule, steps in builders.rule_builders)
    order = _in_order(table)
    states: list[Any] = []
    for state in order:
        row = sorted(table.states[state].items())
        targets = (
            order[argument] if action is Shift else ~number[argument]
            for _, (action, argument) in row
        )
        states.append((tuple(str(name) for name, _ in row), tuple(targets)))
    return {
        "RULES": rules,
        "STATES": tuple(states),
        "START": order[table.start_states["spec"]],
        "END": order[table.end_states["spec"]],
    }


def _rule(rule: Any, steps: list[Any]) -> tuple[str, int, str, bool, tuple[int, ...]]:
    """A rule as the engine applies it."""
    method = str(rule.alias or rule.origin.name)
    expands_single = ExpandSingleChild in steps
    inlined: tuple[int, ...] = ()
    for step in steps:
        if step is not ExpandSingleChild:
            (children,) = step.args
            assert step.func is ChildFilterLALR_NoPlaceholders
            assert [index for index, _ in children] == list(range(len(rule.expansion)))
            inlined = tuple(index for index, inline in children if inline)
    return str(rule.origin.name), len(rule.expansion), method, expands_single, inlined


def _in_order(table: Any) -> dict[int, int]:
    """The states, numbered by how they are reached: Lark numbers them at random."""
    start: int = table.start_states["spec"]
    order = {start: 0}
    queue = [start]
    for state in queue:
        for _, (action, target) in sorted(table.states[state].items()):
            if action is Shift and target not in order:
                order[target] = len(order)
                queue.append(target)
    return order
