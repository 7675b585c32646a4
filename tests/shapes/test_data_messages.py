"""How refusals of sequence, attention, preprocessing layers and ops read."""

from __future__ import annotations

from typing import Any

import pytest

from archlang.shapes.codes import CODES
from archlang.shapes.data_codes import DATA_CODES
from archlang.shapes.nested import nested_call
from archlang.shapes.ops import OpCall, apply_op
from archlang.shapes.ops.indexing import slice_tensor
from archlang.shapes.rule import LayerValue, RuleError
from archlang.shapes.spec import TensorSpec


def layer(name: str, **args: Any) -> LayerValue:
    return LayerValue("layers", name, args)


def spec(*dims: int | None, dtype: str = "float32") -> TensorSpec:
    return TensorSpec((None, *dims), dtype)


X = spec(6, 4)
RETURN_SEQUENCES = "if this comes from a recurrent layer, give that one `return_sequences=True`"

REFUSALS: list[tuple[LayerValue, Any, str, str, str | None]] = [
    (
        layer("LSTM", units=8),
        spec(64),
        "E0350",
        "`LSTM` needs [time, features], but [64] flows in",
        "add the missing axis first, for example `Reshape((64, 1))`",
    ),
    (
        layer("GRU", units=8),
        spec(5, None),
        "E0302",
        "the weights of `GRU` need a known number of features, but [5, None] flows in",
        "write a number for that dimension in the input's type",
    ),
    (
        layer("LSTM", units=8, stateful=True),
        X,
        "E0352",
        "`LSTM` with `stateful=True` needs a batch size, but the input leaves it open",
        "leave `stateful` out",
    ),
    (
        layer("Bidirectional", layer=layer("Dense", units=2)),
        X,
        "E0354",
        "`Bidirectional` needs a recurrent layer, but `Dense` is none",
        "for example `Bidirectional(LSTM(64))`",
    ),
    (
        layer("RNN", cell=layer("LSTM", units=2)),
        X,
        "E0354",
        "`cell` of `RNN` must be a cell, or a list of cells, not LSTM",
        "write `LSTMCell`, or use `LSTM` without `RNN`",
    ),
    (
        layer("Bidirectional", layer=layer("LSTM", units=2), backward_layer=layer("LSTM", units=2)),
        X,
        "E0355",
        "both layers of `Bidirectional` read forwards",
        "give `backward_layer` a `go_backwards=True`, or leave `backward_layer` out",
    ),
    (
        layer("ConvLSTM2D", filters=2, kernel_size=9),
        spec(3, 8, 8, 1),
        "E0360",
        "the window of `ConvLSTM2D` covers 9 positions, but the input has only 8",
        "use a smaller `kernel_size`, or `padding=same`",
    ),
    (
        layer("Attention"),
        [X, spec(6, 5)],
        "E0358",
        "`Attention` compares queries and values of one width, but they are 4 and 5 wide",
        "bring both to one width first, for example with `Dense`",
    ),
    (
        layer("Attention"),
        X,
        "E0357",
        "`Attention` takes [query, value] or [query, value, key], but one tensor flows in",
        "for attention of a sequence to itself write `[_, _] -> Attention`",
    ),
    (
        layer("GroupQueryAttention", head_dim=8, num_query_heads=8, num_key_value_heads=3),
        {"query": X, "value": X},
        "E0359",
        "`num_query_heads=8` cannot be divided among `num_key_value_heads=3`",
        "use a divisor of 8",
    ),
    (
        layer("Normalization", mean=1.0),
        X,
        "E0367",
        "`Normalization` takes `mean` and `variance` together, but `variance` is missing",
        "give `variance` too, or leave both out to learn them from the data",
    ),
    (
        layer("Discretization"),
        X,
        "E0368",
        "`Discretization` takes `num_bins` or `bin_boundaries`, but neither is given",
        "`bin_boundaries=[…]` fixes the bins, `num_bins=…` learns them from the data",
    ),
    (
        layer("StringLookup", output_mode="multi_hot"),
        spec(3, dtype="string"),
        "E0366",
        "how wide the multi_hot vectors of `StringLookup` are is learnt from the data only",
        "give `vocabulary=[…]`, or `max_tokens=…` with `pad_to_max_tokens=True`",
    ),
    (
        layer("StringLookup", vocabulary=["a", "a"]),
        spec(3, dtype="string"),
        "E0365",
        '"a" stands twice in the vocabulary of `StringLookup`',
        None,
    ),
    (
        layer("RandomHue", factor=0.2),
        spec(28, 28, 1),
        "E0364",
        "`RandomHue` needs images with colours, 3 channels, but [28, 28, 1] flows in",
        None,
    ),
    (
        layer("CenterCrop", height=2, width=2),
        spec(5),
        "E0362",
        "`CenterCrop` needs [height, width, channels], but [5] flows in",
        None,
    ),
    (
        layer("STFTSpectrogram", frame_length=512, fft_length=256),
        spec(900, 1),
        "E0370",
        "a frame of 512 does not fit into `fft_length=256`",
        None,
    ),
    (
        layer("TimeDistributed", layer=layer("Dense", units=2)),
        spec(5),
        "E0350",
        "`TimeDistributed` needs [time, features] or more, but [5] flows in",
        RETURN_SEQUENCES,
    ),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: f"{case[2]}-{case[0].name}")
