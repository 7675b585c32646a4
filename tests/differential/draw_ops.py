"""Random calls of `keras.ops`: `cases` draws them, right ones and wrong ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from archlang.shapes.spec import TensorSpec

FLOATS = ("float32", "float32", "float32", "float16", "float64")
WHOLES = ("int32", "int64", "uint8", "bool")

Case = tuple[str, tuple[Any, ...], dict[str, Any]]
Random = random.Random
# A size that fits the length which an open axis has when a model is run.
LENGTH = 6


def shape(
    rng: Random, low: int = 1, high: int = 4, *, batch: bool = True
) -> tuple[int | None, ...]:
    rank = rng.randint(low, high)
    dims: list[int | None] = [rng.choice((1, 2, 3, 4, 6)) for _ in range(rank)]
    if batch:
        dims[0] = None
    if rank > 2 and rng.random() < 0.2:
        dims[1] = None
    return tuple(dims)


def dtype(rng: Random, whole: float = 0.25) -> str:
    return rng.choice(WHOLES if rng.random() < whole else FLOATS)


def tensor(rng: Random, low: int = 1, high: int = 4, whole: float = 0.25) -> TensorSpec:
    return TensorSpec(shape(rng, low, high), dtype(rng, whole))


def axis(rng: Random, spec: TensorSpec, *, wrong: float = 0.1) -> int:
    rank = spec.rank or 0
    if rng.random() < wrong:
        return rng.choice((rank, rank + 2, -rank - 1))
    return rng.randint(-rank, rank - 1) if rank else 0


def axes(rng: Random, spec: TensorSpec) -> Any:
    roll = rng.random()
    if roll < 0.2:
        return None
    if roll < 0.7:
        return axis(rng, spec)
    rank = spec.rank or 0
    return rng.sample(range(rank), rng.randint(1, rank))


def variant(rng: Random, spec: TensorSpec) -> TensorSpec:
    """A tensor that mostly fits another one for broadcasting."""
    dims = list(spec.shape or ())
    for i, dim in enumerate(dims):
        roll = rng.random()
        if roll < 0.2:
            dims[i] = 1
        elif roll < 0.25 and dim is not None:
            dims[i] = 5
    dims = dims[rng.randint(0, len(dims)) :] if rng.random() < 0.3 else dims
    return TensorSpec(tuple(dims), dtype(rng))


UNARY = (
    "abs", "absolute", "copy", "nan_to_num", "ones_like", "zeros_like", "stop_gradient", "trunc",
    "conj",
    "real", "relu", "relu6", "round", "sign", "negative", "square", "arccos", "arctan", "ceil",
    "cos", "exp",
    "expm1", "floor", "log", "log1p", "log2", "sin", "sqrt", "tan", "tanh", "reciprocal", "cbrt",
    "isfinite",
    "isnan", "logical_not", "bitwise_not", "celu", "elu", "erf", "erfinv", "gelu", "hard_shrink",
    "hard_sigmoid", "hard_silu", "hard_tanh", "log_sigmoid", "rsqrt", "selu", "sigmoid", "silu",
    "soft_shrink",
    "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "squareplus", "tanh_shrink",
    "leaky_relu",
)  # fmt: skip
BINARY = (
    "add", "subtract", "multiply", "divide", "true_divide", "floor_divide", "maximum", "minimum",
    "power",
    "mod", "arctan2", "logaddexp", "equal", "not_equal", "greater", "less_equal", "logical_and",
    "logical_or",
    "divide_no_nan", "fmax", "hypot",
)  # fmt: skip
REDUCTIONS = (
    "sum",
    "mean",
    "max",
    "min",
    "prod",
    "std",
    "var",
    "any",
    "all",
    "logsumexp",
    "median",
    "norm",
    "amax",
)


def unary(rng: Random) -> Case:
    return rng.choice(UNARY), (tensor(rng),), {}


def binary(rng: Random) -> Case:
    a = tensor(rng)
    b: Any = variant(rng, a) if rng.random() < 0.8 else rng.choice((2, 1.5))
    return (
        rng.choice(BINARY),
        ((a, b) if rng.random() < 0.7 or not isinstance(b, TensorSpec) else (b, a)),
        {},
    )


def reduction(rng: Random) -> Case:
    a = tensor(rng)
    return rng.choice(REDUCTIONS), (a,), {"axis": axes(rng, a), "keepdims": rng.random() < 0.3}


def arg_reduction(rng: Random) -> Case:
    a = tensor(rng)
    where = None if rng.random() < 0.2 else axis(rng, a)
    return rng.choice(("argmax", "argmin")), (a,), {"axis": where, "keepdims": rng.random() < 0.3}


def along(rng: Random) -> Case:
    a = tensor(rng)
    op = rng.choice(
        ("softmax", "log_softmax", "normalize", "sort", "argsort", "cumsum", "cumprod", "flip")
    )
    return op, (a,), {"axis": axis(rng, a)}


def reshape(rng: Random) -> Case:
    a = TensorSpec(shape(rng, 2, 4, batch=rng.random() < 0.7), dtype(rng))
    rest = 1
    for dim in (a.shape or ())[1:]:
        rest *= dim or LENGTH
    target = rng.choice(
        [
            (-1, rest),
            (-1, 1, rest),
            (-1, 2, rest // 2 or 1),
            (-1,),
            (2, -1),
            (3, 4),
            (-1, -1),
            (-1, 5),
            (-1, rest, 1),
        ]
    )
    return "reshape", (a, target), {}


def rearrange(rng: Random) -> Case:
    a = tensor(rng, 2)
    rank = a.rank or 0
    order = rng.sample(range(rank), rank)
    options: list[Case] = [
        ("transpose", (a,), {}),
        ("transpose", (a,), {"axes": order if rng.random() < 0.8 else order[1:]}),
        ("swapaxes", (a, axis(rng, a), axis(rng, a)), {}),
        ("moveaxis", (a, axis(rng, a), axis(rng, a)), {}),
        ("moveaxis", (a, order[:2], order[:2][::-1]), {}),
        ("expand_dims", (a, rng.choice((0, 1, -1, rank, -rank - 1, rank + 2))), {}),
        ("squeeze", (a,), {"axis": axis(rng, a)}),
        ("squeeze", (a,), {}),
        ("roll", (a, 1), {"axis": axis(rng, a)}),
        ("tile", (a, rng.choice((2, [1, 2], [2, 1, 1, 1, 1]))), {}),
        ("repeat", (a, 2), {"axis": axis(rng, a, wrong=0)}),
        ("repeat", (a, 2), {}),
        ("pad", (a, rng.choice((1, [(0, 0)] + [(1, 2)] * (rank - 1), [(1, 1)]))), {}),
        ("pad", (a, [(0, 0)] * rng.randint(1, 4)), {"mode": "constant", "constant_values": 0}),
        ("broadcast_to", (a, tuple(LENGTH if d is None else d for d in a.shape or ())), {}),
        ("broadcast_to", (a, (2, *(LENGTH if d is None else d for d in a.shape or ()))), {}),
    ]
    return rng.choice(options)


def joining(rng: Random) -> Case:
    a = tensor(rng, 1)
    b = TensorSpec(a.shape if rng.random() < 0.7 else variant(rng, a).shape, dtype(rng, 0.1))
    where = axis(rng, a)
    options: list[Case] = [
        ("concatenate", ([a, b],), {"axis": where}),
        ("concatenate", ([a, b, a],), {"axis": where}),
        ("stack", ([a, b],), {"axis": rng.choice((0, 1, -1, 3))}),
        ("split", (a, rng.choice((1, 2, 3))), {"axis": where}),
        ("split", (a, rng.choice(([1], [1, 2], [0, 1]))), {"axis": where}),
        ("unstack", (a,), {"axis": where}),
    ]
    return rng.choice(options)


def products(rng: Random) -> Case:
    a = tensor(rng, 1, 4, 0.1)
    dims = a.shape or ()
    inner = dims[-1]
    right = TensorSpec((inner if rng.random() < 0.85 else 5, rng.randint(1, 4)), a.dtype)
    batched = TensorSpec((*dims[:-2], inner, 3), a.dtype)
    options: list[Case] = [
        ("matmul", (a, right), {}),
        ("matmul", (a, batched), {}),
        ("dot", (a, right), {}),
        ("inner", (a, TensorSpec((2, inner), a.dtype)), {}),
        ("outer", (a, right), {}),
        ("tensordot", (a, right), {"axes": rng.choice((1, [[-1], [0]], [[-1], [1]], 0))}),
        (
            "einsum",
            (
                rng.choice(("bi,ij->bj", "bti,ij->btj", "...i,ij->...j", "bi,ij", "bi,ij->ji")),
                a,
                right,
            ),
            {},
        ),
        ("einsum", (rng.choice(("...->...", "bij->bji", "bi->b", "b...->...", "bb->b")), a), {}),
        ("einsum", ("bij,bjk->bik", a, batched), {}),
        ("einsum", ("abcd,abde->abce", a, batched), {}),
        ("vdot", (a, a), {}),
    ]
    # TensorFlow multiplies tensors of six axes at most here.
    if len(dims) == len(batched.shape or ()) < 4:
        options.append(("kron", (a, rng.choice((a, batched))), {}))
    return rng.choice(options)


def picking(rng: Random) -> Case:
    a = tensor(rng, 1, 4, 0.1)
    rank = a.rank or 0
    indices = TensorSpec((None, 2), "int32")
    same = TensorSpec(a.shape, "int32")
    options: list[Case] = [
        ("take", (a, rng.choice((0, [0, 0], indices))), {"axis": axis(rng, a)}),
        ("take_along_axis", (a, same), {"axis": axis(rng, a)}),
        (
            "one_hot",
            (TensorSpec(a.shape, "int32"), rng.randint(1, 5)),
            {"axis": rng.choice((-1, 0, 1, 9))},
        ),
        ("top_k", (a, rng.randint(1, 3)), {}),
        ("where", (TensorSpec(a.shape, "bool"), a, variant(rng, a)), {}),
        ("clip", (a, 0, rng.choice((1, 1.0, 0.5))), {}),
        ("cast", (a, rng.choice(("float32", "int32", "bool", "float16", "foo"))), {}),
        ("full_like", (a, 2), {}),
        ("slice", (a, [0] * rank, [-1] * (rank - 1) + [1]), {}),
        (
            "get_item",
            (
                a,
                rng.choice(
                    (
                        0,
                        (slice(None), 0),
                        (Ellipsis, 0),
                        (slice(None), slice(1, None)),
                        (None, Ellipsis),
                        (slice(None), slice(None, -1)),
                        (slice(None), 9),
                        (slice(None), slice(None, None, 2)),
                    )
                ),
            ),
            {},
        ),
    ]
    return rng.choice(options)


def windows(rng: Random) -> Case:
    rank = rng.choice((1, 2))
    space = tuple(rng.choice((4, 5, 7)) for _ in range(rank))
    a = TensorSpec((None, *space, 4), "float32")
    padding = rng.choice(("valid", "same"))
    window = rng.randint(1, 6)
    kernel = TensorSpec((*(window,) * rank, rng.choice((4, 4, 4, 2, 3)), 6), "float32")
    depthwise = TensorSpec((*(window,) * rank, 4, 2), "float32")
    back = TensorSpec((*(window,) * rank, 5, 4), "float32")
    image = TensorSpec((None, 8, 9, rng.choice((1, 3, 2))), rng.choice(("float32", "uint8")))
    options: list[Case] = [
        (
            rng.choice(("max_pool", "average_pool")),
            (a, window),
            {"padding": padding, "strides": rng.choice((None, 1, 2))},
        ),
        ("conv", (a, kernel), {"padding": padding, "strides": rng.choice((1, 2))}),
        ("conv", (a, kernel), {"padding": padding, "dilation_rate": rng.choice((1, 2))}),
        ("depthwise_conv", (a, depthwise), {"padding": padding}),
        (
            "separable_conv",
            (a, depthwise, TensorSpec((*(1,) * rank, rng.choice((8, 8, 4)), 5), "float32")),
            {"padding": padding, "strides": rng.choice((1, 2))},
        ),
        ("conv_transpose", (a, back), {"padding": padding, "strides": rng.choice((1, 2))}),
        (
            "image.resize",
            (image, (rng.choice((4, 12, 0)), 5)),
            {"interpolation": rng.choice(("bilinear", "nearest"))},
        ),
        ("image.rgb_to_grayscale", (image,), {}),
        (
            "image.extract_patches",
            (TensorSpec(image.shape, "float32"), rng.choice((2, 3, (2, 3), 10))),
            {"padding": padding, "strides": rng.choice((None, 1))},
        ),
        (
            "dot_product_attention",
            (
                TensorSpec((None, 3, 2, 4)),
                TensorSpec((None, 5, 2, rng.choice((4, 4, 3)))),
                TensorSpec((None, 5, 2, 4)),
            ),
            {},
        ),
    ]
    return rng.choice(options)


GENERATORS: tuple[Callable[[Random], Case], ...] = (
    unary,
    unary,
    binary,
    binary,
    reduction,
    arg_reduction,
    along,
    reshape,
    rearrange,
    rearrange,
    joining,
    products,
    products,
    picking,
    picking,
    windows,
)


def cases(count: int, seed: int) -> Iterator[Case]:
    rng = random.Random(seed)
    for _ in range(count):
        yield rng.choice(GENERATORS)(rng)
