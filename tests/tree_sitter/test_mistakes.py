"""What the compiler's grammar refuses, tree-sitter's grammar refuses too, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlang.source import Source
from archlang.syntax import parse as compile_
from archlang.syntax.builder import Builder
from archlang.syntax.comments import Comments
from archlang.syntax.engine import Machine, tokenize
from archlang.syntax.layout import lay_out
from archlang.syntax.spelling import spell
from archlang.syntax.structure import structure
from archlang.syntax.tokens import DECLARATION_WORDS, Token
from tests.syntax.test_engine import PIECES, SPECS
from tests.syntax.test_messages import CASES
from tests.tree_sitter.grammar import ROOT, captures, parse

WRONG = sorted((ROOT / "tests/conformance/wrong").rglob("*.arch"))

# Mistakes in a form that the compiler's grammar reads, so that a sentence can be said about them.
SAID_LATER = {
    "E0112": "`==` for `=` in `train`: a comparison is a statement",
    "E0115": "a constant of another language, such as `true`: it could be a name",
    "E0118": "a name that begins with the wrong letter",
    "E0120": "a choice in a flow without parentheses",
    "E0121": "nested too deep: tree-sitter has no such limit",
    "E0122": "a number that is none",
    "E0123": "an escape that means nothing",
    "E0125": "a statement outside of every body",
    "E0126": "a statement in the wrong body",
    "E0127": "an assignment in a stack",
    "E0128": "an argument without a name behind one with a name",
    "E0129": "something that is no type",
}


def fits(text: str) -> bool:
    """Whether a text has the tokens and the form of the compiler's grammar, or is refused for what is `SAID_LATER`."""
    source = Source("x.arch", text)
    spelled = spell(source, tokenize(text))
    tokens, unbalanced = structure(source, spelled.tokens)
    tokens, _ = lay_out(source.path, tokens)  # with a hole where it is nested too deep
    tokens.append(Token("$END", "", len(text), len(text)))
    machine = Machine(Builder(source, tokens, Comments(source, spelled.comments)))
    lexical = {problem.code for problem in (*spelled.problems, *unbalanced)}
    return lexical <= SAID_LATER.keys() and all(map(machine.feed, tokens))


def is_a_lone_statement(text: str) -> bool:
    """Whether a statement outside of all bodies begins with a word such as `model` as a name.

    The compiler never reads such a word as a name there, tree-sitter does where no declaration can follow it. It is
    wrong either way.
    """
    lone = [
        node
        for node in parse(text).root_node.children
        if node.type in ("flow_statement", "assignment")
    ]
    words = (node.text.decode() for node in lone if node.text)
    return any(word.startswith(tuple(DECLARATION_WORDS)) for word in words)


def has_a_foreign_comment(text: str) -> bool:
    """Whether the compiler takes a `//` for a comment: to tell it from a division is no matter of grammar."""
    problems = spell(Source("x.arch", text), tokenize(text)).problems
    return any(p.code == "E0109" and text.startswith("//", p.span.start) for p in problems)


def agree(text: str) -> None:
    if has_a_foreign_comment(text):
        return
    wrong = parse(text).root_node.has_error
    if fits(text):
        # Of keywords as names (E0117) the compiler's grammar reads those of parameters, and numbers with any letters.
        codes = {d.code for d in compile_(Source("x.arch", text)).diagnostics}
        assert not wrong or codes & {"E0117", "E0122"}, text
    else:
        assert wrong or is_a_lone_statement(text), text


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_wrong_specs(path: Path) -> None:
    text = path.read_text("utf-8")
    agree(text)
    codes = {d.code for d in compile_(Source(path.name, text)).diagnostics}
    if not has_a_foreign_comment(text):
        assert parse(text).root_node.has_error == bool(codes - SAID_LATER.keys())


def test_every_message() -> None:
    for frame, source, *_ in CASES:
        agree(frame.format(source))


def test_what_is_said_later() -> None:
    passed = {
        code
        for frame, source, code, *_ in CASES
        if not parse(text := frame.format(source)).root_node.has_error
        and not has_a_foreign_comment(text)
    }
    assert passed == SAID_LATER.keys()


@given(st.lists(st.sampled_from(PIECES), max_size=14), st.booleans(), st.booleans())
@settings(deadline=None, max_examples=150)
def test_pieces_of_specs(pieces: list[str], spaced: bool, inside: bool) -> None:
    text = (" " if spaced else "").join(pieces)
    agree(f"block M(x, rate=1) {{\n{text}\n}}" if inside else text)


@given(st.sampled_from(SPECS), st.data())
@settings(deadline=None, max_examples=60)
def test_damaged_specs(path: Path, data: st.DataObject) -> None:
    _damage(path, data)


@pytest.mark.slow
@given(st.sampled_from(SPECS), st.data())
@settings(deadline=None, max_examples=3000)
def test_many_damaged_specs(path: Path, data: st.DataObject) -> None:
    _damage(path, data)


def _damage(path: Path, data: st.DataObject) -> None:
    text = (ROOT / path).read_bytes().decode("utf-8", "replace")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    agree(text[:start] + data.draw(st.sampled_from(["", *PIECES])) + text[end:])


def test_the_rest_is_read_behind_a_mistake() -> None:
    """A line with a mistake costs no other line its tree."""
    for mistake in ("Dense(64,", "Dense(64) = 3", "let", "repeat 3", 'Dense(name="x)', "x as", "Dense(a=)", "Dense("):  # fmt: skip
        text = f"model M {{\n    Dense(1)\n    {mistake}\n    Dropout(0.5) -> Dense(2)\n    head\n}}\n\ntrain {{\n    epochs = 3\n}}\n"
        root = parse(text).root_node
        assert root.has_error
        assert [node.type for node in root.children] == ["model", "train"], mistake
        calls = captures("(call) @call", root)["call"]
        assert b"Dropout(0.5)" in {call.text for call in calls}, mistake


@pytest.mark.parametrize("opened", ["", "repeat 2 {", "[ReLU, {", "Dense(8,", "Dense(8) ->"])
@pytest.mark.parametrize(
    ("kind", "next_one"),
    [
        ("model", "model N {"),
        ("train", "train {"),
        ("block", "block B(x=1) {"),
        ("task", "task T {"),
    ],
)
def test_a_bracket_that_is_not_closed_ends_at_the_next_declaration(
    opened: str, kind: str, next_one: str
) -> None:
    text = (
        f"model M {{\n    Dense(1)\n    {opened}\n\n# Of another kind.\n{next_one}\n    x = 3\n}}\n"
    )
    root = parse(text).root_node
    assert root.has_error
    last = root.children[-1]
    assert (last.type, last.has_error) == (kind, False)
    assert last.start_byte == text.index(next_one)
