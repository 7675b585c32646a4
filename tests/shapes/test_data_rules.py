"""Sequence, attention and preprocessing rules against recorded answers of Keras, and beyond."""

from __future__ import annotations

from typing import Any

import pytest

from archlang.shapes.dims import symbol
from archlang.shapes.nested import nested_call
from archlang.shapes.rule import RULES, LayerResult, LayerValue
from archlang.shapes.spec import UNKNOWN, TensorSpec
from tests.oracle_files import needs_oracle
from tests.shapes import oracle
from tests.shapes.layers_b import LAYERS

TIME = symbol("time")

# Recorded before `adapt`: how wide the vectors are is not known then, which `check` refuses.
UNADAPTED = ("kt1006", "kt1007", "kt1565", "kt1566")
# Refused elsewhere: values, words and names of single arguments, which the schemas look at.
BY_SCHEMA = (
    "ki0326", "ki0337", "ki0369", "ki0370", "ki0378", "ki0382", "ki0446", "ki0448", "ki0451",
    "ki0452", "ki0453",
    "ki0454", "ki0455", "ki0457", "ki0458", "ki0460", "ki0464", "ki0614", "ki0616", "ki0617",
    "ki0622", "ki0623",
    "ki0631", "ki0633", "ki0714", "ki0715", "ki0716", "kn0046",
)  # fmt: skip
# A lookup of numbers without a vocabulary learns it from the data.
LEARNT = ("kn0070",)

pytestmark = needs_oracle


@pytest.mark.parametrize("file", ["keras_tests", "random_valid"])
@pytest.mark.parametrize("layer", LAYERS)
def test_agrees_with_keras(layer: str, file: str) -> None:
    wrong = {
        record["id"]: problems
        for record in oracle.records(file, layer)
        if record["id"] not in UNADAPTED
        and (problems := oracle.check(record) + oracle.check_batch_none(record))
    }
    assert wrong == {}


@pytest.mark.parametrize("file", ["invalid", "accepted_nonsense"])
def test_refuses_what_keras_refuses(file: str) -> None:
    passed = [
        record["id"]
        for record in oracle.records(file, *LAYERS)
        if not record.get("eager", {}).get("ok")
        and record["id"] not in BY_SCHEMA + LEARNT
        and oracle.refusal(record) is None
    ]
    assert passed == []


def test_every_layer_has_a_rule() -> None:
    assert [layer for layer in LAYERS if layer not in RULES] == []


def call(
    name: str, inputs: Any, call_args: dict[str, Any] | None = None, /, **args: Any
) -> LayerResult:
    return nested_call(LayerValue("layers", name, args), inputs, call_args)


def layer(name: str, **args: Any) -> LayerValue:
    return LayerValue("layers", name, args)


def test_symbolic_lengths_stay() -> None:
    x = TensorSpec((None, TIME, 16))
    assert call("LSTM", x, units=8, return_sequences=True).outputs.shape == (None, TIME, 8)
    assert call(
        "Bidirectional", x, layer=layer("GRU", units=8, return_sequences=True)
    ).outputs.shape == (
        None,
        TIME,
        16,
    )
    assert call("TimeDistributed", x, layer=layer("Dense", units=4)).outputs.shape == (
        None,
        TIME,
        4,
    )
    scores = call("MultiHeadAttention", {"query": x, "value": TensorSpec((None, 5, 16))},
                  {"return_attention_scores": True}, num_heads=2, key_dim=4).outputs[1]  # fmt: skip
    assert scores.shape == (None, 2, TIME, 5)
    sound = call("STFTSpectrogram", TensorSpec((None, TIME, 1)), frame_length=8, frame_step=4)
    assert str(sound.outputs) == "[floor(time / 4) - 1, 5]"


def test_unknown_shapes_give_what_is_certain() -> None:
    assert call("LSTM", UNKNOWN, units=8).outputs == TensorSpec((None, 8))
    assert call("LSTM", UNKNOWN, units=8).weights is None
    assert (
        call(
            "MultiHeadAttention", {"query": UNKNOWN, "value": UNKNOWN}, num_heads=1, key_dim=2
        ).weights
        is None
    )
    assert call("Resizing", UNKNOWN, height=2, width=2).outputs == UNKNOWN
    for name in LAYERS:
        if name.startswith("Random") and name != "RandomCrop":
            assert call(name, UNKNOWN, factor=0.1).outputs.shape is None


def test_states() -> None:
    x = TensorSpec((None, 5, 3))
    output, h, c = call("LSTM", x, units=8, return_state=True).outputs
    assert [output, h, c] == [TensorSpec((None, 8))] * 3
    lstm = layer("LSTM", units=8, return_state=True)
    assert len(call("Bidirectional", x, layer=lstm).outputs) == 5
    assert len(call("Bidirectional", x, layer=lstm, merge_mode=None).outputs) == 6
    again = call("LSTM", x, {"initial_state": [h, c]}, units=8)
    assert again.outputs == output


def test_multiply_adds() -> None:
    x = TensorSpec((None, 5, 3))
    assert call("LSTM", x, units=8).macs == 5 * (3 + 8) * 32
    assert call("Bidirectional", x, layer=layer("LSTM", units=8)).macs == 2 * 5 * (3 + 8) * 32
    assert call("LSTM", TensorSpec((None, TIME, 3)), units=8).macs is None
    assert call("TimeDistributed", x, layer=layer("Dense", units=4)).macs == 5 * 3 * 4
    memory = TensorSpec((None, 7, 6))
    # Query, key, value and output projections, then both products.
    expected = 5 * 3 * 8 + 7 * 6 * 8 + 7 * 6 * 8 + 5 * 8 * 3 + 2 * 5 * 7 * 8
    assert (
        call("MultiHeadAttention", {"query": x, "value": memory}, num_heads=2, key_dim=4).macs
        == expected
    )
    assert call("Attention", [x, x]).macs == 5 * 5 * (3 + 3)


def test_frozen_layers_have_frozen_weights() -> None:
    x = TensorSpec((None, 5, 3))
    for result in (
        call("LSTM", x, units=8, trainable=False),
        call("Bidirectional", x, layer=layer("LSTM", units=8), trainable=False),
        call("TimeDistributed", x, layer=layer("Dense", units=8), trainable=False),
        call(
            "MultiHeadAttention", {"query": x, "value": x}, num_heads=1, key_dim=2, trainable=False
        ),
    ):
        assert result.weights
        assert not any(weight.trainable for weight in result.weights)


def test_mixed_precision_keeps_weights_in_float32() -> None:
    result = call("GRU", TensorSpec((None, 5, 3)), units=8, dtype="mixed_float16")
    assert result.outputs.dtype == "float16"
    assert result.weights
    assert {weight.dtype for weight in result.weights} == {"float32"}
