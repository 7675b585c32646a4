"""The picture of a model beside its spec: its parts know where they are written, also while the spec is wrong."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from archlang.language_server.features.pictures import picture_of
from tests.language_server.specs import SPECS, cut_up, opened

SPEC = """\
# Two layers.
block Unit(width) {
    Dense(width) -> ReLU
}

model Net {
    input x: float32[4]
    Unit(8)
    Dense(2)
}
"""


def written(text: str) -> list[str]:
    """The name of each part of the picture, and what is written where it stands."""
    _, analysis = opened(text)
    picture = picture_of(analysis, "Net")
    assert picture is not None
    return [
        f"{spot.name}: {' | '.join(text[span.start : span.end] for span in spot.spans)}"
        for spot in picture.spots
    ]


def test_each_part_knows_where_it_is_written() -> None:
    assert written(SPEC) == [
        "x: x",
        "Unit: Unit(8)",
        "unit_1_dense_1: Dense(width)",
        "unit_1_relu_1: ReLU",
        "dense_1: Dense(2)",
        "output: Net",
    ]


def test_also_where_it_is_wrong() -> None:
    assert "Rel: Rel" in written(SPEC.replace("ReLU", "Rel"))
    found = written(SPEC.replace("Dense(2)", "Dense(2\n"))
    assert [part for part in found if part.startswith("unit")] == [
        "unit_1_dense_1: Dense(width)",
        "unit_1_relu_1: ReLU",
    ]


def test_mistakes_are_marked() -> None:
    _, analysis = opened(SPEC.replace("ReLU", "Rel").replace("x: float32[4]", "x: float32[8]"))
    picture = picture_of(analysis, "Net")
    assert picture is not None
    assert [s.name for s in picture.spots if "error: unknown layer `Rel`" in s.hover] == ["Rel"]
    assert "<a " not in picture.text


def test_after_an_edit_all_is_where_it_is_now() -> None:
    project, analysis = opened(SPEC)
    uri = f"file://{analysis.path}"
    project.close(uri)
    moved = "# A line more.\n\n" + SPEC
    project.open(uri, moved, 2)
    again = project.analysis(uri)
    assert again is not None
    picture = picture_of(again, "Net")
    assert picture is not None
    (relu,) = [spot for spot in picture.spots if spot.name == "unit_1_relu_1"]
    assert [moved[span.start : span.end] for span in relu.spans] == ["ReLU"]
    assert relu.line == 5


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_it_never_raises(path: Path) -> None:
    draw = random.Random(str(path))
    text = path.read_text("utf-8")
    for _ in range(2):
        spoiled = cut_up(text, draw)
        _, analysis = opened(spoiled, str(path))
        for model in analysis.graphs:
            picture = picture_of(analysis, model)
            assert picture is not None
            for spot in picture.spots:
                assert spot.file != str(path) or all(s.end <= len(spoiled) for s in spot.spans)
