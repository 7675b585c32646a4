"""Losses and metrics of Keras by their words (`mse`), and whether they take logits."""

from __future__ import annotations

import re
from typing import Any

from archlang.diagnostics.suggestions import nearest
from archlang.shapes.rule import LayerValue

LOSS_WORDS = {
    "binary_crossentropy": "BinaryCrossentropy",
    "binary_focal_crossentropy": "BinaryFocalCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "categorical_focal_crossentropy": "CategoricalFocalCrossentropy",
    "categorical_hinge": "CategoricalHinge",
    "cosine_similarity": "CosineSimilarity",
    "dice": "Dice",
    "hinge": "Hinge",
    "huber": "Huber",
    "kl_divergence": "KLDivergence",
    "log_cosh": "LogCosh",
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "mean_absolute_error": "MeanAbsoluteError",
    "mean_absolute_percentage_error": "MeanAbsolutePercentageError",
    "mean_squared_error": "MeanSquaredError",
    "mean_squared_logarithmic_error": "MeanSquaredLogarithmicError",
    "mse": "MeanSquaredError",
    "msle": "MeanSquaredLogarithmicError",
    "poisson": "Poisson",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    "squared_hinge": "SquaredHinge",
    "tversky": "Tversky",
}

METRIC_WORDS = {
    "auc": "AUC",
    "binary_accuracy": "BinaryAccuracy",
    "categorical_accuracy": "CategoricalAccuracy",
    "cosine_similarity": "CosineSimilarity",
    "f1_score": "F1Score",
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "mse": "MeanSquaredError",
    "msle": "MeanSquaredLogarithmicError",
    "precision": "Precision",
    "r2_score": "R2Score",
    "recall": "Recall",
    "rmse": "RootMeanSquaredError",
    "sparse_categorical_accuracy": "SparseCategoricalAccuracy",
}

# A metric whose word says nothing until the task is known.
ACCURACY = "accuracy"

# Metrics that Keras names one by one: `precision`, `precision_1`, …
_COUNTED = [
    "AUC",
    "BinaryIoU",
    "FalseNegatives",
    "FalsePositives",
    "IoU",
    "MeanIoU",
    "OneHotIoU",
    "OneHotMeanIoU",
    "Precision",
    "PrecisionAtRecall",
    "Recall",
    "RecallAtPrecision",
    "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
    "TrueNegatives",
    "TruePositives",
]

# What is named otherwise than its class.
_OTHER_NAMES = {"LogCoshError": "logcosh"}

_ON_PROBABILITIES = ("Crossentropy", "Poisson", "KLDivergence")


def loss_value(value: Any) -> LayerValue | None:
    """The loss that a `loss=` stands for: an object as it is, a word as the class it names."""
    if isinstance(value, LayerValue):
        return value
    return LayerValue("losses", LOSS_WORDS[value], {}) if value in LOSS_WORDS else None


def metric_value(value: Any, accuracy: LayerValue | None) -> LayerValue | None:
    """The metric that an item of `metrics=` stands for; `accuracy` is what the word means in this
    task.
    """
    if isinstance(value, LayerValue):
        return _with_name(value)
    if value == ACCURACY:
        return accuracy
    return (
        LayerValue("metrics", METRIC_WORDS[value], {"name": value})
        if value in METRIC_WORDS
        else None
    )


def own_name(metric: str) -> str:
    """The name that Keras gives a metric of a class, by which it is logged."""
    words = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", metric)
    return _OTHER_NAMES.get(metric) or re.sub("([a-z])([A-Z])", r"\1_\2", words).lower()


def _with_name(metric: LayerValue) -> LayerValue:
    """A metric with the name that Keras gives to the first of its class: it counts the later ones, and
    each `compile` makes one.
    """
    if (
        metric.kind != "metrics"
        or metric.name not in _COUNTED
        or metric.args.get("name") is not None
    ):
        return metric
    return LayerValue(metric.kind, metric.name, {**metric.args, "name": own_name(metric.name)})


def expects_probabilities(loss: LayerValue) -> bool:
    """Whether a loss reads its predictions as probabilities, if not told `from_logits=True`."""
    return loss.kind == "losses" and any(word in loss.name for word in _ON_PROBABILITIES)


def takes_logits(loss: LayerValue) -> bool:
    """Whether a loss has the argument `from_logits`."""
    return loss.kind == "losses" and "Crossentropy" in loss.name


def nearest_word(word: Any, words: dict[str, str]) -> list[str]:
    """The words that a misspelt one may stand for; class names count too."""
    return nearest(str(word), [*words, *dict.fromkeys(words.values())])
