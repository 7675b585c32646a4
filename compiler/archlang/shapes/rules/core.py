"""Dense, EinsumDense, Embedding, ReversibleEmbedding, Identity, Masking.

Multiply-adds: a Dense layer needs inputs times outputs for every position; lookups cost nothing.
"""

from __future__ import annotations

from archlang.shapes.activation import activated
from archlang.shapes.checks import autocast, needs_min_rank, needs_numbers, needs_size
from archlang.shapes.dtypes import promote
from archlang.shapes.quantized import quantized_kernel, quantized_table
from archlang.shapes.rule import (
    LayerCall,
    LayerResult,
    RuleError,
    Weight,
    compute_dtype,
    quantization,
    rule,
    single,
)
from archlang.shapes.spec import TensorSpec, show_shape
from archlang.shapes.values import flag, mapping, sequence, times, whole
from archlang.shapes.weights import own, with_adapters


@rule("Dense")
def dense(call: LayerCall) -> LayerResult:
    """[..., features] to [..., units]."""
    units = whole(call, "units")
    spec = autocast(call, single(call))
    needs_min_rank(call, spec, 2)
    needs_numbers(call, spec)
    dtype = promote(spec.dtype, compute_dtype(call))
    if spec.shape is None:
        return LayerResult(activated(call, TensorSpec(None, dtype)), None, None)
    features = needs_size(call, spec, -1)
    weights = [own(call, "kernel", (features, units))]
    if flag(call, "use_bias", True):
        weights.append(own(call, "bias", (units,)))
    out = activated(call, TensorSpec((*spec.shape[:-1], units), dtype))
    macs = times(*spec.shape[1:], units)
    return LayerResult(out, _dense_weights(call, weights), macs)


@rule("Embedding")
def embedding(call: LayerCall) -> LayerResult:
    """[...] whole numbers to [..., output_dim]."""
    table = _table(call)
    spec = single(call)
    _needs_indices(call, spec)
    shape = None if spec.shape is None else (*spec.shape, table[1])
    return LayerResult(TensorSpec(shape, compute_dtype(call)), _table_weights(call, table))


@rule("ReversibleEmbedding")
def reversible_embedding(call: LayerCall) -> LayerResult:
    """An Embedding, or with `reverse=True` from vectors back to a score for each of its rows."""
    table = _table(call)
    owned = _table_weights(call, table)
    spec = single(call)
    if call.call_args.get("reverse") is not True:
        _needs_indices(call, spec)
        shape = None if spec.shape is None else (*spec.shape, table[1])
        return LayerResult(TensorSpec(shape, compute_dtype(call)), owned)
    needs_numbers(call, spec)
    needs_min_rank(call, spec, 2)
    # This layer casts nothing by itself, so float64 stays float64.
    dtype = promote(spec.dtype, compute_dtype(call))
    reverse_dtype = call.args.get("reverse_dtype")
    if reverse_dtype is not None:
        dtype = str(reverse_dtype)
    if spec.shape is None:
        return LayerResult(TensorSpec(None, dtype), owned, None)
    if isinstance(spec.shape[-1], int) and spec.shape[-1] != table[1]:
        raise RuleError(
            f"`{call.layer}` has vectors of {table[1]} numbers to go back from, "
            f"but {show_shape(spec.shape)} flows in",
            code="E0303",
            label=f"the last axis must be {table[1]}",
            help=f"project to its size first, with `Dense({table[1]})`",
            insert_before=f"Dense({table[1]})",
        )
    macs = times(*spec.shape[1:], table[0])
    return LayerResult(TensorSpec((*spec.shape[:-1], table[0]), dtype), owned, macs)


@rule("Identity")
def identity(call: LayerCall) -> LayerResult:
    """What flows in flows out, lists and dicts too."""
    return LayerResult(_cast_all(call, call.inputs))


@rule("Masking")
def masking(call: LayerCall) -> LayerResult:
    """The same tensor; steps at `mask_value` are marked for the layers behind."""
    spec = autocast(call, single(call))
    needs_numbers(call, spec)
    needs_min_rank(call, spec, 2)
    return LayerResult(spec.with_dtype("int32") if spec.dtype == "bool" else spec)


def _dense_weights(call: LayerCall, weights: list[Weight]) -> tuple[Weight, ...] | None:
    if quantization(call) is None:
        return with_adapters(call, weights, "kernel")
    kernel = weights[0].shape
    return quantized_kernel(call, weights, kernel, scale=kernel[-1:])


def _table_weights(call: LayerCall, table: tuple[int, int]) -> tuple[Weight, ...] | None:
    backwards = call.layer == "ReversibleEmbedding" and not flag(call, "tie_weights", True)
    if quantization(call) is not None:
        return quantized_table(call, table, backwards=backwards)
    adapted = with_adapters(call, [own(call, "embeddings", table)], "embeddings")
    return (*adapted, own(call, "reverse_embeddings", table[::-1])) if backwards else adapted


def _table(call: LayerCall) -> tuple[int, int]:
    for name in ("input_dim", "output_dim"):
        if isinstance(call.args.get(name), bool):
            raise RuleError(
                f"`{name}` of `{call.layer}` must be a positive whole number, not a truth value",
                code="E0307",
                argument=name,
            )
    return whole(call, "input_dim"), whole(call, "output_dim")


def _needs_indices(call: LayerCall, spec: TensorSpec) -> None:
    if spec.dtype == "string":
        raise RuleError(
            f"`{call.layer}` looks whole numbers up in its table, but strings flow in",
            code="E0311",
            label="strings flow in",
            help="number them first, with `StringLookup` or `TextVectorization`",
        )


def _cast_all(call: LayerCall, inputs: object) -> object:
    if isinstance(inputs, TensorSpec):
        return autocast(call, inputs)
    items, named = sequence(inputs), mapping(inputs)
    if items is not None:
        return [_cast_all(call, item) for item in items]
    if named is not None:
        return {key: _cast_all(call, item) for key, item in named.items()}
    return inputs
