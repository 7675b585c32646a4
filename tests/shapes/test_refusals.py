"""What the shape rules say when they refuse: the message, where it points, and the way out."""

from __future__ import annotations

from typing import Any

import pytest

from archlang.shapes.codes import CODES
from archlang.shapes.rule import LayerCall, LayerValue, RuleError, apply
from archlang.shapes.spec import Dim, TensorSpec
from tests.shapes.oracle import defaults


def tensor(*dims: Dim, dtype: str = "float32") -> TensorSpec:
    return TensorSpec((None, *dims), dtype)


def refused(layer: str, inputs: Any, /, **args: Any) -> RuleError:
    with pytest.raises(RuleError) as caught:
        apply(LayerCall(layer, defaults(layer) | args, inputs))
    return caught.value


SHORT = [
    (
        "Dense", tensor(None), {"units": 4},
        "`Dense` needs the size of the last axis, but it is `None` here",
    ),
    (
        "Conv2D", tensor(4, 4, 3), {"filters": 8, "kernel_size": 5},
        "kernel of 5x5 is larger than the 4x4 image that flows in",
    ),
    (
        "Conv1D", tensor(4, 3), {"filters": 8, "kernel_size": 3, "dilation_rate": 3},
        "kernel of 3, spread to 7 by its dilation, "
        "is larger than the sequence of 4 steps that flows in",
    ),
    (
        "MaxPooling2D", tensor(1, 8, 3), {},
        "window of 2x2 is larger than the 1x8 image that flows in",
    ),
    (
        "Conv2D", tensor(64), {"filters": 8, "kernel_size": 3},
        "`Conv2D` needs [height, width, channels], but [64] flows in",
    ),
    (
        "Conv2D", tensor(3, 8, 8, 2),
        {"filters": 8, "kernel_size": 3, "data_format": "channels_first"},
        "`Conv2D` needs [channels, height, width], but [3, 8, 8, 2] flows in",
    ),
    (
        "Conv2D", tensor(8, 8, 3), {"filters": 4, "kernel_size": 1, "groups": 2},
        "the 3 channels that flow in cannot be split into 2 equal groups",
    ),
    (
        "Conv2D", tensor(8, 8, 4), {"filters": 3, "kernel_size": 1, "groups": 2},
        "3 filters cannot be split into 2 equal groups",
    ),
    (
        "Conv2D", tensor(8, 8, 3),
        {"filters": 4, "kernel_size": 2, "strides": 2, "dilation_rate": 2},
        "`Conv2D` takes strides or dilation, not both: strides 2x2, dilation 2x2",
    ),
    (
        "Conv2D", tensor(28, 28, 1, dtype="uint8"), {"filters": 4, "kernel_size": 3},
        "`Conv2D` computes with floats, but uint8 flows in",
    ),
    (
        "ConvLSTM1D", tensor(8, 8, 3, dtype="int32"), {"filters": 4, "kernel_size": 1},
        "`ConvLSTM1D` computes with floats, but int32 flows in",
    ),
    (
        "Add", [tensor(56, 56, 256), tensor(28, 28, 256)], {},
        "`Add` cannot add [56, 56, 256] and [28, 28, 256]: axis 1 is 56 in one and 28 in the other",
    ),
    (
        "Concatenate", [tensor(4, 3), tensor(5, 3)], {},
        "`Concatenate` joins along axis 2, but [4, 3] and [5, 3] differ along axis 1 too: 4 and 5",
    ),
    (
        "Dot", [tensor(4), tensor(5)], {"axes": 1},
        "`Dot` contracts axis 1 of [4] with axis 1 of [5], but they have 4 and 5 numbers",
    ),
    ("Reshape", tensor(10), {"target_shape": (3, 4)}, "[10] has 10 numbers, but [3, 4] has 12"),
    (
        "Reshape", tensor(10), {"target_shape": (-1, 4)},
        "the 10 numbers of [10] cannot be divided into [-1, 4]",
    ),
    (
        "Cropping2D", tensor(8, 9, 5), {"cropping": ((0, 0), (5, 5))},
        "nothing is left of the 8x9 image that flows in when 0x10 is cut off",
    ),
    (
        "LayerNormalization", tensor(6, 4), {"axis": 3},
        "`LayerNormalization` is to work on axis 3, but [6, 4] has axes 1 to 2 beside the batch",
    ),
    (
        "GroupNormalization", tensor(4, 8), {"groups": 3},
        "the 8 channels that flow in cannot be split into 3 equal groups",
    ),
    ("Dense", [tensor(4), tensor(4)], {"units": 3}, "`Dense` takes one tensor, but 2 flow in"),
    (
        "Dense", tensor(4, dtype="string"), {"units": 3},
        "`Dense` computes with numbers, but strings flow in",
    ),
    (
        "EinsumDense", tensor(6, 4), {"equation": "abc,cd->abd", "output_shape": (5, 4)},
        "`b` is 6 in the input [6, 4], but 5 in `output_shape`",
    ),
    (
        "SpectralNormalization", tensor(5), {"layer": LayerValue("layers", "Flatten", {})},
        "`SpectralNormalization` works on a layer's kernel, but `Flatten` has none",
    ),
    (
        "Permute", tensor(2, 3), {"dims": (0, 1)},
        "`dims` must name each of the axes 1, 2 once, not [0, 1]",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "inputs", "args", "message"), SHORT)
