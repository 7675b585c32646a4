"""Arithmetic at compile time: Python's, with bounds."""

from __future__ import annotations

import time

import pytest

from archlang import api
from archlang.source import Source
from tests.evaluation.computing import refusal, value


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("2 ** -1", 0.5),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("-7 % 3", 2),
        ("1 / 4", 0.25),
        ('"a" + "b"', "ab"),
        ("[1] + [2]", [1, 2]),
        ("[0] * 3", [0, 0, 0]),
        ("(1,) + (2,)", (1, 2)),
        ("not 0", True),
        ("1 and 2", 2),
        ("0 and 1 // 0", 0),
        ("3 or 1 // 0", 3),
        ("1 if 2 > 1 else 1 // 0", 1),
        ("1 < 2 < 3", True),
        ("1 < 3 < 2", False),
        ("2 in [1, 2]", True),
        ('"b" in "abc"', True),
        ("3 not in (1, 2)", True),
        ("[1, 2] == [1, 2]", True),
        ("1 == True", True),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][1:]", [2, 3]),
        ('"abc"[0]', "a"),
        ("[3, 2, 1][::-1]", [1, 2, 3]),
        ("None", None),
        ("+3", 3),
    ],
)
def test_means_what_it_means_in_python(expression: str, expected: object) -> None:
    result = value(expression)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("1 / 0", "division by zero"),
        ("1 // 0", "division by zero"),
        ("1 % 0", "division by zero"),
        ("0 ** -1", "division by zero"),
        ('1 + "a"', "`+` does not go with a number and a text"),
        ("[1] - [1]", "`-` does not go with a list and a list"),
        ('"%d" % 3', "`%` does not format texts here"),
        ("(-8) ** 0.5", "the root of a negative number is no real number"),
        ('-"a"', "`-` does not go with a text"),
        ('1 < "a"', "a number and a text can't be compared by `<`"),
        ("1 in 2", "`in` needs a list, a tuple or a text on its right, not a number"),
        ("1 in 'a'", "`in` needs a list, a tuple or a text on its right, not a text"),
        ("[1, 2][2]", "no element 2: there are 2"),
        ("[][0]", "no element 0: there are 0"),
        ("5[0]", "a number has no elements"),
        ("[1][True]", "a list takes one whole number or a slice between `[` and `]`"),
        ("[1][1.5:]", "a slice takes whole numbers"),
    ],
)
def test_says_why_there_is_no_value(expression: str, message: str) -> None:
    problem = refusal(expression)
    assert problem.message == message
    assert problem.code == "E0701"


@pytest.mark.parametrize(
    "expression",
    [
        "10 ** 10 ** 10",
        "(10 ** 1000) ** 1000",
        "2.0 ** 100000",
        "1e300 * 1e300",
        "1e308 + 1e308",
        "10 ** 1000 * 1.5",
        "10 ** 1000 / 3",
        "10 ** 1000 * 10 ** 1000",
        "[0] * 10 ** 9",
        "10 ** 9 * [0]",
        '"abc" * 10 ** 8',
        "([0] * 60000) + ([0] * 60000)",
    ],
)
def test_is_bounded(expression: str) -> None:
    assert refusal(expression).code == "E0801"


def test_lists_of_one_list_are_bounded_by_what_there_is_to_walk_through() -> None:
    lets = "let l0 = [0] * 10\n" + "".join(f"let l{i} = [l{i - 1}] * 10\n" for i in range(1, 30))
    began = time.monotonic()
    assert value("l3", lets) is not None
    assert refusal("l29", lets).code == "E0801"
    assert time.monotonic() - began < 5


def test_the_work_on_large_lists_counts() -> None:
    text = "let large = range(90000)\nlet value = [len(large) for i in range(2000)]\n"
    began = time.monotonic()
    problems = api.check(Source("test.arch", text)).diagnostics
    assert [problem.code for problem in problems] == ["E0802"]
    assert time.monotonic() - began < 10


def test_what_depends_on_a_mistake_is_not_reported_again() -> None:
    refusal("[wrong + 1, wrong * 2, [wrong], -wrong, wrong < 1]", "let wrong = 1 // 0\n")


def test_a_circle_of_constants_is_printed() -> None:
    problem = refusal("a", "let a = b + 1\nlet b = a + 1\n")
    assert problem.code == "E0703"
    assert problem.notes == ("a -> b -> a",)


def test_long_chains_of_constants_are_no_recursion() -> None:
    lets = "let a0 = 1\n" + "".join(f"let a{i} = a{i - 1} + 1\n" for i in range(1, 200))
    assert value("a40", lets) == 41
    assert refusal("a199", lets).code == "E0802"
