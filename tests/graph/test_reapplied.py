"""Nested models whose inputs leave lengths open, and those under mixed precision: what Keras says is what check says."""

from __future__ import annotations

from typing import Any

import pytest

from archlang import api
from tests.graph.elaborating import graph, problems

INNER = "model Inner {{\n    input t: {type}\n    {body}\n}}\n"
OUTER = "model M {{\n    input x: {type}\n    Inner -> {rest}\n}}\n"


def spec(inner: str, body: str, outer: str, rest: str) -> str:
    return INNER.format(type=inner, body=body) + OUTER.format(type=outer, rest=rest)


@pytest.mark.parametrize(
    ("inner", "body", "outer", "rest"),
    [
        ("int32[None]", "ops.one_hot(6)", "int32[5]", "PReLU"),
        ("float32[None, 4]", "Dense(3)", "float32[5, 4]", "Flatten -> Dense(2)"),
        ("float32[None, 4]", "Conv1D(3, 3)", "float32[9, 4]", "Permute((2, 1)) -> Dense(2)"),
        ("float32[time, 4]", "Conv1D(3, 3, strides=2)", "float32[9, 4]", "Flatten -> Dense(2)"),
        ("float32[None, None, 3]", "MaxPooling2D -> UpSampling2D", "float32[9, 9, 3]", "Flatten -> Dense(2)"),
        ("float32[None, 4]", "[_, Dense(4)] -> Add", "float32[None, 4]", "LSTM(3)"),
        ("float32[None, 4]", "_[:, 1:]", "float32[5, 4]", "Flatten -> Dense(2)"),
        ("float32[6, 4]", "Dense(3)", "float32[None, 4]", "LSTM(2)"),
        ("float32[6, 4]", "Dense(3)", "float32[None, None]", "LSTM(2)"),
        ("float32[6, 4]", "Conv1D(3, 2)", "float32[6, None]", "Flatten -> Dense(2)"),
        ("float32[None, 4]", "LSTM(3, return_sequences=True) -> Reshape((-1, 1))", "float32[5, 4]", "Flatten -> Dense(2)"),
    ],
)  # fmt: skip
def test_lengths_of_the_call(inner: str, body: str, outer: str, rest: str) -> None:
    checked = graph(spec(inner, body, outer, rest))
    model = api.build(checked)
    assert checked.params == model.count_params()
    for output, tensor in zip(model.outputs, checked.outputs.values(), strict=True):
        ours = tensor.spec.shape
        assert ours is not None
        assert tuple(output.shape) == tuple(n if isinstance(n, int) else None for n in ours)


@pytest.mark.parametrize(
    ("inner", "body", "outer", "rest"),
    [
        ("float64[6]", "Reshape((1, -1))", "float64[None]", "SimpleRNN(1)"),
        ("float32[None, 5]", "LayerNormalization", "float32[None, None]", "Dense(2)"),
        ("float32[6, 5]", "BatchNormalization", "float32[6, None]", "Flatten -> Dense(2)"),
        ("float32[6, 5]", "RMSNormalization", "float32[6, None]", "Conv1D(2, 2)"),
    ],
)
def test_open_lengths_of_the_call_stay_open(inner: str, body: str, outer: str, rest: str) -> None:
    text = spec(inner, body, outer, rest)
    assert [p.code for p in problems(text) if not p.code.startswith("W")] == ["E0302"]
    from tests.differential.models import builds

    assert not builds(text)


def test_a_nested_model_inside_a_nested_model() -> None:
    inner = "model Deep {\n    input d: float32[None, 4]\n    Dense(2)\n}\n"
    text = inner + spec("float32[None, 4]", "Deep", "float32[5, 4]", "Flatten -> Dense(2)")
    assert graph(text).params == api.build(graph(text)).count_params()


def test_lengths_that_a_step_inside_does_not_take() -> None:
    text = spec("float32[None, 4]", "Reshape((6, -1))", "float32[5, 4]", "Dense(2)")
    found = [p for p in problems(text) if not p.code.startswith("W")]
    assert [p.code for p in found] == ["E0325"]
    assert "`Inner` does not take these lengths" in found[0].message
    short = spec("float32[None, 4]", "Conv1D(3, 3)", "float32[2, 4]", "Dense(2)")
    assert [p.code for p in problems(short)] == ["E0325"]


def test_multiply_adds_are_those_of_the_call() -> None:
    text = spec("float32[None, 4]", "Dense(3)", "float32[5, 4]", "Flatten")
    assert graph(text).macs == 5 * 4 * 3
    open_length = spec("float32[None, 4]", "Dense(3)", "float32[None, 4]", "Dense(2)")
    assert graph(open_length).macs is None


MIXED = """task T {
    input x: float32[5, 4]
    output y: classification(3)
    data = npz("nothing.npz", x="x", y="y")
}
model Inner {
    input t: float32[5, 4]
    Dense(6)
}
model M for T {
    Inner -> Flatten
    head
}
train M {
    mixed_precision = True
}
"""


def test_a_nested_model_computes_under_the_policy_of_the_one_around_it() -> None:
    from archlang.source import Source

    checked = api.check(Source("test.arch", MIXED))
    assert checked.ok, checked.diagnostics
    graphs: Any = checked.graphs
    inner = graphs["M"].nodes[1]
    assert inner.layer.graph.mixed == "mixed_float16"
    assert inner.outputs.spec.dtype == "float16"
    assert graphs["Inner"].outputs["output"].spec.dtype == "float32"
    assert all(w.dtype == "float32" for w in inner.layer.graph.layers[0].weights)
    model = api.build(graphs["M"])
    nested = model.get_layer(inner.layer.name)
    assert nested.layers[-1].compute_dtype == "float16"
    assert nested.count_params() == inner.layer.params
