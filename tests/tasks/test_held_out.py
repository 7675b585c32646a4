"""Sources of their own for `validation` and `test`."""

from __future__ import annotations

import pytest

from archlang.tasks.held_out import check_held_out, held_out_source
from archlang.tasks.model import DataSpec, TaskSpec
from tests.backends.python.training.scripts import declared, output, source


def task(data: DataSpec | None) -> TaskSpec:
    """A task with one number to tell classes from."""
    kind = output("kind", "classification", 3)
    return TaskSpec(None, (declared("size", "float32"),), (kind,), data)


def test_without_columns_of_its_own_a_source_has_those_of_the_data() -> None:
    data = task(source("csv", "a.csv", size="width", sample_weight="w"))
    same = held_out_source(source("csv", "b.csv"), data)
    assert (same.args, same.kwargs) == (("b.csv",), {"size": "width", "sample_weight": "w"})
    own = source("csv", "b.csv", size="breadth", sample_weight="w")
    assert held_out_source(own, data) == own
    other = source("npz", "b.npz")
    assert held_out_source(other, data) == other


@pytest.mark.parametrize(
    "found",
    [
        source("csv", "b.csv"),
        source("csv", "b.csv", size="breadth"),
        source("npz", "b.npz"),
        source("python", "my.data:examples"),
        source("sklearn", "iris", size=["petal width (cm)"]),
    ],
)
def test_held_in_memory_kinds_mix(found: DataSpec) -> None:
    assert check_held_out("test", found, task(source("csv", "a.csv", size="width"))) == []


@pytest.mark.parametrize(
    ("data", "found", "message"),
    [
        (source("csv", "a.csv"), source("keras", "mnist"), "come split, and can't be `test` alone"),
        (
            source("csv", "a.csv"),
            source("image_folder", "b/"),
            "read piece by piece can't be mixed",
        ),
        (
            source("image_folder", "a/"),
            source("npz", "b.npz"),
            "read piece by piece can't be mixed",
        ),
        (
            source("image_folder", "a/"),
            source("text_folder", "b/"),
            "the data is read from `image_folder`, but `test` from `text_folder`",
        ),
        (
            source("csv", "a.csv", sample_weight="w"),
            source("npz", "b.npz"),
            "the data has a `sample_weight`, which `test` lacks",
        ),
        (
            source("csv", "a.csv"),
            source("csv", "b.csv", sample_weight="w"),
            "`test` has a `sample_weight`, which the data lacks",
        ),
    ],
)
def test_what_disagrees(data: DataSpec, found: DataSpec, message: str) -> None:
    (problem,) = check_held_out("test", found, task(data))
    assert problem.code == "E0522"
    assert message in problem.message


def test_the_source_itself_is_checked_too() -> None:
    data = task(source("csv", "a.csv"))
    (problem,) = check_held_out("test", source("cvs", "b.csv"), data)
    assert problem.code == "E0530"
    (problem,) = check_held_out("test", source("csv", "b.csv", seize="x"), data)
    assert (problem.code, problem.argument) == ("E0532", "seize")
