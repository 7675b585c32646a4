"""`keras.ops` as steps and slices: shapes with symbolic lengths, dtypes, unknown tensors."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from archlang.shapes.dims import add, mul, symbol
from archlang.shapes.dtypes import promote
from archlang.shapes.ops import OP_RULES, OpCall, apply_op
from archlang.shapes.ops.indexing import slice_tensor
from archlang.shapes.rule import RuleError
from archlang.shapes.spec import UNKNOWN, TensorSpec

TIME = symbol("time")
X = TensorSpec((None, TIME, 8))
IMAGE = TensorSpec((None, 28, 28, 3))
ALL = (None, None, None)


def op(name: str, *args: Any, **kwargs: Any) -> Any:
    return apply_op(OpCall(name, args, kwargs))


def test_symbols_go_through() -> None:
    assert op("mean", X, axis=1).shape == (None, 8)
    assert op("transpose", X, axes=(0, 2, 1)).shape == (None, 8, TIME)
    assert op("concatenate", [X, X], axis=1).shape == (None, mul(2, TIME), 8)
    assert op("reshape", TensorSpec((2, TIME, 8)), (2, -1)).shape == (2, mul(8, TIME))
    assert op("pad", X, [(0, 0), (1, 2), (0, 0)]).shape == (None, add(TIME, 3), 8)
    assert op("einsum", "btd,bsd->bts", X, TensorSpec((None, 5, 8))).shape == (None, TIME, 5)
    assert op("matmul", X, TensorSpec((8, 2))).shape == (None, TIME, 2)
    assert op("kron", X, TensorSpec((None, 2, 3))).shape == (None, mul(2, TIME), 24)
    assert op("vdot", X, X).shape == ()
    assert op("add", X, TensorSpec((None, 1, 8))).shape == (None, TIME, 8)
    assert op("split", TensorSpec((None, mul(4, TIME))), 2, axis=1)[0].shape == (None, mul(2, TIME))


def test_the_batch_stays_open() -> None:
    assert op("reshape", IMAGE, (-1, 28 * 28 * 3)).shape == (None, 2352)
    assert op("reshape", IMAGE, (None, -1)).shape == (None, 2352)
    assert op("image.resize", IMAGE, (7, 9)).shape == (None, 7, 9, 3)
    assert op("max_pool", IMAGE, 2).shape == (None, 14, 14, 3)
    assert op("conv", IMAGE, TensorSpec((3, 3, 3, 16)), padding="same").shape == (None, 28, 28, 16)
    assert op("image.extract_patches", IMAGE, 7).shape == (None, 4, 4, 147)


def test_dtypes() -> None:
    whole = TensorSpec((None, 3), "int32")
    assert op("mean", whole, axis=1).dtype == "float32"
    assert op("add", whole, 1.5).dtype == "float32"
    assert op("multiply", whole, 2).dtype == "int32"
    assert op("divide", whole, 2).dtype == "float32"
    assert op("equal", whole, 0).dtype == "bool"
    assert op("argmax", X, axis=-1) == TensorSpec((None, TIME), "int32")
    assert op("cast", whole, "float16").dtype == "float16"
    assert op("sum", TensorSpec((None, 3), "bool"), axis=1).dtype == "int32"


def test_several_results() -> None:
    values, indices = op("top_k", X, 2)
    assert values == TensorSpec((None, TIME, 2))
    assert indices.dtype == "int32"
    assert len(op("split", IMAGE, [1, 5], axis=1)) == 3
    assert [s.shape for s in op("unstack", TensorSpec((None, 2)), axis=1)] == [(None,), (None,)]


def test_unknown_is_never_refused() -> None:
    assert op("mean", UNKNOWN) == TensorSpec((), None)
    assert op("matmul", UNKNOWN, X).shape is None
    assert op("concatenate", [UNKNOWN, X], axis=1).shape is None
    assert op("reshape", UNKNOWN, (-1, 3)).shape == (None, 3)
    assert op("fft2", X) == UNKNOWN


def test_names_in_submodules() -> None:
    assert op("nn.relu", X) == X
    assert op("numpy.mean", X, axis=1) == op("mean", X, axis=1)
    assert op("linalg.norm", X, axis=-1).shape == (None, TIME)


@pytest.mark.parametrize(
    ("indices", "shape"),
    [
        ([ALL, 0], (None, 8)),
        ([ALL, -1], (None, 8)),
        ([ALL, (1, None, None)], (None, add(TIME, -1), 8)),
        ([ALL, (None, -2, None)], (None, add(TIME, -2), 8)),
        ([ALL, (None, 3, None)], (None, None, 8)),
        ([..., 0], (None, TIME)),
        ([..., (None, 4, None)], (None, TIME, 4)),
        ([..., (None, None, 3)], (None, TIME, 3)),
        ([ALL, None], (None, 1, TIME, 8)),
        ([0], (TIME, 8)),
        ([ALL, ALL, (None, None, -1)], (None, TIME, 8)),
    ],
)
def test_slices(indices: list[Any], shape: tuple[Any, ...]) -> None:
    assert slice_tensor(X, indices).shape == shape


# As the oracle's page lists them.
@pytest.mark.parametrize(
    ("equation", "a", "b", "shape"),
    [
        # Keras computes these by `matmul`, and all others by TensorFlow's einsum, which stretches nothing.
        ("bhqd,bhdk->bhqk", (1, 3, 5, 4), (2, 3, 4, 6), (2, 3, 5, 6)),
        ("abcde,aebf->adbcf", (1, 2, 3, 4, 5), (6, 5, 2, 7), (6, 4, 2, 3, 7)),
        ("bij,bjk->bik", (1, 3, 5), (2, 5, 4), None),
        ("bi,ij->ji", (2, 1), (5, 3), None),
    ],
)
def test_einsum_stretches_where_keras_does(equation: str, a: Any, b: Any, shape: Any) -> None:
    if shape is None:
        with pytest.raises(RuleError, match="in one tensor"):
            op("einsum", equation, TensorSpec(a), TensorSpec(b))
    else:
        assert op("einsum", equation, TensorSpec(a), TensorSpec(b)).shape == shape


_KNOWN = """
    sum mean max min prod std var any all argmax argmin logsumexp median norm reshape
    transpose swapaxes moveaxis expand_dims squeeze broadcast_to flip roll tile repeat pad
    concatenate stack split unstack matmul dot tensordot einsum inner outer take
    take_along_axis get_item slice where clip cast one_hot top_k sort argsort cumsum cumprod
    zeros_like ones_like full_like stop_gradient normalize softmax log_softmax max_pool
    average_pool conv depthwise_conv conv_transpose image.resize image.rgb_to_grayscale
    image.extract_patches dot_product_attention relu relu6 sigmoid gelu silu elu selu celu
    leaky_relu hard_sigmoid softplus softsign log_sigmoid hard_tanh tanh_shrink squareplus
    sparsemax threshold glu add subtract multiply divide power maximum minimum abs exp log
    sqrt square sin cos tanh floor ceil round sign negative reciprocal rsqrt mod floor_divide
    arctan2 equal not_equal greater greater_equal less less_equal logical_and logical_or
    logical_not logical_xor isnan isinf isfinite erf log1p expm1 logaddexp
