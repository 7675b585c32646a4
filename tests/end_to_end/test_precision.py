"""Seeds reproduce a run bit for bit; mixed precision, XLA and schedules train, save and load."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.processes import train, weights
from tests.end_to_end.test_interrupted import ONE_PHASE, written
from tests.end_to_end.test_training import figures, run

pytestmark = pytest.mark.slow


def test_the_same_seed_gives_the_same_bits_in_two_processes(tmp_path: Path) -> None:
    # Convolution, batch normalization, dropout, a shuffled split.
    script = written(ONE_PHASE, tmp_path)
    train(script, "--no-plots", "--epochs", "2", "--save", "one.keras")
    train(script, "--no-plots", "--epochs", "2", "--save", "two.keras")
    train(script, "--no-plots", "--epochs", "2", "--save", "other.keras", "--seed", "1")
    one, two, other = (weights(tmp_path / f"{name}.keras") for name in ("one", "two", "other"))
    assert one == two
    assert one != other


@pytest.mark.parametrize(
    "settings", ["mixed_precision = True", "jit_compile = True"], ids=["mixed", "jit"]
)
def test_a_saved_model_answers_as_the_trained_one(settings: str, tmp_path: Path) -> None:
    # Both with a schedule of the learning rate.
    text = ONE_PHASE.replace("epochs = 5", f"epochs = 8\n    {settings}")
    script = written(text, tmp_path)
    saved = str(tmp_path / "net.keras")
    trained = figures(run(script, "train", "--no-plots", "--save", saved))
    again = figures(run(script, "evaluate", "--save", saved))
    assert trained["accuracy"] > 0.8
    assert again == pytest.approx(trained, abs=2e-3)
    assert run(script, "predict", "--save", saved).count("true") == 5
