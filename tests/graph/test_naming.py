"""Layers are named by where they stand."""

from __future__ import annotations

import pytest

from archlang.graph.naming import snake
from tests.graph.elaborating import names, problem, stack


@pytest.mark.parametrize(
    ("class_name", "expected"),
    [
        ("Dense", "dense"),
        ("Conv2D", "conv2d"),
        ("Conv2DTranspose", "conv2d_transpose"),
        ("BatchNormalization", "batch_normalization"),
        ("ReLU", "relu"),
        ("LeakyReLU", "leaky_relu"),
        ("PReLU", "prelu"),
        ("ELU", "elu"),
        ("LSTM", "lstm"),
        ("GRU", "gru"),
        ("ConvLSTM2D", "conv_lstm2d"),
        ("GlobalAveragePooling1D", "global_average_pooling1d"),
        ("MultiHeadAttention", "multi_head_attention"),
        ("ConvBn", "conv_bn"),
        ("UNet", "u_net"),
    ],
)
def test_snake_case(class_name: str, expected: str) -> None:
    assert snake(class_name) == expected


BLOCKS = """
block Inner(n) {{ Dense(n){more} -> Dense(n) }}
block Outer {{ Inner(8) -> Dense(8) -> Inner(8) }}
"""


def test_numbers_count_within_the_use_of_a_block() -> None:
    assert names(
        stack("Dense(8) -> Outer -> Dense(8) -> Outer", before=BLOCKS.format(more=""))
    ) == [
        "dense_1",
        "outer_1_inner_1_dense_1",
        "outer_1_inner_1_dense_2",
        "outer_1_dense_1",
        "outer_1_inner_2_dense_1",
        "outer_1_inner_2_dense_2",
        "dense_2",
        "outer_2_inner_1_dense_1",
        "outer_2_inner_1_dense_2",
        "outer_2_dense_1",
        "outer_2_inner_2_dense_1",
        "outer_2_inner_2_dense_2",
    ]


def test_a_layer_more_in_a_block_renames_nothing_elsewhere() -> None:
    body = "Dense(8) -> Outer -> Dense(8)"
    before = names(stack(body, before=BLOCKS.format(more="")))
    after = names(stack(body, before=BLOCKS.format(more=" -> ReLU")))
    assert [name for name in after if "relu" not in name] == before


def test_loops_count_on() -> None:
    assert names(stack("repeat 2 { Dense(8) -> ReLU }", "Dense(8)")) == [
        "dense_1",
        "relu_1",
        "dense_2",
        "relu_2",
        "dense_3",
    ]


def test_a_given_name_gets_the_prefix_of_its_block() -> None:
    block = "block B(n) { Dense(n, name=proj) }\n"
    assert names(stack("B(8) -> B(4, name=last)", before=block)) == ["b_1_proj", "last_proj"]


def test_two_layers_of_one_name() -> None:
    found = problem(stack("Dense(8, name=a) -> Dense(8, name=a)"))
    assert found.code == "E0324"
    assert [label.text for label in found.labels] == ["the first"]


def test_a_name_in_a_loop_must_differ_from_round_to_round() -> None:
    assert problem(stack("repeat 2 { Dense(8, name=a) }")).code == "E0324"
    assert names(stack('for i in range(2) { Dense(8, name="a" + str(i)) }')) == ["a0", "a1"]
