"""Attention without projections: `Attention` and `AdditiveAttention`."""

from __future__ import annotations

from typing import Any

from archlang.shapes.checks import needs_floats, needs_numbers
from archlang.shapes.dims import equal, show
from archlang.shapes.dtypes import is_float
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
from archlang.shapes.values import features_of, flag, mapping, sequence, times, weight, word

MODES = ("dot", "concat")


@rule("Attention", "AdditiveAttention")
def attention(call: LayerCall) -> LayerResult:
    """A query looks values up by their keys; the values are the keys where no keys are given."""
    additive = (
        call.layer == "AdditiveAttention" or word(call, "score_mode", MODES, "dot") == "concat"
    )
    query, value, key = _inputs(call)
    for index, spec in enumerate((query, value, key)):
        needs_numbers(call, spec)
        _check_rank(call, index, spec)
    if not additive and not flag(call, "use_scale") and not any(map(_computes, (query, key))):
        needs_floats(call, query)
    dtype = compute_dtype(call)
    if additive:
        _check_sum(call, query, key)
    weights = _weights(call, query)
    if query.shape is None or value.shape is None or key.shape is None:
        return LayerResult(_outputs(call, None, None, dtype), weights, None)
    _check_fit(call, query.shape, value.shape, key.shape, additive)
    output: Shape = (*query.shape[:-1], value.shape[-1])
    scores: Shape = (*query.shape[:-1], key.shape[-2])
    steps = times(*query.shape[1:-1], key.shape[-2])
    return LayerResult(
        _outputs(call, output, scores, dtype),
        weights,
        None if steps is None else times(steps, _sum(query.shape[-1], value.shape[-1])),
    )


def _check_sum(call: LayerCall, query: TensorSpec, key: TensorSpec) -> None:
    """Queries and keys are added as they are: of floats, Keras makes one dtype before, of whole numbers not."""
    ours, theirs = (
        "float" if spec.dtype and is_float(spec.dtype) else spec.dtype for spec in (query, key)
    )
    if None not in (ours, theirs) and ours != theirs:
        raise RuleError(
            f"`{call.layer}` adds queries and keys of one dtype, but {query.dtype} and {key.dtype} flow in",
            code="E0311",
            label="fails when the model runs",
            help='`ops.cast("float32")` brings them together',
        )


def _inputs(call: LayerCall) -> tuple[TensorSpec, TensorSpec, TensorSpec]:
    """Query, value and key, from a list or by name."""
    named = mapping(call.inputs)
    several = list(sequence(call.inputs) or [])
    if named is not None:
        several = [named[name] for name in ("query", "value", "key") if named.get(name) is not None]
    if not 2 <= len(several) <= 3 or not all(isinstance(one, TensorSpec) for one in several):
        count = len(several) or 1
        raise RuleError(
            f"`{call.layer}` takes [query, value] or [query, value, key], "
            f"but {'one tensor flows' if count == 1 else f'{count} tensors flow'} in",
            code="E0357",
            label="two or three tensors needed",
            help=f"for attention of a sequence to itself write `[_, _] -> {call.layer}`",
        )
    query, value = several[0], several[1]
    return query, value, several[2] if len(several) == 3 else value


def _check_rank(call: LayerCall, index: int, spec: TensorSpec) -> None:
    if spec.shape is not None and len(spec.shape) < 3:
        name = ("query", "value", "key")[index]
        raise RuleError(
            f"`{call.layer}` needs [steps, features], but its {name} is {show_shape(spec.shape)}",
            code="E0350",
            input_index=index,
            label=f"{show_shape(spec.shape)} here",
            help="if this comes from a recurrent layer, give that one `return_sequences=True`",
        )


def _check_fit(call: LayerCall, query: Shape, value: Shape, key: Shape, additive: bool) -> None:
    for index, other in ((1, value), (2, key)):
        if not _same_examples(query, other):
            raise RuleError(
                f"`{call.layer}` looks up each example's own values, "
                f"but {show_shape(query)} and {show_shape(other)} flow in",
                code="E0358",
                input_index=index,
                label="all axes before the steps must be equal",
            )
    width = equal(query[-1], key[-1])
    # Added instead of multiplied, a width of 1 is stretched.
    stretched = additive and 1 in (query[-1], key[-1])
    if width is False and not stretched:
        keys = "keys" if key is not value else "values"
        raise RuleError(
            f"`{call.layer}` compares queries and {keys} of one width, "
            f"but they are {show(query[-1])} and {show(key[-1])} wide",
            code="E0358",
            input_index=1,
            label=f"queries {show_shape(query)}, {keys} {show_shape(key)}",
            help="bring both to one width first, for example with `Dense`",
        )
    if equal(value[-2], key[-2]) is False:
        raise RuleError(
            f"`{call.layer}` needs a key for every value, "
            f"but there are {show(key[-2])} keys and {show(value[-2])} values",
            code="E0358",
            input_index=2,
            label=f"values {show_shape(value)}, keys {show_shape(key)}",
        )


def _computes(spec: TensorSpec) -> bool:
    """Whether a product with the tensor has fractions, so that TensorFlow has a softmax of it."""
    return spec.dtype is None or is_float(spec.dtype)


def _same_examples(query: Shape, other: Shape) -> bool:
    """Whether the axes before the steps fit together; one of length 1 is stretched to the queries'."""
    if len(query) != len(other):
        return False
    pairs = zip(query[1:-2], other[1:-2], strict=True)
    return all(b == 1 or equal(a, b) is not False for a, b in pairs)


def _weights(call: LayerCall, query: TensorSpec) -> tuple[Weight, ...] | None:
    dtype = variable_dtype(call)
    if call.layer == "AdditiveAttention":
        if not flag(call, "use_scale", True):
            return ()
        if query.shape is None:
            return None
        return (weight(call, "scale", (features_of(call, query),), dtype),)
    names = ["scale"] if flag(call, "use_scale") else []
    if word(call, "score_mode", MODES, "dot") == "concat":
        names.append("concat_score_weight")
    return tuple(weight(call, name, (), dtype) for name in names)


def _outputs(call: LayerCall, output: Shape | None, scores: Shape | None, dtype: str) -> Any:
    result = TensorSpec(output, dtype)
    if call.call_args.get("return_attention_scores"):
        return result, TensorSpec(scores, dtype)
    return result


def _sum(a: Dim, b: Dim) -> int | None:
    return a + b if isinstance(a, int) and isinstance(b, int) else None
