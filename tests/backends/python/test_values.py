"""Expressions of the language as Python: the same value, in the layout that ruff keeps."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from archlang import api
from archlang.source import Source

CASES = {
    "a + b * c": "a + b * c",
    "(a + b) * c": "(a + b) * c",
    "a - (b - c)": "a - (b - c)",
    "a - b - c": "a - b - c",
    "a / (b * c)": "a / (b * c)",
    "-a ** b": "-(a**b)",
    "not a ** b": "not (a**b)",
    "a ** b ** max(c, 1)": "a**b ** max(c, 1)",
    "a ** -c ** b": "a ** -(c**b)",
    "(-a) ** b": "(-a) ** b",
    "a ** -b": "a**-b",
    "a ** b ** c": "a**b**c",
    "(a ** b) ** c": "(a**b) ** c",
    "2 ** (a + b)": "2 ** (a + b)",
    "(a + b) ** 2": "(a + b) ** 2",
    "10 ** -3": "10**-3",
    "not a": "not a",
    "not (a and b)": "not (a and b)",
    "(not a) + b": "(not a) + b",
    "a and b or c": "a and b or c",
    "a and (b or c)": "a and (b or c)",
    "a < b < c": "a < b < c",
    "(a < b) == c": "(a < b) == c",
    "a not in [b, c]": "a not in [b, c]",
    "a if b else c": "a if b else c",
    "(a if b else c) if a else b": "(a if b else c) if a else b",
    "a if b else c if a else b": "a if b else c if a else b",
    "(a if b else c) + a": "(a if b else c) + a",
    "a if (b if c else a) else c": "a if (b if c else a) else c",
    "[a, b][0]": "[a, b][0]",
    "[a, b, c][1:]": "[a, b, c][1:]",
    "[a, b, c][a:a + b]": "[a, b, c][a : a + b]",
    "[a, b, c][::-1]": "[a, b, c][::-1]",
    "[a, b, c][a + 1:]": "[a, b, c][a + 1 :]",
    "(a,)": "(a,)",
    "(a, b)": "(a, b)",
    "[i * a for i in range(b) if i > c]": "[i * a for i in range(b) if i > c]",
    "[i + j for i, j in zip([a], [b])]": "[i + j for i, j in zip([a], [b])]",
    "[i + k for i, (j, k) in enumerate([(a, b)])]": "[i + k for i, (j, k) in enumerate([(a, b)])]",
    "[i for i in ([a] if b else [c])]": "[i for i in ([a] if b else [c])]",
    "range(a)": "list(range(a))",
    "range(a) + [b]": "list(range(a)) + [b]",
    "len(range(a))": "len(range(a))",
    "len(zip([a], [b]))": "len(list(zip([a], [b])))",
    "reversed([a, b])[0]": "list(reversed([a, b]))[0]",
    "reversed(zip([a], [b]))": "list(reversed(list(zip([a], [b]))))",
    "reversed(range(a))": "list(reversed(range(a)))",
    "sum(range(a))": "sum(range(a))",
    "max(reversed([a, b]))": "max(reversed([a, b]))",
    "max(a, b)": "max(a, b)",
    "zip(range(a), reversed([b, c]))": "list(zip(range(a), reversed([b, c])))",
    'str(a) + "x"': 'str(a) + "x"',
    "'it'": '"it"',
    "1_000": "1_000",
    "1E3": "1e3",
    "None": "None",
}


def written(expression: str) -> str:
    """The Python of an expression in a block whose parameters are a, b and c."""
    text = (
        f"block Box(a, b, c) {{\n    let value = {expression}\n"
        "    if str(value) == str([a, b, c]) { Dense(2) } else { Dense(3) }\n}\n"
        "model M {\n    input x: float32[8]\n    Box(2, 3, 1)\n}\n"
    )
    # `str` of a list has no value; only the code counts here.
    text = text.replace("str(value) == str([a, b, c])", "value == [a, b, c]")
    checked = api.check(Source("test.arch", text))
    assert checked.ok, checked.diagnostics
    script = api.to_python(checked, "M")
    found = re.search(r"^    value = (.*)$", script, re.M)
    assert found, script
    return found[1]


@pytest.mark.parametrize("expression", CASES)
def test_in_the_layout_of_ruff(expression: str) -> None:
    assert written(expression) == CASES[expression]


@pytest.mark.parametrize("expression", CASES)
def test_means_the_same(expression: str) -> None:
    text = f"let a = 2\nlet b = 3\nlet c = 1\nlet value = {expression}\n"
    checked = api.check(Source("test.arch", text))
    from archlang.evaluation.evaluator import Evaluator

    evaluator = Evaluator(checked.program, {}, lambda problem: pytest.fail(problem.message))
    expected = evaluator.symbol(checked.program.module.names["value"])
    assert eval(CASES[expression], {"a": 2, "b": 3, "c": 1}) == expected


def test_ruff_keeps_the_layout() -> None:
    code = "".join(f"value = {code}\n" for code in CASES.values())
    ruff = [sys.executable, "-m", "ruff", "format", "--isolated", "-"]
    done = subprocess.run(ruff, input=code, capture_output=True, text=True, check=True)
    assert done.stdout == code


def test_a_constant_is_a_list_that_can_be_gone_through_twice() -> None:
    text = (
        "let pairs = zip([2, 3], [4, 5])\nmodel M {\n    input x: float32[8]\n"
        "    for a, b in pairs { Dense(a) }\n    for a, b in pairs { Dense(b) }\n}\n"
    )
    script = api.to_python(api.check(Source("test.arch", text)), "M")
    assert "PAIRS = list(zip([2, 3], [4, 5]))" in script
