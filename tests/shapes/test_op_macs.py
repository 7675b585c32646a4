"""Multiply-adds of ops, counted here by running the products one number at a time."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from archlang.shapes.nested import as_call
from archlang.shapes.ops import OpCall
from archlang.shapes.ops.macs import op_macs
from archlang.shapes.rule import LayerCall, LayerValue, apply
from archlang.shapes.spec import TensorSpec


def t(*dims: int | None) -> TensorSpec:
    return TensorSpec(dims)


def macs(op: str, *args: Any, **kwargs: Any) -> int | None:
    return op_macs(OpCall(op, args, kwargs))


def combinations(*sizes: int) -> int:
    """How often the innermost line of that many nested loops runs."""
    return sum(1 for _ in product(*(range(size) for size in sizes)))


@pytest.mark.parametrize(
    ("op", "args", "kwargs", "loops"),
    [
        ("matmul", (t(None, 2, 3), t(None, 3, 4)), {}, (2, 3, 4)),
        ("matmul", (t(None, 2, 3), t(3, 4)), {}, (2, 3, 4)),
        ("matmul", (t(None, 5, 2, 3), t(None, 1, 3, 4)), {}, (5, 2, 3, 4)),
        ("dot", (t(None, 2, 3), t(3, 4)), {}, (2, 3, 4)),
        ("inner", (t(None, 3), t(4, 3)), {}, (3, 4)),
        ("outer", (t(None, 3), t(4)), {}, (3, 4)),
        ("vdot", (t(None, 3, 4), t(None, 3, 4)), {}, (3, 4)),
        ("kron", (t(2, 3), t(4, 5)), {}, (2, 3, 4, 5)),
        ("tensordot", (t(None, 2, 3), t(2, 3, 4)), {"axes": 2}, (2, 3, 4)),
        ("tensordot", (t(None, 2, 3), t(3, 4)), {"axes": [[2], [0]]}, (2, 3, 4)),
        ("einsum", ("bij,bjk->bik", t(None, 2, 3), t(None, 3, 4)), {}, (2, 3, 4)),
        ("einsum", ("b...j,jk->b...k", t(None, 2, 5, 3), t(3, 4)), {}, (2, 5, 3, 4)),
        ("einsum", ("bi,bj,bk->bijk", t(None, 2), t(None, 3), t(None, 4)), {}, (2, 2, 3, 4)),
        ("conv", (t(None, 6, 4), t(3, 4, 5)), {}, (4, 3, 4, 5)),
        ("conv", (t(None, 6, 6, 4), t(3, 3, 4, 8)), {"padding": "same"}, (6, 6, 3, 3, 4, 8)),
        ("depthwise_conv", (t(None, 6, 4), t(3, 4, 2)), {}, (4, 3, 4, 2)),
        ("conv_transpose", (t(None, 6, 4), t(3, 5, 4)), {"strides": 2}, (6, 3, 5, 4)),
        ("nn.conv", (t(None, 6, 4), t(3, 4, 5)), {"strides": 2}, (2, 3, 4, 5)),
    ],
)
def test_one_for_each_multiplication(
    op: str, args: Any, kwargs: Any, loops: tuple[int, ...]
) -> None:
    assert macs(op, *args, **kwargs) == combinations(*loops)


def test_sums_of_several_products() -> None:
    depthwise, pointwise = t(3, 4, 2), t(1, 8, 5)
    found = macs("separable_conv", t(None, 6, 4), depthwise, pointwise)
    assert found == combinations(4, 3, 4, 2) + combinations(4, 8, 5)
    query, memory = t(None, 3, 2, 4), t(None, 5, 2, 4)
    found = macs("dot_product_attention", query, memory, t(None, 5, 2, 6))
    assert found == combinations(3, 5, 2, 4) + combinations(3, 5, 2, 6)


def test_what_sums_no_products_counts_as_nothing() -> None:
    assert macs("relu", t(None, 3)) == 0
    assert macs("einsum", "bij->bji", t(None, 2, 3)) == 0


def test_open_lengths_are_not_counted() -> None:
    assert macs("matmul", t(None, None, 3), t(3, 4)) is None
    assert macs("matmul", TensorSpec(None), t(3, 4)) is None


@pytest.mark.parametrize(
    ("layer", "flowing", "op", "args", "kwargs"),
    [
        ("Dense", t(None, 7, 6), "matmul", (t(6, 5),), {}),
        ("Conv2D", t(None, 7, 7, 6), "conv", (t(3, 3, 6, 5),), {"strides": 2}),
        ("DepthwiseConv2D", t(None, 7, 7, 6), "depthwise_conv", (t(3, 3, 6, 1),), {}),
        ("Conv2DTranspose", t(None, 7, 7, 6), "conv_transpose", (t(3, 3, 5, 6),), {"strides": 2}),
    ],
)
def test_as_the_layer_of_the_same_name(
    layer: str, flowing: TensorSpec, op: str, args: Any, kwargs: Any
) -> None:
    given: dict[str, Any] = {"units": 5} if layer == "Dense" else {"kernel_size": 3, **kwargs}
    if layer.startswith("Conv"):
        given["filters"] = 5
    call = as_call(LayerValue("layers", layer, given), flowing)
    found = apply(LayerCall(layer, call.args, flowing)).macs
    assert found == macs(op, flowing, *args, **kwargs)
