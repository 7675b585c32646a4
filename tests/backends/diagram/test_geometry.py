"""Nothing in a drawing lies on anything else, whatever the model."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from archlang import api
from archlang.backends.diagram.cards import Text
from archlang.backends.diagram.metrics import cut, text_width
from archlang.source import Source
from tests.backends.diagram.measuring import drawing, faults
from tests.differential.draw_models import draw
from tests.differential.spec_tree import text

ROOT = Path(__file__).parents[3]
SPECS = sorted((ROOT / "specs").glob("*.arch"))


@pytest.mark.parametrize("fold", [True, False], ids=["folded", "unfolded"])
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_nothing_lies_on_anything_else(path: Path, fold: bool) -> None:
    checked = api.check(api.read(str(path)))
    assert checked.graphs
    for graph in checked.graphs.values():
        assert faults(drawing(graph, checked.program, fold=fold)) == []


@pytest.mark.slow
def test_nor_in_models_that_nobody_would_write() -> None:
    drawings = 0
    for seed in range(60):
        checked = api.check(Source("m.arch", text(draw(random.Random(seed)).spec())))
        for graph in checked.graphs.values() if checked.ok else ():
            for fold in (True, False):
                found = faults(drawing(graph, checked.program, fold=fold))
                assert found == [], (seed, fold)
                drawings += 1
    assert drawings > 60


def test_the_measure_sees_what_is_wrong() -> None:
    checked = api.check(api.read(str(ROOT / "specs" / "unet.arch")))
    good = drawing(checked.graphs["UNet"], checked.program)
    assert faults(good) == []
    first, last = good.shapes[1], good.shapes[-1]
    last.y = first.y + 3
    assert any("overlap" in fault for fault in faults(good))
    line = good.lines[0]
    x, y = line.pieces[0][0]
    first.labels.append(Text(x - 5, y + 12, "in the way", "shape", 11))
    assert "an edge crosses 'in the way'" in faults(good)


def test_skips_run_beside_the_column() -> None:
    checked = api.check(api.read(str(ROOT / "specs" / "resnet50.arch")))
    shown = drawing(checked.graphs["ResNet50"], checked.program)
    skips = [
        line
        for line in shown.lines
        if line.edge[0].layer is not None
        and line.edge[0].layer.class_name == "ReLU"
        and line.edge[2].layer is not None
        and line.edge[2].layer.class_name == "Add"
    ]
    assert len(skips) == 1  # that of the folded blocks without a projection
    inside = [s for s in shown.shapes if getattr(s.item, "texts", [""])[0] == "Bottleneck(64)"]
    (frame,) = inside
    farthest = max(x for piece in skips[0].pieces for x, _ in piece)
    cards = [s for s in shown.shapes if s.y > frame.y and s.y + s.height < frame.y + frame.height]
    assert max(s.x + s.width for s in cards) < farthest < frame.x + frame.width


def test_texts_are_cut_to_the_width_that_there_is() -> None:
    assert cut("kernel_size=3", 12, 500) == "kernel_size=3"
    short = cut("kernel_size=3, strides=2", 12, 100)
    assert short.endswith("…")
    assert text_width(short, 12) <= 100
    assert text_width("卷积", 10) > text_width("ab", 10)
    assert text_width("Conv2D", 12, bold=True) > text_width("Conv2D", 12)
