"""Outlines, the search over files, folding, growing selections, links."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from pathlib import Path

from archlang.language_server.features.folding import folds, selections
from archlang.language_server.features.links import links
from archlang.language_server.features.names import specs
from archlang.language_server.features.symbols import (
    SymbolHere,
    document_symbols,
    fuzzy,
    workspace_symbols,
)
from archlang.language_server.project import Project
from tests.language_server.specs import ROOT, SPECS, cut_up, opened

SPEC = """\
# What this is,
# in two lines.

from "std/unet.arch" import DoubleConv
from "std/resnet.arch" import (
    ConvBn,
)

task Pets {
    input image: float32[32, 32, 3]
    output mask: segmentation(classes=3)
    data = npz(
        "pets.npz",
    )
}

let width = 8

block Unit(n, rate=0.1) { Dense(n) -> Dropout(rate) }

model Net for Pets {
    shared again = ReLU
    let skips = []
    repeat 2 {
        DoubleConv(width) as before
        before -> again as skips[]
    }
    Conv2D(8, 3, name=bottom, padding=same)
    head
}

model Small = Net

train Net {
    epochs = 3

    phase fine {
        epochs = 1
    }
}
""".replace("import (\n    ConvBn,\n)", "import ConvBn")


def outline(symbols: Sequence[SymbolHere], depth: int = 0) -> str:
    lines = ""
    for symbol in symbols:
        lines += f"{'  ' * depth}{symbol.kind}: {symbol.name} {symbol.detail}".rstrip() + "\n"
        lines += outline(symbol.inside, depth + 1)
    return lines


def test_the_outline() -> None:
    _, analysis = opened(SPEC)
    assert (
        outline(document_symbols(analysis))
        == """\
task: Pets task
  input: image float32[32, 32, 3]
  output: mask segmentation(classes=3)
  data: data npz( "pets.npz", )
constant: width 8
block: Unit (n, rate)
model: Net for Pets
  layer: again shared
  tensor: before
  layer: bottom Conv2D
model: Small = Net
train: train Net
  phase: fine phase
"""
    )


def test_names_stand_inside_what_they_name() -> None:
    """Editors refuse an outline where they do not."""

    def check(symbols: Sequence[SymbolHere]) -> None:
        for symbol in symbols:
            assert symbol.name
            assert symbol.span.start <= symbol.selection.start
            assert symbol.selection.end <= symbol.span.end
            check(symbol.inside)

    draw = random.Random(3)
    for path in SPECS:
        text = path.read_text("utf-8")
        for version in (text, cut_up(text, draw)):
            check(document_symbols(opened(version, str(path))[1]))


def test_the_search_over_all_specs() -> None:
    project = Project()
    project.folders = [str(ROOT / "specs" / "std")]
    project.open("file:///work/mine.arch", "block Mine {\n    Dense(3)\n}\n", 1)

    def found(query: str) -> list[str]:
        return [each.name for each in workspace_symbols(project.beside, specs(project), query)]

    assert found("mine")[0] == "Mine"
    assert found("ConvBn") == ["ConvBn", "ConvBnRelu"]
    assert found("cnvbn") == ["ConvBn", "ConvBnRelu"]
    assert found("bottle") == ["Bottleneck"]
    assert found("zzz") == []
    names = {name for path in specs(project) for name in _declared(project, path)}
    assert sorted(found("")) == sorted(names)


def _declared(project: Project, path: str) -> list[str]:
    text = project.read_text(path) or ""
    return [line.split()[1].split("(")[0] for line in text.splitlines() if line.startswith("block")]


def test_letters_in_order() -> None:
    assert fuzzy("cb", "ConvBn") is not None
    assert fuzzy("bc", "ConvBn") is None
    assert fuzzy("convbn", "ConvBn") == 0
    ranked = sorted(
        ["MyConvBn", "ConvBnRelu", "ConvBn", "ConsVanBin"],
        key=lambda n: (fuzzy("convbn", n) is None, fuzzy("convbn", n)),
    )
    assert ranked == ["ConvBn", "ConvBnRelu", "MyConvBn", "ConsVanBin"]


def folded(text: str) -> str:
    _, analysis = opened(text)
    lines = text.splitlines()
    return "\n".join(
        f"{fold.kind}: {lines[fold.first].strip()} | {lines[fold.last].strip()}"
        for fold in folds(analysis)
    )


def test_folding() -> None:
    assert (
        folded(SPEC)
        == """\
comment: # What this is, | # in two lines.
imports: from "std/unet.arch" import DoubleConv | from "std/resnet.arch" import ConvBn
region: task Pets { | )
region: data = npz( | "pets.npz",
region: model Net for Pets { | head
region: repeat 2 { | before -> again as skips[]
region: train Net { | }
region: phase fine { | epochs = 1"""
    )


def test_folding_where_brackets_do_not_match() -> None:
    assert (
        folded("model M {\n    Dense(\n        [3\n    )\n    Dense(2)\n}\n")
        == """\
region: model M { | Dense(2)
region: Dense( | [3"""
    )


def test_selections_grow() -> None:
    _, analysis = opened(SPEC)
    spans = selections(analysis, SPEC.index("bottom"))
    assert [SPEC[s.start : s.end] for s in spans[:3]] == [
        "bottom",
        "name=bottom",
        "Conv2D(8, 3, name=bottom, padding=same)",
    ]
    assert SPEC[spans[-2].start : spans[-2].end].startswith("model Net for Pets {")
    assert (spans[-1].start, spans[-1].end) == (0, len(SPEC))
    for inner, outer in itertools.pairwise(spans):
        assert outer.start <= inner.start <= inner.end <= outer.end
        assert inner != outer


def test_links_lead_to_files_that_exist(tmp_path: Path) -> None:
    (tmp_path / "pets.npz").write_bytes(b"")
    (tmp_path / "base.keras").write_bytes(b"")
    text = (
        'from "std/unet.arch" import DoubleConv\nfrom "nowhere.arch" import X\n'
        'task T {\n    input x: float32[4]\n    output y: regression\n    data = npz("pets.npz")\n}\n'
        'model M for T {\n    frozen Part(weights="base.keras")\n    head\n}\n'
        "model Part {\n    input x: float32[4]\n    Dense(3)\n}\n"
        'train {\n    validation = npz("missing.npz")\n}\n'
    )
    _, analysis = opened(text, str(tmp_path / "spec.arch"))
    found = links(analysis, ["/nowhere"])
    assert [(text[link.span.start : link.span.end], link.path) for link in found] == [
        ("std/unet.arch", "std/unet.arch"),
        ("pets.npz", str(tmp_path / "pets.npz")),
        ("base.keras", str(tmp_path / "base.keras")),
    ]


def test_anything_may_be_asked_of_broken_text() -> None:
    draw = random.Random(11)
    for path in SPECS:
        text = cut_up(path.read_text("utf-8"), draw)
        _, analysis = opened(text, str(path))
        lines = analysis.lines.count
        assert all(0 <= fold.first < fold.last < lines for fold in folds(analysis))
        links(analysis, [str(ROOT)])
        for offset in (draw.randrange(len(text) + 1) for _ in range(10)):
            assert selections(analysis, offset)