def test_message(layer: str, inputs: Any, args: dict[str, Any], message: str) -> None:
    error = refused(layer, inputs, **args)
    assert error.message == message
    assert error.code in CODES


def test_a_kernel_too_large_can_be_padded() -> None:
    error = refused("Conv2D", tensor(4, 4, 3), filters=8, kernel_size=5)
    assert error.argument == "kernel_size"
    assert error.set_argument == ("padding", "same")
    assert error.help == "use `padding=same`, or a smaller kernel"


def test_an_image_without_channels_gets_the_axis() -> None:
    error = refused("Conv2D", tensor(28, 28), filters=8, kernel_size=3)
    assert error.insert_before == "Reshape((28, 28, 1))"


def test_a_layer_for_the_rank_that_flows_in_is_named() -> None:
    error = refused("MaxPooling1D", tensor(28, 28, 3))
    assert error.help == "for such a tensor there is `MaxPooling2D`"


def test_the_branch_that_disagrees_is_named() -> None:
    error = refused("Add", [tensor(8), tensor(8), tensor(9)])
    assert error.input_index == 2


def test_a_causal_mask_is_of_the_steps() -> None:
    x = tensor(3, 3, 5)
    for axes in (None, (1, 2)):
        call = LayerCall(
            "MultiHeadAttention",
            defaults("MultiHeadAttention") | {"num_heads": 1, "key_dim": 2, "attention_axes": axes},
            {"query": x, "value": x},
            {"use_causal_mask": True},
        )
        with pytest.raises(RuleError, match="a causal mask of axis 1 alone"):
            apply(call)
        call.args["attention_axes"] = 2  # as many steps as there are along axis 1
        apply(call)


def test_whole_numbers_are_rescaled() -> None:
    error = refused("Conv2D", tensor(28, 28, 1, dtype="uint8"), filters=4, kernel_size=3)
    assert error.insert_before == "Rescaling(1.0)"


def test_messages_keep_the_style() -> None:
    for layer, inputs, args, _ in SHORT:
        error = refused(layer, inputs, **args)
        for text in (error.message, error.label, error.help or ""):
            assert not text.endswith((".", "!")), text
            assert "Keras" not in text, text
            assert "illegal" not in text.lower(), text


def test_every_code_has_its_explanation() -> None:
    for code, info in CODES.items():
        assert info.code == code
        assert "Wrong:" in info.explanation or len(info.explanation) > 40
