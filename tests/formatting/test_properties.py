"""What holds for the layout of any spec: the specs of the project are written anew with random spaces, line
breaks and comments wherever the language allows them.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlang.formatting import Unreadable, format_source
from archlang.source import Source
from archlang.syntax.engine import tokenize
from archlang.syntax.parser import parse
from archlang.syntax.tree import dump

ROOT = Path(__file__).resolve().parents[2]
SPECS = [
    *sorted((ROOT / "specs").rglob("*.arch")),
    *sorted((ROOT / "tests/conformance/right").glob("*.arch")),
    *(p for p in sorted((ROOT / "tests/syntax/language").glob("*.arch")) if p.stem != "stack"),
    *sorted((ROOT / "tests/backends/python/features").glob("*.arch")),
]
WIDTHS = (100, 60, 1)


def formatted(text: str, width: int = 100) -> str:
    return format_source(Source("spec.arch", text), width)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_spec_has_a_layout_that_settles(path: Path, width: int) -> None:
    # That tree, documentation and comments stay is checked by `format_source` itself.
    once = formatted(path.read_text("utf-8"), width)
    assert formatted(once, width) == once


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_lines_fit(path: Path) -> None:
    """No line is too long that has a place to break."""
    for line in formatted(path.read_text("utf-8")).splitlines():
        code = line.partition("#")[0].rstrip()
        if len(code) > 100:
            assert not any(mark in code for mark in ("->", ", ")), line


@given(st.sampled_from(SPECS), st.sampled_from(WIDTHS), st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_spaces_and_line_breaks_do_not_matter(path: Path, width: int, seed: int) -> None:
    text = path.read_text("utf-8")
    respaced = _respaced(text, Random(seed))
    assert dump(parse(Source("a", respaced)).tree) == dump(parse(Source("a", text)).tree)
    once = formatted(respaced, width)
    assert formatted(once, width) == once
    comments = [token.text for token in tokenize(respaced) if token.type == "COMMENT"]
    written = [token.text for token in tokenize(once) if token.type == "COMMENT"]
    assert [comment.strip("# ") for comment in comments] == [c.strip("# ") for c in written]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_text_that_has_been_damaged_is_refused_or_laid_out(data: st.DataObject) -> None:
    """Never anything but `Unreadable`, whatever is cut out of a spec."""
    text = data.draw(st.sampled_from(SPECS)).read_text("utf-8")
    start = data.draw(st.integers(0, len(text)))
    damaged = text[:start] + text[start + data.draw(st.integers(0, 40)) :]
    try:
        once = formatted(damaged)
    except Unreadable:
        return
    assert formatted(once) == once


def _respaced(text: str, random: Random) -> str:
    """The tokens of a spec with other space between them."""
    out: list[str] = []
    brackets: list[str] = []
    before = ""
    gaps = ["", " ", "   ", "\n", "\n\n\n", " # a comment\n", "\n# one\n\n# two\n"]
    for token in tokenize(text):
        if token.type in ("COMMENT",):
            continue
        if token.type == "NEWLINE":
            if not brackets or brackets[-1] == "{":
                out.append(token.text)
                before = ""
            continue
        gap = random.choice(gaps)
        free = bool(brackets) and brackets[-1] in "(["
        if not (free or before in ("->", "{") or token.text == "->"):
            gap = gap.replace("\n", "") if "#" not in gap else " "
        if not gap and before and (before[-1] + token.text[0]).replace("_", "a").isalnum():
            gap = " "
        # `-` and `>` and the like would run together.
        out += [gap or (" " if before and not before[-1].isalnum() else ""), token.text]
        before = token.text
        if token.text in "([{":
            brackets.append(token.text)
        elif token.text in ")]}":
            brackets.pop()
    return "".join(out) + "\n"
