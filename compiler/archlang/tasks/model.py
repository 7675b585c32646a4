"""What a task and a training plan are once names are resolved and constants are computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from archlang.records import record
from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import Shape
from archlang.source import Span
from archlang.syntax.tree import Expr


@record
class InputSpec:
    """An input of a task; `dims` has no batch axis. `shifted` names the `generation` output whose past it is."""

    name: str
    dtype: str
    dims: Shape
    span: Span
    shifted: str | None = None
    doc: str | None = None


@record
class OutputSpec:
    """An output of a task.

    `kind` is the task's word (`classification`), None for a plain tensor or an inferred output; `args` are that task's arguments by
    name, as values, with defaults filled in. `dtype` and `dims` are those of a plain tensor output.
    """

    name: str
    span: Span
    kind: str | None = None
    args: Mapping[str, Any] = field(default_factory=dict[str, Any])
    dtype: str | None = None
    dims: Shape | None = None
    doc: str | None = None


@record
class DataSpec:
    """`sklearn(digits)`: the source's word, its positional arguments and its keyword arguments as values.

    `spans` has the place of each argument: `0`, `1`, … for positional ones, else the keyword.
    """

    source: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    span: Span
    spans: Mapping[str, Span] = field(default_factory=dict[str, Span])


@record
class TaskSpec:
    """The interface of a model: its inputs and outputs in order, and where the data is. `name` is None for a model's own."""

    name: str | None
    inputs: tuple[InputSpec, ...]
    outputs: tuple[OutputSpec, ...]
    data: DataSpec | None
    doc: str | None = None

    @property
    def given(self) -> tuple[InputSpec, ...]:
        """The inputs that examples fill; an output's own past is made of its target."""
        return tuple(declared for declared in self.inputs if declared.shifted is None)


@record
class SettingSpec:
    """A setting of `train`: its value (objects such as `Adam(1e-3)` as `LayerValue`), and the expression it was written as."""

    value: Any
    expr: Expr
    span: Span


@record
class PhaseSpec:
    """A training phase, its settings already laid over those above it (`unfreeze` is its own)."""

    name: str
    settings: Mapping[str, SettingSpec]


@record
class TrainSpec:
    """How one model is trained: `train { … }` with `train Model { … }` laid over it."""

    settings: Mapping[str, SettingSpec]
    phases: tuple[PhaseSpec, ...] = ()


__all__ = [
    "DataSpec",
    "InputSpec",
    "LayerValue",
    "OutputSpec",
    "PhaseSpec",
    "SettingSpec",
    "TaskSpec",
    "TrainSpec",
]
