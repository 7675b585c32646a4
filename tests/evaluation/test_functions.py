"""The functions of the language."""

from __future__ import annotations

import pytest

from tests.evaluation.computing import refusal, value


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("len([1, 2])", 2),
        ('len("abc")', 3),
        ("range(3)", [0, 1, 2]),
        ("range(1, 4)", [1, 2, 3]),
        ("range(6, 0, -2)", [6, 4, 2]),
        ("range(5, 1)", []),
        ("min(2, 1)", 1),
        ("max([1, 3, 2])", 3),
        ('min("b", "a")', "a"),
        ("sum([1, 2, 3])", 6),
        ("sum([0.5], 1)", 1.5),
        ("sum([])", 0),
        ("round(2.6)", 3),
        ("round(1234, -2)", 1200),
        ("round(0.125, 2)", 0.12),
        ("abs(-3)", 3),
        ("int(2.9)", 2),
        ("float(2)", 2.0),
        ("str(12)", "12"),
        ('str("a") + str(True)', "aTrue"),
        ('enumerate(["a", "b"])', [(0, "a"), (1, "b")]),
        ('enumerate(["a"], 5)', [(5, "a")]),
        ("zip([1, 2], [3, 4, 5])", [(1, 3), (2, 4)]),
        ("reversed([1, 2])", [2, 1]),
    ],
)
def test_are_pythons(expression: str, expected: object) -> None:
    result = value(expression)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[i * i for i in range(4)]", [0, 1, 4, 9]),
        ("[i for i in range(6) if i % 2]", [1, 3, 5]),
        ("[(i, j) for i in range(2) for j in range(i)]", [(1, 0)]),
        ("[a + b for a, b in zip([1, 2], [3, 4])]", [4, 6]),
        ("[a + b + i for i, (a, b) in enumerate([(1, 2), (3, 4)])]", [3, 8]),
        ("[1 for _ in range(3)]", [1, 1, 1]),
        ("[[0] * i for i in range(3)]", [[], [0], [0, 0]]),
    ],
)
def test_comprehensions(expression: str, expected: object) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("range(10 ** 9)", "E0801"),
        ("range(10 ** 30)", "E0801"),
        ("range(0, -(10 ** 30), -1)", "E0801"),
        ("[i for i in range(1000) for j in range(1000)]", "E0801"),
        ("round(5, -(10 ** 9))", "E0801"),
        ("range(1, 2, 0)", "E0701"),
        ("range(1.5)", "E0701"),
        ("len()", "E0206"),
        ("len([1], [2])", "E0206"),
        ("min([])", "E0701"),
        ("max()", "E0206"),
        ('max(1, "a")', "E0701"),
        ('sum(["a"])', "E0701"),
        ("abs([1])", "E0701"),
        ('int("3")', "E0701"),
        ("float([])", "E0701"),
        ("str([1])", "E0701"),
        ("reversed(3)", "E0701"),
        ("zip(1)", "E0701"),
        ("[a for a, b in [1]]", "E0702"),
        ("[a for a, b in [(1, 2, 3)]]", "E0702"),
        ("[i for i in 5]", "E0701"),
        ("shape(3)", "E0701"),
    ],
)
def test_refusals(expression: str, code: str) -> None:
    assert refusal(expression).code == code


def test_a_number_in_place_of_a_list_gets_a_way_out() -> None:
    assert refusal("[i for i in 5]").help == "`repeat 5` repeats, `range(5)` counts"
    assert refusal("[i for i in True]").help is None


def test_mistakes_in_a_list_are_not_reported_again() -> None:
    before = "let wrong = 1 // 0\n"
    for function in ("min", "max", "sum"):
        assert refusal(f"{function}([1, wrong])", before).message == "division by zero"
    assert refusal("len([1, wrong])", before).message == "division by zero"
