"""Four classic tasks give what a hand-written Keras script gives, run beside it.

`keras_scripts/` holds the scripts. A spec and its script share the network, the optimizer, the epochs and how much is held out; each
reads and splits the data by itself. Of each pair, three things are shown on the same examples:

* From the same seed both begin with the same weights, bit for bit: nothing is copied.
* They then have the same losses and figures after each of the first epochs, but for rounding: so they take the same batches and drop the same.
* Where training ends, both reach the same figure on held-out examples within noise. Rounding grows with the steps, so that this tolerance is
  wider: one standard error of the figure, which is what other held-out examples would make of it.

Seeds of their own would show less, as the same script differs by more than this from seed to seed: `digits_lstm`, written by hand, reached 82%
to 88% with six of them. To save time both train for fewer epochs than the spec says.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from archlang import api
from tests.backends.python.compare import load_script
from tests.end_to_end.in_process import train

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SEED = 0
FIRST_EPOCHS = 3


@dataclass(frozen=True)
class Pair:
    """A spec and the script of the same name; what is compared; how long both train here."""

    name: str
    metric: str
    epochs: int


PAIRS = [
    Pair("digits_cnn", "accuracy", 8),
    Pair("digits_lstm", "accuracy", 6),
    Pair("breast_cancer", "accuracy", 30),
    Pair("diabetes_linear", "mae", 40),
]
pairs = pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)


def by_hand(pair: Pair) -> Any:
    return importlib.import_module(f"tests.end_to_end.keras_scripts.{pair.name}")


def generated(pair: Pair) -> dict[str, Any]:
    checked = api.check(api.read(str(ROOT / "specs" / f"{pair.name}.arch")))
    (model,) = checked.graphs
    return load_script(api.to_python(checked, model))


@pytest.fixture(autouse=True)
def quiet() -> Any:
    keras.config.disable_interactive_logging()
    yield
    keras.config.enable_interactive_logging()


@pairs
def test_both_read_the_same_examples_and_hold_out_as_many(pair: Pair) -> None:
    ours, theirs = generated(pair)["load_splits"](0), by_hand(pair).load(0)
    assert len(ours) == len(theirs)
    # scikit-learn rounds a share up, our scripts to the nearest number.
    for (_, mine), (_, other) in zip(ours, theirs, strict=True):
        assert abs(len(mine) - len(other)) <= 1
    np.testing.assert_array_equal(_all_examples(ours), _all_examples(theirs))


@pairs
def test_the_same_seed_gives_the_same_training(pair: Pair, tmp_path: Path) -> None:
    script, written = generated(pair), by_hand(pair)
    training, validation, *test = written.load(0)
    held_out = test[0] if test else validation
    keras.utils.set_random_seed(SEED)
    theirs = written.build()
    begin = theirs.get_weights()
    written.fit(theirs, training, validation, epochs=pair.epochs)
    keras.utils.set_random_seed(SEED)
    ours = script["build_model"]()
    for mine, other in zip(ours.get_weights(), begin, strict=True):
        np.testing.assert_array_equal(mine, other)
    train(script, ours, training, validation, tmp_path, epochs=pair.epochs)
    for name in ("loss", "val_loss", pair.metric, f"val_{pair.metric}"):
        mine, other = ours.history.history[name], theirs.history.history[name]
        assert len(other) > FIRST_EPOCHS
        np.testing.assert_allclose(
            mine[:FIRST_EPOCHS], other[:FIRST_EPOCHS], rtol=1e-4, err_msg=name
        )
    expected = theirs.evaluate(*held_out, verbose=0, return_dict=True)[pair.metric]
    found = script["evaluate"](ours, held_out)[pair.metric]
    noise = standard_error(theirs, *held_out)
    print(f"{pair.name}: {found:.4f} against {expected:.4f}, noise {noise:.4f}")
    assert abs(found - expected) <= noise


def standard_error(model: Any, x: np.ndarray, y: np.ndarray) -> float:
    """That of the accuracy of a classifier, or of the mean absolute error of a regression, over the examples."""
    answers = model.predict(x, verbose=0)
    if y.dtype.kind == "f":
        scores = np.abs(answers[:, 0] - y)
    elif answers.shape[-1] == 1:
        scores = (answers[:, 0] > 0.5) == y
    else:
        scores = answers.argmax(-1) == y
    return float(np.std(scores, ddof=1) / np.sqrt(len(y)))


def _all_examples(splits: Sequence[tuple[Any, Any]]) -> np.ndarray:
    """All examples with their targets, a row each, in an order that the split does not change."""
    rows = np.concatenate(
        [np.column_stack([x.reshape(len(x), -1), y.reshape(len(y), -1)]) for x, y in splits]
    )
    return rows[np.lexsort(rows.T)]
