"""Settings of `train`, data sources, and what is not there yet."""

from __future__ import annotations

from typing import Any

import pytest

from archlang.shapes.rule import LayerValue
from archlang.tasks.codes import CODES
from archlang.tasks.data_fit import fits
from archlang.tasks.data_sets import SKLEARN_SETS
from archlang.tasks.data_sources import check_data, columns
from archlang.tasks.model import DataSpec, InputSpec, OutputSpec, TaskSpec, TrainSpec
from archlang.tasks.not_there_yet import pending
from archlang.tasks.settings import SETTINGS, check_phase, check_setting, check_train
from tests.backends.python.training.scripts import (
    NOWHERE,
    declared,
    output,
    plan,
    settings,
    source,
)

ADAM = LayerValue("optimizers", "Adam", {"learning_rate": 1e-3})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("optimizer", ADAM),
        ("optimizer", "adam"),
        ("epochs", 3),
        ("validation", 0.2),
        ("validation", 0),
        ("validation", DataSpec("csv", ("v.csv",), {}, NOWHERE)),
        ("seed", 0),
        ("callbacks", [LayerValue("callbacks", "EarlyStopping", {})]),
        ("mixed_precision", True),
        ("mixed_precision", "mixed_bfloat16"),
        ("jit_compile", "auto"),
        ("strategy", None),
        ("save", "model.keras"),
    ],
)
def test_settings_that_fit(name: str, value: Any) -> None:
    assert check_setting(name, value) == []


@pytest.mark.parametrize(
    ("name", "value", "code", "message", "help"),
    [
        ("epoch", 3, "E0520", "no setting `epoch`", "`epochs`"),
        ("unfreeze", [], "E0520", "is for a phase", "`phase`"),
        ("epochs", 2.5, "E0521", "a whole number above 0, not `2.5`", None),
        ("validation", 20, "E0521", "not `20`", "write `0.2`"),
        ("optimizer", "adm", "E0521", "an optimizer", "`adam`"),
        ("callbacks", LayerValue("callbacks", "EarlyStopping", {}), "E0521", "a list", "brackets"),
        ("seed", -1, "E0521", "from 0 to", None),
        ("save", "model.h5", "E0521", "`.keras` file", '"model.keras"'),
        ("strategy", "mirored", "E0521", "one of", None),
    ],
)
def test_settings_that_do_not_fit(
    name: str, value: Any, code: str, message: str, help: str | None
) -> None:
    (problem,) = check_setting(name, value)
    assert problem.code == code
    assert code in CODES
    assert message in problem.message
    if help is not None:
        assert help in (problem.help or "")


def test_settings_of_phases() -> None:
    assert check_setting("unfreeze", ["backbone"], in_phase=True) == []
    assert check_phase({"epochs": 3, "validation": 7}, frozenset({"epochs"})) == []
    (problem,) = check_setting("validation", 0.2, in_phase=True)
    assert "not for a phase" in problem.message


def test_settings_that_disagree() -> None:
    (problem,) = check_train(TrainSpec(settings(validation=0.5, test=0.5)))
    assert problem.code == "E0522"
    schedule = LayerValue("schedules", "CosineDecay", {})
    values = settings(
        optimizer=LayerValue("optimizers", "Adam", {"learning_rate": schedule}),
        callbacks=[LayerValue("callbacks", "ReduceLROnPlateau", {})],
    )
    (problem,) = check_train(TrainSpec(values))
    assert "schedule" in problem.message
    values = settings(callbacks=[LayerValue("callbacks", "ModelCheckpoint", {"filepath": "a.h5"})])
    (problem,) = check_train(TrainSpec(values))
    assert "`.keras`" in problem.message


# ------------------------------------------------------------------------------ data


def task(
    data: DataSpec,
    inputs: list[InputSpec] | None = None,
    outputs: list[OutputSpec] | None = None,
) -> TaskSpec:
    inputs = inputs or [declared("x", "float32", 4)]
    outputs = outputs or [output("y", "classification", 3)]
    return TaskSpec(None, tuple(inputs), tuple(outputs), data)


IMAGE = [declared("x", "float32", 8, 8, 1)]


@pytest.mark.parametrize(
    ("data", "inputs", "outputs"),
    [
        (source("sklearn", "iris"), None, None),
        (source("sklearn", "digits"), IMAGE, [output("y", "classification", 10)]),
        (source("sklearn", "digits"), [declared("x", "float32", 64)], [output("y", "regression")]),
        (
            source("keras", "imdb", num_words=100),
            [declared("x", "int32", 200)],
            [output("y", "binary_classification")],
        ),
        (source("npz", "a.npz", x="features", sample_weight="w"), None, None),
        (source("csv", "a.csv", x=["a", "b", "c", "d"]), None, None),
        (source("sklearn", "iris", x=list(SKLEARN_SETS["iris"].columns[:4])), None, None),
    ],
)
def test_data_that_fits(data: DataSpec, inputs: Any, outputs: Any) -> None:
    assert check_data(task(data, inputs, outputs)) == []


