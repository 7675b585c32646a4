"""What cards say."""

from __future__ import annotations

import pytest

from archlang import api
from archlang.backends.diagram import wording
from archlang.backends.diagram.folding import folded
from archlang.backends.diagram.grouping import grouped
from archlang.backends.diagram.model import Leaf
from archlang.source import Source


def cards(body: str, input: str = "float32[32, 32, 3]") -> list[Leaf]:
    """The layers of a model, rounds folded."""
    text = f"model M {{\n    input x: {input}\n    {body}\n}}\n"
    checked = api.check(Source("m.arch", text))
    assert checked.ok, checked.diagnostics
    root = folded(grouped(checked.graphs["M"], checked.program)).root
    return [leaf for leaf in root.leaves() if leaf.kind not in ("input", "output")]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("Conv2D(64, 3, padding=same, use_bias=False)", "64, 3×3"),
        ("Conv2D(64, (3, 5), strides=1)", "64, 3×5"),
        ("Conv2D(64, 3, strides=2, activation=relu)", "64, 3×3, strides=2, relu"),
        ("Conv2DTranspose(64, 2, strides=2)", "64, 2×2, strides=2"),
        ("MaxPooling2D(3, strides=2)", "3×3, strides=2"),
        ("MaxPooling2D(2)", "2×2"),
        ("MaxPooling2D", ""),
        ("UpSampling2D(2)", "2×2"),
        ("BatchNormalization(axis=-1, momentum=0.9)", ""),
        ("BatchNormalization(center=False)", "center=False"),
        ("ReLU(max_value=6)", "6"),
        ("Dense(4, kernel_initializer=HeNormal, activation=tanh)", "4, tanh"),
        ("Rescaling(1 / 255)", "0.003922"),
        ("Reshape((32, 96)) -> LSTM(8, return_sequences=True)", "8, return_sequences"),
        ("Reshape((32, 96)) -> GRU(8, return_sequences=False)", "8"),
        ("Reshape((32, 96)) -> Conv1D(4, 3, padding=causal)", "4, 3, causal"),
        (
            "Reshape((32, 96)) -> Bidirectional(LSTM(8, return_sequences=True))",
            "LSTM(8, return_sequences)",
        ),
        ("MobileNetV2(include_top=False, weights=None, pooling=avg)", "weights=None, pooling=avg"),
    ],
)
def test_arguments(step: str, said: str) -> None:
    assert wording.details(cards(step)[-1]) == said


def test_a_default_in_one_round_stays() -> None:
    (conv,) = cards("for s in [1, 2] { Conv2D(8, 3, strides=s, padding=same) }")
    assert wording.details(conv) == "8, 3×3, strides=1 … 2"


def test_how_often_in_each_round() -> None:
    body = "for n in [1, 2, 3] { MaxPooling2D(2)\n repeat n + 1 { Conv2D(8, 3, padding=same) } }"
    (_, conv) = cards(body)
    assert wording.times(conv) == "×2, 3, 4"


def test_what_is_long_ends_early() -> None:
    assert wording.short("abc", 3) == "abc"
    assert wording.short("ab, cd", 4) == "ab…"
    words = ", ".join(f'"word{number}"' for number in range(500))
    (card,) = cards(f"TextVectorization(vocabulary=[{words}])", "string")
    assert all(len(line) <= 200 for line in wording.hover(card, "m.arch:1").splitlines())
