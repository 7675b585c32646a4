"""Contracts of blocks: checked where a block is used, and by an example where it is defined."""

from __future__ import annotations

import pytest

from archlang import api
from archlang.diagnostics import Diagnostic
from archlang.source import Source


def problems(blocks: str, stack: str, type: str = "float32[28, 28, 3]") -> list[Diagnostic]:
    """The errors of a model of that stack; names that nobody uses are no matter here."""
    text = (
        f"{blocks}\nmodel M {{\n    input x: {type}\n    output y: float32[None]\n    {stack}\n"
        "    Flatten -> Dense(2) as y\n}\n"
    )
    found = api.check(Source("t.arch", text)).diagnostics
    return [problem for problem in found if problem.is_error]


def block(contract: str, body: str, parameters: str = "", name: str = "B") -> str:
    return f"block {name}{parameters}: {contract} {{\n    {body}\n}}\n"


DOWN = block(
    "[h, w, c] -> [h / 2, w / 2, filters]",
    "Conv2D(filters, 3, padding=same) -> MaxPooling2D(2)",
    "(filters)",
)


# ------------------------------------------------------------------ what holds


@pytest.mark.parametrize(
    ("blocks", "stack"),
    [
        (DOWN, "B(8) -> B(16)"),
        (block("[h, w, c] -> [h // 2, w // 2, c]", "MaxPooling2D(2)"), "B -> B -> B -> B"),
        (
            block("[h, w, c] -> [(h + 1) // 2, (w + 1) // 2, c]", "MaxPooling2D(2, padding=same)"),
            "B -> B -> B -> B",
        ),
        (block("[2 * h, w, c] -> [h, w, c]", "MaxPooling2D((2, 1))"), "B -> B"),
        (block("[h, h, 3] -> [h - 2, h - 2, 5]", "Conv2D(5, 3)"), "B"),
        (block("[None, None, c] -> [None, None, c]", "MaxPooling2D(2)"), "B"),
        (block("float32[h, w, c] -> float32[c]", "GlobalAveragePooling2D"), "B"),
        (
            "let width = 3\n"
            + block("[h, w, width] -> [h, w, 2 * width]", "Conv2D(width * 2, 1)"),
            "B",
        ),
        (block("[h, w, c] -> [h / 2 ** n, w, c]", "repeat n { MaxPooling2D((2, 1)) }", "(n)"), "B(2)"),
        (block("[h, w, c] -> [h * scale, w, c]", "UpSampling2D((scale, 1))", "(scale=2)"), "B(3)"),
        (block("[h, w, c] -> [h, w, c]", "ReLU"), "shared unit = B\n    unit -> unit"),
    ],
)  # fmt: skip
def test_kept(blocks: str, stack: str) -> None:
    assert problems(blocks, stack) == []


def test_lengths_known_only_at_run_time_are_left_alone() -> None:
    pooled = block("[time, c] -> [time / 2, c]", "MaxPooling1D(2)")
    assert problems(pooled, "B\n    GlobalAveragePooling1D", "float32[steps, 4]") == []
    assert problems(pooled, "B\n    GlobalAveragePooling1D", "float32[None, 4]") == []


def test_a_symbolic_length_is_followed() -> None:
    cut = block("[time, c] -> [time - 1, c]", "Conv1D(4, 3)")
    told = problems(cut, "B\n    GlobalAveragePooling1D", "float32[steps, 4]")
    assert [(p.code, p.label) for p in told] == [("E0331", "steps - 1, but steps - 2 comes out")]


# ------------------------------------------------------------------ what flows in


@pytest.mark.parametrize(
    ("blocks", "stack", "message", "label"),
    [
        (
            block("[h, w, 4] -> [h, w, 4]", "ReLU"), "B",
            "`B` takes [h, w, 4], but [28, 28, 3] flows in", "axis 3 is 3, not 4",
        ),
        (
            block("[h, w, filters] -> [h, w, filters]", "ReLU", "(filters)"), "B(8)",
            "`B(8)` takes [h, w, filters], but [28, 28, 3] flows in", "axis 3 is 3, not 8",
        ),
        (
            block("[h, h, c] -> [h, h, c]", "ReLU"), "MaxPooling2D((2, 1)) -> B",
            "`B` takes [h, h, c], but [14, 28, 3] flows in", "axis 2 is 28, not 14",
        ),
        (
            block("[time, c] -> [time, c]", "ReLU"), "B",
            "`B` takes [time, c], but [28, 28, 3] flows in", "3 axes, not 2",
        ),
        (
            block("[2 * h, w, c] -> [h, w, c]", "MaxPooling2D((2, 1))"), "Conv2D(3, 4) -> B",
            "`B` takes [2 * h, w, c], but [25, 25, 3] flows in", "axis 1 is 25, which is no `2 * h`",
        ),
        (
            block("int32[h, w, c] -> int32[h, w, c]", "_"), "B",
            "`B` takes int32, but float32 flows in", "float32 flows in",
        ),
    ],
)  # fmt: skip
def test_not_what_it_takes(blocks: str, stack: str, message: str, label: str) -> None:
    (problem,) = problems(blocks, stack)
    assert (problem.code, problem.message, problem.label) == ("E0330", message, label)
    assert problem.labels[0].text == "the contract"


def test_a_refused_use_is_one_mistake() -> None:
    # The Add inside would fail as well.
    keep = block("[h, w, n] -> [h, w, n]", "[_, Conv2D(n, 3, padding=same)] -> Add", "(n)")
    assert [problem.code for problem in problems(keep, "B(8)")] == ["E0330"]


