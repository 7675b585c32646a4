"""The engine reads what Lark itself reads: the same tokens and the same trees."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import lark
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark.parse_tree_builder import ParseTreeBuilder
from lark.parsers.lalr_parser_state import ParseConf, ParserState

from archlang.grammar_files import grammar_file
from archlang.source import Source
from archlang.syntax import engine, generator
from archlang.syntax.builder import Builder
from archlang.syntax.comments import Comments
from archlang.syntax.layout import lay_out
from archlang.syntax.spelling import spell
from archlang.syntax.structure import structure
from archlang.syntax.tokens import Token
from archlang.syntax.tree import Node, Tree, dump

ROOT = Path(__file__).parents[2]
SPECS = [
    path.relative_to(ROOT)
    for folder in ("specs", "tests/conformance", "tests/syntax")
    for path in sorted((ROOT / folder).rglob("*.arch"))
]
PIECES = [
    *"()[]{},:.=<>+-*/%\n\n  ;'\"→é“”",
    "->", "**", "//", "==", "!=", "<=", ">=", "=>", "|>", "#c\n", "\r\n", "\t", "\ufeff", '"""',
    "and", "as", "else", "for", "frozen", "head", "if", "in", "input", "learned", "let", "not",
    "or", "output", "repeat", "require", "shared", "True", "False", "None", "task", "model",
    "block", "layer", "loss", "metric", "train", "phase", "from", "import", "tensor", "data",
    "M", "Dense(8)", "x", "_", "letter", "naïve", "1", "2.5e-3", "0x1f", "1_000", ".5", "3x",
    '"text"', "'it'", 'model M { Dense(1) -> head }', "x = 1", "[a for a in b]", "f(x=1, y)",
]  # fmt: skip


@cache
def _parser() -> lark.Lark:
    return generator.parser(grammar_file("arch.lark").read_text("utf-8"))


def _by_lark(text: str) -> list[tuple[str, str, int, int]]:
    lexer = lark.lexer.LexerThread.from_text(_parser()._build_lexer(), text)
    return [(t.type, str(t), t.start_pos or 0, t.end_pos or 0) for t in lexer.lex(None)]  # pyright: ignore


class _Inline:
    def __init__(self, children: list[Any]) -> None:
        self.children = children


class _Builder(Builder):
    """Takes what Lark hands to it: rules that go into the one above by `__default__`."""

    def __default__(self, rule: str, children: list[Any], meta: object) -> _Inline:
        assert rule.startswith("_")
        return _Inline(children)


class _LarkMachine:
    """Lark's own parser, fed the same tokens."""

    def __init__(self, builder: Builder) -> None:
        parser: Any = _parser()
        callbacks = ParseTreeBuilder(parser.rules, lark.Tree).create_callback(builder)
        self.state = ParserState(
            ParseConf(parser.parser.parser._parse_table, callbacks, "spec"), None
        )

    def feed(self, token: Token) -> bool:
        try:
            self.result = self.state.feed_token(token, token.type == "$END")  # pyright: ignore
        except lark.UnexpectedToken:
            return False
        return True


def _read(text: str, builder_class: type[Builder], machine_class: Any) -> tuple[int, Any, Any]:
    """How many tokens fit, the tree if all did, and what the builder found wrong."""
    source = Source("x.arch", text)
    spelled = spell(source, engine.tokenize(text))
    tokens, _ = structure(source, spelled.tokens)
    tokens, _ = lay_out(source.path, tokens)
    tokens.append(Token("$END", "", len(text), len(text)))
    builder = builder_class(source, tokens, Comments(source, spelled.comments))
    machine = machine_class(builder)
    for fed, token in enumerate(tokens):
        if not machine.feed(token):
            return fed, None, builder.problems
    tree: Tree = machine.result
    return len(tokens), (dump(tree), _spans(tree)), builder.problems


def _spans(value: Any) -> Any:
    if isinstance(value, Tree):
        return _spans(value.declarations)
    if isinstance(value, tuple):
        return [_spans(item) for item in value]  # pyright: ignore
    if isinstance(value, Node):
        return [value.span, *(_spans(getattr(value, name)) for name in value.__match_args__)]  # pyright: ignore
    return value if isinstance(value, str) else None


def _same(text: str) -> None:
    tokens = [(t.type, t.text, t.start, t.end) for t in engine.tokenize(text)]
    assert tokens == _by_lark(text)
    assert _read(text, Builder, engine.Machine) == _read(text, _Builder, _LarkMachine)


@pytest.mark.parametrize("path", SPECS, ids=str)
def test_files(path: Path) -> None:
    _same((ROOT / path).read_bytes().decode("utf-8", "replace"))


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_pieces_of_specs(text: str) -> None:
    _same(text)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join))
def test_words_of_specs(text: str) -> None:
    _same(text)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    _same(text)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(SPECS), st.data())
def test_damaged_specs(path: Path, data: st.DataObject) -> None:
    text = (ROOT / path).read_bytes().decode("utf-8", "replace")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    _same(text[:start] + data.draw(st.sampled_from(["", *PIECES])) + text[end:])


def test_lark_is_not_imported() -> None:
    code = "import sys, archlang.api; sys.exit('lark' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "compiler")}
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == 0
