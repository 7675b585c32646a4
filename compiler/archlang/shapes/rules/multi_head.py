"""Attention with projections and heads: `MultiHeadAttention` and `GroupQueryAttention`."""

from __future__ import annotations

from math import prod
from typing import Any

from archlang.records import record
from archlang.shapes.checks import needs_numbers
from archlang.shapes.dims import equal, show
from archlang.shapes.rule import (
    LayerCall,
    LayerResult,
    RuleError,
    Weight,
    compute_dtype,
    rule,
    variable_dtype,
)
from archlang.shapes.spec import Dim, Shape, TensorSpec, show_shape
from archlang.shapes.values import (
    bad_value,
    flag,
    is_number,
    mapping,
    optional_whole,
    sequence,
    times,
    weight,
    whole,
)


@record
class Heads:
    """How many heads, and how wide; fewer for keys and values where these are shared."""

    query: int
    key: int
    key_width: int
    value_width: int
    output: tuple[int, ...] | None
    gated: bool


@rule("MultiHeadAttention")
def multi_head_attention(call: LayerCall) -> LayerResult:
    """Every head projects query, value and key, attends, and the heads are projected back."""
    heads, key_width = whole(call, "num_heads"), whole(call, "key_dim")
    value_width = optional_whole(call, "value_dim") or key_width
    sizes = Heads(heads, heads, key_width, value_width, _output_shape(call), flag(call, "use_gate"))
    _check_arguments(call)
    query, value, key = _inputs(call)
    axes = _attention_axes(call, query)
    weights, free = _weights(call, sizes, query, value, key)
    if query.shape is None or value.shape is None or key.shape is None:
        rank = None if query.shape is None else query.shape
        return LayerResult(_unknown_outputs(call, rank, sizes), weights, None)
    _check_lengths(call, query.shape, value.shape, key.shape)
    _check_ranks(call, query.shape, value.shape, axes)
    _check_mask(call, query.shape, value.shape, axes)
    _check_causal_mask(call, query.shape, value.shape, axes)
    width: Shape = (query.shape[-1],) if sizes.output is None else sizes.output
    batch_axes = [a for a in range(len(query.shape) - 1) if a not in axes]
    scores: Shape = (
        *(query.shape[a] for a in batch_axes),
        heads,
        *(query.shape[a] for a in axes),
        *(value.shape[a] for a in axes),
    )
    outputs = _outputs(call, (*query.shape[:-1], *width), scores)
    return LayerResult(
        outputs, weights, _macs(sizes, free, scores, query.shape, value.shape, key.shape)
    )


@rule("GroupQueryAttention")
def group_query_attention(call: LayerCall) -> LayerResult:
    """Attention in which several query heads share one head of keys and values."""
    width = whole(call, "head_dim")
    heads, shared = whole(call, "num_query_heads"), whole(call, "num_key_value_heads")
    if heads % shared:
        raise RuleError(
            f"`num_query_heads={heads}` cannot be divided among `num_key_value_heads={shared}`",
            code="E0359",
            argument="num_key_value_heads",
            label=f"does not divide {heads}",
            help=f"use a divisor of {heads}",
        )
    sizes = Heads(heads, shared, width, width, None, flag(call, "use_gate"))
    _check_arguments(call)
    query, value, key = _inputs(call)
    for name, spec in (("query", query), ("value", value), ("key", key)):
        if spec.shape is not None and len(spec.shape) != 3:
            raise _wrong_rank(call, name, spec.shape)
    weights, free = _weights(call, sizes, query, value, key)
    if query.shape is None or value.shape is None or key.shape is None:
        return LayerResult(_unknown_outputs(call, query.shape, sizes), weights, None)
    if equal(query.shape[-1], value.shape[-1]) is False:
        raise RuleError(
            f"`{call.layer}` needs queries and values of one width, "
            f"but they are {show(query.shape[-1])} and {show(value.shape[-1])} wide",
            code="E0358",
            argument="value",
            label=f"query {show_shape(query.shape)}, value {show_shape(value.shape)}",
            help=f"bring the value to that width first, with `Dense({show(query.shape[-1])})`",
        )
    _check_lengths(call, query.shape, value.shape, key.shape)
    _check_mask(call, query.shape, value.shape, (1,))
    scores: Shape = (query.shape[0], heads, query.shape[1], value.shape[1])
    outputs = _outputs(call, query.shape, scores)
    return LayerResult(
        outputs, weights, _macs(sizes, free, scores, query.shape, value.shape, key.shape)
    )


