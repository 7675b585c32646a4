"""A table whose rows follow one another in time: `csv("spots.csv", window=24)`.

An example is a window, so many rows in a row, with the rows behind it as its targets.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from archlang.shapes.spec import Shape
from archlang.tasks.model import DataSpec, InputSpec, OutputSpec, TaskSpec
from archlang.tasks.problem import Problem

WINDOW = "window"
# What the row behind a window can be asked for, and how many columns that takes.
_OF_ONE_ROW = ("binary_classification", "classification", "multilabel_classification", "regression")


def series_window(data: DataSpec | None) -> int | None:
    """The length of a window, if the data is a series; a `window` that is a column is none."""
    if data is None or data.source != "csv":
        return None
    window = data.kwargs.get(WINDOW)
    return window if isinstance(window, int) and not isinstance(window, bool) else None


def steps_behind(output: OutputSpec) -> int:
    """How many rows behind a window an output's target takes."""
    if output.kind == "reconstruction":
        return 0
    return output.args["horizon"] if output.kind == "forecasting" else 1


def check_series(
    columns: Mapping[str, Any], mapped: Mapping[str, Any], task: TaskSpec, window: int
) -> list[Problem]:
    """Whether inputs are windows of columns, and outputs something that rows behind them have."""
    problems = [
        problem
        for declared in task.inputs
        for problem in _check_input(declared, columns[declared.name], mapped, window)
    ]
    for output in task.outputs:
        if output.kind is not None:
            problems += _check_output(output, columns[output.name], mapped)
    return problems


def _check_input(
    declared: InputSpec, column: Any, mapped: Mapping[str, Any], window: int
) -> list[Problem]:
    name, dims = declared.name, declared.dims
    if declared.dtype == "string":
        return [Problem("E0533", None, f"a series holds numbers, but `{name}` takes strings")]
    if len(dims) not in (1, 2):
        message = f"a window is {window} steps, with numbers each, but `{name}` is {_show(dims)}"
        return [Problem("E0533", None, message, f"declare `input {name}: float32[{window}, 1]`")]
    if isinstance(dims[0], int) and dims[0] != window:
        message = f"a window has {window} steps, but `{name}` takes {dims[0]}"
        help = f"write `window={dims[0]}`, or declare `{name}` with {window} steps"
        return [Problem("E0533", WINDOW, message, help)]
    return _check_columns(name, prod(d for d in dims[1:] if isinstance(d, int)), column, mapped)


def _check_output(output: OutputSpec, column: Any, mapped: Mapping[str, Any]) -> list[Problem]:
    if output.kind == "reconstruction":
        return []
    if output.kind == "forecasting":
        return _check_columns(output.name, output.args["features"], column, mapped)
    if output.kind not in _OF_ONE_ROW:
        kind = (output.kind or "").replace("_", " ")
        message = f"the rows behind a window are no targets for a {kind}"
        return [Problem("E0533", None, message, "a series is for `forecasting`")]
    wanted = 1
    if output.kind == "regression":
        wanted = output.args["targets"]
    elif output.kind == "multilabel_classification" or (
        output.args.get("one_hot") and not isinstance(column, str)
    ):
        wanted = output.args["classes"]
    return _check_columns(output.name, wanted, column, mapped)


def _check_columns(name: str, wanted: int, column: Any, mapped: Mapping[str, Any]) -> list[Problem]:
    count = 1 if isinstance(column, str) else len(column)
    if count == wanted:
        return []
    numbers = "one number" if wanted == 1 else f"{wanted} numbers"
    found = "one column is" if count == 1 else f"{count} columns are"
    message = f"`{name}` takes {numbers} a step, but {found} given"
    help = f"list its columns, `{name}=[…]`" if wanted > 1 else f"name one column, `{name}=…`"
    return [Problem("E0533", name if name in mapped else None, message, help)]


def _show(dims: Shape) -> str:
    return f"[{', '.join(map(str, dims))}]"
