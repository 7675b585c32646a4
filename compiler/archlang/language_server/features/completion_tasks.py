"""Completion of what goes with a kind of task: its losses and metrics, data sets that fill its inputs, what callbacks watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from archlang.language_server.features import scope
from archlang.language_server.features.calls_at import CallAt
from archlang.language_server.features.completion_items import Asked, Item
from archlang.syntax import tree as t
from archlang.tasks.data_sets import DataSet
from archlang.tasks.monitors import logged

_SPARSE = ("SparseCategoricalCrossentropy", "CategoricalCrossentropy", "CategoricalFocalCrossentropy")  # fmt: skip
_BINARY = ("BinaryCrossentropy", "BinaryFocalCrossentropy")
_NUMBERS = ("MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh", "MeanSquaredLogarithmicError")  # fmt: skip
_LOSSES: dict[str, tuple[str, ...]] = {
    "classification": _SPARSE,
    "token_classification": _SPARSE[:1],
    "segmentation": _SPARSE[:1],
    "generation": _SPARSE[:1],
    "binary_classification": _BINARY,
    "multilabel_classification": _BINARY,
    "regression": _NUMBERS,
    "forecasting": _NUMBERS,
    "reconstruction": (*_NUMBERS[:3], "BinaryCrossentropy"),
}
_ERRORS = ("MeanAbsoluteError", "RootMeanSquaredError", "MeanSquaredError", "R2Score")
_METRICS: dict[str, tuple[str, ...]] = {
    "classification": ("accuracy", "SparseTopKCategoricalAccuracy", "SparseCategoricalCrossentropy"),
    "token_classification": ("accuracy",),
    "segmentation": ("accuracy",),
    "generation": ("accuracy",),
    "binary_classification": ("accuracy", "AUC", "Precision", "Recall", "BinaryAccuracy"),
    "multilabel_classification": ("AUC", "BinaryAccuracy", "Precision", "Recall"),
    "regression": _ERRORS,
    "forecasting": _ERRORS[:3],
    "reconstruction": _ERRORS[:3],
}  # fmt: skip


def for_task(items: Sequence[Item], call: CallAt) -> list[Item]:
    """The values of `loss` and `metrics`: those that are made for the kind of task first."""
    table = {"loss": _LOSSES, "metrics": _METRICS}.get(call.param.name if call.param else "")
    if table is None:
        return list(items)
    wanted = table.get(call.callee.name, ())
    places = {word: index for index, word in enumerate(wanted)}
    first = [replace(x, rank=1) for x in items if x.label in places]
    first.sort(key=lambda item: places[item.label])
    return [*first, *(replace(x, rank=max(x.rank, 3)) for x in items if x.label not in places)]


def fills(asked: Asked, data_set: DataSet) -> bool:
    """Whether a data set has examples of the size of the one input; where that is not known, yes."""
    declared = scope.enclosing(asked.analysis, asked.place)
    members = declared.members if isinstance(declared, t.Task) else ()
    types = [m.type for m in members if isinstance(m, t.InputDecl)]
    if len(types) != 1 or not isinstance(types[0], t.TensorType) or data_set.dims is None:
        return len(types) != 1
    dims = [scope.evaluated(asked.analysis, dim) for dim in types[0].dims]
    if not all(isinstance(dim, int) for dim in dims):
        return True
    return prod(dims) == prod(data_set.dims)


def watched(asked: Asked) -> list[str]:
    """What a callback may watch: what training logs of the models, of the examples held out first."""
    names: dict[str, None] = {}
    for graph in asked.analysis.graphs.values():
        names |= dict.fromkeys(each.name for each in logged(graph.task) or ())
    return [f"val_{name}" for name in names] + list(names)
