"""What the language has, but training can't do yet. The checker asks here, so that nothing is
silently ignored.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archlang.tasks.data_sources import SOURCES
from archlang.tasks.model import DataSpec, InputSpec, OutputSpec, TaskSpec, TrainSpec
from archlang.tasks.problem import Problem
from archlang.tasks.regression import bounds

_PENDING_SETTINGS = {
    "strategy": "training on several devices",
}
_CLASS_WEIGHTED = ("classification", "binary_classification")


def pending_in_data(data: DataSpec) -> list[Problem]:
    """A source that can't be read yet."""
    source = SOURCES.get(data.source)
    if source is None or source.ready:
        return []
    return [
        _pending(
            None, f"the data source `{data.source}`", "`csv`, `npz`, `sklearn` and `keras` are"
        )
    ]


def pending_in_setting(name: str, value: Any, task: TaskSpec) -> list[Problem]:
    """A setting of `train` or of a phase that nothing acts on yet."""
    if name in _PENDING_SETTINGS and value is not None:
        return [_pending(name, _PENDING_SETTINGS[name])]
    if name in ("validation", "test") and isinstance(value, DataSpec):
        if (
            task.data is None
            or value.source != task.data.source
            or value.source not in ("csv", "npz")
        ):
            return [
                _pending(
                    name, f"a `{name}` source other than a file of the same kind as the task's data"
                )
            ]
        if value.kwargs:
            return [
                _pending(
                    name,
                    f"a `{name}` source with columns of its own",
                    "leave them out: those of `data` hold",
                )
            ]
    if name == "test" and value and task.data is not None and task.data.source == "keras":
        message = "the data sets of Keras have a test split of their own"
        return [Problem("E0522", name, message, "leave out `test`")]
    return []


def pending_in_output(output: OutputSpec, task: TaskSpec) -> list[Problem]:
    """An output that can't be trained from data yet."""
    if task.data is None:
        return []
    if output.kind is None:
        return (
            [_pending(None, "training next to an output without a task")]
            if _has_tasks(task)
            else []
        )
    if output.kind == "generation":
        return [_pending(None, "training a `generation`")]
    if output.kind == "reconstruction" and None not in bounds(output):
        return [_pending("range", "training a `reconstruction` with a range", "leave out `range=`")]
    if output.args.get("class_weight") is not None and output.kind not in _CLASS_WEIGHTED:
        return [_pending("class_weight", f"`class_weight` in a `{output.kind}`")]
    return []


def pending_in_input(declared: InputSpec, task: TaskSpec) -> list[Problem]:
    """An input that can't be filled from data yet."""
    if task.data is None:
        return []
    if declared.dtype == "string":
        return [_pending(None, "training on strings")]
    return [_pending(None, "training with a `shifted` input")] if declared.shifted else []


def pending(task: TaskSpec, train: TrainSpec | None) -> list[tuple[str, Problem]]:
    """All of them, each with where it is: `data`, `input NAME`, `output NAME`, `train` or `phase
    NAME`.
    """
    found: list[tuple[str, Problem]] = []
    if task.data is not None:
        found += _at("data", pending_in_data(task.data))
    for declared in task.inputs:
        found += _at(f"input {declared.name}", pending_in_input(declared, task))
    for output in task.outputs:
        found += _at(f"output {output.name}", pending_in_output(output, task))
    if train is None:
        return found
    for name, setting in train.settings.items():
        found += _at("train", pending_in_setting(name, setting.value, task))
    for phase in train.phases:
        for name, setting in phase.settings.items():
            if name not in train.settings or train.settings[name] is not setting:
                found += _at(f"phase {phase.name}", pending_in_setting(name, setting.value, task))
    return found


def _at(place: str, problems: Iterable[Problem]) -> list[tuple[str, Problem]]:
    return [(place, problem) for problem in problems]


def _has_tasks(task: TaskSpec) -> bool:
    return any(output.kind is not None for output in task.outputs)


def _pending(argument: str | None, what: str, help: str | None = None) -> Problem:
    return Problem("E0540", argument, f"{what} is not there yet", help)
