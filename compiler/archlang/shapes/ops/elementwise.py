"""Functions of each element: of one tensor, of two, activations, `where`, `clip`, `cast`."""

from __future__ import annotations

from archlang.shapes.ops.common import (
    axes_of,
    axis_of,
    broadcast,
    floating,
    join,
    needs_floats,
    no_bools,
    no_text,
    settle,
)
from archlang.shapes.ops.registry import Bound, bad_argument, op_rule, tensor
from archlang.shapes.rule import Nested, RuleError
from archlang.shapes.spec import TensorSpec

DTYPES = (
    "bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64",
    "float16", "bfloat16", "float32", "float64", "complex64", "complex128", "string",
)  # fmt: skip


# A plain number takes a dtype of its own in these, and does not give way.
SETTLES = ("arctan2", "fmod", "logaddexp", "logaddexp2", "mod", "nextafter")


def _first(call: Bound) -> TensorSpec:
    """The tensor that a function of one tensor takes, whatever Keras calls it."""
    return tensor(
        call, next(iter(name for name in ("x", "x1", "variable", "inputs") if name in call.values))
    )


@op_rule(
    "abs", "absolute", "array", "convert_to_tensor", "copy", "empty_like", "imag",
    "nan_to_num", "ones_like", "stop_gradient", "trunc", "zeros_like", "tril", "triu",
)  # fmt: skip
def same(call: Bound) -> Nested:
    """Shape and dtype stay, unless a dtype is written."""
    spec = _first(call)
    dtype = call["dtype"]
    return spec.with_dtype(settle(spec.dtype) if dtype is None else _dtype(call, dtype))


@op_rule("conj", "conjugate", "real", "relu", "relu6", "round", "sign")
def same_numbers(call: Bound) -> Nested:
    """Shape and dtype stay; there is no version for truth values."""
    spec = _first(call)
    no_bools(call, spec)
    return spec.with_dtype(settle(spec.dtype))


@op_rule("negative")
def negative(call: Bound) -> Nested:
    """Like `same_numbers`, and unsigned numbers have no negative."""
    spec = _first(call)
    no_bools(call, spec)
    if spec.dtype is not None and spec.dtype.startswith("uint"):
        raise RuleError(
            f"`ops.negative` needs numbers with a sign, but {spec.dtype} flows in",
            code="E0376",
            label=f"{spec.dtype} flows in",
            help='cast it first, with `ops.cast("int32")`',
        )
    return spec


@op_rule("square")
def square(call: Bound) -> Nested:
    spec = _first(call)
    no_text(call, spec)
    return spec.with_dtype("int32" if spec.dtype == "bool" else settle(spec.dtype))


@op_rule(
    "angle", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "ceil", "cos", "cosh",
    "exp",
    "exp2", "expm1", "fabs", "floor", "log", "log10", "log1p", "log2", "sin", "sinc", "sinh",
    "sqrt", "tan",
    "tanh", "reciprocal",
)  # fmt: skip
def with_fractions(call: Bound) -> Nested:
    """Whole numbers become float32."""
    spec = _first(call)
    if call.op == "reciprocal":
        needs_floats(call, spec)
    no_text(call, spec)
    return spec.with_dtype(floating(spec.dtype))


@op_rule("cbrt", "deg2rad", "rad2deg", "i0")
def with_wide_fractions(call: Bound) -> Nested:
    """Whole numbers become float32, those of 64 bits float64."""
    spec = _first(call)
    no_text(call, spec)
    return spec.with_dtype("float64" if spec.dtype == "int64" else floating(spec.dtype))


@op_rule("isfinite", "isinf", "isnan", "isneginf", "isposinf", "isreal", "logical_not", "signbit")
def to_bool(call: Bound) -> Nested:
    spec = _first(call)
    no_text(call, spec)
    return spec.with_dtype("bool")


@op_rule("bitwise_invert", "bitwise_not")
def bits(call: Bound) -> Nested:
    spec = _first(call)
    _check_bits(call, spec)
    return spec


