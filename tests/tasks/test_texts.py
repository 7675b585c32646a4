"""Which tasks texts can fill."""

from __future__ import annotations

import pytest

from tests.graph.elaborating import problems

CLASSES = "output kind: classification(3)"


def said(inputs: str, outputs: str, data: str) -> list[tuple[str, str]]:
    lines = [*inputs.split("; "), *outputs.split("; "), f"data = {data}"]
    text = "task T {\n    " + "\n    ".join(lines) + "\n}\n"
    return [(found.code, found.message) for found in problems(text)]


@pytest.mark.parametrize("text", ["string", "string[]", "string[1]"])
def test_a_folder_of_texts_fills_one_string(text: str) -> None:
    assert said(f"input review: {text}", CLASSES, 'text_folder("a")') == []


@pytest.mark.parametrize(
    ("inputs", "outputs", "message"),
    [
        ("input a: string; input b: string", CLASSES, "fills one input, but the task has 2"),
        ("input a: string[3]", CLASSES, "`a` is string[3]"),
        ("input a: int32[40]", CLASSES, "`a` is int32[40]"),
        ("input a: string", "output y: regression()", "no targets for a regression"),
        ("input a: string", f"{CLASSES}; output yes: binary_classification()", "`kind` and `yes` need two"),
        ("input a: string", "output y: float32[3]", "no targets for a plain tensor"),
    ],
)  # fmt: skip
def test_a_folder_of_texts_fills_nothing_else(inputs: str, outputs: str, message: str) -> None:
    ((code, found),) = said(inputs, outputs, 'text_folder("a")')
    assert code == "E0533"
    assert message in found


def test_a_folder_of_texts_has_no_columns() -> None:
    ((code, found),) = said("input a: string", CLASSES, 'text_folder("a", a="b")')
    assert code == "E0532"
    assert "`a` is no argument of `text_folder`" in found


def test_strings_are_counted_as_columns() -> None:
    ((_, found),) = said("input a: string[2]", CLASSES, 'csv("a.csv")')
    assert found == "the input `a` takes 2 strings, but one column holds one"
    assert said("input a: string[2]", CLASSES, 'csv("a.csv", a=["u", "v"])') == []


def test_built_in_sets_have_no_strings() -> None:
    whole = said("input a: string", CLASSES, "sklearn(iris)")
    mapped = said("input a: string", CLASSES, 'sklearn(iris, a="petal width (cm)")')
    assert (
        whole
        == mapped
        == [("E0533", "`a` takes strings, but the measurements of irises are numbers")]
    )
