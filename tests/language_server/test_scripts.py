"""The script beside the spec: which line comes from where."""

from __future__ import annotations

import random

import pytest

from archlang.language_server.features.scripts import model_at, models, script_of
from tests.language_server.specs import SPECS, cut_up, opened

SPEC = """\
let width = 8

task Iris {
    input x: float32[4]
    output kind: classification(3)
    data = sklearn(iris)
}

block Twice(units) {
    Dense(units)
    Dense(units) as second
}

model Small for Iris {
    Twice(width)
    head
}

model Large for Iris {
    repeat 2 {
        Dense(32,
            activation=relu)
    }
    head
}

train {
    epochs = 3
    validation = 0.25
}
"""


def shown(text: str, model: str) -> list[str]:
    """The mapped lines of a script, each with the line of the spec."""
    _, analysis = opened(text)
    script = script_of(analysis, model)
    assert script.text is not None
    rows = script.text.split("\n")
    return [
        f"{text.count(chr(10), 0, span.start) + 1}: {rows[row].strip()}"
        for row, span in sorted(script.lines.items())
    ]


def test_lines_of_a_model_with_a_block() -> None:
    assert shown(SPEC, "Small") == [
        "1: WIDTH = 8",
        "29: VALIDATION = 0.25",
        "9: def twice(x, units, *, name):",
        '10: x = layers.Dense(units, name=f"{name}_dense_1")(x)',
        '11: return layers.Dense(units, name=f"{name}_dense_2")(x)',
        "14: def build_model() -> keras.Model:",
        '4: x = keras.Input((4,), name="x")',
        '15: h = twice(x, WIDTH, name="twice_1")',
        '16: kind = layers.Dense(3, activation="softmax", name="kind")(h)',
        '14: return keras.Model(x, kind, name="Small")',
        "6: def load_data() -> Examples:",
        "27: def train(",
        "27: def parse_arguments() -> argparse.Namespace:",
    ]


def test_lines_of_a_loop() -> None:
    lines = shown(SPEC, "Large")
    assert "20: for i in range(1, 3):" in lines
    assert '21: h = layers.Dense(32, activation="relu", name=f"dense_{i}")(h)' in lines


def test_which_model() -> None:
    _, analysis = opened(SPEC)
    assert models(analysis) == ["Small", "Large"]
    assert model_at(analysis, SPEC.index("repeat")) == "Large"
    assert model_at(analysis, SPEC.index("epochs")) == "Small"
    assert model_at(analysis, SPEC.index("epochs"), "Large") == "Large"
    assert model_at(opened("let a = 1\n")[1], 0) is None


def test_a_spec_with_errors_says_so() -> None:
    _, analysis = opened(SPEC.replace("Dense(32", "Dnese(32"))
    script = script_of(analysis, "Large")
    assert script.text is None
    assert script.problem == "the spec has 1 error"


@pytest.mark.parametrize("path", SPECS[::3], ids=lambda path: path.stem)
def test_broken_texts_raise_nothing(path) -> None:  # type: ignore[no-untyped-def]
    draw = random.Random(path.stem)
    text = path.read_text("utf-8")
    for _ in range(5):
        _, analysis = opened(cut_up(text, draw))
        for name in models(analysis):
            script = script_of(analysis, name)
            assert (script.text is None) == (script.problem is not None)
