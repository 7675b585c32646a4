"""Tables whose rows follow one another: whether windows and the rows behind them fit the task."""

from __future__ import annotations

from typing import Any

import pytest

from archlang.tasks.data_sources import check_data
from archlang.tasks.model import OutputSpec
from archlang.tasks.series_data import series_window
from tests.backends.python.training.scripts import declared, output, plan, source


def problems(dims: tuple[Any, ...], given: OutputSpec, /, **kwargs: Any) -> list[str]:
    task = plan([declared("x", "float32", *dims)], [given], source("csv", "a.csv", **kwargs)).task
    return [f"{problem.code} {problem.message}" for problem in check_data(task)]


FORECAST = output("y", "forecasting", 3)


@pytest.mark.parametrize(
    ("dims", "y", "columns"),
    [
        ((24, 1), FORECAST, {"x": "a", "y": "a"}),
        ((24,), FORECAST, {}),
        ((None, 2), FORECAST, {"x": ["a", "b"]}),
        ((24, 1), output("y", "forecasting", 3, features=2), {"y": ["a", "b"]}),
        ((24, 1), output("y", "regression"), {}),
        ((24, 1), output("y", "classification", labels=["up", "down"]), {"y": "trend"}),
        ((24, 2), output("y", "reconstruction"), {"x": ["a", "b"]}),
    ],
)
def test_what_fits(dims: tuple[Any, ...], y: OutputSpec, columns: dict[str, Any]) -> None:
    assert problems(dims, y, window=24, **columns) == []


@pytest.mark.parametrize(
    ("dims", "y", "options", "message"),
    [
        ((12, 1), FORECAST, {}, "E0533 a window has 24 steps, but `x` takes 12"),
        ((24, 2), FORECAST, {}, "E0533 `x` takes 2 numbers a step, but one column is given"),
        ((), FORECAST, {}, "E0533 a window is 24 steps, with numbers each, but `x` is []"),
        (
            (24, 1),
            FORECAST,
            {"y": ["a", "b"]},
            "E0533 `y` takes one number a step, but 2 columns are given",
        ),
        (
            (24, 1),
            output("y", "token_classification", 3),
            {},
            "E0533 the rows behind a window are no targets for a token classification",
        ),
        (
            (24, 1),
            FORECAST,
            {"sample_weight": "w"},
            "E0532 the windows of a series have no `sample_weight`",
        ),
        (
            (24, 1),
            FORECAST,
            {"window": 0},
            "E0532 `window` must be a whole number above 0, not `0`",
        ),
        (
            (24, 1),
            FORECAST,
            {"window": "24"},
            'E0532 `window` must be a whole number above 0, not `"24"`',
        ),
    ],
)
def test_what_does_not_fit(
    dims: tuple[Any, ...], y: OutputSpec, options: dict[str, Any], message: str
) -> None:
    assert problems(dims, y, **{"window": 24, **options}) == [message]


def test_an_input_called_window_is_a_column() -> None:
    data = source("csv", "a.csv", window="w")
    task = plan([declared("window", "float32")], [output("y", "regression")], data).task
    assert series_window(data) is None
    assert check_data(task) == []
