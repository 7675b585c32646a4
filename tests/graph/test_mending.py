"""The ways out of shape errors: where a fix is offered, the spec with it has no error; where a layer is named, it fits."""

from __future__ import annotations

import re

import pytest

from archlang import api
from archlang.diagnostics import Diagnostic
from archlang.source import Source
from tests.graph.elaborating import stack


def errors(text: str) -> list[Diagnostic]:
    return [d for d in api.check(Source("test.arch", text)).diagnostics if d.is_error]


def mended(text: str) -> str:
    """The text with the edits of its first error's first fix."""
    found = errors(text)
    assert found, "nothing to mend"
    assert found[0].fixes, found[0].help
    for edit in sorted(found[0].fixes[0].edits, key=lambda e: -e.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@pytest.mark.parametrize(
    "steps",
    [
        "LSTM(8) -> LSTM(4)",
        "GRU(8, dropout=0.1) -> Conv1D(4, 3)",
        "Bidirectional(LSTM(8)) -> GRU(8)",
        "SimpleRNN(8) -> MultiHeadAttention(2, 4)",
        "LSTM(8) -> TimeDistributed(Dense(4))",
        "LSTM(8) -> GlobalAveragePooling1D",
        "LSTM(8) -> Bidirectional(LSTM(8))",
    ],
)
def test_every_step_of_a_recurrent_layer(steps: str) -> None:
    text = mended(stack(steps, input="float32[20, 6]"))
    assert "return_sequences=True" in text
    assert errors(text) == []


@pytest.mark.parametrize("size", ["28, 28, 3", "20, 6", "4, 8, 8, 2"])
def test_pooling_before_a_head(size: str) -> None:
    layer = {2: "Conv1D", 3: "Conv2D", 4: "Conv3D"}[len(size.split(","))]
    text = stack(f"{layer}(8, 3)", "head", input=f"float32[{size}]", output="y: classification(3)")
    found = errors(text)[0]
    assert found.labels[0].text.endswith("here")
    assert errors(mended(text)) == []


def test_padding_of_a_kernel_that_is_too_large() -> None:
    text = stack("MaxPooling2D(8) -> Conv2D(16, 5)", input="float32[28, 28, 3]")
    assert "padding=same" in mended(text)
    assert errors(mended(text)) == []


@pytest.mark.parametrize(
    ("branch", "size"),
    [
        ("Conv2D(32, 3, padding=same)", "8, 8, 16"),
        ("Conv2D(32, 3, padding=same, strides=2)", "8, 8, 16"),
        ("Conv2D(16, 3, padding=same, strides=2)", "9, 9, 16"),
        ("Conv2D(16, 3, padding=same, strides=(2, 1))", "8, 8, 16"),
        ("Conv1D(32, 3, padding=same, strides=3)", "10, 16"),
        ("Dense(32)", "16"),
        ("Dense(32)", "5, 16"),
        ("MaxPooling3D", "4, 8, 8, 3"),
    ],
)
def test_the_projection_of_a_shortcut_fits(branch: str, size: str) -> None:
    text = stack(f"[{branch}, _] -> Add", input=f"float32[{size}]")
    found = errors(text)[0]
    layer = re.search(r"with `(.*)` in that branch", found.help or "")
    assert layer is not None, found.help
    assert errors(text.replace(", _]", f", {layer[1]}]")) == []


def test_lengths_that_padding_keeps() -> None:
    text = stack("[Conv2D(8, 3), Conv2D(8, 5)] -> Concatenate", input="float32[28, 28, 1]")
    assert "`padding=same`" in (errors(text)[0].help or "")
    assert errors(text.replace("3)", "3, padding=same)").replace("5)", "5, padding=same)")) == []


def test_the_way_to_the_error() -> None:
    block = "block Two(n) {\n    [Conv2D(2 * n, 3, padding=same), _] -> Add\n}\n"
    text = stack("repeat 2 { Conv2D(4, 1) -> Two(4) }", input="float32[8, 8, 3]", before=block)
    found = errors(text)[0]
    assert "[8, 8, 8] and [8, 8, 4]: axis 3 is 8 in one and 4 in the other" in found.message
    assert found.notes == ("in `Two(4)`, first round of the loop",)
    assert [label.text for label in found.labels] == ["[8, 8, 8] here", "[8, 8, 4] here"]
