"""A bounded, seeded part of the random runs of whole models, and of layers written as specs."""

from __future__ import annotations

import random

import pytest

from archlang import api
from archlang.source import Source
from tests.differential.spec_tree import Part, numbers, smaller, text

SPEC = (
    Part("block Twice(n)", (Part("Dense(n) -> Dense(n)"),)),
    Part("model M", (Part("input x: float32[4]"), Part("Twice(8)"), Part("repeat 2", (Part("ReLU"),)))),
)  # fmt: skip


@pytest.mark.slow
def test_models_agree_with_keras() -> None:
    from tests.differential import model_runs

    counts = model_runs.disagreements(300, seed=7)
    assert counts.disagreements == []
    # Most are right, and enough are wrong.
    assert counts.verdicts["accepted"] > 120
    assert counts.verdicts["refused"] > 30


@pytest.mark.slow
def test_layers_as_specs_agree_with_keras() -> None:
    from tests.differential import layers

    answers = [layers.ask(case) for case in layers.cases(random.Random(7), 400)]
    assert [problem for _, problem in answers if problem] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "step", ["MultiHeadAttention(2, 3)", "TimeDistributed(Dense(4))", "RNN(LSTMCell(3))", "LSTM(3)"]
)
def test_nothing_in_a_frozen_layer_is_trained(step: str) -> None:
    checked = api.check(
        Source("spec.arch", f"model M {{\n input x: float32[5, 8]\n frozen {step}\n}}\n")
    )
    graph = checked.graphs["M"]
    assert graph.params
    assert graph.trainable_params == 0
    assert api.build(graph).trainable_weights == []


def test_a_spec_is_written_with_its_bodies() -> None:
    assert text(SPEC) == (
        "block Twice(n) {\n    Dense(n) -> Dense(n)\n}\n"
        "model M {\n    input x: float32[4]\n    Twice(8)\n    repeat 2 {\n        ReLU\n    }\n}\n"
    )


def test_shrinking_takes_parts_steps_and_arguments_away() -> None:
    written = {text(spec) for spec in smaller(SPEC)}
    assert text(SPEC[1:]) in written
    assert any("    ReLU\n}" in spec and "repeat" not in spec for spec in written)
    assert any("    Dense(n)\n" in spec for spec in written)
    assert any("    Twice\n" in spec for spec in written)


def test_numbers_are_found_as_arguments_only() -> None:
    assert [match.group() for match in numbers('Conv2D(32, 3) as c2 -> A("5", 0.5)')] == ["32", "3"]
