"""Scripts that cut windows out of a series: what an example is, and that nothing held out is trained on."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archlang import api
from archlang.source import Source

pytestmark = pytest.mark.slow

SPEC = """
task Weather {
    input past: float32[5, 2]
    input wind: float32[5]
    output ahead: forecasting(horizon=3)
    output rain: binary_classification
    data = csv("weather.csv", window=5, past=["t", "p"], wind="w", ahead="t", rain="rain")
}
model Net for Weather {
    past -> Flatten -> Dense(4) as a
    wind -> Dense(4) as b
    [a, b] -> Concatenate as both
    both -> head ahead
    both -> head rain
}
train {
    validation = 0.2
    test = 0.2
}
"""
ROWS = 50


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table whose columns tell the row: t = row, p = 100 + row, w = -row, rain in every third."""
    folder = tmp_path_factory.mktemp("series")
    lines = ["t,p,w,rain", *(f"{n},{100 + n},{-n},{int(n % 3 == 0)}" for n in range(ROWS))]
    (folder / "weather.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def script(folder: Path) -> dict[str, Any]:
    checked = api.check(Source("weather.arch", SPEC))
    assert checked.diagnostics == ()
    path = folder / "weather.py"
    path.write_text(api.to_python(checked, "Net"), "utf-8")
    return runpy.run_path(str(path))


def test_an_example_is_a_window_and_what_is_behind_it(script: dict[str, Any], folder: Path) -> None:
    x, y = script["load_data"](folder / "weather.csv")
    count = ROWS - 5 - 3 + 1
    assert x["past"].shape == (count, 5, 2)
    assert x["wind"].shape == (count, 5)
    assert y["ahead"].shape == (count, 3, 1)
    assert y["rain"].shape == (count, 1)
    for n in (0, 7, count - 1):
        assert x["past"][n].tolist() == [[n + k, 100 + n + k] for k in range(5)]
        assert x["wind"][n].tolist() == [-(n + k) for k in range(5)]
        assert y["ahead"][n].tolist() == [[n + 5 + k] for k in range(3)]
        assert y["rain"][n].item() == int((n + 5) % 3 == 0)


def test_parts_follow_one_another_and_share_no_target(script: dict[str, Any], folder: Path) -> None:
    # Of 43 windows a fifth is 9; each part before another ends two windows, a horizon less one, early.
    parts = script["load_splits"](folder / "weather.csv")
    rows = [set(np.unique(y["ahead"]).astype(int).tolist()) for _, y in parts]
    assert [len(y["ahead"]) for _, y in parts] == [22, 8, 9]
    assert max(rows[0]) < min(rows[1])
    assert max(rows[1]) < min(rows[2])
    assert max(rows[2]) == ROWS - 1


def test_a_file_to_predict_gives_the_window_at_its_end(
    script: dict[str, Any], folder: Path
) -> None:
    x = script["load_inputs"](folder / "weather.csv")
    assert x["past"][:, :, 0].tolist() == [[45, 46, 47, 48, 49]]
    assert x["wind"].shape == (1, 5)


@pytest.mark.parametrize(
    ("function", "rows", "message"),
    [
        ("load_data", 7, "has 7 rows, but a window and what is behind it take 8"),
        ("load_inputs", 4, "has 4 rows, but a window takes 5"),
        ("load_splits", 9, "2 windows are too few to set the last 20% aside"),
    ],
)
def test_a_series_that_is_too_short(
    function: str, rows: int, message: str, script: dict[str, Any], folder: Path
) -> None:
    lines = (folder / "weather.csv").read_text("utf-8").splitlines()[: rows + 1]
    path = folder / "short.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(SystemExit, match=message):
        script[function](path)
