"""Which tasks folders of pictures can fill, and from which folders."""

from __future__ import annotations

import pytest

from archlang.tasks.data_sources import check_data
from archlang.tasks.image_data import folders_of_pictures
from archlang.tasks.model import InputSpec, OutputSpec, TaskSpec
from tests.backends.python.training.scripts import declared, output, source

PICTURE = declared("image", "float32", 32, 48, 3)
KIND = output("kind", "classification", labels=["cat", "dog"])
MASK = output("mask", "segmentation", 3)


def task(inputs: list[InputSpec], outputs: list[OutputSpec], **mapped: object) -> TaskSpec:
    """A task whose data are folders of pictures."""
    return TaskSpec(None, tuple(inputs), tuple(outputs), source("image_folder", "pets/", **mapped))


def folders(found: TaskSpec) -> dict[str, str]:
    assert found.data is not None
    assert check_data(found) == []
    return folders_of_pictures(found, found.data)


def test_folders() -> None:
    again = output("again", "reconstruction")
    assert folders(task([PICTURE], [KIND])) == {}
    assert folders(task([PICTURE], [KIND, again])) == {}
    assert folders(task([PICTURE], [again])) == {"image": ""}
    assert folders(task([PICTURE], [again], image="faces")) == {"image": "faces"}
    assert folders(task([PICTURE], [MASK], image="photos")) == {"image": "photos", "mask": "mask"}
    later = declared("later", "uint8", 32, 48, 3)
    found = folders(task([PICTURE, later], [MASK]))
    assert found == {"image": "image", "later": "later", "mask": "mask"}


@pytest.mark.parametrize(
    ("inputs", "outputs", "mapped", "message"),
    [
        ([declared("x", "float32", 9)], [KIND], {}, "a picture has height, width and channels"),
        ([declared("x", "string")], [KIND], {}, "a picture has height, width and channels"),
        (
            [declared("x", "float32", None, None, 3)],
            [KIND],
            {},
            "pictures are brought to the size of their input, but `x` is float32[None, None, 3]",
        ),
        ([declared("x", "float32", 8, 8, 2)], [KIND], {}, "pictures have 1, 3 or 4 channels"),
        ([PICTURE], [output("y", "regression")], {}, "hold no targets for a regression"),
        ([PICTURE], [KIND, output("b", "classification", 3)], {}, "`kind` and `b` need two"),
        ([PICTURE], [KIND, MASK], {}, "`kind` and `mask` need two"),
        ([PICTURE, declared("b", "uint8", 8, 8, 1)], [KIND], {}, "one picture an example, not 2"),
        ([PICTURE, declared("b", "uint8", 8, 8, 1)], [MASK], {}, "the inputs differ in size"),
        ([PICTURE], [KIND], {"image": "photos"}, "`image` is not mapped"),
        ([PICTURE], [MASK], {"mask": ["a", "b"]}, "`mask` takes the name of one folder"),
        ([PICTURE], [MASK], {"sample_weight": "w"}, "`sample_weight` has no pictures of its own"),
    ],
)
def test_what_pictures_cannot_fill(
    inputs: list[InputSpec], outputs: list[OutputSpec], mapped: dict[str, object], message: str
) -> None:
    problem, *_ = check_data(task(inputs, outputs, **mapped))
    assert message in problem.message
    assert problem.code == ("E0532" if mapped else "E0533")