def _check_causal_mask(call: LayerCall, query: Shape, value: Shape, axes: tuple[int, ...]) -> None:
    """Keras makes the causal mask of axis 1, whatever axes are attended over, and fails when the layer runs."""
    if call.call_args.get("use_causal_mask") is not True:
        return
    steps = axes[0] if len(axes) == 1 else None
    if steps is None or any(equal(shape[steps], shape[1]) is False for shape in (query, value)):
        over = " and ".join(str(axis) for axis in axes)
        raise RuleError(
            f"Keras makes a causal mask of axis 1 alone, but `{call.layer}` attends over {over}",
            code="E0359",
            argument="use_causal_mask",
            label="fails when the layer runs",
            help="attend over the steps only, with `attention_axes=1`",
        )


def _inputs(call: LayerCall) -> tuple[TensorSpec, TensorSpec, TensorSpec]:
    """Query, value and key: the key is the value where none is given."""
    named = mapping(call.inputs) or {"query": call.inputs}
    found = {**call.call_args, **named}
    query, value = found.get("query"), found.get("value")
    key = found.get("key")
    several = sequence(query)
    if several is not None:
        raise RuleError(
            f"the query of `{call.layer}` is one tensor, but {len(several)} flow in",
            code="E0357",
            label=f"{len(several)} tensors flow in",
            help=f"write `query -> {call.layer}(…, value=memory)`",
        )
    if not isinstance(query, TensorSpec) or not isinstance(value, TensorSpec):
        raise RuleError(
            f"`{call.layer}` needs a query and a value",
            code="E0357",
            label="no value" if isinstance(query, TensorSpec) else "no query",
            help=f"write `query -> {call.layer}(…, value=memory)`",
        )
    specs = (query, value, key if isinstance(key, TensorSpec) else value)
    for spec in specs:
        needs_numbers(call, spec)
    return specs


def _check_arguments(call: LayerCall) -> None:
    optional_whole(call, "sliding_window")
    flash = flag(call, "flash_attention")
    dropout = call.args.get("dropout")
    if flash and is_number(dropout) and dropout:
        raise RuleError(
            "`flash_attention` works without dropout only",
            code="E0359",
            argument="dropout",
            label="not together with `flash_attention`",
            help="leave one of them out",
        )
    if flash and call.call_args.get("return_attention_scores"):
        raise RuleError(
            "`flash_attention` cannot return the attention scores: it never computes them",
            code="E0359",
            argument="return_attention_scores",
            label="not together with `flash_attention`",
            help="leave one of them out",
        )


def _output_shape(call: LayerCall) -> tuple[int, ...] | None:
    value = call.args.get("output_shape")
    if not value:
        return None
    if isinstance(value, int):
        value = (value,)
    items = sequence(value)
    if items is None or not all(isinstance(n, int) and n > 0 for n in items):
        raise bad_value(call, "output_shape", value, "a positive whole number or a list of them")
    return tuple(int(n) for n in items)


def _attention_axes(call: LayerCall, query: TensorSpec) -> tuple[int, ...]:
    """The axes over which attention goes; all but batch and features unless written."""
    value = call.args.get("attention_axes")
    rank = 3 if query.shape is None else len(query.shape)
    if query.shape is not None and rank < 3:
        raise _wrong_rank(call, "query", query.shape)
    if value is None or value == () or value == []:
        return tuple(range(1, rank - 1))
    items = sequence((value,) if isinstance(value, int) else value)
    if items is None or not all(isinstance(n, int) for n in items):
        raise bad_value(call, "attention_axes", value, "a whole number or a list of them")
    axes = tuple(int(n) + rank if n < 0 else int(n) for n in items)
    if query.shape is not None and (
        len(set(axes)) != len(axes) or not all(0 < axis < rank - 1 for axis in axes)
    ):
        raise RuleError(
            f"`attention_axes` must name axes between batch and features, "
            f"but {show_shape(query.shape)} flows in",
            code="E0359",
            argument="attention_axes",
            label=f"must lie between 1 and {rank - 2}",
        )
    return axes


def _check_lengths(call: LayerCall, query: Shape, value: Shape, key: Shape) -> None:
    """Keras compares the lengths of value and key as they are written: an open one fits an open one
    only.
    """

    def fits(a: Dim, b: Dim) -> bool:
        one_open = isinstance(a, int) != isinstance(b, int)
        return not one_open and equal(a, b) is not False

    same = len(value) == len(key) and all(map(fits, value[1:-1], key[1:-1]))
    if not same:
        raise RuleError(
            f"`{call.layer}` needs a key for every value, "
            f"but the value is {show_shape(value)} and the key {show_shape(key)}",
            code="E0358",
            argument="key",
            label="all dimensions but the last must be equal",
        )


