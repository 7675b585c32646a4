"""Runs of scripts in processes of their own, and what becomes of their figures."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from archlang.running.candidates import DRIVER, Candidate, Run, metric_names, spread, train
from archlang.running.comparison import csv_text, picture, table

# A script with the functions that the driver watches; its `evaluate` prints something else.
SCRIPT = """
import sys
def train(model): pass
def evaluate(model):
    print("accuracy: 0.1")
    return {"accuracy": 0.75, "loss": float(sys.argv[sys.argv.index("--seed") + 1])}
def main():
    train(None)
    evaluate(None)
if __name__ == "__main__":
    raise SystemExit("started as the main module")
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "run.log"


def script(folder: Path, text: str) -> Path:
    path = folder / "some script.py"
    path.write_text(text, "utf-8")
    return path


def test_figures_are_what_functions_return(tmp_path: Path, log: Path) -> None:
    run = train(script(tmp_path, SCRIPT), ["--epochs", "1"], 3, log)
    assert run.failure is None
    assert run.metrics == {"accuracy": 0.75, "loss": 3.0}
    assert 0 <= run.seconds < 10


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('raise SystemExit("a.csv is not there")', "a.csv is not there"),
        ('raise ValueError("bad shape")', "ValueError: bad shape"),
        ("import os; os.kill(os.getpid(), 9)", "stopped by SIGKILL"),
        ("pass", "it ended without an evaluation"),
    ],
)
def test_a_script_that_fails_is_a_result(body: str, reason: str, tmp_path: Path, log: Path) -> None:
    text = SCRIPT.replace("    train(None)\n    evaluate(None)\n", f"    {body}\n")
    run = train(script(tmp_path, text), [], 0, log)
    assert run.failure == reason
    assert run.metrics == {}


def test_a_script_without_a_seed_keeps_its_own(tmp_path: Path, log: Path) -> None:
    text = SCRIPT.replace('float(sys.argv[sys.argv.index("--seed") + 1])', '"--seed" in sys.argv')
    assert train(script(tmp_path, text), [], None, log).metrics["loss"] == 0


def test_the_driver_imports_nothing_of_the_compiler() -> None:
    code = f"import runpy, sys; runpy.run_path({str(DRIVER)!r}); print([m for m in sys.modules if 'archlang' in m])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/"
    )
    assert done.stdout.strip() == "[]"


CANDIDATES = [
    Candidate(
        "Small",
        1_000,
        2_000,
        (Run(0, {"accuracy": 0.8, "loss": 0.5}, 1.0), Run(1, {"accuracy": 0.9, "loss": 0.3}, 3.0)),
    ),
    Candidate("Odd", None, None, (Run(0, {}, 0.0, "no, data"), Run(1, {}, 0.0, "no, data"))),
    Candidate("Large", 50_000, 90_000, (Run(0, {"accuracy": 0.95, "loss": 0.2}, 5.0),)),
]


def test_spread_is_mean_and_sample_deviation() -> None:
    assert spread([1.0, 3.0]) == (2.0, pytest.approx(2**0.5))
    assert spread([4.0]) == (4.0, None)
    assert spread([])[0] != spread([])[0]


def test_metrics_come_before_the_loss_and_losses_of_outputs_do_not_show() -> None:
    runs = (Run(0, {"loss": 1.0, "a_loss": 0.5, "a_accuracy": 0.9}, 1.0),)
    assert metric_names([Candidate("A", 1, 1, runs)]) == ["a_accuracy", "loss"]


def test_a_table() -> None:
    assert table(CANDIDATES).splitlines() == [
        "model         accuracy             loss  parameters  multiply-adds    seconds",
        "Small  0.8500 ± 0.0707  0.4000 ± 0.1414       1,000          2,000  2.0 ± 1.4",
        "Odd                  -                -           ?              ?          -",
        "Large           0.9500           0.2000      50,000         90,000        5.0",
    ]


def test_csv_has_a_row_a_training() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(CANDIDATES))))
    assert [(row["model"], row["seed"], row["accuracy"], row["failure"]) for row in rows] == [
        ("Small", "0", "0.8", ""),
        ("Small", "1", "0.9", ""),
        ("Odd", "0", "", "no, data"),
        ("Odd", "1", "", "no, data"),
        ("Large", "0", "0.95", ""),
    ]
    assert rows[0]["parameters"] == "1000"
    assert rows[2]["seconds"] == ""


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_picture_shows_what_has_figures(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"candidates.{ending}"
    picture(CANDIDATES, "accuracy", "digits", path)
    begins = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    assert path.read_bytes().startswith(begins[ending])
    if ending == "svg":
        text = path.read_text("utf-8")
        assert "Small" in text
        assert "Odd" not in text
