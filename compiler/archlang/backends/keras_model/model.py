"""Building a functional Keras model from a graph, node by node."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

import keras

from archlang.backends.keras_model.generation import generator
from archlang.backends.keras_model.layers import make_layer
from archlang.backends.keras_model.objects import keras_object, named, python_value
from archlang.backends.keras_model.problem import BuildError, build_error
from archlang.backends.operation_names import reserved
from archlang.catalogue import load
from archlang.graph.model import Graph, Layer, Node, Tensor, tensors
from archlang.graph.reaching import reachable


def build(graph: Graph) -> keras.Model:
    """The model of a graph, under its name."""
    with _policy(graph):
        model = prepared(graph).build(graph.name)
    generate = generator(model, graph)
    if generate is not None:
        cast("Any", model).generate = generate
    return model


def prepared(graph: Graph) -> Builder:
    """A builder of a graph, with Keras's names for ops kept clear of the names of its layers."""
    for name, count in reserved(graph).items():
        while keras.backend.get_uid(name) < count:
            pass
    return Builder(graph)


def _build(graph: Graph, name: str) -> keras.Model:
    return Builder(graph).build(name)


class Builder:
    """Builds one graph; each nested model has a builder of its own."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.results: dict[Node, Any] = {}
        self.layers: dict[Layer, Any] = {}

    def build(self, name: str) -> keras.Model:
        graph = self.graph
        inputs = [self._input(input_name, tensor) for input_name, tensor in graph.inputs.items()]
        live = reachable(graph)
        for node in graph.nodes:
            if node in live and node.kind != "input":
                self.results[node] = self._guarded(node)
        outputs = {name: self.value(tensor) for name, tensor in graph.outputs.items()}
        try:
            return keras.Model(
                inputs[0] if len(inputs) == 1 else inputs,
                next(iter(outputs.values())) if len(outputs) == 1 else outputs,
                name=name,
            )
        except Exception as cause:  # Keras raises errors of many classes
            raise build_error(
                "E0901", f"Keras refuses the model `{name}`", graph.span, cause=cause
            ) from cause

    def _input(self, name: str, tensor: Tensor) -> Any:
        shape = tensor.spec.shape or (None,)
        dims = tuple(dim if isinstance(dim, int) else None for dim in shape[1:])
        make_input = named("keras.Input")
        self.results[tensor.node] = make_input(dims, dtype=tensor.spec.dtype, name=name)
        return self.results[tensor.node]

    def _guarded(self, node: Node) -> Any:
        try:
            return self._call(node)
        except BuildError:
            raise
        except Exception as cause:  # Keras raises errors of many classes
            message = f"Keras refuses {_described(node)}"
            raise build_error("E0901", message, node.span, path=node.path, cause=cause) from cause

    def _call(self, node: Node) -> Any:
        if node.kind == "slice":
            indices = tuple(self.value(index) for index in node.args)
            return self.value(node.inputs)[indices[0] if len(indices) == 1 else indices]
        if node.kind == "op":
            entry = load().get("ops", node.op or "")
            if entry is None:
                raise ValueError(f"keras.ops has no {node.op}")
            kwargs = {name: self.value(value) for name, value in node.kwargs.items()}
            return keras_object(entry)(*(self.value(value) for value in node.args), **kwargs)
        layer = node.layer
        assert layer is not None
        if layer not in self.layers:
            self.layers[layer] = make_layer(layer, _build)
        kwargs = {name: self.value(value) for name, value in node.kwargs.items()}
        result = self.layers[layer](*self._inputs(layer, node), **kwargs)
        if not layer.trainable and layer.kind in ("layers", "python"):
            # `trainable=False` does not reach the layers inside `MultiHeadAttention` or `ConvLSTM2D`, which are
            # made when it is first called; a model would train their weights.
            # Keras takes no notice of a value that stands there already.
            self.layers[layer].trainable = True
            self.layers[layer].trainable = False
        return result

    def _inputs(self, layer: Layer, node: Node) -> list[Any]:
        """What a layer is called on: attention takes its tensors one by one, a nested model a list of them."""
        inputs: Any = node.inputs
        if layer.kind == "layers" and isinstance(inputs, dict):
            by_name = cast("dict[str, Any]", inputs)
            return [self.value(by_name[n]) for n in ("query", "value", "key") if n in by_name]
        if layer.kind == "model":
            entering = [self.value(tensor) for tensor in tensors(inputs)]
            return [entering[0] if len(entering) == 1 else entering]
        return [self.value(inputs)]

    def value(self, value: Any) -> Any:
        """A value with every tensor of the graph replaced by Keras's."""
        if isinstance(value, Tensor):
            result = self.results[value.node]
            for step in value.path:
                result = result[step]
            return result
        if isinstance(value, list):
            return [self.value(item) for item in cast("list[Any]", value)]
        if isinstance(value, tuple):
            return tuple(self.value(item) for item in cast("tuple[Any, ...]", value))
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in cast("dict[Any, Any]", value).items()}
        return python_value(value)


@contextmanager
def _policy(graph: Graph) -> Generator[None]:
    """The dtype policy that the graph's training asks for; what was set before is set again behind it."""
    setting = graph.train.settings.get("mixed_precision") if graph.train is not None else None
    wanted = None if setting is None else setting.value
    policy = "mixed_float16" if wanted is True else wanted
    if not isinstance(policy, str):
        yield
        return
    config: Any = keras.config
    before = config.dtype_policy()
    config.set_dtype_policy(policy)
    try:
        yield
    finally:
        config.set_dtype_policy(before)


def _described(node: Node) -> str:
    if node.kind == "slice":
        return "a slice"
    if node.kind == "op":
        return f"`ops.{node.op}`"
    assert node.layer is not None
    return f"the layer `{node.layer.name}` ({node.layer.class_name})"
