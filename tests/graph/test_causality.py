"""The causality check, against what Keras computes: later ids are changed, and earlier outputs compared."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archlang import api
from tests.graph.looking_ahead import AHEAD, CAUSAL, checked

LENGTH = 6


def looks_ahead(body: str, seed: int = 0) -> bool:
    """Whether an output of the built model moves when ids are changed that stand behind it."""
    import keras
    import numpy as np

    keras.utils.set_random_seed(seed)
    graph = checked(body).graphs["Words"]
    model: Any = api.build(graph)
    model.set_weights([w + 0.3 * np.random.normal(size=w.shape) for w in model.get_weights()])
    ids = np.random.randint(3, 12, (2, LENGTH))
    given: dict[str, Any] = {"source": np.random.randint(3, 12, (2, 7)), "so_far": ids}

    def scores(so_far: Any) -> Any:
        x = [so_far if name == "so_far" else given[name] for name in graph.inputs]
        return np.asarray(model(x if len(x) > 1 else x[0], training=False))

    before = scores(ids)
    for step in range(LENGTH - 1):
        for other in (3, 11):
            changed = ids.copy()
            changed[:, step + 1 :] = np.where(ids[:, step + 1 :] == other, 7, other)
            moved = np.abs(scores(changed) - before)[:, : step + 1]
            if moved.max() > 1e-5:
                return True
    return False


@pytest.mark.parametrize("body", CAUSAL.values(), ids=CAUSAL)
def test_accepted(body: str) -> None:
    assert [d.code for d in checked(body).diagnostics if d.code in ("E0339", "W1344")] == []
    assert checked(body).ok


@pytest.mark.parametrize("body", AHEAD.values(), ids=AHEAD)
def test_refused(body: str) -> None:
    assert [d.code for d in checked(body).diagnostics if d.is_error] == ["E0339"]


@pytest.mark.slow
@pytest.mark.parametrize("body", CAUSAL.values(), ids=CAUSAL)
def test_accepted_models_do_not_look_ahead_in_keras(body: str) -> None:
    assert not looks_ahead(body)


@pytest.mark.slow
@pytest.mark.parametrize("body", AHEAD.values(), ids=AHEAD)
def test_refused_models_look_ahead_in_keras(body: str) -> None:
    assert looks_ahead(body)


STEPS = st.sampled_from([
    "Dense(8)",
    "Dropout(0.3)",
    "LayerNormalization",
    "GRU(8, return_sequences=True)",
    "LSTM(8, return_sequences=True)",
    "Conv1D(8, 2, padding=causal)",
    "Conv1D(8, 3, padding=same)",
    "Conv1D(8, 2)",
    "ZeroPadding1D((1, 0))",
    "ZeroPadding1D((0, 1))",
    "Cropping1D((1, 0))",
    "MultiHeadAttention(2, 4, use_causal_mask=True)",
    "MultiHeadAttention(2, 4)",
    "MultiHeadAttention(2, 4, value=read)",
    "Bidirectional(GRU(4, return_sequences=True))",
    "MaxPooling1D(2, strides=1)",
    "Softmax(axis=1)",
    "ops.cumsum(axis=1)",
    "ops.flip(axis=1)",
])  # fmt: skip


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, min_size=1, max_size=4))
def test_stacks_drawn_at_random(steps: list[str]) -> None:
    body = "so_far -> Embedding(12, 8) -> " + " -> ".join(steps)
    found = checked(body)
    codes = {d.code for d in found.diagnostics if d.is_error or d.code == "W1344"}
    assert codes <= {"E0339"}
    # What is accepted must not look ahead. What is refused may do so in a way that cancels out (flipped twice).
    if not codes:
        assert not looks_ahead(body)


def test_a_layer_written_in_python_is_doubtful() -> None:
    text = 'layer Mixer() from "mine" -> same\n\nmodel Words {\n    input so_far: shifted(words)\n'
    text += "    output words: generation(vocab=9, start=1)\n    Embedding(9, 4) -> Mixer\n    head\n}\n"
    found = api.check(api.Source("words.arch", text))
    assert [d.code for d in found.diagnostics] == ["W1344"]


def test_nested_models_are_followed() -> None:
    text = """
model Ahead {
    input x: float32[None, 8]
    x -> Bidirectional(GRU(4, return_sequences=True))
}

model Words {
    input so_far: shifted(words)
    output words: generation(vocab=9, start=1)
    Embedding(9, 8) -> Ahead
    head
}
"""
    found = api.check(api.Source("words.arch", text))
    problems = [d for d in found.diagnostics if d.code == "E0339"]
    assert [text[d.span.start : d.span.end][:13] for d in problems] == ["Bidirectional"]


def test_the_fix_of_attention_is_accepted() -> None:
    found = checked(AHEAD["attention"])
    problem = next(d for d in found.diagnostics if d.code == "E0339")
    (edit,) = problem.fixes[0].edits
    text = found.source.text
    mended = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert "MultiHeadAttention(2, 4, use_causal_mask=True)" in mended
    assert api.check(api.Source("words.arch", mended)).ok
