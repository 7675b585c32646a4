"""Formatting from an editor: all, a part, and the line that is being typed."""

from __future__ import annotations

import random

import pytest

from archlang.formatting import Unreadable, format_source
from archlang.language_server.features.layout import (
    Edit,
    indentation,
    layout,
    layout_of_range,
)
from archlang.language_server.features.rename import edited
from archlang.source import Source
from archlang.syntax import parse
from archlang.syntax.tree import dump
from tests.language_server.specs import SPECS, cut_up, opened, without_cursor

UGLY = """\
let  a=1
let  b=2

model M{
  input x: float32[4]
  Dense( 3 )   # first
  repeat  2{
     Dense( 4 )
     Dense( 5 )->
       ReLU
  }
  Dense( 6 )
}
"""


def applied(text: str, edits: list[Edit]) -> str:
    return edited(text, edits)


def squeezed(text: str, draw: random.Random) -> str:
    """A text that says the same with other white space."""
    lines = [
        line.replace(", ", draw.choice([",", ",  ", ", "]))
        for line in text.splitlines(keepends=True)
    ]
    return "".join(
        draw.choice(["", "  ", "\t"]) + line.lstrip(" ")
        if line.strip() and draw.random() < 0.4
        else line
        for line in lines
    )


def test_all_of_a_file() -> None:
    draw = random.Random(1)
    for path in SPECS:
        text = squeezed(path.read_text("utf-8"), draw)
        _, analysis = opened(text, str(path))
        assert applied(text, layout(analysis)) == format_source(Source(str(path), text))


def test_edits_are_as_small_as_lines() -> None:
    text = format_source(Source("x", UGLY)).replace("Dense(6)", "Dense( 6)")
    _, analysis = opened(text)
    ((span, new),) = layout(analysis)
    assert (text[span.start : span.end], new) == ("    Dense( 6)\n", "    Dense(6)\n")


def test_what_can_not_be_read_is_left_alone() -> None:
    _, analysis = opened("model M {\n  Dense(\n")
    assert layout(analysis) == []
    assert layout_of_range(analysis, 0, 9) == []


@pytest.mark.parametrize(
    ("begin", "end", "changed"),
    [
        ("let  b", "b=2", {"let  b=2": "let b = 2"}),
        ("let  a", "b=2", {"let  a=1": "let a = 1", "let  b=2": "let b = 2"}),
        ("Dense( 4", "( 4", {"     Dense( 4 )": "        Dense(4)"}),
        ("Dense( 5", "ReLU", {"     Dense( 5 )->\n       ReLU": "        Dense(5) -> ReLU"}),
        ("Dense( 6", "( 6", {"  Dense( 6 )": "    Dense(6)"}),
        (
            "repeat",
            "Dense( 4",
            {
                "  repeat  2{\n     Dense( 4 )\n     Dense( 5 )->\n       ReLU\n  }": "    repeat 2 {\n"
                "        Dense(4)\n        Dense(5) -> ReLU\n    }"
            },
        ),
    ],
)
def test_a_range_changes_the_statements_that_it_touches(
    begin: str, end: str, changed: dict[str, str]
) -> None:
    _, analysis = opened(UGLY)
    expected = UGLY
    for old, new in changed.items():
        expected = expected.replace(old, new)
    edits = layout_of_range(analysis, UGLY.index(begin), UGLY.index(end) + len(end))
    assert applied(UGLY, edits) == expected


@pytest.mark.slow
def test_any_range_keeps_the_meaning() -> None:
    draw = random.Random(4)
    for path in SPECS:
        text = squeezed(path.read_text("utf-8"), draw)
        before = parse(Source("x", text))
        _, analysis = opened(text, str(path))
        for _ in range(2):
            start, end = sorted(draw.randrange(len(text) + 1) for _ in range(2))
            after = parse(Source("x", applied(text, layout_of_range(analysis, start, end))))
            assert not any(problem.is_error for problem in after.diagnostics)
            assert dump(after.tree) == dump(before.tree)
            assert [c.text for c in after.tree.comments] == [c.text for c in before.tree.comments]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("model M {\n^", "    "),
        ("model M {\n        ^}", ""),
        ("model M {\n    repeat 2 {\n^\n    }\n}\n", "        "),
        ("model M {\n    repeat 2 {\n        Dense(3)\n        }^\n}\n", "    "),
        ("model M {\n    Dense(\n^", "        "),
        ("model M {\n    callbacks = [EarlyStopping(\n^", "        "),
        ("model M {\n    Dense(3) ->\n^", "        "),
        ("model M {\n    Dense(3)\n-> ReLU^", "        "),
        ("model M {\n    Dense(3)\n^", "    "),
        ("model M {\n    [\n        Dense(3),\n        ]^", "    "),
        ("let a = 1\n  ^", ""),
        ('let a = "{"\n  ^', ""),
        ("let a = 1  # {\n  ^", ""),
        ("}\n  ^", ""),
    ],
)
def test_the_line_that_is_typed(typed: str, expected: str) -> None:
    text, offset = without_cursor(typed)
    _, analysis = opened(text)
    after = applied(text, indentation(analysis, offset))
    number = text.count("\n", 0, offset)
    before, now = text.split("\n"), after.split("\n")
    assert now[number] == expected + before[number].lstrip()
    assert now[:number] + now[number + 1 :] == before[:number] + before[number + 1 :]


def test_lines_of_the_one_layout_stay_where_they_are() -> None:
    """Typing a line break at the end of any line of a statement gives what `archc fmt` gives."""
    for path in SPECS:
        text = path.read_text("utf-8")
        _, analysis = opened(text, str(path))
        for number in range(analysis.lines.count):
            line = analysis.lines.line(number)
            # Comments above a closing bracket stand with what is inside.
            if line.strip() and not line.strip().startswith("#"):
                assert indentation(analysis, analysis.lines.starts[number]) == [], line


def test_anything_may_be_asked_of_broken_text() -> None:
    draw = random.Random(17)
    for path in SPECS:
        text = cut_up(path.read_text("utf-8"), draw)
        _, analysis = opened(text, str(path))
        try:
            expected = format_source(Source(str(path), text))
        except Unreadable:
            expected = text
        assert applied(text, layout(analysis)) == expected
        for offset in (draw.randrange(len(text) + 1) for _ in range(10)):
            indentation(analysis, offset)
        layout_of_range(analysis, offset, min(len(text), offset + 30))