@op_rule(
    "celu", "elu", "erf", "erfc", "erfinv", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu",
    "hard_swish",
    "hard_tanh", "log_sigmoid", "rsqrt", "selu", "sigmoid", "silu", "soft_shrink", "softplus",
    "softsign",
    "sparse_plus", "sparse_sigmoid", "squareplus", "swish", "tanh_shrink", "threshold",
)  # fmt: skip
def activation(call: Bound) -> Nested:
    """Activations stay what they are, and have no version for whole numbers."""
    spec = _first(call)
    needs_floats(call, spec)
    return spec.with_dtype(settle(spec.dtype))


@op_rule("leaky_relu")
def leaky_relu(call: Bound) -> Nested:
    spec = _first(call)
    no_bools(call, spec)
    return spec.with_dtype(floating(spec.dtype))


@op_rule(
    "softmax", "log_softmax", "sparsemax", "normalize", "rms_normalization", "layer_normalization"
)
def along_axis(call: Bound) -> Nested:
    """Normalized along an axis; the shape stays."""
    spec = _first(call)
    needs_floats(call, spec)
    if spec.shape is not None and call["axis"] is not None:
        axes_of(call, len(spec.shape), call["axis"])
    return spec


@op_rule("glu")
def glu(call: Bound) -> Nested:
    """Half of the axis gates the other half."""
    spec = _first(call)
    needs_floats(call, spec)
    if spec.shape is None:
        return spec
    axis = axis_of(call, len(spec.shape), call["axis"])
    size = spec.shape[axis]
    if isinstance(size, int) and size % 2:
        raise RuleError(
            f"`ops.glu` halves axis {axis}, but its size is {size}",
            code="E0375",
            argument="axis",
            label="an odd size",
        )
    half = size // 2 if isinstance(size, int) else None
    return spec.with_shape((*spec.shape[:axis], half, *spec.shape[axis + 1 :]))


@op_rule(
    "add",
    "floor_divide",
    "fmax",
    "fmin",
    "maximum",
    "minimum",
    "multiply",
    "power",
    "subtract",
    "fmod",
    "mod",
)
def arithmetic(call: Bound) -> Nested:
    """Two tensors, element by element, in the dtype where both meet."""
    a, b = tensor(call, "x1"), tensor(call, "x2")
    if call.op in ("fmod", "mod"):
        no_text(call, a, b)
    else:
        no_bools(call, a, b)
    dtype = _settled(a, b) if call.op in SETTLES else join(a.dtype, b.dtype)
    if dtype == "bool" and call.op in ("fmod", "mod"):
        dtype = "int32"
    return TensorSpec(broadcast(call, a, b), dtype)


@op_rule(
    "arctan2", "divide", "divide_no_nan", "logaddexp", "logaddexp2", "nextafter", "true_divide"
)
def division(call: Bound) -> Nested:
    """Two tensors, element by element; whole numbers become float32."""
    a, b = tensor(call, "x1"), tensor(call, "x2")
    no_text(call, a, b)
    dtype = _settled(a, b) if call.op in SETTLES else join(a.dtype, b.dtype)
    return TensorSpec(broadcast(call, a, b), floating(dtype))


@op_rule("heaviside", "hypot")
def wide_division(call: Bound) -> Nested:
    """Like `division`, with float64 for whole numbers of 64 bits."""
    a, b = _no_plain_numbers(call, ["x1", "x2"])
    no_bools(call, a, b)
    dtype = join(a.dtype, b.dtype)
    return TensorSpec(broadcast(call, a, b), "float64" if dtype == "int64" else floating(dtype))


@op_rule(
    "equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "logical_and",
    "logical_or",
    "logical_xor", "isclose",
)  # fmt: skip
def comparison(call: Bound) -> Nested:
    a, b = tensor(call, "x1"), tensor(call, "x2")
    if "equal" not in call.op:
        no_text(call, a, b)
    if call.op.startswith(("greater", "less")):
        no_bools(call, a, b)
    return TensorSpec(broadcast(call, a, b), "bool")


