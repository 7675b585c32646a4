"""`literal` gives one line that evaluates to the value and that ruff leaves alone."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archlang.backends.python.literals import literal

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
strings = st.text(st.characters(codec=None, exclude_categories=()))
values = st.recursive(
    scalars | strings,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(strings | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_round_trip_on_one_line(value: Any) -> None:
    text = literal(value)
    assert "\n" not in text
    assert len(text.splitlines()) == 1
    assert eval(text) == value


def test_nan() -> None:
    assert math.isnan(eval(literal(float("nan"))))


def test_no_literal_for_objects() -> None:
    with pytest.raises(TypeError):
        literal(object())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("cat", '"cat"'),
        ('say "x"', "'say \"x\"'"),
        ("it's", '"it\'s"'),
        ("\"'", '"\\"\'"'),
        ("a\nb\x00\u202e\ud800", '"a\\nb\\x00\\u202e\\ud800"'),
        ("füße", '"füße"'),
        ((1,), "(1,)"),
        ([1.0, True, None], "[1.0, True, None]"),
    ],
)
def test_as_a_person_writes_it(value: Any, text: str) -> None:
    assert literal(value) == text


def test_ruff_leaves_literals_alone() -> None:
    samples: list[Any] = []
    pieces = ['"', "'", "\\", "\n", "{}", "x", "\x7f", "é", "\U000e0001"]
    samples += [a + b + c for a in pieces for b in pieces for c in pieces]
    samples += [1e16, 1e-7, -1.5e300, 5e-324, 0.1, -0.0, 10**30, -3, (1,), (), [], {}, {"a": [1]}]
    source = "".join(f"x = {literal(value)}\n" for value in samples)
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=320", "-"]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=True)
    changed = [
        pair
        for pair in zip(source.splitlines(), done.stdout.splitlines(), strict=True)
        if pair[0] != pair[1]
    ]
    assert changed == []
