"""Helpers for the tests of generated training code: plans in a few words, whole scripts, and
running them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

from archlang.backends.python.layout import wrap
from archlang.backends.python.script import _import_block
from archlang.backends.python.training import TrainingPlan, training_sections
from archlang.backends.python.training.layout import flat
from archlang.backends.python.training.values import python_value
from archlang.graph.adapting import Adapted
from archlang.graph.model import Layer
from archlang.shapes.rule import LayerValue
from archlang.source import Span
from archlang.syntax.tree import Constant, Expr
from archlang.tasks.data_fit import input_specs
from archlang.tasks.model import (
    DataSpec,
    InputSpec,
    OutputSpec,
    PhaseSpec,
    SettingSpec,
    TaskSpec,
    TrainSpec,
)
from archlang.tasks.registry import KINDS

NOWHERE = Span("test.arch", 0, 0)


def declared(name: str, dtype: str, *dims: Any) -> InputSpec:
    """`input name: dtype[dims]`."""
    return InputSpec(name, dtype, dims, NOWHERE)


def output(name: str, kind: str, *positional: Any, **keywords: Any) -> OutputSpec:
    """`output name: kind(…)`, which must be without problems."""
    args, problems = KINDS[kind].bind(positional, keywords)
    assert problems == []
    return OutputSpec(name, NOWHERE, kind, args)


def source(name: str, *args: Any, **kwargs: Any) -> DataSpec:
    """`name(…)`."""
    return DataSpec(name, args, kwargs, NOWHERE)


def optimizer(name: str, **args: Any) -> LayerValue:
    """An optimizer as a value."""
    return LayerValue("optimizers", name, args)


def callback(name: str, **args: Any) -> LayerValue:
    """A callback as a value."""
    return LayerValue("callbacks", name, args)


def settings(**values: Any) -> dict[str, SettingSpec]:
    """Settings of `train`; the expression of each says how it is written in Python."""

    def written(value: Any) -> Expr:
        text = "" if isinstance(value, DataSpec) else flat(python_value(value))
        return Constant(NOWHERE, None, text)

    return {name: SettingSpec(value, written(value), NOWHERE) for name, value in values.items()}


def plan(
    inputs: list[InputSpec],
    outputs: list[OutputSpec],
    data: DataSpec | None = None,
    *,
    phases: Mapping[str, Mapping[str, Any]] | None = None,
    adapted_layers: tuple[str, ...] = (),
    **train: Any,
) -> TrainingPlan:
    """A plan for a task and its training."""
    task = TaskSpec(None, tuple(inputs), tuple(outputs), data)
    own = settings(**train)
    later = tuple(
        PhaseSpec(name, {**own, **settings(**values)}) for name, values in (phases or {}).items()
    )

    def python(expr: Expr) -> str:
        assert isinstance(expr, Constant)
        return expr.text

    return TrainingPlan(
        "test.arch",
        "Net",
        task,
        TrainSpec(own, later),
        input_specs(task),
        {},
        python,
        adapted_layers=tuple(
            Adapted((name,), Layer(name, "layers", "Normalization", {}, NOWHERE))
            for name in adapted_layers
        ),
    )


def script(plan: TrainingPlan, build_model: str) -> str:
    """A whole script, as the other half would make it; `build_model` is that function's body."""
    sections = training_sections(plan)
    imports = sections.imports | {"import keras"}
    if "layers." in build_model:
        imports |= {"from keras import layers"}
    body = dedent(build_model).strip("\n").replace("\n", "\n    ")
    text = '"""A script of the tests."""\n\n'
    text += _import_block(imports)
    if sections.constants:
        text += f"\n\n{sections.constants.rstrip()}"
    text += f"\n\n\ndef build_model() -> keras.Model:\n    {body}\n\n\n{sections.functions}"
    return wrap(text + '\n\nif __name__ == "__main__":\n    main()\n')


def run(path: Path, *arguments: str, prelude: str = "") -> subprocess.CompletedProcess[str]:
    """Run a script in its own folder, without archlang; `prelude` is Python to run before it."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment.pop("PYTHONPATH", None)
    environment.setdefault("PYTHONPYCACHEPREFIX", "/tmp/pyc")
    environment.setdefault("KERAS_HOME", "/tmp/keras_home")
    command = [sys.executable, path.name, *arguments]
    if prelude:
        code = f"import runpy, sys\nsys.argv = {[path.name, *arguments]!r}\n{prelude}\n"
        code += f"runpy.run_path({path.name!r}, run_name='__main__')"
        command = [sys.executable, "-c", code]
    return subprocess.run(
        command,
        cwd=path.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
