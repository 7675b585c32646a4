"""Shapes that Keras promises and does not compute: what is refused fails in Keras, what is accepted is built and runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from archlang import api
from archlang.source import Source

WORDS = 'TextVectorization(vocabulary=["a", "b", "c"], output_mode={})'
INPUTS = """
    input text: string[1]
    input plain: string[]
    input numbers: float32[4]
    input ids: int32[3]
    input short: float32[3, 8]
    input long: float32[5, 8]
"""
SCORES = "MultiHeadAttention(2, 4, value={}, return_attention_scores=True) as _, scores"
# Steps, and the layer that is refused, if one is.
CASES: dict[str, str | None] = {
    f"text -> {WORDS.format('count')} as x\n[x, numbers] -> Concatenate": "Concatenate",
    f"text -> {WORDS.format('count')} -> Dense(4) as x\n[x, numbers] -> Add -> Dense(2)": None,
    f"text -> {WORDS.format('tf_idf, idf_weights=[1, 2, 3]')} -> Dense(2)": None,
    f"text -> {WORDS.format('multi_hot')} -> Flatten as x\n[x, numbers] -> Concatenate": None,
    f"plain -> {WORDS.format('count')} as x\n[x, numbers] -> Concatenate": None,
    f"text -> {WORDS.format('count')} -> Reshape([4, 1])": None,
    f"text -> {WORDS.format('count')} -> BatchNormalization(axis=1)": "BatchNormalization",
    f"short -> {SCORES.format('long')}\nscores -> Dense(4)": "Dense",
    f"short -> {SCORES.format('short')}\nscores -> Dense(4)": None,
    f"short -> {SCORES.format('long')}\nscores -> Softmax": None,
    f"short -> {SCORES.format('long')}\nscores -> Flatten -> Dense(3)": "Dense",
    "ids -> Hashing(5, output_mode=one_hot) -> Dense(4)": None,
    "ids -> Hashing(5, output_mode=one_hot) -> Conv1D(2, 2)": "Conv1D",
}


def checked(steps: str) -> Any:
    used = [
        line
        for line in INPUTS.splitlines()
        if line.split(":")[0].split()[-1:] and line.split(":")[0].split()[1] in steps
    ]
    body = "\n".join(f"    {line}" for line in steps.splitlines())
    declared = "\n".join(used)
    return api.check(Source("promised.arch", f"model M {{\n{declared}\n{body}\n}}\n"))


@pytest.mark.parametrize("steps", CASES)
def test_what_is_refused(steps: str) -> None:
    problems = [d for d in checked(steps).diagnostics if d.severity.value == "error"]
    wrong = CASES[steps]
    if wrong is None:
        assert problems == []
    else:
        assert [d.code for d in problems] == ["E0348"]
        assert f"Keras builds `{wrong}` for" in problems[0].message


@pytest.mark.slow
@pytest.mark.parametrize("steps", CASES)
def test_keras_fails_on_what_is_refused_and_runs_the_rest(steps: str) -> None:
    graph = checked(steps).graphs["M"]
    given = [_array(tensor.spec) for tensor in graph.inputs.values()]
    try:
        model: Any = api.build(graph)
        found = model(given[0] if len(given) == 1 else given)
    except Exception:  # whatever Keras raises, when it builds or runs
        assert CASES[steps] is not None
        return
    assert CASES[steps] is None
    (expected,) = graph.outputs.values()
    assert tuple(found.shape)[1:] == expected.spec.shape[1:]


def _array(spec: Any) -> Any:
    import tensorflow as tf

    shape = (2, *spec.shape[1:])
    return (
        tf.constant(np.full(shape, "a b")) if spec.dtype == "string" else tf.ones(shape, spec.dtype)
    )
