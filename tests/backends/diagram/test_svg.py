"""The SVG: the same bytes each time, nothing loaded, everything escaped, and the way back to the source."""

from __future__ import annotations

import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archlang import api
from archlang.incremental import Memory
from archlang.source import Source

ROOT = Path(__file__).parents[3]
SNAPSHOT = Path(__file__).parent / "pictures" / "mlp.svg"
SVG = "{http://www.w3.org/2000/svg}"

MLP = """\
task Iris {
    input flower: float32[4]
    output species: classification(3)
}

model Mlp for Iris {
    Dense(16, activation=relu)
    head
}
"""


def svg(text: str, model: str, **more: object) -> str:
    return api.diagram(api.check(Source("x.arch", text)), model, **more).text  # type: ignore[arg-type]


def test_a_small_one() -> None:
    found = svg(MLP, "Mlp")
    if os.environ.get("ARCHLANG_WRITE_GOLDEN"):
        SNAPSHOT.write_text(found, "utf-8")
    assert found == SNAPSHOT.read_text("utf-8")


@pytest.mark.parametrize("spec", ["resnet50", "unet", "dates_transformer", "digits_siamese"])
def test_it_is_the_same_each_time_and_stands_alone(spec: str) -> None:
    path = str(ROOT / "specs" / f"{spec}.arch")
    texts: list[str] = []
    for _ in range(2):
        checked = api.check(api.read(path))
        texts.append(api.diagram(checked, next(iter(checked.graphs))).text)
    assert texts[0] == texts[1]
    root = ElementTree.fromstring(texts[0])
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title") is not None
    assert root.find(f"{SVG}desc") is not None
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags == {"svg", "title", "desc", "style", "rect", "g", "a", "path", "text"}
    for loads in ("url(", "@import", "<script", "<image", "xlink", "onload"):
        assert loads not in texts[0]
    assert "prefers-color-scheme:dark" in texts[0]


def test_everything_is_escaped() -> None:
    text = """\
model M {
    input x: string
    TextVectorization(vocabulary=["</text><script>alert(1)</script>", "a&b\\"'"], name="a<b>&amp;")
    Embedding(9, 4, name="u\\u202e\\u0007")
}
"""
    checked = api.check(Source('a"b<&>.arch', text))
    assert checked.graphs
    found = api.diagram(checked, "M").text
    root = ElementTree.fromstring(found)
    assert "<script" not in found
    assert "\u202e" not in found
    assert "\u0007" not in found
    titles = [element.text or "" for element in root.iter(f"{SVG}title")]
    assert any("</text><script>alert(1)</script>" in title for title in titles)
    (group,) = [g for g in root.iter(f"{SVG}g") if g.get("data-name") == "a<b>&amp;"]
    assert group.get("data-file") == 'a"b<&>.arch'
    assert {a.get("href") for a in root.iter(f"{SVG}a")} >= {"a%22b%3C%26%3E.arch#L3"}


def test_a_path_is_never_a_scheme() -> None:
    checked = api.check(Source("javascript:alert(1)//x.arch", MLP))
    assert 'href="javascript:' not in api.diagram(checked, "Mlp").text


def test_each_card_leads_to_its_line() -> None:
    source = Source("x.arch", MLP)
    found = api.diagram(api.check(source), "Mlp")
    written = {spot.name: source.slice(spot.spans[0]) for spot in found.spots}
    assert written == {
        "flower": "flower",
        "dense_1": "Dense(16, activation=relu)",
        "species": "species",
    }
    root = ElementTree.fromstring(found.text)
    for spot in found.spots:
        (group,) = [g for g in root.iter(f"{SVG}g") if g.get("id") == spot.id]
        assert group.get("data-line") == str(spot.line)
        assert group.get("data-start") == str(spot.spans[0].start)
        assert group.get("data-end") == str(spot.spans[0].end)
    assert [spot.line for spot in found.spots] == [2, 7, 8, 3]
    links = [a.get("href") for a in root.iter(f"{SVG}a")]
    assert links == ["x.arch#L2", "x.arch#L7", "x.arch#L8", "x.arch#L3"]


def test_folded_uses_know_all_their_places() -> None:
    text = "block B {\n    Dense(8)\n}\nmodel M {\n    input x: float32[8]\n    B\n    B\n}\n"
    source = Source("x.arch", text)
    (box,) = [spot for spot in api.diagram(api.check(source), "M").spots if spot.name == "B"]
    assert [source.position(span.start).line for span in box.spans] == [6, 7]


def test_places_after_an_incremental_check_are_those_of_the_file() -> None:
    source = Source("x.arch", MLP)
    memory = Memory()
    checked = api.check(source, memory=memory)
    found = api.diagram(checked, "Mlp", place=memory.place)
    assert found.spots == api.diagram(api.check(source), "Mlp").spots


def test_hovering_says_all_that_is_known() -> None:
    titles = [
        element.text for element in ElementTree.fromstring(svg(MLP, "Mlp")).iter(f"{SVG}title")
    ]
    assert (
        'dense_1 (Dense)\nunits=16\nactivation="relu"\ngives 16 float32\nparameters: 80\n'
        "multiply-adds: 64\nx.arch:7"
    ) in titles
    assert "flower to Dense: 4" in titles


def test_links_can_be_changed_and_left_out() -> None:
    assert 'href="../x.arch#L7"' in svg(MLP, "Mlp", links={"x.arch": "../x.arch"})
    assert "<a " not in svg(MLP, "Mlp", links={"x.arch": ""})


def test_a_theme_can_be_fixed() -> None:
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="archlang" data-theme="dark"' in svg(
        MLP, "Mlp", theme="dark"
    )
    assert not re.search(r"<svg[^>]*data-theme", svg(MLP, "Mlp"))


def test_the_legend_comes_with_several_families() -> None:
    assert "dense, embedding" not in svg(MLP, "Mlp")
    checked = api.check(api.read(str(ROOT / "specs" / "digits_cnn.arch")))
    assert "dense, embedding" in api.diagram(checked, "Cnn").text


def test_a_spec_with_errors_is_not_drawn() -> None:
    with pytest.raises(api.CompileError):
        svg("model M {\n    input x: float32[4]\n    Dens(4)\n}\n", "M")