@op_rule(
    "bitwise_and", "bitwise_left_shift", "bitwise_or", "bitwise_right_shift", "bitwise_xor", "gcd",
    "lcm",
    "left_shift", "right_shift",
)  # fmt: skip
def two_bits(call: Bound) -> Nested:
    """Whole numbers, bit by bit."""
    names = [name for name in ("x", "x1", "x2", "y") if name in call.values]
    a, b = _no_plain_numbers(call, names[:2])
    for spec in (a, b):
        _check_bits(call, spec)
    return TensorSpec(broadcast(call, a, b), _settled(a, b))


@op_rule("where")
def where(call: Bound) -> Nested:
    """Elements of one tensor or of another; without them, places of which nobody knows how many
    there are.
    """
    condition = tensor(call, "condition")
    if call["x1"] is None and call["x2"] is None:
        rank = 1 if condition.shape is None else len(condition.shape)
        return tuple(TensorSpec((None,), "int64") for _ in range(rank))
    a, b = tensor(call, "x1"), tensor(call, "x2")
    return TensorSpec(broadcast(call, condition, a, b), join(a.dtype, b.dtype))


@op_rule("clip")
def clip(call: Bound) -> Nested:
    spec = tensor(call, "x")
    no_text(call, spec)
    limits = (call["x_min"], call["x_max"])
    dtype = settle(spec.dtype)
    fractions = [
        name
        for name, limit in zip(("x_min", "x_max"), limits, strict=True)
        if isinstance(limit, float)
    ]
    if fractions and dtype is not None and "float" not in dtype:
        raise RuleError(
            f"`ops.clip` of {dtype} needs whole numbers as limits",
            code="E0376",
            argument=fractions[0],
            label="a float",
            help="use whole numbers, or cast the tensor to floats first",
        )
    return spec.with_dtype("int32" if dtype == "bool" else dtype)


@op_rule("cast")
def cast(call: Bound) -> Nested:
    spec = tensor(call, "x")
    dtype = _dtype(call, call["dtype"])
    if (spec.dtype == "string") != (dtype == "string") and spec.dtype is not None:
        raise RuleError(
            f"`ops.cast` cannot turn {settle(spec.dtype)} into {dtype}",
            code="E0376",
            argument="dtype",
            label=f"not from {settle(spec.dtype)}",
            help="`StringLookup` and `TextVectorization` turn strings into numbers"
            if spec.dtype == "string"
            else None,
        )
    return spec.with_dtype(dtype)


@op_rule("full_like")
def full_like(call: Bound) -> Nested:
    spec = tensor(call, "x")
    dtype = call["dtype"]
    return spec.with_dtype(settle(spec.dtype) if dtype is None else _dtype(call, dtype))


def _settled(a: TensorSpec, b: TensorSpec) -> str | None:
    return join(settle(a.dtype), settle(b.dtype))


def _no_plain_numbers(call: Bound, names: list[str]) -> list[TensorSpec]:
    """Both arguments must be tensors; `gcd` and `lcm` take plain numbers too."""
    for name in names:
        if not isinstance(call[name], TensorSpec) and call.op not in ("gcd", "lcm"):
            raise bad_argument(call, name, "a tensor, not a plain number")
    return [tensor(call, name) for name in names]


def _dtype(call: Bound, value: object) -> str:
    if not isinstance(value, str) or value not in (*DTYPES, "int", "float"):
        raise bad_argument(call, "dtype", "the name of a dtype, as float32 or int64,")
    return settle(value) or value


def _check_bits(call: Bound, spec: TensorSpec) -> None:
    dtype = settle(spec.dtype)
    if dtype is not None and "int" not in dtype:
        raise RuleError(
            f"`ops.{call.op}` computes with whole numbers, but {dtype} flows in",
            code="E0376",
            label=f"{dtype} flows in",
            help='cast it first, with `ops.cast("int32")`',
        )
