"""The lexer of Pygments: registered, loses nothing, and finds the words that the compiler finds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String

from archlang.highlighting.pygments_lexer import ArchLexer
from tests.highlighting.test_textmate import ROOT, TRICKY, expected

SPECS = [
    *sorted((ROOT / "specs").rglob("*.arch")),
    *sorted((ROOT / "tests/conformance/right").rglob("*.arch")),
]


def found(text: str) -> list[str]:
    """What every character belongs to, by Pygments."""
    kinds = [""] * len(text)
    for start, token, value in ArchLexer().get_tokens_unprocessed(text):
        assert token is not Error, f"{value!r} in line {text.count(chr(10), 0, start) + 1}"
        if token in Comment:
            kind = "comment"
        elif token in String:
            kind = "string"
        elif token in Number:
            kind = "number"
        elif (token in Keyword and token is not Keyword.Type) or token is Operator.Word:
            kind = "keyword"
        else:
            continue
        kinds[start : start + len(value)] = [f"{kind}@{start}"] * len(value)
    return kinds


def test_there_are_specs() -> None:
    assert len(SPECS) > 40


@pytest.mark.parametrize("text", [*SPECS, TRICKY], ids=lambda each: getattr(each, "name", "tricky"))
def test_it_finds_the_compilers_tokens(text: Path | str) -> None:
    if isinstance(text, Path):
        text = text.read_text("utf-8")
    for index, (ours, theirs) in enumerate(zip(expected(text), found(text), strict=True)):
        line = text.count("\n", 0, index) + 1
        assert theirs == ours, f"line {line}: {text.splitlines()[line - 1]}"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_nothing_is_lost(newline: str) -> None:
    text = TRICKY.replace("\n", newline) + 'x = "open\n} ) ] § {'
    values = [value for _, _, value in ArchLexer().get_tokens_unprocessed(text)]
    assert "".join(values) == text


def test_names_of_keras() -> None:
    tokens = {
        value: token
        for token, value in ArchLexer().get_tokens(
            "model M { Dense(3, activation=relu) -> Mine(2) -> ops.relu }"
        )
    }
    assert tokens["M"] is tokens["Dense"] is Name.Class
    assert tokens["activation"] is Name.Attribute
    assert tokens["Mine"] is Name.Function


def test_it_is_registered() -> None:
    assert type(get_lexer_by_name("arch")) is ArchLexer
    assert type(get_lexer_for_filename("digits.arch")) is ArchLexer
    html = HtmlFormatter().get_style_defs()
    assert ".kd" in html  # Keyword.Declaration has a colour.


def test_the_package_does_without() -> None:
    code = "import sys, archlang.cli, archlang.api, archlang.highlighting.textmate; sys.exit('pygments' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
