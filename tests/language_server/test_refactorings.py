"""Refactorings: the source with the selection between « and », or the cursor at ^, and what becomes of it.

Whatever is offered anywhere in the example specs leaves their models what they were.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from archlang.api import Checked
from archlang.formatting import format_source
from archlang.graph.model import Graph
from archlang.language_server.analysis import Analysis
from archlang.language_server.features.refactoring import Refactoring, applied
from archlang.language_server.features.refactorings import refactorings
from archlang.language_server.project import Project, uri_of
from archlang.source import Source
from archlang.syntax import tree as t
from tests.language_server.meaning import meaning
from tests.language_server.specs import SPECS, cut_up, opened

HEAD = """\
task Digits {
    input image: float32[8, 8, 4]
    output digit: classification(10)
}

let width = 8

model Net for Digits {
"""


def selection(text: str) -> tuple[str, int, int]:
    """A text without its marks, and the range between them."""
    if "^" in text:
        return text.replace("^", "", 1), text.index("^"), text.index("^")
    start, end = text.index("«"), text.index("»") - 1
    return text.replace("«", "").replace("»", ""), start, end


def offered(text: str, **others: str) -> dict[str, str]:
    """The titles of what is offered, each with the text that it leads to."""
    text, start, end = selection(text)
    project, analysis = opened(text, **others)
    found = refactorings(analysis, start, end, lambda new: tried(project, analysis, new))
    return {each.title: applied(text, each.edits) for each in found}


def tried(project: Project, analysis: Analysis, text: str) -> Checked:
    return project.tried(uri_of(analysis.path), text)


def become(body: str, title: str, before: str = "", **others: str) -> str:
    """The body of a model, rewritten; what comes to stand above the model stands above it here too."""
    whole = offered(f"{before}{HEAD}{body}}}\n", **others)[title]
    above, _, rest = whole.removeprefix(before).partition("model Net for Digits {\n")
    written = above.removeprefix(HEAD.removesuffix("model Net for Digits {\n"))
    return written + rest.removesuffix("}\n")


# ---------------------------------------------------------------------------------------- extract


def test_statements_become_a_block() -> None:
    assert (
        become(
            """\
    «Conv2D(width, 3) -> ReLU  # first
    # Half the size.
    MaxPooling2D(2)»
    Flatten
    head
""",
            "Extract block from these 2 statements",
        )
        == """\
block Extracted {
    Conv2D(width, 3) -> ReLU  # first
    # Half the size.
    MaxPooling2D(2)
}

    Extracted
    Flatten
    head
"""
    )


def test_values_and_tensors_become_parameters() -> None:
    assert (
        become(
            """\
    Conv2D(4, 1) as kept
    for n in [4, 8] {
        «Conv2D(n, 1)
        Conv2D(4, 1)
        [_, kept] -> Add»
    }
    Flatten -> head
""",
            "Extract block from these 3 statements",
        )
        == """\
block Extracted(kept: tensor, n) {
    Conv2D(n, 1)
    Conv2D(4, 1)
    [_, kept] -> Add
}

    Conv2D(4, 1) as kept
    for n in [4, 8] {
        Extracted(kept, n)
    }
    Flatten -> head
"""
    )


def test_what_flows_in_and_the_name_of_what_comes_out() -> None:
    assert (
        become(
            """\
    «image -> Conv2D(4, 1) as a
    [a, image] -> Add as b»
    b -> Flatten -> head
""",
            "Extract block from these 2 statements",
        )
        == """\
block Extracted {
    input -> Conv2D(4, 1) as a
    [a, input] -> Add
}

    image -> Extracted as b
    b -> Flatten -> head
"""
    )


@pytest.mark.parametrize(
    "body",
    [
        # What is used later is not what comes out.
        "    «Conv2D(4, 1) as a\n    Conv2D(4, 1)»\n    [_, a] -> Add -> Flatten -> head\n",
        # The head belongs to the model.
        "    «Flatten\n    head»\n",
        # A list from outside.
        "    let seen = []\n    «Conv2D(4, 1) as seen[]»\n    seen -> Flatten -> head\n",
    ],
)
def test_what_can_not_stand_in_a_block(body: str) -> None:
    assert not [title for title in offered(f"{HEAD}{body}}}\n") if title.startswith("Extract")]


# ---------------------------------------------------------------------------------------- inline

UNIT = """\
block Unit(n, rate=0.1) {
    # Two layers.
    Conv2D(n, 1) -> Dropout(rate)
    [input, _] -> Concatenate
}

"""


def test_a_block_where_it_stands_alone() -> None:
    assert (
        become("    ^Unit(2 * width)\n    Flatten -> head\n", "Inline block `Unit` here", UNIT)
        == """\
    _ as entering
    Conv2D(2 * width, 1) -> Dropout(0.1)
    [entering, _] -> Concatenate
    Flatten -> head
"""
    )


def test_a_block_between_steps() -> None:
    block = "block Unit(n) {\n    Conv2D(n, 1)\n    ReLU\n}\n\n"
    assert (
        become("    ReLU -> ^Unit(3) -> Flatten\n    head\n", "Inline block `Unit` here", block)
        == """\
    ReLU -> {
        Conv2D(3, 1)
        ReLU
    } -> Flatten
    head
"""
    )


def test_a_block_of_another_file() -> None:
    text = 'from "blocks.arch" import Unit\n\n'
    blocks = "block Unit(n) {\n    Conv2D(n, 1)\n}\n"
    body = "    Un^it(3)\n    Flatten -> head\n"
    assert become(body, "Inline block `Unit` here", text, blocks=blocks) == (
        "    Conv2D(3, 1)\n    Flatten -> head\n"
    )


def test_a_name_that_is_taken_keeps_a_block_where_it_is() -> None:
    block = "block Unit {\n    Conv2D(4, 1) as x\n    x -> ReLU\n}\n\n"
    body = "    Conv2D(4, 1) as x\n    U^nit\n    [x, _] -> Add -> Flatten -> head\n"
    assert "Inline block `Unit` here" not in offered(f"{block}{HEAD}{body}}}\n")


# ---------------------------------------------------------------------------------------- steps


def test_a_residual_fork() -> None:
    title = "Add what flows in (residual fork)"
    assert become("    Con^v2D(4, 1)\n    Flatten -> head\n", title) == (
        "    [_, Conv2D(4, 1)] -> Add\n    Flatten -> head\n"
    )
    assert become("    «Conv2D(9, 1) -> Conv2D(4, 1)» -> Flatten\n    head\n", title) == (
        "    [_, Conv2D(9, 1) -> Conv2D(4, 1)] -> Add -> Flatten\n    head\n"
    )
    # Five channels can't be added to four.
    assert title not in offered(f"{HEAD}    Con^v2D(5, 1)\n    Flatten -> head\n}}\n")


def test_a_head_as_its_layers() -> None:
    assert become("    Flatten\n    he^ad\n", "Write the head's layers") == (
        "    Flatten\n    Dense(10, activation=softmax)\n"
    )


def test_the_head_of_one_of_two_outputs() -> None:
    text = HEAD.replace("    output", "    output size: regression(range=(0, None))\n    output")
    body = "    Flatten as flat\n    flat -> head digit\n    flat -> he^ad size\n"
    assert offered(f"{text}{body}}}\n")["Write the head's layers"].splitlines()[-2:] == [
        "    flat -> Dense(1, activation=softplus) as size",
        "}",
    ]


def test_repeated_lines() -> None:
    body = """\
    «Conv2D(4, 1) -> ReLU
    Dropout(0.5)
    Conv2D(4, 1) -> ReLU
    Dropout(0.5)»
    Flatten -> head
"""
    assert (
        become(body, "Turn into `repeat 2 { … }`")
        == """\
    repeat 2 {
        Conv2D(4, 1) -> ReLU
        Dropout(0.5)
    }
    Flatten -> head
"""
    )
    alone = "    ReLU\n    Conv2D(4, 1)\n    Conv^2D(4, 1)\n    Conv2D(4, 1)\n    Flatten -> head\n"
    assert become(alone, "Turn into `repeat 3 { … }`") == (
        "    ReLU\n    repeat 3 {\n        Conv2D(4, 1)\n    }\n    Flatten -> head\n"
    )
    assert not [x for x in offered(f"{HEAD}{body.replace('0.5)»', '0.4)»')}}}\n") if "repeat" in x]


def test_smaller_ones() -> None:
    assert become(
        "    Conv^2D(4, 3, padding=same)\n    Flatten -> head\n", "Name the arguments of `Conv2D`"
    ) == ("    Conv2D(filters=4, kernel_size=3, padding=same)\n    Flatten -> head\n")
    added = offered(f"{HEAD}    ^Flatten\n    head\n}}\n")["Add a `train` section"]
    assert added.endswith(
        "}\n\ntrain {\n    optimizer = Adam(1e-3)\n    epochs = 10\n    batch_size = 32\n    validation = 0.2\n}\n"
    )
    imports = 'from "std/unet.arch" import DoubleConv\nfrom "b.arch" import Two, One\n'
    block = "block One {\n    ReLU\n}\n\nblock Two {\n    ReLU\n}\n"
    body = "    DoubleConv(3) -> One -> Two -> Flatten\n    head^\n"
    assert offered(f"{imports}\n{HEAD}{body}}}\n", b=block)["Sort the imports"].startswith(
        'from "b.arch" import One, Two\nfrom "std/unet.arch" import DoubleConv\n\n'
    )


# ---------------------------------------------------------------------------------------- all specs


def _places(analysis: Analysis) -> list[tuple[int, int]]:
    """Where something may be offered: names and steps, and all runs of statements of a stack and of steps of a flow."""
    found: set[tuple[int, int]] = set()
    for node in t.walk(analysis.program.declarations()):
        if isinstance(node, t.Name | t.Head | t.Call | t.FlowStatement):
            start = analysis.place(node.span).start
            found.add((start, start))
        for several in _rows(node):
            spans = [analysis.place(each.span) for each in several]
            found |= {(a.start, b.end) for i, a in enumerate(spans) for b in spans[i:]}
    return sorted(found)


def _rows(node: t.Node) -> Iterator[tuple[t.Node, ...]]:
    if isinstance(node, t.Flow):
        yield node.steps
    elif isinstance(node, t.Model | t.Block | t.Group | t.Repeat | t.For):
        yield node.body
    elif isinstance(node, t.If):
        yield node.then
        yield node.otherwise or ()


def _all(project: Project, analysis: Analysis, places: list[tuple[int, int]]) -> set[Refactoring]:
    found: set[Refactoring] = set()
    for start, end in places:
        found |= set(refactorings(analysis, start, end, lambda new: tried(project, analysis, new)))
    return found


def _mean_the_same(path: Path, most: int | None = None) -> int:
    """How many refactorings a spec offers, each applied and compared."""
    text = path.read_text("utf-8")
    project, analysis = opened(text, str(path))
    places = _places(analysis)
    if most is not None:
        places = random.Random(path.stem).sample(places, min(most, len(places)))
    before = meaning(analysis.checked)
    codes = {problem.code for problem in analysis.diagnostics}
    found = _all(project, analysis, places)
    for each in found:
        after = tried(project, analysis, applied(text, each.edits))
        assert format_source(Source("x.arch", applied(text, each.edits))) == applied(
            text, each.edits
        )
        # The import of a block that is written out may no longer be needed.
        new = {problem.code for problem in after.diagnostics} - codes - {"W1201"}
        assert new == set(), each.title
        if each.title.startswith("Add a `train`"):
            assert set(after.graphs) == set(analysis.graphs)
        elif each.same:
            assert meaning(after) == before, each.title
        else:
            _only_additions(analysis, after.graphs)
    return len(found)


def _only_additions(analysis: Analysis, after: dict[str, Graph]) -> None:
    """A residual fork adds calls of `Add`, which have no weights, and changes no shape of what comes out."""
    for name, graph in analysis.graphs.items():
        layers = [layer.class_name for layer in graph.layers]
        more = [layer.class_name for layer in after[name].layers]
        assert [x for x in more if x != "Add"] == [x for x in layers if x != "Add"]
        assert after[name].params == graph.params
        assert [x.spec for x in after[name].outputs.values()] == [
            x.spec for x in graph.outputs.values()
        ]


@pytest.mark.parametrize("name", ["digits_cnn", "dates_gru", "wine_two_outputs", "std/resnet"])
def test_some_refactorings_of_a_spec_change_no_model(name: str) -> None:
    path = next(path for path in SPECS if path.as_posix().endswith(f"specs/{name}.arch"))
    assert _mean_the_same(path, 25) > 2


@pytest.mark.slow
@pytest.mark.parametrize("path", SPECS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_refactoring_of_any_spec_changes_a_model(path: Path) -> None:
    assert _mean_the_same(path) > 2


def test_anything_may_be_asked_of_broken_text() -> None:
    draw = random.Random(23)
    for path in SPECS:
        text = cut_up(path.read_text("utf-8"), draw)
        project, analysis = opened(text, str(path))
        for _ in range(3):
            start = draw.randrange(len(text) + 1)
            end = min(len(text), start + draw.choice([0, 0, 20, 100]))
            found = refactorings(
                analysis, start, end, lambda new, p=project, a=analysis: tried(p, a, new)
            )
            assert all(span.path == analysis.path for each in found for span, _ in each.edits)
