"""Mermaid and dot: the same boxes and edges as the SVG, and what their readers take."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archlang import api
from archlang.backends.diagram import Form
from archlang.backends.diagram.families import FAMILIES, layer_family
from archlang.backends.diagram.style import STROKES
from archlang.shapes.families import LAYERS
from archlang.source import Source

ROOT = Path(__file__).parents[3]

SPEC = """\
block Unit(width) {
    Dense(width)
}

model M {
    input x: float32[8]
    repeat 2 {
        [_, Unit(8)] -> Add
    }
}
"""

MERMAID = """\
flowchart TB
    n0(["x float32[8]"])
    subgraph n1 ["repeat ×2"]
        subgraph n2 ["Unit(8)"]
            n3["Dense 8<br/>72 parameters"]
        end
        n4["Add"]
    end
    n5(["output"])
    n0 -->|"8"| n3
    n0 -->|"8"| n4
    n3 -->|"8"| n4
    n4 -->|"8"| n5
    classDef dense stroke:#7c3aed,stroke-width:2px
    class n3 dense
    classDef merging stroke:#16a34a,stroke-width:2px
    class n4 merging
"""

DOT = """\
digraph "M" {
    label="M\\n144 parameters, 128 multiply-adds" labelloc=t fontname="Helvetica"
    node [shape=box style=rounded fontname="Helvetica" fontsize=11]
    edge [fontname="Helvetica" fontsize=9 color="#64748b"]
    n0 [label="x float32[8]" color="#64748b" shape=oval URL="x.arch#L6" tooltip="input x: float32[8]\\nx.arch:6"]
    subgraph cluster_n1 {
"""


def said(form: Form, text: str = SPEC) -> str:
    return api.diagram(api.check(Source("x.arch", text)), "M", form=form).text


def test_mermaid() -> None:
    assert said("mermaid") == MERMAID


def test_dot() -> None:
    assert said("dot").startswith(DOT)


@pytest.mark.parametrize("spec", ["resnet50", "dates_transformer", "wine_two_outputs"])
def test_both_have_the_edges_and_boxes_of_the_svg(spec: str) -> None:
    checked = api.check(api.read(str(ROOT / "specs" / f"{spec}.arch")))
    model = next(iter(checked.graphs))
    svg, mermaid, dot = (
        api.diagram(checked, model, form=form).text for form in ("svg", "mermaid", "dot")
    )
    edges = len(re.findall('class="edge"', svg))
    assert edges > 5
    assert len(re.findall(r"^ +n\d+ -->", mermaid, re.M)) == edges
    assert len(re.findall(r"^ +n\d+ -> n\d+ \[", dot, re.M)) == edges
    boxes = len(re.findall(r'class="group ', svg))
    assert len(re.findall(r"^ +subgraph n", mermaid, re.M)) == boxes
    assert len(re.findall(r"^ +end$", mermaid, re.M)) == boxes
    assert len(re.findall(r"^ +subgraph cluster_n", dot, re.M)) == boxes
    assert _braces(dot) == 0


def test_texts_are_escaped() -> None:
    text = 'model M {\n    input x: string\n    TextVectorization(split=whitespace, vocabulary=["a\\"]b<c>&#\\\\"])\n}\n'
    mermaid, dot = said("mermaid", text), said("dot", text)
    (line,) = [line for line in mermaid.splitlines() if "TextVectorization" in line]
    assert re.fullmatch(r' +n\d+\["[^"<>&\\]*(<br/>[^"<>&\\]*)*"\]', line)
    assert _braces(dot) == 0


def test_every_layer_has_a_family_and_a_colour() -> None:
    for names in LAYERS.values():
        for name in names.split():
            assert layer_family(name) in FAMILIES
    assert STROKES.keys() == FAMILIES.keys()


def _braces(dot: str) -> int:
    """Open braces less closed ones, texts left out."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", dot)
    assert '"' not in bare
    return bare.count("{") - bare.count("}")
