"""Names of operations, and the layer of learned tensors that scripts and memory share."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from archlang import api
from archlang.backends.learned_tensor import learned_tensor_source
from archlang.backends.operation_names import operations_of, reserved
from archlang.catalogue import load
from archlang.source import Source
from tests.backends.features import FEATURES


def test_only_names_in_the_way_are_reserved() -> None:
    found = {}
    for name, text in FEATURES.items():
        for graph in api.check(Source("m.arch", text)).graphs.values():
            if counts := reserved(graph):
                found[name] = counts
    assert found == {
        "masks": {"concatenate": 5},
        "names that operations have too": {"add": 3, "mean": 1, "relu": 3},
    }


@pytest.mark.slow
def test_keras_calls_operations_so() -> None:
    from keras.src.utils.naming import to_snake_case

    from archlang.backends.keras_model.objects import keras_object

    for name in load().names("ops"):
        entry = load().get("ops", name)
        assert entry is not None
        source = inspect.getsource(keras_object(entry))
        classes = re.findall(r"(\w+)\([^()]*(?:\([^()]*\)[^()]*)*\)\s*\.symbolic_call", source)
        for operation in classes:
            assert to_snake_case(operation) in operations_of(name), name


def test_the_source_of_learned_tensors_stands_alone() -> None:
    tree = ast.parse(learned_tensor_source())
    (found,) = tree.body
    assert isinstance(found, ast.ClassDef)
    assert found.name == "LearnedTensor"
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    given = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    given |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    assert {name.id for name in names} - given == {"keras", "ops", "str", "super", "tuple"}


@pytest.mark.slow
def test_a_learned_tensor_is_saved_and_trained(tmp_path: Path) -> None:
    import keras
    import numpy as np

    (graph,) = api.check(Source("m.arch", FEATURES["learned"])).graphs.values()
    model = api.build(graph)
    model.compile("sgd", "mse")
    before = model.get_layer("cls").get_weights()[0]
    x, y = np.random.rand(8, 8, 8, 3), np.random.rand(8, 3)
    model.fit(x, y, verbose=0)
    assert not np.allclose(before, model.get_layer("cls").get_weights()[0])
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(model.predict(x, verbose=0), again.predict(x, verbose=0), rtol=1e-5)
