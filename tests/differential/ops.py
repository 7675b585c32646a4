"""Random calls of `keras.ops` put to the rules and to Keras itself, and the answers compared.

`python -m tests.differential.ops [count] [seed]` runs more than the test does and
prints the disagreements.

Keras is asked twice: symbolically, and by running a functional model on made-up numbers. Where only
the run
fails, the rules are to refuse as well.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

from archlang.shapes.ops import OpCall, apply_op
from archlang.shapes.rule import RuleError
from archlang.shapes.spec import TensorSpec

FLOATS = ("float32", "float32", "float32", "float16", "float64")
WHOLES = ("int32", "int64", "uint8", "bool")
# What stands for an open length when a model is run; the others are tried where it does not work
# out.
LENGTH = 6
LENGTHS = (LENGTH, 1, 2, 3, 4, 5, 12, 60)

Case = tuple[str, tuple[Any, ...], dict[str, Any]]
Random = random.Random


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
    ]
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


def keras_answer(case: Case) -> tuple[str, Any, Any]:
    """What Keras says: `ok` with the symbolic and the computed outputs, `symbolic` or `run` with
    the failure.
    """
    import keras
    import tensorflow as tf
    from keras import tree

    op, args, kwargs = case
    function: Any = keras.ops
    for part in op.split("."):
        function = getattr(function, part)
    inputs: list[Any] = []

    def make(value: Any) -> Any:
        if isinstance(value, TensorSpec):
            inputs.append(keras.KerasTensor(value.shape, dtype=value.dtype))
            return inputs[-1]
        return value

    try:
        with keras.StatelessScope(initialize_variables=False):
            # Only the outermost list of tensors holds tensors; other nesting is plain values.
            made = [[make(v) for v in a] if isinstance(a, list) else make(a) for a in args]
            symbolic = function(*made, **kwargs)
            model = keras.Function(inputs, symbolic)
    except Exception as error:
        return "symbolic", str(error), None
    if op == "conv_transpose":
        # Keras mixes up its arguments when it runs this one inside a model; called directly, it
        # works.
        model = lambda data: function(*data, **kwargs)  # noqa: E731
    open_length = any(None in x.shape for x in inputs)
    failure = ""
    for length in LENGTHS if open_length else (LENGTH,):
        # Positions must lie inside their axis, divisors must not be 0.
        fill = tf.zeros if op.startswith("take") else tf.ones
        shapes = [[length if d is None else d for d in x.shape] for x in inputs]
        data = [tf.cast(fill(dims), x.dtype) for dims, x in zip(shapes, inputs, strict=True)]
        try:
            return "ok", tree.flatten(symbolic), tree.flatten(model(data))
        except Exception as error:
            failure = failure or str(error)
    return "run", failure, None


def compare(case: Case) -> str | None:
    """The disagreement between the rule and Keras in words, or None."""
    from keras import tree

    op, args, kwargs = case
    verdict, symbolic, computed = keras_answer(case)
    try:
        outputs = apply_op(OpCall(op, args, kwargs))
    except RuleError as refusal:
        return f"refused ({refusal.message}), Keras accepts" if verdict == "ok" else None
    # Whether numbers of an open length can be reshaped, the length decides.
    if verdict == "run" and op == "reshape" and None in (args[0].shape or ()):
        return None
    if verdict != "ok":
        return f"accepted, Keras refuses ({verdict}): {str(symbolic)[:200]}"
    ours: list[TensorSpec] = tree.flatten(outputs)
    if len(ours) != len(computed):
        return f"{len(ours)} outputs, Keras {len(computed)}"
    for one, told, real in zip(ours, symbolic, computed, strict=True):
        problem = _output(one, told, real)
        if problem:
            return problem
    return None


def _output(ours: TensorSpec, told: Any, real: Any) -> str | None:
    actual = tuple(real.shape)
    if ours.shape is None or len(ours.shape) != len(actual):
        return f"shape {ours.shape}, computed {actual}"
    for dim, known, length in zip(ours.shape, told.shape, actual, strict=True):
        if isinstance(dim, int) and dim != length:
            return f"shape {ours.shape}, computed {actual}"
        if not isinstance(dim, int) and known is not None and known == length:
            return f"shape {ours.shape}, Keras {told.shape}"
    name = getattr(real.dtype, "name", str(real.dtype))
    return None if ours.dtype == name else f"dtype {ours.dtype}, computed {name}"


def disagreements(count: int, seed: int) -> list[tuple[Case, str]]:
    found: list[tuple[Case, str]] = []
    for case in cases(count, seed):
        problem = compare(case)
        if problem:
            found.append((case, problem))
    return found


if __name__ == "__main__":
    count, seed = (int(sys.argv[i]) if len(sys.argv) > i else d for i, d in ((1, 2000), (2, 0)))
    problems = disagreements(count, seed)
    for (op, args, kwargs), problem in problems:
        print(op, *args, kwargs, "\n   ", problem)
    print(f"{count} cases, {len(problems)} disagreements")
