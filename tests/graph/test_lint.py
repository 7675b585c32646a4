"""Warnings about models that are right and yet probably not meant so."""

from __future__ import annotations

import pytest

from tests.graph.elaborating import problem, problems, stack


def codes(text: str) -> list[str]:
    return [found.code for found in problems(text)]


# ------------------------------------------------------------------ W1301, W1305


def test_a_branch_that_reaches_no_output() -> None:
    text = stack("{ x -> Dense(3) -> Dense(5) }", "x -> Dense(4)")
    found = problem(text)
    assert found.code == "W1301"
    assert text[found.span.start : found.span.end] == "Dense(5)"


def test_a_name_that_is_not_used_is_warned_of_once() -> None:
    assert codes(stack("x -> Dense(3) -> Dense(5) as lost", "x -> Dense(4)")) == ["W1201"]


def test_a_place_in_a_block_must_be_dead_at_every_use() -> None:
    block = "block Two {\n    Dense(3) as a\n    input -> Dense(4) as b\n    [a, b]\n}\n"
    once = stack("Two as first, _", "first", before=block)
    both = stack(
        "Two as first, _", "x -> Two as _, second", "[first, second] -> Concatenate", before=block
    )
    assert codes(once) == ["W1301"]
    assert codes(both) == []


def test_rounds_of_a_loop_are_one_place() -> None:
    text = stack("repeat 3 {", "    x -> Dense(3) as _", "}", "x -> Dense(4)")
    assert codes(text) == []
    block = "block Lost {\n    Dense(3)\n    input -> Dense(8)\n}\n"
    assert codes(stack("repeat 3 { Lost }", "Dense(4)", before=block)) == ["W1301"]


def test_an_input_that_reaches_no_output() -> None:
    text = "model M {\n    input a: float32[8]\n    input b: float32[8]\n    a -> Dense(4)\n}\n"
    found = problem(text)
    assert (found.code, found.label) == ("W1305", "does not use `b`")


# ------------------------------------------------------------------ W1302


def test_a_flatten_of_much() -> None:
    found = problem(stack("Flatten", "Dense(512)", input="float32[64, 64, 32]"))
    assert (found.code, found.label) == ("W1302", "flattens [64, 64, 32]")
    assert "67,109,376 weights" in found.message


@pytest.mark.parametrize(
    ("size", "units"), [("64, 64, 32", 300), ("7, 7, 512", 4096), ("7, 7, 2048", 1024)]
)
def test_a_flatten_of_little_or_pooled(size: str, units: int) -> None:
    assert codes(stack("Flatten", f"Dense({units})", input=f"float32[{size}]")) == []


# ------------------------------------------------------------------ W1303


@pytest.mark.parametrize(
    ("lines", "warned"),
    [
        (("Dropout(0.5)", "head"), False),
        (("Dropout(0.6)", "head"), True),
        (("Dropout(0.8) -> Dense(3, activation=softmax)",), True),
        (("Dense(3) -> Dropout(0.1) -> Softmax",), True),
        (("Dense(3) -> Dropout(0.1) -> Activation(softmax)",), True),
        (("Dense(3, activation=softmax) -> Dropout(0.1)",), True),
        (("Dropout(0.8) -> Dense(8, activation=relu)", "head"), False),
        (("Dense(8, activation=softmax) -> Dropout(0.1)", "head"), False),
    ],
)
def test_dropout_near_a_softmax(lines: tuple[str, ...], warned: bool) -> None:
    found = [c for c in codes(stack(*lines, output="y: classification(3)")) if c.startswith("W")]
    assert found == (["W1303"] if warned else [])


# ------------------------------------------------------------------ W1304


@pytest.mark.parametrize(
    ("line", "warned"),
    [
        ("Conv2D(4, 3) -> BatchNormalization", True),
        ("Dense(4) -> BatchNormalization -> ReLU", True),
        ("DepthwiseConv2D(3) -> BatchNormalization", True),
        ("Conv2D(4, 3, use_bias=False) -> BatchNormalization", False),
        ("Conv2D(4, 3, use_bias=True) -> BatchNormalization", False),
        ("Conv2D(4, 3, activation=relu) -> BatchNormalization", False),
        ("Conv2D(4, 3) -> ReLU -> BatchNormalization", False),
        ("Conv2D(4, 3) -> BatchNormalization(axis=1)", False),
        ("Conv2D(4, 3) -> LayerNormalization", False),
        ("Conv2D(4, 3) -> [_, BatchNormalization] -> Add", False),
        ("frozen { Conv2D(4, 3) -> BatchNormalization }", False),
        ("BatchNormalization -> BatchNormalization", False),
    ],
)
def test_a_bias_before_batch_normalization(line: str, warned: bool) -> None:
    assert codes(stack(line, input="float32[8, 8, 3]")) == (["W1304"] if warned else [])


@pytest.mark.parametrize(
    ("written", "mended"),
    [("Dense(4)", "Dense(4, use_bias=False)"), ("Dense(4,)", "Dense(4,use_bias=False)")],
)
def test_the_fix_for_a_bias(written: str, mended: str) -> None:
    text = stack(f"{written} -> BatchNormalization")
    ((edit,),) = [fix.edits for fix in problem(text).fixes]
    fixed = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert f"    {mended} -> Batch" in fixed
    assert codes(fixed) == []


# ------------------------------------------------------------------ W1308


def training(first: str, phase: str) -> str:
    text = stack("frozen Dense(8, name=base)", "head", output="y: classification(3)", before="")
    return (
        text
        + f"train {{\n    {first}\n    epochs = 2\n\n    phase tune {{\n        unfreeze = [base]\n        epochs = 1\n        {phase}\n    }}\n}}\n"
    )


@pytest.mark.parametrize(
    ("first", "phase", "warned"),
    [
        ("optimizer = Adam(1e-3)", "optimizer = Adam(1e-5)", False),
        ("optimizer = Adam(1e-3)", "", True),
        ("optimizer = Adam(1e-3)", "optimizer = Adam(1e-3)", True),
        ("optimizer = Adam(1e-5)", "optimizer = Adam(1e-3)", True),
        ("optimizer = Adam()", "optimizer = adam", True),
        ("optimizer = SGD(0.1)", "optimizer = Adam(1e-4)", False),
        ("seed = 1", "", True),
    ],
)
def test_fine_tuning_at_the_first_rate(first: str, phase: str, warned: bool) -> None:
    assert ("W1308" in codes(training(first, phase))) is warned
