"""A nested model on tensors whose sizes its own inputs leave open: its rules are asked again, with the sizes of the call.

Keras does the same. So `model Inner { input x: float32[None, 4] … }`, called on `[5, 4]`, gives sizes with which the model
around it can go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from archlang.catalogue import load
from archlang.graph.construction import full_args, place
from archlang.graph.model import Graph, Node, Tensor, tensors
from archlang.narrowing import is_dict, is_list, is_sequence, is_tuple
from archlang.records import record
from archlang.shapes.ops import OpCall, apply_op
from archlang.shapes.ops.indexing import written_slice
from archlang.shapes.ops.macs import op_macs
from archlang.shapes.rule import LayerCall, LayerResult, RuleError, apply
from archlang.shapes.spec import TensorSpec


@record
class Reapplied:
    """What comes out by the outputs' names, and the multiply-adds; None where not known."""

    outputs: dict[str, TensorSpec]
    macs: int | None


# Layers with weights whose outputs are as large as what flows in: what is open there stays open.
_KEEP_SHAPE = frozenset(
    {"BatchNormalization", "GroupNormalization", "LayerNormalization", "PReLU", "RMSNormalization"}
)

Specs = dict[tuple[Node, tuple[int | str, ...]], TensorSpec]


def reapplied(graph: Graph, given: Sequence[TensorSpec]) -> Reapplied:
    """What a model gives for these tensors, in the order of its inputs. RuleError where a step of it does not take them."""
    declared = [tensor.spec for tensor in graph.inputs.values()]
    entering = [
        spec
        if tensor.shape is None or tensor.shape[1:] == spec.shape[1:]
        else _as_called(spec, tensor)
        for spec, tensor in zip(declared, given, strict=True)
        if spec.shape is not None
    ]
    outputs = {name: tensor.spec for name, tensor in graph.outputs.items()}
    if len(entering) != len(declared) or entering == declared:
        return Reapplied(outputs, graph.macs)
    found: Specs = {}
    for tensor, spec in zip(graph.inputs.values(), entering, strict=True):
        found[tensor.node, ()] = spec
    macs: int | None = 0
    for node in graph.nodes:
        if node.kind != "input":
            result, count = _node(node, graph.mixed, found)
            macs = None if macs is None or count is None else macs + count
            for tensor in tensors(node.outputs):
                found[node, tensor.path] = _at(result, tensor)
    for name, tensor in graph.outputs.items():
        outputs[name] = found.get((tensor.node, tensor.path), tensor.spec)
    return Reapplied(outputs, macs)


def applied(node: Node, mixed: str | None, specs: Specs) -> LayerResult | None:
    """What one call gives with other specs for some of its tensors; None where its rule does not say. May raise RuleError."""
    layer = node.layer
    if layer is not None and layer.kind == "layers":
        call = _call(node, mixed, specs)
        return None if call is None else apply(call)
    outputs, macs = _node(node, mixed, specs)
    return None if outputs is None else LayerResult(outputs, None, macs)


def _as_called(declared: TensorSpec, given: TensorSpec) -> TensorSpec:
    """The sizes of the call, as Keras takes them, be they less than the input declares; the dtype is the input's, to which
    Keras casts.
    """
    assert declared.shape is not None
    assert given.shape is not None
    return declared.with_shape((declared.shape[0], *given.shape[1:]))


def _node(node: Node, mixed: str | None, found: Specs) -> tuple[Any, int | None]:
    """What one node gives, as specs nested like its outputs, and its multiply-adds."""
    layer = node.layer
    if node.kind == "op":
        args = tuple(_specs(arg, found) for arg in node.args)
        call = OpCall(node.op or "", args, {k: _specs(v, found) for k, v in node.kwargs.items()})
        return apply_op(call), op_macs(call)
    inputs = _specs(node.inputs, found)
    if node.kind == "slice":
        if not isinstance(inputs, TensorSpec) or inputs.shape is None:
            return inputs, 0
        return written_slice(inputs, tuple(place(index) for index in node.args)), 0
    if layer is None:
        return None, None
    if layer.graph is not None:
        inner = reapplied(layer.graph, _flat(inputs))
        outputs: Any = inner.outputs
        return (next(iter(outputs.values())) if len(outputs) == 1 else outputs), inner.macs
    if layer.kind == "applications":
        from archlang.shapes.applications import application

        if isinstance(inputs, TensorSpec) and layer.args.get("input_shape") is not None:
            size = tuple(inputs.shape or ())[1:]
            result = application(
                layer.class_name, {**layer.args, "input_shape": size}, inputs, mixed
            )
            return result.outputs, result.macs
        return None, node.macs
    call = _call(node, mixed, found)
    if call is None:
        return None, node.macs
    result = _layer(call, node)
    return result.outputs, result.macs


def _call(node: Node, mixed: str | None, found: Specs) -> LayerCall | None:
    """The call of a layer of Keras on what its tensors are now; None for other layers."""
    layer = node.layer
    entry = (
        load().get("layers", layer.class_name)
        if layer is not None and layer.kind == "layers"
        else None
    )
    if layer is None or entry is None:
        return None
    kwargs = {key: _specs(value, found) for key, value in node.kwargs.items()}
    args = full_args(entry, layer, mixed)
    return LayerCall(entry.alias_of or entry.name, args, _specs(node.inputs, found), kwargs)


def _layer(call: LayerCall, node: Node) -> LayerResult:
    """What a layer gives. Its weights have been made: the sizes that they need may be open in this call."""
    try:
        return apply(call)
    except RuleError as problem:
        if problem.code != "E0302" or not isinstance(node.inputs, Tensor):
            raise
        before, now = node.inputs.spec.shape, call.inputs.shape
        if before is None or now is None or len(before) != len(now):
            raise
        features = {-1, 1} if call.args.get("data_format") == "channels_first" else {-1}
        for axes in (features, set(range(-len(now), len(now)))):
            filled = tuple(
                before[at] if dim is None and (at in axes or at - len(now) in axes) else dim
                for at, dim in enumerate(now)
            )
            with suppress(RuleError):
                result = apply(replace(call, inputs=call.inputs.with_shape(filled)))
                if call.layer in _KEEP_SHAPE:
                    return replace(result, outputs=result.outputs.with_shape(now))
                return result
        raise


def _specs(nested: Any, found: Specs) -> Any:
    """The same nesting with what each tensor is now in its place; other values stay."""
    if isinstance(nested, Tensor):
        return found.get((nested.node, nested.path), nested.spec)
    if is_list(nested):
        return [_specs(item, found) for item in nested]
    if is_tuple(nested):
        return tuple(_specs(item, found) for item in nested)
    if is_dict(nested):
        return {key: _specs(item, found) for key, item in nested.items()}
    return nested


def _at(result: Any, tensor: Tensor) -> TensorSpec:
    """The spec at a tensor's place in a result; the tensor's own where the result has no such place."""
    for step in tensor.path:
        if is_dict(result):
            result = result.get(step)
        elif is_sequence(result) and isinstance(step, int) and step < len(result):
            result = result[step]
        else:
            return tensor.spec
    return result if isinstance(result, TensorSpec) else tensor.spec


def _flat(nested: Any) -> list[TensorSpec]:
    if isinstance(nested, TensorSpec):
        return [nested]
    items: list[Any] = list(nested.values()) if is_dict(nested) else list(nested)
    return [spec for item in items for spec in _flat(item)]
