"""Every argument of every constructor, tried with a handful of values in Keras itself.

What `validate` accepts Keras must accept; exceptions are arguments that have to fit one another.
The other direction is no rule: Keras lets much through that can only be a mistake (`Dropout("x")`
is not among it).
"""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

import pytest

from archlang.catalogue import Entry, load
from archlang.catalogue.validation import validate
from archlang.shapes.rule import LayerValue

CAT = load()
LSTM, CELL = LayerValue("layers", "LSTM", {}), LayerValue("layers", "LSTMCell", {})
SGD = LayerValue("optimizers", "SGD", {})

# Values for arguments without a default, by name.
GIVEN: dict[str, Any] = {
    "units": 4, "filters": 4, "kernel_size": 2, "pool_size": 2, "rate": 0.5, "activation": "relu",
    "num_heads": 2, "key_dim": 4, "head_dim": 4, "num_query_heads": 2, "num_key_value_heads": 2,
    "equation": "ab,bc->ac", "output_shape": 4, "input_dim": 4, "output_dim": 4, "output_size": 2,
    "axes": 1, "n": 2, "target_shape": (2, 2), "dims": (2, 1), "stddev": 0.5, "height": 4,
    "width": 4, "factor": 0.5, "height_factor": 0.2, "width_factor": 0.2, "scale": 2.0,
    "num_bins": 3,
    "max_number": 3, "layer": LSTM, "cell": CELL, "cells": [CELL], "layers": [LSTM],
    "num_classes": 3, "target_class_ids": [0], "recall": 0.5, "precision": 0.5, "sensitivity": 0.5,
    "specificity": 0.5, "filename": "log.csv", "filepath": "model.keras", "backup_dir": "backup",
    "initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "first_decay_steps": 10,
    "boundaries": [1.0], "values": [1.0, 2.0], "inner_optimizer": SGD, "default_optimizer": SGD,
}  # fmt: skip
GIVEN_FOR: dict[str, dict[str, Any]] = {
    "CategoryEncoding": {"num_tokens": 4},
    "Discretization": {"num_bins": 3},
    "InputLayer": {"shape": (3,)},
    "RandomPosterization": {"factor": 4},
}
# Needs a Python object, a saved model, or a package that is not there.
NOT_MADE = {
    "FlaxLayer", "JaxLayer", "Lambda", "TorchModuleWrapper", "TFSMLayer", "MeanMetricWrapper",
    "MultiOptimizer", "LearningRateScheduler", "OrbaxCheckpoint",
}  # fmt: skip
VALUES: list[Any] = [
    -1, 0, 1, 2, 300, 0.5, 1.0, 2.0, "x", None, True, False, [1], (2, 1), [0.1, 0.2], [1, 2, 3],
    [[1, 2], [1, 2]], LSTM, SGD, LayerValue("initializers", "HeNormal", {}),
]  # fmt: skip
# Numbers that have to fit one another, and files that have to exist: not seen by a single argument.
ELSEWHERE = {
    "groups", "output_padding", "backward_layer", "num_query_heads", "num_key_value_heads",
    "frame_step", "fft_length", "vocabulary", "target_class_ids", "boundaries", "values",
    "profile_batch", "batch_shape",
}  # fmt: skip
ELSEWHERE_OF = {("InputLayer", "shape"), ("Hashing", "dtype")}


@pytest.fixture(scope="module", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> None:
    # Importing Keras writes a configuration file into its home.
    os.environ.setdefault("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    ["layers", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers",
     "schedules", "callbacks"],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore")
def test_keras_accepts_what_is_accepted(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong: list[str] = []
    for name in CAT.names(kind):
        entry = CAT.get(kind, name)
        if entry is not None and not (entry.abstract or entry.alias_of or name in NOT_MADE):
            wrong += _accepted_wrongly(entry)
    assert not wrong


def _accepted_wrongly(entry: Entry) -> list[str]:
    required = {p.name: GIVEN[p.name] for p in entry.parameters if p.required}
    base = {**required, **GIVEN_FOR.get(entry.name, {})}
    assert validate(entry, base) == []
    assert _refusal(entry, base) is None
    wrong: list[str] = []
    for parameter in (*entry.parameters, *entry.extra_parameters):
        name = parameter.name
        if name in ELSEWHERE or (entry.name, name) in ELSEWHERE_OF:
            continue
        for value in (*VALUES, *parameter.words[:2]):
            args = {**base, name: value}
            if not validate(entry, args) and (refusal := _refusal(entry, args)):
                wrong.append(f"{entry.name}({name}={value!r}): {refusal}")
    return wrong


def _refusal(entry: Entry, args: dict[str, Any]) -> str | None:
    try:
        _made(entry, args)
    except Exception as error:  # whatever Keras raises
        return f"{type(error).__name__}: {str(error)[:80]}"
    return None


def _made(entry: Entry, args: dict[str, Any]) -> Any:
    module, _, name = entry.path.rpartition(".")
    arguments = {key: _python(value) for key, value in args.items()}
    return getattr(importlib.import_module(module), name)(**arguments)


def _python(value: Any) -> Any:
    if isinstance(value, list):
        return [_python(item) for item in value]
    if not isinstance(value, LayerValue):
        return value
    entry = CAT.get(value.kind, value.name)
    assert entry is not None
    return _made(entry, {p.name: GIVEN[p.name] for p in entry.parameters if p.required})