"""
MUST_BE_KNOWN = _KNOWN.split()


def test_the_ops_that_must_be_known() -> None:
    assert [name for name in MUST_BE_KNOWN if name not in OP_RULES] == []


@pytest.mark.slow
def test_promotion_is_keras_own() -> None:
    from keras.src.backend.common.dtypes import ALLOWED_DTYPES, result_type

    # Complex numbers do not occur in specs, and Keras's own table is not sound for them.
    known = [d for d in ALLOWED_DTYPES if d.startswith(("bool", "int", "uint", "float", "bfloat"))]
    known = [d for d in known if not d.startswith("float8")]
    for pair in itertools.product(known, repeat=2):
        assert promote(*pair) == result_type(*pair), pair
    for dtype, python in itertools.product(known, (int, float)):
        assert promote(dtype, python.__name__) == result_type(dtype, python), (dtype, python)


@pytest.mark.slow
def test_what_is_open_in_the_first_tensor_stays_open_as_in_keras() -> None:
    from keras import KerasTensor, ops

    shapes = [(None, 4, None), (None, 4, 5)]
    for order in (shapes, shapes[::-1]):
        ours = [TensorSpec(shape, "float32") for shape in order]
        promised = [KerasTensor(shape) for shape in order]
        assert op("concatenate", ours, axis=1).shape == ops.concatenate(promised, axis=1).shape
        assert op("stack", ours, axis=1).shape == ops.stack(promised, axis=1).shape
