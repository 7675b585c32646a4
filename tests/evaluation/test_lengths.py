"""Lengths that only run time knows: symbolic dimensions and `None`."""

from __future__ import annotations

import pytest

from archlang.evaluation.values import UNKNOWN, UNKNOWN_DIM, ValueProblem, binary, compare, truth
from archlang.shapes.dims import symbol

TIME = symbol("time")


def test_arithmetic_goes_on_with_names() -> None:
    assert str(binary("+", TIME, 1)) == "time + 1"
    assert binary("-", binary("+", TIME, 3), TIME) == 3
    assert binary("//", binary("*", TIME, 4), 2) == binary("*", TIME, 2)
    assert binary("*", UNKNOWN_DIM, 2) is UNKNOWN_DIM
    assert binary("%", TIME, 2) is UNKNOWN_DIM


def test_what_is_certain_can_be_compared() -> None:
    assert compare("==", TIME, TIME) is True
    assert compare("!=", TIME, TIME) is False
    assert compare("<=", TIME, TIME) is True
    assert compare("<", TIME, TIME) is False
    assert compare("==", TIME, None) is False
    assert compare("!=", TIME, "time") is True


@pytest.mark.parametrize("sign", ["==", "!=", "<", ">="])
def test_what_is_not_certain_can_not(sign: str) -> None:
    with pytest.raises(ValueProblem, match="only known at run time"):
        compare(sign, TIME, 5)
    with pytest.raises(ValueProblem, match="only known at run time"):
        compare(sign, UNKNOWN_DIM, UNKNOWN_DIM)


def test_a_length_is_no_condition() -> None:
    with pytest.raises(ValueProblem):
        truth(TIME)


def test_nothing_is_said_about_mistakes() -> None:
    assert binary("+", UNKNOWN, "a") is UNKNOWN
    assert compare("<", 1, UNKNOWN) is UNKNOWN
    assert truth(UNKNOWN) is None


@pytest.mark.parametrize("other", ["a", 1.5, True, [1]])
def test_lengths_go_with_whole_numbers_only(other: object) -> None:
    with pytest.raises(ValueProblem, match="a length"):
        binary("+", TIME, other)
