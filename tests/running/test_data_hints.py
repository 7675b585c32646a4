"""What `archc data` suggests: for numbers that are not scaled, large targets, values that training lacks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from archlang import api
from archlang.running.data_hints import hints
from archlang.running.seen import Values, unseen
from archlang.source import Source

SPEC = """
task Houses {
    input features: float32[2]
    output price: PRICE
    data = csv("houses.csv", features=["rooms", "year"])
}
model Net for Houses {
    STACK
    head
}
"""
ROOMS_AND_YEARS = np.array([[1, 1900], [4, 1950], [7, 2000]], "float32")


def said(
    stack: str,
    x: Any = ROOMS_AND_YEARS,
    y: Any = ((1.0,), (2.0,)),
    price: str = "regression()",
    spec: str = SPEC,
) -> list[str]:
    checked = api.check(Source("a.arch", spec.replace("STACK", stack).replace("PRICE", price)))
    assert [d.message for d in checked.diagnostics if d.severity == "error"] == []
    names = ["rooms", "year"]
    columns = 2 if np.shape(x)[1:] == (2,) else 1
    inputs, outputs = Values(np, columns), Values(np)
    inputs.add(np.asarray(x, "float32"))
    outputs.add(np.asarray(y, "float32"))
    split = {"inputs": {"features": inputs.found()}, "outputs": {"price": outputs.found()}}
    found = {"splits": [split], "unseen": [], "columns": {"features": names} if columns > 1 else {}}
    return hints(checked.graphs["Net"], found)


@pytest.mark.parametrize(
    "stack",
    [
        "Dense(4)",
        "Reshape((2, 1)) -> Flatten -> Dense(4)",
        "[_[:, :1], _[:, 1:]] -> Concatenate -> Dense(4)",
        "ops.expand_dims(axis=-1) -> Conv1D(4, 1) -> Flatten",
    ],
)
def test_columns_that_differ_widely(stack: str) -> None:
    (hint,) = said(stack)
    # Deviations by hand: 3 and 50 times the root of two thirds.
    assert "`features` differ widely (deviation of 2.45 in rooms, of 40.8 in year)" in hint
    assert "`Normalization` in front" in hint


@pytest.mark.parametrize(
    "stack",
    [
        "Normalization -> Dense(4)",
        "Reshape((2, 1)) -> Flatten -> BatchNormalization -> Dense(4)",
        "Rescaling(1 / 2000) -> Dense(4)",
        "ops.divide(_, 2000.0) -> Dense(4)",
    ],
)
def test_numbers_that_are_scaled_first(stack: str) -> None:
    assert said(stack) == []


def test_large_numbers_and_small_ones() -> None:
    (hint,) = said("Dense(4)", [[10, 30], [35, 40]])
    assert "`features` goes up to 40 and flows into the network as it is" in hint
    assert said("Dense(4)", [[1, 3], [3, 2]]) == []
    assert said("Dense(4)", [[0.001, 0.3], [0.002, 0.9]]) == []


PICTURES = """
task Pictures {
    input features: float32[4, 4, 1]
    output price: regression()
    data = npz("a.npz")
}
model Net for Pictures {
    STACK -> Flatten
    head
}
"""


def test_pixels() -> None:
    x = np.arange(256).reshape(16, 4, 4, 1)
    (hint,) = said("Conv2D(2, 3)", x, spec=PICTURES)
    assert "pixels of `features` go up to 255" in hint
    assert "`Rescaling(1 / 255)`" in hint
    assert said("Rescaling(1 / 255) -> Conv2D(2, 3)", x, spec=PICTURES) == []
    assert said("Conv2D(2, 3)", x / 255, spec=PICTURES) == []


@pytest.mark.parametrize(
    ("y", "price", "range_"),
    [
        ([[104_000], [810_000]], "regression()", "(0, 850000)"),
        ([[-104_000], [810_000]], "regression()", "(-150000, 850000)"),
        ([[310], [390]], "regression()", "(0, 400)"),
        ([[310], [390]], "regression(range=(0, None))", "(0, 400)"),
        ([[310], [390]], "regression(range=(0, 1000))", None),
        ([[3], [9]], "regression()", None),
    ],
)
def test_large_targets(y: Any, price: str, range_: str | None) -> None:
    found = said("Normalization -> Dense(4)", y=y, price=price)
    if range_ is None:
        assert found == []
    else:
        (hint,) = found
        assert f"`range={range_}`" in hint


def test_values_that_training_does_not_have() -> None:
    def values(*texts: str) -> Values:
        found = Values(np, keep=True)
        found.add(np.array(texts, object))
        return found

    assert unseen([values("a", "b"), values("c")], [values("a", "d", "d", "c"), values("e")]) == {
        "values": 5,
        "unseen": 3,
        "different": 2,
        "some": ["d", "e"],
    }


def test_measures_are_those_of_all_batches() -> None:
    rows = np.random.default_rng(0).normal([1.7e9, -3], [1, 200], (50, 2))
    found = Values(np, 2)
    for part in np.split(rows, [1, 20, 33]):
        found.add(part)
    measured = found.found()
    assert measured["std"] == pytest.approx(rows.std())
    assert measured["mean"] == pytest.approx(rows.mean())
    for number, column in enumerate(measured["columns"]):
        assert column["std"] == pytest.approx(rows[:, number].std())
        assert column["mean"] == pytest.approx(rows[:, number].mean())
        assert (column["min"], column["max"]) == (rows[:, number].min(), rows[:, number].max())
