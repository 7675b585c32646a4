"""What `archc check` holds to be logged after an epoch, against what Keras logs, and whether Keras knows what is better."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from archlang import api
from archlang.source import Source
from archlang.tasks.monitors import logged

pytestmark = pytest.mark.slow

_METRICS = """[
    accuracy, "f1_score", Precision(), Precision(thresholds=0.9), Recall(name="found"), AUC(), TruePositives(),
    LogCoshError(), KLDivergence(), R2Score(), BinaryIoU()
]"""

SPECS = {
    "one output": (
        "output y: multilabel_classification(3, metrics=METRICS)".replace("METRICS", _METRICS),
        "Dense(4) -> head",
        {"y": np.eye(3)[np.arange(40) % 3].astype("int32")},
    ),
    "several outputs": (
        "output kind: classification(3)\n    output size: regression(metrics=[mae, MeanAbsoluteError()])"
        "\n    output good: binary_classification(metrics=[AUC(), Precision()])",
        "Dense(4) as f\n    f -> head kind\n    f -> head size\n    f -> head good",
        {"kind": np.arange(40) % 3, "size": np.ones(40), "good": np.arange(40) % 2},
    ),
    "a plain tensor beside": (
        "output kind: classification(3)\n    output features: float32[4]",
        "Dense(4) as features\n    features -> head kind",
        {"kind": np.arange(40) % 3},
    ),
    "padded targets": (
        "output tags: token_classification(3, padding=0)",
        "Reshape((4, 1)) -> Dense(4) -> head",
        {"tags": np.arange(160).reshape(40, 4) % 3},
    ),
}


@pytest.mark.parametrize(("outputs", "body", "targets"), SPECS.values(), ids=SPECS)
def test_keras_logs_these_names(
    outputs: str, body: str, targets: dict[str, np.ndarray], tmp_path: Path
) -> None:
    path = tmp_path / "examples.npz"
    x = np.random.default_rng(0).normal(size=(40, 4)).astype("float32")
    np.savez(path, x=x, **targets)  # pyright: ignore[reportArgumentType]
    spec = (
        f'model Net {{\n    input x: float32[4]\n    {outputs}\n    data = npz("{path.name}")\n    {body}\n}}\n'
        # A second phase compiles anew, and must not count its metrics on.
        "train {\n    epochs = 1\n    phase second {\n        epochs = 1\n    }\n}\n"
    )
    checked = api.check(Source("test.arch", spec))
    assert [d.message for d in checked.diagnostics] == []
    known = logged(checked.graphs["Net"].task)
    assert known is not None
    names = [each.name for each in known]
    file = tmp_path / "script.py"
    file.write_text(api.to_python(checked, "Net"), "utf-8")
    script = runpy.run_path(str(file))
    model: Any = script["build_model"]()
    rows: list[dict[str, Any]] = []

    def keep(checkpoint: Any, epoch: int, logs: dict[str, Any]) -> None:
        rows.append(logs)

    kept = type("Kept", (script["Checkpoint"],), {"on_epoch_end": keep})
    training, held_out = script["load_splits"](path, 0)
    script["train"](model, training, held_out, kept(tmp_path / "model.keras"))
    assert len(rows) == 2
    for row in rows:
        assert sorted(row) == sorted([*names, *(f"val_{name}" for name in names)])
    for each in known:
        best = best_by_itself(model, f"val_{each.name}")
        assert (best is not None) == each.by_itself
        assert best is None or best == each.best


def best_by_itself(model: Any, monitor: str) -> str | None:
    """What a callback of Keras takes for better, `min` or `max`; None where it refuses to guess."""
    watching: Any = keras.callbacks.EarlyStopping(monitor=monitor)
    watching.set_model(model)
    try:
        watching._set_monitor_op()
    except ValueError:
        return None
    return "max" if watching.monitor_op.__name__ == "greater" else "min"
