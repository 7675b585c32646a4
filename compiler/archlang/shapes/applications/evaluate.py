"""Shapes, weights and multiply-adds of a network: the layer rules, asked operation by operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from archlang.records import record
from archlang.shapes.applications.network import ENTERING, Operation
from archlang.shapes.nested import as_call
from archlang.shapes.ops import OpCall, apply_op
from archlang.shapes.rule import LayerResult, LayerValue, Weight, apply
from archlang.shapes.spec import TensorSpec


@record
class Evaluated:
    """One operation of a network on a tensor that flows in: what comes out, and what it holds and costs."""

    operation: Operation
    output: TensorSpec
    weights: tuple[Weight, ...]
    macs: int | None


def evaluate(
    operations: Sequence[Operation], entering: TensorSpec, dtype: str | None = None
) -> list[Evaluated]:
    """Every operation on what flows in.

    Paddings that Keras computes from the image size are computed from `entering`: the operations of the result have them.
    """
    found: list[Evaluated] = []
    for operation in operations:
        given = [entering if i == ENTERING else found[i].output for i in operation.inputs]
        operation = _with_padding(operation, given[0])
        result = _call(operation.kind, operation.args, given, dtype)
        assert isinstance(result.outputs, TensorSpec)
        found.append(Evaluated(operation, result.outputs, result.weights or (), result.macs))
    return found


def correct_pad(spec: TensorSpec, kernel: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The padding by which a convolution with strides of 2 takes in all of an image, as Keras computes it."""
    assert spec.shape is not None
    height, width = spec.shape[1:3]
    half = kernel // 2
    if not isinstance(height, int) or not isinstance(width, int):
        return ((half - 1, half), (half - 1, half))
    return ((half - 1 + height % 2, half), (half - 1 + width % 2, half))


def _with_padding(operation: Operation, given: TensorSpec) -> Operation:
    padding = operation.args.get("padding")
    if not isinstance(padding, dict):
        return operation
    computed = correct_pad(given, padding["correct_pad"])  # pyright: ignore[reportUnknownArgumentType]
    return replace(operation, args={**operation.args, "padding": computed})


def _call(
    kind: str, args: Mapping[str, Any], given: list[TensorSpec], dtype: str | None
) -> LayerResult:
    first = given[0]
    if kind.startswith("ops."):
        # An operation with a number leaves the shape as it is.
        both = len(given) > 1
        outputs = apply_op(OpCall(kind.removeprefix("ops."), tuple(given), {})) if both else first
        return LayerResult(outputs, (), 0)
    if kind == "Sequential":
        return _sequential(args["layers"], first, dtype)
    if kind == "LayerScale":
        size = (int(args["projection_dim"]),)
        return LayerResult(first, (Weight("variable", size, _variables(dtype)),), 0)
    if kind in ("CustomScaleLayer", "Dropout"):
        # Of the first: the first of its inputs, plus the second times a number.
        return LayerResult(first, (), 0)
    further = {} if dtype is None else {"dtype": dtype}
    inputs: Any = given if len(given) > 1 else first
    return apply(as_call(LayerValue("layers", kind, {**args, **further}), inputs))


def _variables(dtype: str | None) -> str:
    return "float32" if dtype is None or dtype.startswith("mixed_") else dtype


def _sequential(layers: Sequence[Any], entering: TensorSpec, dtype: str | None) -> LayerResult:
    spec, weights, macs = entering, list[Weight](), 0
    for kind, name, args in layers:
        result = _call(kind, args, [spec], dtype)
        assert isinstance(result.outputs, TensorSpec)
        spec = result.outputs
        weights += [replace(w, name=f"{name}/{w.name}") for w in result.weights or ()]
        macs += result.macs or 0
    return LayerResult(spec, tuple(weights), macs)
