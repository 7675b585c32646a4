"""What predictors reach that have learned nothing of how inputs and targets belong together, in the metric of a spec.

Computed from the data itself: the most frequent class, the median, the last value of a series, the most frequent tag of a character.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine

DATA = Path(__file__).resolve().parents[2] / "specs" / "data"


def majority(classes: np.ndarray) -> float:
    """The accuracy of always naming the most frequent class."""
    return float(np.bincount(np.ravel(classes)).max() / np.size(classes))


def median(targets: np.ndarray) -> float:
    """The mean absolute error of always giving the median, the best of all constants."""
    return float(np.abs(targets - np.median(targets, axis=0)).mean())


def properties() -> float:
    """The binary accuracy of giving for each label what holds more often."""
    marked = np.load(DATA / "digit_properties.npz")["properties"].mean(axis=0)
    return float(np.maximum(marked, 1 - marked).mean())


def petals() -> float:
    with (DATA / "petals.csv").open(encoding="utf-8") as file:
        return median(np.array([float(row["area"]) for row in csv.DictReader(file)]))


def shapes() -> float:
    """The mean IoU of taking every bright pixel for a part of a disc; all background is worse."""
    arrays = np.load(DATA / "shapes.npz")
    known = arrays["mask"] != 255
    bright = (arrays["image"] >= 160).astype(int)[known]
    return max(
        mean_iou(arrays["mask"][known], guess, 3) for guess in (bright, np.zeros_like(bright))
    )


def drawings() -> float:
    """The accuracy of always naming the shape with the most pictures."""
    counts = [len(list(shape.iterdir())) for shape in (DATA / "drawings").iterdir()]
    return max(counts) / sum(counts)


def mean_iou(truth: np.ndarray, guess: np.ndarray, classes: int) -> float:
    """The overlap of true and guessed area, averaged over classes."""
    found: list[float] = []
    for number in range(classes):
        both = np.sum((truth == number) & (guess == number))
        either = np.sum((truth == number) | (guess == number))
        found.append(float(both / either))
    return float(np.mean(found))


def sunspots() -> float:
    """The better of two naive forecasts of the last fifth: as it is now, and as eleven years ago."""
    with (DATA / "sunspots.csv").open(encoding="utf-8") as file:
        series = np.array([float(row["spots"]) for row in csv.DictReader(file)])
    window, horizon = 33, 2
    count = len(series) - window - horizon + 1
    errors: list[tuple[float, float]] = []
    for start in range(count - round(count / 5), count):
        past = series[start : start + window]
        ahead = series[start + window : start + window + horizon]
        now, cycle = past[-1], past[-11 : -11 + horizon]
        errors.append((np.abs(ahead - now).mean(), np.abs(ahead - cycle).mean()))
    return float(np.mean(errors, axis=0).min())


def order_tags() -> float:
    """The accuracy of giving each character its most frequent tag, whatever stands around it."""
    arrays = np.load(DATA / "order_lines.npz")
    known = arrays["parts"] >= 0
    characters, parts = arrays["characters"][known], arrays["parts"][known]
    right = sum(
        np.bincount(parts[characters == character]).max() for character in np.unique(characters)
    )
    return float(right / len(parts))


BASELINES: dict[str, Callable[[], float]] = {
    "iris_mlp": lambda: majority(load_iris().target),
    "breast_cancer": lambda: majority(load_breast_cancer().target),
    "digits_cnn": lambda: majority(load_digits().target),
    "digits_lstm": lambda: majority(load_digits().target),
    "digits_gru": lambda: majority(load_digits().target),
    "digits_transformer": lambda: majority(load_digits().target),
    "digits_siamese": lambda: majority(np.load(DATA / "digit_pairs.npz")["same"]),
    "digits_multilabel": properties,
    "diabetes_linear": lambda: median(load_diabetes().target),
    "diabetes_bounded": lambda: median(load_diabetes().target),
    "petals": petals,
    "wine_two_outputs": lambda: majority(load_wine().target),
    "shapes_cnn": drawings,
    "shapes_unet": shapes,
    "sunspots": sunspots,
    "order_tags": order_tags,
    "digits_autoencoder": lambda: median(load_digits().images / 16),
}
