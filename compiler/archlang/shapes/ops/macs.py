"""Multiply-adds of ops: one for each multiplication of two numbers that come from tensors, for one example.

Only ops that sum products are counted, as with layers: what goes element by element counts as nothing.
"""

from __future__ import annotations

from typing import Any

from archlang.shapes.dims import product
from archlang.shapes.ops.products import equation_of, letter_sizes, summed_axes
from archlang.shapes.ops.registry import OpCall, apply_op, bind, plain_name, tensor
from archlang.shapes.rule import RuleError
from archlang.shapes.spec import Dim, Shape, TensorSpec
from archlang.shapes.values import times

# All other ops of keras.ops count as nothing.
CONTRACTIONS = frozenset({
    "matmul", "dot", "tensordot", "einsum", "inner", "outer", "vdot", "kron", "conv", "depthwise_conv",
    "separable_conv", "conv_transpose", "dot_product_attention",
})  # fmt: skip


def op_macs(call: OpCall) -> int | None:
    """The multiply-adds of one call for one example; None where a length is open or the op is not worked out."""
    name = plain_name(call.op)
    if name not in CONTRACTIONS:
        return 0
    alone = OpCall(
        name, tuple(_alone(a) for a in call.args), {k: _alone(v) for k, v in call.kwargs.items()}
    )
    try:
        out = apply_op(alone)
        shape = out.shape if isinstance(out, TensorSpec) else None
        return None if shape is None else _count(name, alone, shape)
    except RuleError:
        return None


def _alone(value: Any) -> Any:
    """A tensor with a batch of one example."""
    if isinstance(value, TensorSpec) and value.shape and value.shape[0] is None:
        return value.with_shape((1, *value.shape[1:]))
    return value


def _count(name: str, call: OpCall, out: Shape) -> int | None:
    bound = bind(call)
    if name == "einsum":
        equation, specs = equation_of(bound)
        sizes: dict[str, Dim] = letter_sizes(bound, equation, specs)
        return times(len(specs) - 1, product(sizes.values()))
    if name in ("outer", "kron"):
        return times(*out)
    if name == "dot_product_attention":
        query, key = tensor(bound, "query").shape, tensor(bound, "key").shape
        value = tensor(bound, "value").shape
        if query is None or key is None or value is None:
            return None
        pairs = (*query[:3], key[1])
        scores, answers = times(*pairs, query[3]), times(*pairs, value[3])
        return None if scores is None or answers is None else scores + answers
    if name in ("matmul", "dot", "inner", "vdot", "tensordot"):
        a, b = tensor(bound, "x1").shape, tensor(bound, "x2").shape
        if a is None or b is None:
            return None
        if name == "vdot":
            return times(*a)
        axes = summed_axes(bound, a, b) if name == "tensordot" else [len(a) - 1]
        inner = [a[axis] for axis in axes] if a and b else []
        return times(*out, *inner)
    return _convolution(name, bound_shapes(bound), out)


def bound_shapes(bound: Any) -> dict[str, Shape]:
    """The shapes of a convolution's tensors, by argument."""
    found: dict[str, Shape] = {}
    for name in ("inputs", "kernel", "depthwise_kernel", "pointwise_kernel"):
        value = bound[name]
        if isinstance(value, TensorSpec) and value.shape is not None:
            found[name] = value.shape
    return found


def _convolution(name: str, shapes: dict[str, Shape], out: Shape) -> int | None:
    """Kernels are (*window, channels, filters), of `conv_transpose` (*window, filters, channels)."""
    if name == "separable_conv":
        depthwise, pointwise = shapes["depthwise_kernel"], shapes["pointwise_kernel"]
        positions = times(*out)
        filters = pointwise[-1]
        if positions is None or not isinstance(filters, int) or not filters:
            return None
        places = positions // filters
        first, second = times(places, *depthwise), times(places, *pointwise)
        return None if first is None or second is None else first + second
    kernel = shapes["kernel"]
    if name == "conv":
        return times(*out, *kernel[:-1])
    if name == "depthwise_conv":
        return times(*out, *kernel[:-2])
    # Every number that flows in meets the kernel's numbers of its channel.
    return times(*shapes["inputs"], *kernel[:-1])