def _check_ranks(call: LayerCall, query: Shape, value: Shape, axes: tuple[int, ...]) -> None:
    if len(query) != len(value):
        raise RuleError(
            f"`{call.layer}` needs query and value with equally many axes, "
            f"but they are {show_shape(query)} and {show_shape(value)}",
            code="E0358",
            argument="value",
            label=f"{show_shape(value)} here",
        )
    for axis in range(1, len(query) - 1):
        if axis not in axes and equal(query[axis], value[axis]) is False:
            raise RuleError(
                f"query {show_shape(query)} and value {show_shape(value)} differ in axis {axis}, "
                "which is not one of the `attention_axes`",
                code="E0358",
                argument="value",
                label=f"{show(value[axis])} instead of {show(query[axis])}",
                help=f"attend over axis {axis} too, or bring both to one size",
            )


def _check_mask(call: LayerCall, query: Shape, value: Shape, axes: tuple[int, ...]) -> None:
    """The mask ends in a row for each query and a column for each value, or 1 for all of them."""
    mask = call.call_args.get("attention_mask")
    if not isinstance(mask, TensorSpec) or mask.shape is None:
        return
    expected = (*(query[a] for a in axes), *(value[a] for a in axes))
    tail = mask.shape[-len(expected) :]
    fits = len(tail) == len(expected) and all(
        size == 1 or equal(size, wanted) is not False
        for size, wanted in zip(tail, expected, strict=True)
    )
    if not fits:
        raise RuleError(
            f"`attention_mask` must have a row for each query and a column for each value, "
            f"{show_shape((None, *expected))}, but is {show_shape(mask.shape)}",
            code="E0358",
            argument="attention_mask",
            label=f"{show_shape(mask.shape)} here",
        )


def _weights(
    call: LayerCall, sizes: Heads, query: TensorSpec, value: TensorSpec, key: TensorSpec
) -> tuple[tuple[Weight, ...] | None, int]:
    """The weights of the projections in Keras's order, and how wide their result is."""
    if query.shape is None or value.shape is None or key.shape is None:
        return None, 0
    widths: dict[str, int] = {}
    for name, spec in (("query", query), ("key", key), ("value", value)):
        assert spec.shape is not None
        width = spec.shape[-1]
        if not isinstance(width, int):
            raise RuleError(
                f"the weights of `{call.layer}` need a known number of features, "
                f"but its {name} is {show_shape(spec.shape)}",
                code="E0302",
                label="how many features is open",
                help="write a number for that dimension in the input's type",
            )
        widths[name] = width
    projections: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
        ((widths["query"],), (sizes.query, sizes.key_width)),
        ((widths["key"],), (sizes.key, sizes.key_width)),
        ((widths["value"],), (sizes.key, sizes.value_width)),
    ]
    if sizes.gated:
        gate = ((widths["query"],), (sizes.query, sizes.value_width))
        projections.insert(2, gate)
    output = sizes.output or (widths["query"],)
    projections.append(((sizes.query, sizes.value_width), output))
    dtype, bias = variable_dtype(call), flag(call, "use_bias", True)
    weights: list[Weight] = []
    for source, target in projections:
        weights.append(weight(call, "kernel", (*source, *target), dtype))
        if bias:
            weights.append(weight(call, "bias", target, dtype))
    return tuple(weights), prod(output)


def _macs(
    sizes: Heads, output: int, scores: Shape, query: Shape, value: Shape, key: Shape
) -> int | None:
    """The four projections, and the two products of queries, keys and values."""
    query_width = sizes.key_width + (sizes.value_width if sizes.gated else 0)
    per_query = times(query[-1], sizes.query * query_width)
    per_key = times(key[-1], sizes.key * sizes.key_width)
    per_value = times(value[-1], sizes.key * sizes.value_width)
    parts = (
        times(per_query, *query[1:-1]),
        times(per_key, *key[1:-1]),
        times(per_value, *value[1:-1]),
        times(sizes.key_width + sizes.value_width, *scores[1:]),
        times(sizes.query * sizes.value_width * output, *query[1:-1]),
    )
    total = 0
    for part in parts:
        if part is None:
            return None
        total += part
    return total


def _outputs(call: LayerCall, output: Shape | None, scores: Shape | None) -> Any:
    dtype = compute_dtype(call)
    result = TensorSpec(output, dtype)
    if call.call_args.get("return_attention_scores"):
        return result, TensorSpec(scores, dtype)
    return result


def _unknown_outputs(call: LayerCall, query: Shape | None, sizes: Heads) -> Any:
    if query is None:
        return _outputs(call, None, None)
    return _outputs(call, query if sizes.output is None else (*query[:-1], *sizes.output), None)


def _wrong_rank(call: LayerCall, name: str, shape: Shape) -> RuleError:
    wanted = "[steps, features]"
    return RuleError(
        f"`{call.layer}` needs {wanted}, but its {name} is {show_shape(shape)}",
        code="E0350",
        argument=None if name == "query" else name,
        label=f"{show_shape(shape)} here",
        help="if this comes from a recurrent layer, give that one `return_sequences=True`"
        if len(shape) == 2
        else None,
    )