def test_layers(case: tuple[LayerValue, Any, str, str, str | None]) -> None:
    value, inputs, code, message, help_text = case
    with pytest.raises(RuleError) as caught:
        nested_call(value, inputs)
    refusal = caught.value
    assert (refusal.code, refusal.message, refusal.help) == (code, message, help_text)
    assert refusal.label


OPS: list[tuple[OpCall, str, str]] = [
    (OpCall("add", (X, spec(6, 5))), "E0371", "`ops.add` cannot combine [6, 4] and [6, 5]"),
    (
        OpCall("mean", (X,), {"axis": 3}),
        "E0372",
        "`ops.mean` works along axis 3, but its tensor has axes 0 to 2, the batch counted",
    ),
    (OpCall("mean", (X,), {"axes": 1}), "E0373", "`axes` is none of its arguments in `ops.mean`"),
    (
        OpCall("matmul", (X, X)),
        "E0374",
        "`ops.matmul` of [6, 4] and [6, 4] sums over axes of 4 and 6",
    ),
    (
        OpCall("einsum", ("bij,bjk->bik", X, spec(5, 2))),
        "E0374",
        '`j` in "bij,bjk->bik" is 4 in one tensor and 5 in another',
    ),
    (
        OpCall("reshape", (TensorSpec((6, 4)), (5, -1))),
        "E0375",
        "`ops.reshape` cannot bring 24 numbers into (5, -1), and -1 takes what is left over",
    ),
    (
        OpCall("split", (X, 5), {"axis": 1}),
        "E0375",
        "`ops.split` cannot cut axis 1 of [6, 4] into 5 equal pieces",
    ),
    (
        OpCall("sigmoid", (spec(4, dtype="int32"),)),
        "E0376",
        "`ops.sigmoid` computes with floats, but int32 flows in",
    ),
    (
        OpCall("stack", ([X, spec(6, 5)],)),
        "E0378",
        "`ops.stack` needs tensors of one shape, but [6, 4] and [6, 5] are given",
    ),
]


@pytest.mark.parametrize("case", OPS, ids=lambda case: f"{case[1]}-{case[0].op}")
def test_ops(case: tuple[OpCall, str, str]) -> None:
    call, code, message = case
    with pytest.raises(RuleError) as caught:
        apply_op(call)
    assert (caught.value.code, caught.value.message) == (code, message)


def test_slices() -> None:
    with pytest.raises(RuleError, match=r"^\[6, 4\] has no position 9 in an axis of 4$"):
        slice_tensor(X, [(None, None, None), 0, 9])


def test_every_code_is_explained() -> None:
    for info in DATA_CODES:
        assert CODES[info.code] is info
        assert "Wrong: " in info.explanation
        assert "Right: " in info.explanation
