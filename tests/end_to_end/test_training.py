"""Every spec with data trains as a script without archlang, to a stated figure on held-out examples.

Each threshold is out of reach of a predictor that always gives the most frequent class or the mean; those figures are computed here from
the same data. The larger nets of `specs/` come without data; that they build is tested elsewhere.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from archlang import api
from tests.end_to_end.baselines import BASELINES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
# Runs a script as if archlang were not installed.
WITHOUT_ARCHLANG = (
    "import runpy, sys; sys.modules['archlang'] = None; sys.argv = sys.argv[1:]; "
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)


@dataclass(frozen=True)
class Case:
    """A spec, the metric that counts, what it must reach, and whether more is better."""

    spec: str
    metric: str
    threshold: float
    higher: bool = True
    model: str | None = None


CASES = [
    Case("iris_mlp", "accuracy", 0.93),
    Case("breast_cancer", "accuracy", 0.94),
    Case("digits_cnn", "accuracy", 0.97),
    Case("digits_lstm", "accuracy", 0.93),
    Case("digits_gru", "accuracy", 0.93),
    Case("digits_transformer", "accuracy", 0.93),
    Case("digits_siamese", "accuracy", 0.85),
    Case("digits_multilabel", "accuracy", 0.85),
    Case("diabetes_linear", "mae", 50.0, higher=False),
    Case("diabetes_bounded", "mae", 55.0, higher=False),
    Case("petals", "mae", 1.0, higher=False),
    Case("wine_two_outputs", "grower_accuracy", 0.9),
    Case("shapes_cnn", "accuracy", 0.9),
    Case("shapes_unet", "mean_iou", 0.62),
    Case("sunspots", "mae", 24.0, higher=False),
    Case("order_tags", "accuracy", 0.97),
    # As a share of the range.
    Case("digits_autoencoder", "drawn_mae", 0.1, higher=False, model="Autoencoder"),
]


def run(script: Path, *arguments: str) -> str:
    """What a script prints, run away from the checkout's package."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_ARCHLANG, str(script), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def compiled(spec: str, folder: Path, model: str | None = None) -> Path:
    checked = api.check(api.read(str(ROOT / "specs" / f"{spec}.arch")))
    if model is None:
        (model,) = checked.graphs
    script = folder / f"{spec}.py"
    script.write_text(api.to_python(checked, model), "utf-8")
    return script


def figures(output: str) -> dict[str, float]:
    """The metrics of the final evaluation, which the script prints a line each."""
    return {
        name: float(value)
        for name, value in re.findall(r"^(\w+): (-?[\d.]+)$", output, re.MULTILINE)
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.spec)
def test_spec_reaches_its_figure(case: Case, tmp_path: Path) -> None:
    script = compiled(case.spec, tmp_path, case.model)
    saved = tmp_path / "model.keras"
    output = run(script, "train", "--save", str(saved))
    found = figures(output)[case.metric]
    assert found >= case.threshold if case.higher else found <= case.threshold
    assert saved.is_file()


@pytest.mark.parametrize(
    ("spec", "metric"), [("iris_mlp", "accuracy"), ("wine_two_outputs", "grower_accuracy")]
)
def test_a_saved_model_evaluates_as_before_and_predicts(
    spec: str, metric: str, tmp_path: Path
) -> None:
    script = compiled(spec, tmp_path)
    saved = tmp_path / "model.keras"
    trained = figures(run(script, "train", "--epochs", "3", "--save", str(saved)))
    again = figures(run(script, "evaluate", "--save", str(saved)))
    assert again[metric] == pytest.approx(trained[metric], rel=1e-3, abs=1e-3)
    answers = run(script, "predict", "--save", str(saved))
    # Five held-out examples, each answer beside the truth.
    assert answers.count("true") >= 5


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.spec)
def test_thresholds_are_out_of_reach_of_the_naive(case: Case) -> None:
    naive = BASELINES[case.spec]()
    if case.higher:
        assert (case.threshold - naive) / (1 - naive) > 0.2
    else:
        assert case.threshold < 0.85 * naive