@pytest.mark.parametrize(
    ("data", "code", "argument", "message", "help"),
    [
        (source("sklern", "iris"), "E0530", None, "no data source `sklern`", "`sklearn`"),
        (source("sklearn", "irs"), "E0531", "0", "no data set `irs`", "`iris`"),
        (source("sklearn"), "E0532", None, "needs the name", None),
        (source("csv", 3), "E0532", "0", "takes the path of the file, not `3`", None),
        (source("csv", "a", "b"), "E0532", "1", "one argument", None),
        (source("npz", "a.npz", z="f"), "E0532", "z", "no input or output", "`x`"),
        (source("npz", "a.npz", x=3), "E0532", "x", "a key or a list", None),
        (source("keras", "mnist", num_words=3), "E0532", "num_words", "`keras(mnist)`", None),
        (source("keras", "imdb", num_words=0), "E0532", "num_words", "above 0", None),
        (source("sklearn", "iris", x="sepal"), "E0532", "x", 'no column "sepal"', "columns are"),
        (source("sklearn", "wine"), "E0533", None, "has the shape [13]", "float32[13]"),
        (source("sklearn", "diabetes"), "E0533", None, "[10]", None),
        (source("csv", "a.csv"), "E0533", None, "takes 4 numbers, but one column", "`x=[…]`"),
    ],
)
def test_data_that_does_not_fit(
    data: DataSpec, code: str, argument: str | None, message: str, help: str | None
) -> None:
    (problem,) = check_data(task(data))
    assert problem.code == code
    assert code in CODES
    assert problem.argument == argument
    assert message in problem.message
    if help is not None:
        assert help in (problem.help or "")


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ([output("y", "classification", 4)], "have 3 classes, but `y` has 4"),
        ([output("y", "binary_classification")], "have 3 classes, but `y` has 2"),
        ([output("y", "regression"), output("z", "regression")], "1 inputs and 2 outputs"),
        ([output("y", "segmentation", 3)], "no targets for a segmentation"),
    ],
)
def test_targets_that_do_not_fit(outputs: list[OutputSpec], message: str) -> None:
    (problem,) = check_data(task(source("sklearn", "iris"), None, outputs))
    assert message in problem.message


def test_values_beyond_the_range() -> None:
    ten = [declared("x", "float32", 10)]
    narrow = task(source("sklearn", "diabetes"), ten, [output("y", "regression", range=(0, 100))])
    (problem,) = check_data(narrow)
    assert "from 25 to 346" in problem.message
    wide = task(source("sklearn", "diabetes"), ten, [output("y", "regression", range=(0, 400))])
    assert check_data(wide) == []


def test_shapes_that_can_be_given_as_others() -> None:
    assert fits((64,), (8, 8, 1))
    assert fits((28, 28), (28, 28, 1))
    assert fits((28, 28), (784,))
    assert fits((28, 28), (None, None, 1))
    assert not fits((3, 32, 32), (32, 32, 3))
    assert not fits((28, 28), (None,))


def test_columns_by_default() -> None:
    mapped = task(source("csv", "a.csv", x=["a", "b"]))
    assert mapped.data is not None
    assert columns(mapped.data, mapped) == {"x": ["a", "b"], "y": "y"}
    iris = task(source("sklearn", "iris", x=["petal length (cm)"]))
    assert iris.data is not None
    assert columns(iris.data, iris)["y"] == "target"


def test_the_tables_of_scikit_learn_are_as_written() -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    for found in SKLEARN_SETS.values():
        if not found.loader.startswith("load_"):
            continue
        data = getattr(datasets, found.loader)(as_frame=True)
        assert tuple(data["frame"].columns) == found.columns
        targets = data["target"].to_numpy()
        if found.classes is None:
            assert (targets.min(), targets.max()) == (found.low, found.high)
        else:
            assert set(targets.tolist()) == set(range(found.classes))


# ------------------------------------------------------------------------------ not there yet


def test_nothing_is_ignored_in_silence() -> None:
    held_back = plan(
        [declared("x", "float32", 4)],
        [output("y", "generation", vocab=9), output("z", "regression")],
        source("npz", "a.npz"),
    )
    found = pending(held_back.task, held_back.train)
    assert [place for place, _ in found] == ["output y"]
    assert all(problem.code == "E0540" for _, problem in found)
    on_devices = plan(
        [declared("text", "string")],
        [output("y", "binary_classification")],
        source("csv", "a.csv"),
        strategy="mirrored",
    )
    found = pending(on_devices.task, on_devices.train)
    assert [(place, problem.argument) for place, problem in found] == [("train", "strategy")]


def test_every_setting_is_documented() -> None:
    assert all(setting.doc.endswith(".") for setting in SETTINGS.values())
