"""Models built in memory are what the checker says of them; documents build the same model."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import keras
import pytest

from archlang import api
from archlang.backends.ir import from_document, to_document
from archlang.graph.model import Graph, Layer, tensors
from archlang.shapes.spec import TensorSpec
from archlang.source import Source
from tests.backends.features import FEATURES
from tests.offline import check_offline

pytestmark = pytest.mark.slow

SPECS = sorted((Path(__file__).parents[3] / "specs").glob("*.arch"))
SOURCES = [pytest.param(api.read(str(path)), id=path.stem) for path in SPECS] + [
    pytest.param(Source(f"{name}.arch", text), id=name) for name, text in FEATURES.items()
]


@pytest.mark.parametrize("source", SOURCES)
def test_keras_builds_what_the_checker_says(source: Source) -> None:
    for graph in checked(source):
        model = api.build(graph)
        assert model.name == graph.name
        assert_same_parameters(graph, model)
        assert_same_layers(graph, model)
        outputs = list(graph.outputs.values())
        if len(outputs) == 1:
            assert_fits(outputs[0].spec, model.output)
        else:
            assert set(model.output) == set(graph.outputs)
            for name, tensor in graph.outputs.items():
                assert_fits(tensor.spec, model.output[name])


@pytest.mark.parametrize("source", SOURCES)
def test_a_document_builds_the_same_model(source: Source) -> None:
    for graph in checked(source):
        document = json.loads(json.dumps(to_document(graph)))
        again = from_document(document)
        assert to_document(again) == document
        assert built_and_described(graph) == built_and_described(again)


def checked(source: Source) -> list[Graph]:
    found = check_offline(source)
    assert found.ok, [diagnostic.message for diagnostic in found.diagnostics]
    return list(found.graphs.values())


def assert_same_parameters(graph: Graph, model: Any) -> None:
    assert graph.params == model.count_params()
    assert graph.trainable_params == sum(math.prod(w.shape) for w in model.trainable_weights)


def assert_same_layers(graph: Graph, model: Any, frozen: bool = False) -> None:
    ours = {layer.name: layer for layer in graph.layers}
    assert sorted(layer.name for layer in model.layers) == sorted([*ours, *graph.inputs])
    for node in graph.nodes:
        if node.layer is None:
            continue
        layer = model.get_layer(node.layer.name)
        calls = [n for n in graph.nodes if n.layer is node.layer]
        assert_same_weights(node.layer, layer, frozen)
        results = layer._inbound_nodes[calls.index(node)].output_tensors
        for tensor, keras_tensor in zip(tensors(node.outputs), results, strict=True):
            assert_fits(tensor.spec, keras_tensor)
        if node.layer.graph is not None:
            assert_same_layers(node.layer.graph, layer, frozen or not node.layer.trainable)


def assert_same_weights(ours: Layer, layer: Any, frozen: bool) -> None:
    assert ours.params == layer.count_params()
    if ours.weights is not None and ours.graph is None:
        assert [w.shape for w in ours.weights] == [tuple(w.shape) for w in layer.weights]
        for mine, weight in zip(ours.weights, layer.weights, strict=True):
            # Those of a network of keras.applications have the name of their layer in front; where that is
            # `normalization@1`, Keras counts it up.
            *of, name = mine.name.split("/")
            *path, last = weight.path.split("/")
            assert name == last
            for layer_name, theirs in zip(of, path[-1:] if of else [], strict=True):
                wanted, _, counted = layer_name.partition("@")
                assert theirs.startswith(wanted) if counted else theirs == wanted
    trainable = sum(math.prod(w.shape) for w in layer.trainable_weights)
    assert trainable == (0 if frozen else ours.trainable_params)


def assert_fits(spec: TensorSpec, keras_tensor: Any) -> None:
    assert spec.shape is not None
    assert spec.dtype == keras_tensor.dtype
    assert len(spec.shape) == len(keras_tensor.shape)
    for ours, theirs in zip(spec.shape, keras_tensor.shape, strict=True):
        # Keras knows less: it has no symbols.
        assert theirs is None or ours == theirs, (spec, keras_tensor)


def built_and_described(graph: Graph) -> Any:
    keras.utils.clear_session()  # so that names inside networks of keras.applications count from the same number
    return described(api.build(graph))


def described(model: Any) -> Any:
    """Configs of layers and shapes of weights in order, without names that Keras counts up."""
    configs = [counted_out(layer.get_config()) for layer in model.layers]
    weights = [(w.path.split("/")[0], tuple(w.shape), w.dtype) for w in model.weights]
    return [layer.name for layer in model.layers], configs, weights


_COUNTED = ("name", "keras_history", "shared_object_id", "input_layers", "output_layers")


def counted_out(config: Any, top: bool = True) -> Any:
    if isinstance(config, dict):
        return {
            key: counted_out(value, False)
            for key, value in config.items()
            if top or key not in _COUNTED
        }
    if isinstance(config, list | tuple):
        return [counted_out(item, False) for item in config]
    return config


def test_a_graph_can_be_built_twice() -> None:
    (graph,) = checked(Source("m.arch", FEATURES["names that operations have too"]))
    assert [layer.name for layer in api.build(graph).layers] == [
        layer.name for layer in api.build(graph).layers
    ]