def test_several_tensors() -> None:
    (problem,) = problems(block("[h, w, c] -> [h, w, c]", "Add"), "[x, x] -> B")
    assert (problem.code, problem.message) == ("E0334", "`B` takes one tensor, but several flow in")


# ------------------------------------------------------------------ what comes out


def test_another_length() -> None:
    wrong = block("[h, w, c] -> [h, w, n]", "Conv2D(n, 3)", "(n)")
    (problem,) = problems(wrong, "B(8)")
    assert problem.code == "E0331"
    assert problem.message == "`B(8)` is to give [h, w, n], but gives [26, 26, 8]"
    assert problem.label == "28, but 26 comes out"
    assert [label.text for label in problem.labels] == [
        "used here, with h = 28, w = 28, c = 3",
        "[26, 26, 8] comes out here",
    ]


def test_another_rank_and_dtype() -> None:
    (problem,) = problems(block("[h, w, c] -> [c]", "ReLU"), "B")
    assert (problem.code, problem.label) == ("E0331", "1 axis, but 3 come out")
    told = problems(block("[h, w, c] -> int32[h, w, c]", "ReLU"), "B")
    assert [p.message for p in told] == ["`B` is to give int32, but gives float32"]


def test_a_quotient_that_is_not_whole() -> None:
    (problem,) = problems(DOWN, "B(8) -> B(8) -> B(8)")
    assert (problem.code, problem.message) == ("E0333", "`h / 2` is no whole number: 7 / 2")
    assert problem.labels[0].text == "used here, with h = 7, w = 7, c = 8"
    assert problem.help is not None
    assert "`//` rounds down" in problem.help


def test_the_way_to_a_use_inside_another_block() -> None:
    outer = "block Outer(n) {\n    B(n)\n}\n"
    wrong = block("[h, w, c] -> [h, w, n]", "Conv2D(n, 3)", "(n)")
    (problem,) = problems(wrong + outer, "repeat 2 { Outer(4) }")
    assert problem.notes == ("in `Outer(4)`, first round of the loop",)


def test_mixed_precision_is_no_other_dtype() -> None:
    text = (
        block("float32[c] -> float32[4]", "Dense(4)")
        + "model M {\n    input x: float32[8]\n    output y: classification(4)\n    Dense(8) -> B\n    head\n}\n"
        + "train {\n    epochs = 1\n    mixed_precision = True\n}\n"
    )
    assert api.check(Source("t.arch", text)).ok


# ------------------------------------------------------------------ at the definition


@pytest.mark.parametrize(
    ("blocks", "code", "label"),
    [
        (
            block("[h, w, c] -> [h / 2, w / 2, n]", "Conv2D(n, 3) -> MaxPooling2D(2)", "(n)"),
            "E0332", "128, but 127 comes out",
        ),
        (block("[time, width] -> [width]", "LSTM(64)"), "E0332", "384, but 64 comes out"),
        (block("[time, width] -> [time, width]", "LSTM(64)"), "E0332", "2 axes, but 1 comes out"),
        (block("int32[time] -> int32[time, 8]", "Embedding(9, 8)"), "E0332", "not float32"),
        (block("[c] -> [c]", "[_, _]"), "E0334", "one tensor"),
    ],
)  # fmt: skip
def test_an_example_proves_an_unused_block_wrong(blocks: str, code: str, label: str) -> None:
    (problem,) = problems(blocks, "ReLU")
    assert (problem.code, problem.label) == (code, label)
    assert problem.labels[0].text.startswith("for example")


@pytest.mark.parametrize(
    "blocks",
    [
        DOWN,
        block("[h, w, c] -> [h / 2 ** n, w, c]", "repeat n { MaxPooling2D((2, 1)) }", "(n=3)"),
        block("int32[time] -> float32[time, 8]", "Embedding(9, 8)"),
        # The example can't be taken: that is left to the uses.
        block("[h, w, c] -> [h, w]", "[_, Conv2D(64, 1)] -> Add"),
        block("[c] -> [c + 1]", "[_, memory] -> Add", "(memory: tensor)"),
        block("[c] -> [c + 1]", "Dropout(rate)", "(rate)"),
        block("[c] -> [c + 1]", "B"),
    ],
)
def test_an_example_that_proves_nothing(blocks: str) -> None:
    assert problems(blocks, "ReLU") == []


def test_names_that_no_axis_has() -> None:
    (problem,) = problems(block("[height, w] -> [heigth, w]", "ReLU"), "ReLU")
    assert (problem.code, problem.message) == ("E0201", "unknown length `heigth`")
    assert problem.help == "did you mean `height`?"


def test_a_dimension_that_is_none() -> None:
    (problem,) = problems(block('[h, w, c] -> [h, w, "c"]', "ReLU"), "B")
    assert (problem.code, problem.message) == ("E0705", 'a dimension is a whole number, not "c"')


# ------------------------------------------------------------------ in the script


def test_the_contract_stands_in_the_docstring() -> None:
    text = (
        "# Halves an image.\n" + DOWN + "model M {\n    input x: float32[8, 8, 3]\n"
        "    output y: classification(4)\n    B(8) -> Flatten\n    head\n}\n"
    )
    checked = api.check(Source("t.arch", text))
    script = api.to_python(checked, "M")
    assert (
        '    """Halves an image.\n\n    [h, w, c] -> [h / 2, w / 2, filters]\n    """\n' in script
    )
