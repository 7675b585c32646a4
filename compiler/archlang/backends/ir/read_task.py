"""The task and the training of a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from archlang.backends.ir.arguments import check_objects
from archlang.backends.ir.problem import DocumentError, Path
from archlang.backends.ir.values import Decoder, Json, dim_from
from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.source import Span
from archlang.syntax.tree import Missing
from archlang.tasks.data_sources import check_data
from archlang.tasks.held_out import check_held_out
from archlang.tasks.model import (
    DataSpec,
    InputSpec,
    OutputSpec,
    PhaseSpec,
    SettingSpec,
    TaskSpec,
    TrainSpec,
)
from archlang.tasks.problem import Problem
from archlang.tasks.registry import KINDS
from archlang.tasks.settings import check_phase, check_train


class TaskReader:
    """Reads what the schema has accepted."""

    def __init__(self, decoder: Decoder, span: Callable[[Json, Path], Span]) -> None:
        self.decoder = decoder
        self.span = span

    def task(self, raw: Json, path: Path) -> TaskSpec:
        """A task."""
        inputs = tuple(
            self._input(spec, (*path, "inputs", i)) for i, spec in enumerate(raw["inputs"])
        )
        outputs = tuple(
            self._output(spec, (*path, "outputs", i)) for i, spec in enumerate(raw["outputs"])
        )
        data: DataSpec | None = None
        if raw.get("data") is not None:
            data = self._data(raw["data"], (*path, "data"))
        task = TaskSpec(raw.get("name"), inputs, outputs, data, raw.get("doc"))
        _refuse(check_data(task), (*path, "data"))
        return task

    def _data(self, raw: Json, path: Path) -> DataSpec:
        data = self.decoder.data(raw, path)
        check_objects(data.args, (*path, "args"))
        check_objects(data.kwargs, (*path, "kwargs"))
        return data

    def _input(self, raw: Json, path: Path) -> InputSpec:
        dims = tuple(dim_from(dim, (*path, "dims", i)) for i, dim in enumerate(raw["dims"]))
        span = self.span(raw.get("span"), path)
        return InputSpec(raw["name"], raw["dtype"], dims, span, raw.get("shifted"), raw.get("doc"))

    def _output(self, raw: Json, path: Path) -> OutputSpec:
        word = raw.get("kind")
        args = self.decoder.args(raw.get("args", {}), (*path, "args"))
        check_objects(args, (*path, "args"))
        if word is not None:
            kind = KINDS.get(word)
            if kind is None:
                hint = did_you_mean(nearest(word, KINDS)) or f"there are {', '.join(KINDS)}"
                raise DocumentError(f"there is no task `{word[:60]}`; {hint}", (*path, "kind"))
            # Arguments are written with their defaults; None among them says that none was given.
            given = {name: value for name, value in args.items() if value is not None}
            if "text" in given:
                # Of words learnt from the data, these follow.
                for name in ("vocab", "start", "end"):
                    given.pop(name, None)
            bound, problems = kind.bind([], given)
            _refuse(problems, (*path, "args"))
            args = {**bound, **given}
        dims = raw.get("dims")
        if dims is not None:
            dims = tuple(dim_from(dim, (*path, "dims", i)) for i, dim in enumerate(dims))
        span = self.span(raw.get("span"), path)
        return OutputSpec(raw["name"], span, word, args, raw.get("dtype"), dims, raw.get("doc"))

    def train(self, raw: Json, task: TaskSpec, path: Path) -> TrainSpec | None:
        """How to train."""
        if raw is None:
            return None
        settings = self._settings(raw["settings"], task, (*path, "settings"))
        train = TrainSpec(settings)
        _refuse(check_train(train), (*path, "settings"))
        phases: list[PhaseSpec] = []
        for index, phase in enumerate(raw.get("phases", [])):
            place = (*path, "phases", index, "settings")
            own = self._settings(phase["settings"], task, place)
            values = {name: setting.value for name, setting in own.items()}
            # A phase carries the settings above it; only what is not theirs is its own.
            above = {key: setting.value for key, setting in settings.items()}
            new = frozenset(key for key in values if key not in above or values[key] != above[key])
            _refuse(check_phase(values, new), place)
            phases.append(PhaseSpec(phase["name"], own))
        return TrainSpec(settings, tuple(phases))

    def _settings(self, raw: Json, task: TaskSpec, path: Path) -> Mapping[str, SettingSpec]:
        settings: dict[str, SettingSpec] = {}
        for name, setting in raw.items():
            place = (*path, name, "value")
            value: Any = self.decoder.value(setting["value"], place)
            check_objects(value, place)
            if isinstance(value, DataSpec):
                _refuse(check_held_out(name, value, task), place)
            span = self.span(setting.get("span"), place)
            # The expression that it was written as stands in the spec only.
            settings[name] = SettingSpec(value, Missing(span), span)
        return settings


def _refuse(problems: list[Problem], path: Path) -> None:
    for problem in problems:
        if problem.severity == "error":
            place = (*path, problem.argument) if problem.argument else path
            raise DocumentError(
                problem.message + (f"; {problem.help}" if problem.help else ""), place
            )
