"""A model in memory taken apart for generating: what runs once for an example, and what goes a step at a time."""

from __future__ import annotations

from collections import Counter
from typing import Any

from archlang.backends.generation_masks import MaskCall, memory_masks, sees_mask
from archlang.backends.keras_model import generation_layers
from archlang.backends.keras_model.objects import keras_object, named, python_value
from archlang.catalogue import load
from archlang.graph.decoding import Carried, Decoding, entering
from archlang.graph.mask_rules import ATTENTION, MULTI_HEAD
from archlang.graph.model import Node, Tensor, tensors
from archlang.narrowing import is_dict, is_list, is_tuple

_Key = tuple[Node, tuple[int | str, ...]]
_Model = named("keras.Model")
_layers: Any = generation_layers


class _Caller:
    """Calls the layers of a model once more."""

    def __init__(self, model: Any, plan: Decoding) -> None:
        self.model = model
        self.plan = plan
        self.results: dict[_Key, Any] = {}
        self.masks: dict[_Key, Any] = {}
        self.calls = Counter(node.layer for node in plan.graph.nodes if node.layer is not None)

    def value(self, value: Any) -> Any:
        """A value with Keras's tensors for those of the graph."""
        if isinstance(value, Tensor):
            return self.results[value.node, value.path]
        if is_list(value):
            return [self.value(item) for item in value]
        if is_tuple(value):
            return tuple(self.value(item) for item in value)
        return python_value(value)

    def call(self, node: Node) -> None:
        """Call a layer, op or slice, and keep what it gives."""
        result = self._called(node)
        for tensor in tensors(node.outputs):
            found = result
            for step in tensor.path:
                found = found[step]
            self.results[node, tensor.path] = found

    def _called(self, node: Node) -> Any:
        if node.kind == "slice":
            indices = tuple(self.value(index) for index in node.args)
            return self.value(node.inputs)[indices[0] if len(indices) == 1 else indices]
        kwargs = {name: self.value(value) for name, value in node.kwargs.items()}
        if node.kind == "op":
            entry = load().get("ops", node.op or "")
            assert entry is not None
            return keras_object(entry)(*(self.value(value) for value in node.args), **kwargs)
        assert node.layer is not None
        inputs: Any = node.inputs
        if is_dict(inputs):
            args = [self.value(inputs[n]) for n in ("query", "value", "key") if n in inputs]
        elif node.layer.kind == "model":
            given = [self.value(tensor) for tensor in tensors(inputs)]
            args = [given[0] if len(given) == 1 else given]
        else:
            args = [self.value(inputs)]
        return self.model.get_layer(node.layer.name)(*args, **kwargs, **self._masks(node))

    def _masks(self, node: Node) -> dict[str, Any]:
        """The masks of the memory that attention looks at, which plain tensors don't carry."""
        assert node.layer is not None
        if node.layer.class_name not in ATTENTION | MULTI_HEAD:
            return {}
        inputs: Any = node.inputs
        if is_dict(inputs):
            found = {
                f"{name}_mask": self._mask(node, inputs.get(name)) for name in ("value", "key")
            }
            return {name: mask for name, mask in found.items() if mask is not None}
        masks = [self._mask(node, tensor) for tensor in list(tensors(inputs))[:2]]
        return {} if all(mask is None for mask in masks) else {"mask": masks}

    def _mask(self, node: Node, tensor: Tensor | None) -> Any:
        if tensor is None or not sees_mask(self.plan, node, tensor):
            return None
        return self.masks.get((tensor.node, tensor.path))


def build_encoder(model: Any, plan: Decoding) -> Any:
    """From the inputs to what the decoder needs of them; None where there are none."""
    if not plan.inputs:
        return None
    caller = _Caller(model, plan)

    def find(tensor: Tensor) -> Any:
        key = (tensor.node, tensor.path)
        if key in caller.results:
            return caller.results[key]
        layer = tensor.node.layer
        plain = layer is not None and layer.kind not in ("model", "applications")
        if tensor.node.kind == "input":
            caller.results[key] = model.get_layer(tensor.node.name).output
        elif layer is not None and plain and caller.calls[layer] == 1:
            found = model.get_layer(layer.name).output
            for step in tensor.path:
                found = found[step]
            caller.results[key] = found
        else:
            for taken in entering(tensor.node):
                find(taken)
            caller.call(tensor.node)
        return caller.results[key]

    def mask(found: MaskCall) -> Any:
        layer = model
        for name in found.layer:
            layer = layer.get_layer(name)
        inputs = [find(tensor) for tensor in found.inputs]
        if found.masks is None:
            return layer.compute_mask(inputs[0])
        return layer.compute_mask(inputs, [m and mask(m) for m in found.masks])

    results = [find(tensor) for tensor in (*plan.starts, *plan.memory)]
    results += [mask(found) for _, found in memory_masks(plan)]
    inputs = [find(tensor) for tensor in plan.inputs.values()]
    return _Model(_one_or_all(inputs), _one_or_all(results))


def build_decoder(model: Any, plan: Decoding) -> Any:
    """From the sequence so far, or the last id and the states, to log-probabilities and new states."""
    caller = _Caller(model, plan)
    make_input = named("keras.Input")
    shifted = plan.shifted
    inputs = [make_input((1 if plan.carries else None,), dtype="int32")]
    caller.results[shifted.node, shifted.path] = inputs[0]
    states: dict[Node, list[Any]] = {}
    carried = sorted(plan.carried, key=lambda one: bool(one.starts))
    for one in carried:
        states[one.node] = [make_input((size,)) for size in one.sizes]
        inputs += states[one.node]
    for tensor in plan.memory:
        dims = [dim if isinstance(dim, int) else None for dim in (tensor.spec.shape or ())[1:]]
        inputs.append(make_input(tuple(dims), dtype=tensor.spec.dtype))
        caller.results[tensor.node, tensor.path] = inputs[-1]
    for tensor, _ in memory_masks(plan):
        dims = [dim if isinstance(dim, int) else None for dim in (tensor.spec.shape or ())[1:2]]
        inputs.append(make_input(tuple(dims), dtype="bool"))
        caller.masks[tensor.node, tensor.path] = inputs[-1]
    new: dict[Node, list[Any]] = {}
    by_node = {one.node: one for one in carried}
    for node in plan.nodes:
        if node in by_node:
            new[node] = _step(caller, by_node[node], states[node])
        else:
            caller.call(node)
    scores = caller.value(plan.output)
    scores = (
        named("keras.ops.log_softmax")(scores)
        if plan.spec.args["from_logits"]
        else named("keras.ops.log")(scores)
    )
    if not plan.carries:
        return _Model(inputs, scores)
    return _Model(inputs, [scores[:, 0], *(s for one in carried for s in new[one.node])])


def _step(caller: _Caller, one: Carried, states: list[Any]) -> list[Any]:
    """One step of a recurrent layer: keeps what comes out, and gives the new states."""
    assert one.node.layer is not None
    layer = _layers.with_states(caller.model.get_layer(one.node.layer.name))
    flowing = caller.value(one.node.inputs)
    results: list[Any] = list(layer(flowing, initial_state=_nested(one.nesting, states)))
    first = next(iter(tensors(one.node.outputs)))
    caller.results[one.node, first.path] = results[0]
    return [state for part in results[1:] for state in (part if is_list(part) else [part])]


def _nested(nesting: Any, states: list[Any]) -> Any:
    return [_nested(part, states) for part in nesting] if is_list(nesting) else states[nesting]


def _one_or_all(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
