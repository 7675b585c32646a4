"""Any text is read, quickly, without an exception; and what is read can be walked."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlang.source import Source
from archlang.syntax import parse
from archlang.syntax.tree import dump

SPEC = (Path(__file__).parent / "language" / "repetition.arch").read_text("utf-8")
WORDS = [
    "task",
    "model",
    "block",
    "layer",
    "let",
    "train",
    "phase",
    "from",
    "import",
    "for",
    "in",
    "if",
    "else",
    "repeat",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "->",
    ",",
    ":",
    "=",
    "==",
    "as",
    "head",
    "input",
    "output",
    "frozen",
    "shared",
    "learned",
    "require",
    "Dense",
    "x",
    "y",
    "3",
    "and",
    "not",
    "or",
    ".",
    ";",
    "$",
    "#",
    "\\",
    "True",
    "data",
    "_",
    "None",
    "*",
    "**",
    "-",
    "|",
    "=>",
    "elif",
    "while",
    "def",
    "lambda",
    "'",
    '"',
    '"s"',
]


def survives(text: str) -> None:
    began = time.process_time()
    result = parse(Source("x.arch", text))
    assert time.process_time() - began < 5
    dump(result.tree)
    for problem in result.diagnostics:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=200))
def test_random_text(text: str) -> None:
    survives(text)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from([*WORDS, "\n", "\n    ", "\n        "]), max_size=60))
def test_random_words(words: list[str]) -> None:
    survives(" ".join(words))


@pytest.mark.slow
@settings(deadline=None, max_examples=200)
@given(st.integers(0, len(SPEC) - 1), st.integers(0, 12), st.sampled_from(["", *WORDS, "\n", "\0"]))
def test_a_spec_with_a_hole(at: int, length: int, word: str) -> None:
    survives(SPEC[:at] + word + SPEC[at + length :])


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(SPEC)))
def test_a_truncated_spec(end: int) -> None:
    survives(SPEC[:end])


M = "model M {{\n{}\n}}\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("(" * 3000, "E0105"),
        ("model M {\n" + "[" * 3000, "E0105"),
        (M.format("[" * 3000 + "]" * 3000), "E0121"),
        (M.format("{\n" * 3000 + "}\n" * 3000), "E0121"),
        (M.format("repeat 2 {" * 3000 + "}" * 3000), "E0121"),
        (M.format("f([{" * 1000 + "}])" * 1000), "E0121"),
        (M.format("not " * 5000 + "x"), "E0121"),
        ("let x = " + "1+" * 20000 + "1", "E0121"),
        ("let x = " + "1 if a else " * 3000 + "2", "E0121"),
        (M.format("if a { }" + " else if a { }" * 3000), "E0121"),
        ("let x = y" + "[0]" * 3000, "E0121"),
        (M.format("frozen " * 3000 + "X"), "E0121"),
        ("let x = " + "9" * 50_000, "E0122"),
        ("let x = 0x" + "f" * 500_000, "E0122"),
        ("let x = 1e999", "E0122"),
        ("\0" * 10_000, "E0109"),
        ("@" * 50_000, "E0109"),
        ('let x = "' + "a" * 100_000, "E0108"),
        ("let x = [" + "," * 5000 + "]", "E0119"),
        ("model M { " + "Dense(1) " * 3000 + "}", "E0102"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
def test_monsters_are_one_error(text: str, code: str) -> None:
    survives(text)
    assert [p.code for p in parse(Source("x.arch", text)).diagnostics] == [code]


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        ")" * 3000,
        "([{" * 1000 + ")]}" * 1000,
        '"""' * 3001,
        "let X = 3\n" * 2000,
        M.format("    Dense(3 4 5 6\n" * 1000),
        "\n".join(" " * i + "x {" for i in range(500)),
        "model M {\n" * 1000,
        "let x = 3\u2028let y = 4\x0blet z = 5\x85",
        "a" * 200_000 + "é",
        "\\" * 10_000,
        "x:\n " * 2000,
        "/*\n" * 10_000,
        "/* */ x\n" * 3000,
        "train: " + "a = " * 20_000 + "3",
        M.format("if a: x " + "else y " * 20_000),
        "let x = y" + " // y" * 20_000 + " y",
    ],
    ids=lambda text: text[:20],
)
def test_monsters_with_many_errors(text: str) -> None:
    survives(text)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        M.format("Dense(1)" + " -> Dense(1)" * 3000),
        "let x = [" + "1, " * 20_000 + "]",
        "# comment\n" * 10_000 + "let x = 3\n",
        "let x = 3\n" * 3000,
        "let x = " + "[" * 99 + "]" * 99,
        "let x = [" + "9 // 4, " * 8000 + "]",
    ],
    ids=lambda text: text[:20],
)
def test_large_is_not_wrong(text: str) -> None:
    survives(text)
    assert parse(Source("x.arch", text)).diagnostics == ()
