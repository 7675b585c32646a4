"""Models as a whole: variants, overrides, requirements, outputs, heads."""

from __future__ import annotations

import pytest

from archlang import api
from archlang.source import Source
from tests.graph.elaborating import graph, graphs, names, problem, problems, stack

SIZED = """
let width = 4
model M(depth=1) {
    input x: float32[8]
    repeat depth { Dense(width) }
}
model Deep = M(depth=3)
model Deeper = Deep
"""


def test_variants() -> None:
    found = graphs(SIZED)
    assert [len(g.layers) for g in found.values()] == [1, 3, 3]
    assert [g.name for g in found.values()] == ["M", "Deep", "Deeper"]
    assert found["Deep"].parameters == {"depth": 3}


def test_overrides() -> None:
    assert [g.params for g in graphs(SIZED, {"width": 2}).values()] == [18, 30, 30]
    assert [len(g.layers) for g in graphs(SIZED, {"depth": 2}).values()] == [2, 2, 2]


def test_an_override_of_nothing() -> None:
    with pytest.raises(api.OverrideError, match="did you mean `width`"):
        api.check(Source("test.arch", SIZED), overrides={"widht": 3})


@pytest.mark.parametrize(
    ("condition", "label"),
    [
        ("params < 100", "params is 108"),
        ("macs < 50", "macs is 96"),
        ("shape(_)[-1] == 5", "shape(_)[-1] is 4"),
        ("params < 100 and macs > 5", "params is 108, macs is 96"),
        ("False", "does not hold"),
    ],
)
def test_a_requirement_shows_the_numbers(condition: str, label: str) -> None:
    found = problem(stack("Dense(8)", "Dense(4)", f"require {condition}"))
    assert (found.code, found.label) == ("E0704", label)


def test_requirements_that_hold() -> None:
    body = ("Dense(8)", "require shape(_)[-1] == 8 and params == 108", "Dense(4)")
    assert problems(stack(*body)) == []


def test_a_block_requires_of_itself() -> None:
    block = "block B(n) {\n    Dense(n)\n    require params == 72 and macs == 64\n}\n"
    assert problems(stack("B(8) -> Dense(3)", before=block)) == []
    found = problem(stack("B(8) -> B(9)", before=block))
    assert found.label == "params is 81, macs is 72"
    assert found.notes == ("in `B(9)`",)


TWO = """
task T {
    input x: float32[8]
    output a: classification(3)
    output b: regression
}
"""


def test_every_output_is_bound() -> None:
    text = TWO + "model M for T {\n    Dense(8) as h\n    h -> head a\n    h -> head b\n}\n"
    assert list(graph(text).outputs) == ["a", "b"]
    found = problem(text.replace("    h -> head b\n", ""))
    assert (found.code, found.message) == ("E0323", "the output `b` is not bound")


def test_outputs_are_in_the_tasks_order() -> None:
    text = (
        TWO
        + "model M for T {\n    Dense(8) as h\n    h -> head b\n    h -> Dense(3, activation=softmax) as a\n}\n"
    )
    assert list(graph(text).outputs) == ["a", "b"]


def test_an_output_is_bound_once() -> None:
    text = (
        TWO
        + "model M for T {\n    Dense(8) as h\n    h -> head a\n    h -> head b\n    h -> head b\n}\n"
    )
    assert problem(text).code == "E0323"


HEADS = {
    "classification(5)": ("Dense", "[5]"),
    "binary_classification": ("Dense", "[1]"),
    "multilabel_classification(5)": ("Dense", "[5]"),
    "regression": ("Dense", "[1]"),
    "regression(targets=3)": ("Dense", "[3]"),
    "regression(range=(0, None))": ("Dense", "[1]"),
    "forecasting(horizon=4)": ("Dense", "[4, 1]"),
    "reconstruction(of=x)": ("Dense", "[8]"),
}


@pytest.mark.parametrize("task", HEADS)
def test_heads(task: str) -> None:
    found = graph(stack("Dense(8)", "head", output=f"y: {task}"))
    layer, shape = HEADS[task]
    assert found.heads["y"][0].class_name == layer
    assert str(found.outputs["y"].spec) == shape


def test_heads_of_sequences_and_images() -> None:
    tokens = stack("Embedding(9, 4)", "head", input="int32[6]", output="y: token_classification(5)")
    assert str(graph(tokens).outputs["y"].spec) == "[6, 5]"
    image = stack(
        "Conv2D(4, 3, padding=same)", "head", input="float32[8, 8, 3]", output="y: segmentation(5)"
    )
    assert graph(image).heads["y"][0].class_name == "Conv2D"
    assert str(graph(image).outputs["y"].spec) == "[8, 8, 5]"


@pytest.mark.parametrize(
    ("task", "layer", "code"),
    [
        ("classification(5)", "Dense(5, activation=softmax)", None),
        ("classification(5)", "Dense(4, activation=softmax)", "E05"),
        ("classification(5)", "Dense(5)", "E05"),
        ("classification(5)", "Dense(5, activation=sigmoid)", "E05"),
        ("binary_classification", "Dense(1, activation=softmax)", "E05"),
        ("regression(range=(0, 10))", "Dense(1, activation=sigmoid)", "E05"),
        ("regression(range=(0, 10))", "Dense(1)", None),
        ("regression", "Dense(1)", None),
    ],
)
def test_outputs_bound_by_hand_are_checked(task: str, layer: str, code: str | None) -> None:
    found = problems(stack("Dense(8)", layer, output=f"y: {task}"))
    assert [p.code[:3] for p in found if p.is_error] == ([code] if code else [])


def test_plain_outputs_have_the_declared_shape() -> None:
    assert problems(stack("Dense(4)", output="y: float32[4]")) == []
    assert problem(stack("Dense(5)", output="y: float32[4]")).code == "E0327"
    assert problem(stack('Dense(4) -> ops.cast("int32")', output="y: float32[4]")).code == "E0327"


def test_several_tensors_are_no_output() -> None:
    assert problem(stack("[Dense(2), Dense(3)]")).code == "E0326"


def test_a_model_without_a_body() -> None:
    assert names("model M {\n    input x: float32[8]\n    output y: float32[8]\n    x\n}\n") == []
