"""What the language has, but training can't do yet. The checker asks here, so that nothing is
silently ignored.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archlang.tasks.data_sources import SOURCES
from archlang.tasks.model import DataSpec, OutputSpec, TaskSpec, TrainSpec
from archlang.tasks.problem import Problem


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
    if name == "test" and value and task.data is not None and task.data.source == "keras":
        message = "the data sets of Keras have a test split of their own"
        return [Problem("E0522", name, message, "leave out `test`")]
    if name == "strategy" and value and any(given.dtype == "string" for given in task.given):
        # Keras 3.15 and TensorFlow 2.21 fail where devices share a batch of strings.
        return [_pending(name, "training on texts on several devices", "leave out `strategy`")]
    return []


def pending_in_output(output: OutputSpec, task: TaskSpec) -> list[Problem]:
    """An output that can't be trained from data yet."""
    if task.data is None:
        return []
    if output.kind == "generation" and sum(o.kind is not None for o in task.outputs) > 1:
        return [_pending(None, "training a `generation` beside other outputs")]
    return []


def pending(task: TaskSpec, train: TrainSpec | None) -> list[tuple[str, Problem]]:
    """All of them, each with where it is: `data`, `output NAME`, `train` or `phase
    NAME`.
    """
    found: list[tuple[str, Problem]] = []
    if task.data is not None:
        found += _at("data", pending_in_data(task.data))
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


def _pending(argument: str | None, what: str, help: str | None = None) -> Problem:
    return Problem("E0540", argument, f"{what} is not there yet", help)
