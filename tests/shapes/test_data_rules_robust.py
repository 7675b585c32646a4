"""Whatever stands in the arguments, a rule answers or refuses; it never fails otherwise."""

from __future__ import annotations

import random
from typing import Any

import pytest

from archlang import catalogue
from archlang.shapes.dims import symbol
from archlang.shapes.nested import as_call
from archlang.shapes.ops import OP_RULES, OpCall, apply_op
from archlang.shapes.rule import LayerCall, LayerValue, RuleError, apply
from archlang.shapes.spec import UNKNOWN, TensorSpec
from tests.shapes.layers_b import LAYERS

JUNK: list[Any] = [
    None, -1, 0, 1, 2, 1.5, "x", "", [], [1], (2,), (1, 2, 3), [[1], [2, 3]], {}, True, False,
    -7, 10**6,
    ["a", "a"], [1, 1], LayerValue("layers", "Dense", {"units": 2}), LayerValue("layers",
    "LSTM", {}),
    LayerValue("layers", "NoSuchLayer", {}), LayerValue("initializers", "Zeros", {}),
    [LayerValue("layers", "LSTMCell", {"units": 3})], TensorSpec((None, 3)), symbol("time"),
    float("inf"),
]  # fmt: skip
SPECS: list[Any] = [
    UNKNOWN, TensorSpec(()), TensorSpec((None,), "string"), TensorSpec((None, 3), "int32"),
    TensorSpec((None, symbol("time"), 4)), TensorSpec((None, None, None)), TensorSpec((2, 8,
    8, 3), "uint8"),
    TensorSpec((None, 2, 8, 8, 1)), TensorSpec((None, 0, 3)), TensorSpec((None, 3), None),
]  # fmt: skip


def _inputs(rng: random.Random) -> Any:
    one = rng.choice(SPECS)
    shape = rng.random()
    if shape < 0.6:
        return one
    if shape < 0.85:
        return [rng.choice(SPECS) for _ in range(rng.randint(0, 4))]
    return {name: rng.choice(SPECS) for name in rng.sample(("query", "value", "images", "x"), 2)}


@pytest.mark.parametrize("layer", LAYERS)
def test_a_rule_never_fails(layer: str) -> None:
    rng = random.Random(layer)
    entry = catalogue.load().get("layers", layer)
    assert entry is not None
    names = [parameter.name for parameter in entry.parameters]
    for _ in range(150):
        written = {name: rng.choice(JUNK) for name in names if rng.random() < 0.3}
        call_args = {
            name: rng.choice([*JUNK, *SPECS])
            for name in ("initial_state", "mask", "attention_mask", "value", "training")
            if rng.random() < 0.15
        }
        call = as_call(LayerValue("layers", layer, written))
        try:
            apply(LayerCall(layer, call.args, _inputs(rng), call_args))
        except RuleError:
            continue


@pytest.mark.parametrize("op", sorted(OP_RULES))
def test_an_op_never_fails(op: str) -> None:
    rng = random.Random(op)
    entry = catalogue.load().get("ops", op)
    assert entry is not None
    names = [parameter.name for parameter in entry.parameters]
    for _ in range(150):
        values = [rng.choice([*SPECS, *SPECS, *JUNK, [rng.choice(SPECS)]]) for _ in names]
        count = rng.randint(0, len(values))
        kwargs = {n: v for n, v in zip(names, values, strict=True) if rng.random() < 0.3}
        try:
            apply_op(OpCall(op, tuple(values[:count]), kwargs))
        except RuleError:
            continue
