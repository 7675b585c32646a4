"""A model with mistakes is drawn as far as it is known, and the mistakes are marked."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from archlang import api
from archlang.backends.diagram import Diagram, Form, diagram
from archlang.source import Source
from tests.backends.diagram.measuring import drawing, faults

ROOT = Path(__file__).parents[3]
SPECS = sorted((ROOT / "specs").glob("*.arch"))
WRONG = sorted((ROOT / "tests" / "conformance" / "wrong").glob("*.arch"))
FORMS: tuple[Form, ...] = ("svg", "mermaid", "dot")

MODEL = """\
block Unit(width) {
    [Dense(width) -> ReLU, _] -> Add
}

model M {
    input x: float32[8]
    Dense(4)
    HERE
    Dense(2)
}
"""


def pictures(source: Source, form: Form = "svg") -> list[Diagram]:
    checked = api.check(source)
    sources = {**checked.sources, source.path: source}
    return [
        diagram(graph, sources, program=checked.program, form=form, problems=checked.diagnostics)
        for graph in checked.graphs.values()
    ]


def outline(step: str) -> list[str]:
    """The nodes and edges of the picture with `step` between two others, as Mermaid has them."""
    (found,) = pictures(Source("m.arch", MODEL.replace("HERE", step)), "mermaid")
    lines = [line.strip() for line in found.text.splitlines()[1:]]
    return [line for line in lines if not line.startswith("classDef")]


def test_a_step_that_cannot_be_carried_out_stands_between_its_neighbours() -> None:
    assert outline("Dens(16)") == [
        'n0(["x float32[8]"])',
        'n1["Dense 4<br/>36 parameters"]',
        'n2["Dens(16)<br/>error"]',
        'n3["Dense 2<br/>? parameters"]',
        'n4(["output"])',
        'n0 -->|"8"| n1',
        'n1 -->|"4"| n2',
        'n2 -->|"?"| n3',
        'n3 -->|"?"| n4',
        "class n1,n3 dense",
        "class n2 wrong",
    ]


def test_so_does_a_layer_that_does_not_fit() -> None:
    found = outline("Conv2D(3, 3)")
    assert 'n2["Conv2D 3, 3×3<br/>? parameters, error"]' in found
    assert 'n1 -->|"4"| n2' in found
    assert 'n2["Dense ?, relu<br/>? parameters, error"]' in outline("Dense(wdth, activation=relu)")
    assert 'n2 -->|"?"| n3' in found


def test_a_tensor_that_is_not_there_has_nothing_before_it() -> None:
    found = outline("[_, y] -> Concatenate")
    assert 'n2["y<br/>error"]' in found
    assert not any("| n2" in line for line in found)
    assert 'n2 -->|"?"| n3' in found


def test_a_mistake_in_the_use_of_a_block_is_marked_at_its_layers_or_its_box() -> None:
    assert 'n4["ReLU"]' in outline("Unit(4)")
    assert any("Add<br/>? parameters, error" in line for line in outline("Unit(5)"))
    assert any(line.startswith("subgraph") and "error" in line for line in outline("Unit(4, 5)"))


def test_the_message_is_shown_when_pointed_at() -> None:
    (found,) = pictures(Source("m.arch", MODEL.replace("HERE", "Dens(16)")))
    (spot,) = [spot for spot in found.spots if spot.name == "Dens(16)"]
    assert spot.hover == "Dens(16)\nerror: unknown layer `Dens`\nm.arch:8"
    assert f'<g id="{spot.id}" class="node broken wrong"' in found.text
    assert found.text.count('class="pill error"') == 1


def test_a_model_without_anything_in_it_is_a_title() -> None:
    for form in FORMS:
        (found,) = pictures(Source("m.arch", "model M {\n}\n"), form)
        assert found.text


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_every_mistake_leaves_a_picture(path: Path) -> None:
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        text = path.read_bytes().decode("latin-1")
    for form in FORMS:
        pictures(Source(str(path), text), form)


def _spoiled(text: str, chance: random.Random) -> str:
    """A text as it may be in the middle of an edit."""
    pieces = ["(", ")", "[", "]", "->", "{", "}", ",", "x", "Dense(", "_", '"', "\n", "as", "head"]
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(text))
        end = start + chance.choice([0, 0, 1, 2, 5, 30])
        text = text[:start] + (chance.choice(pieces) if chance.random() < 0.6 else "") + text[end:]
    return text


def test_nothing_that_is_being_typed_breaks_it() -> None:
    chance = random.Random(20)
    drawn = 0
    for number in range(20):
        path = chance.choice(SPECS)
        source = Source(str(path), _spoiled(path.read_text("utf-8"), chance))
        checked = api.check(source)
        for graph in checked.graphs.values():
            shown = drawing(graph, checked.program, problems=checked.diagnostics)
            assert faults(shown) == [], (number, path.stem)
        for form in FORMS:
            drawn += len(pictures(source, form))
    assert drawn > 50
