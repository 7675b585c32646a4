"""The masks that calls find when a model runs, and the order of the calls: the walk's and Keras's, call by call."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from archlang import api
from archlang.graph.mask_flow import Masked, Walk
from archlang.graph.mask_rules import UNKNOWN
from archlang.graph.model import Graph
from archlang.source import Source
from tests.graph.drawn_masks import drawn

pytestmark = pytest.mark.slow

_keras: Any = keras
_Function: Any = _keras.src.ops.function.Function

# The name of what is called, and the number of axes of the mask of each tensor that flows in.
Call = tuple[str, tuple[int | None, ...]]


def walked(graph: Graph, *, training: bool) -> list[Call]:
    """What the walk finds for layers and models."""
    walk = Walk(training=training)
    walk.graph(graph)
    found: list[Call] = []
    for call in walk.calls:
        if call.node.layer is None:
            continue
        axes: list[int | None] = []
        for state in call.states:
            assert not isinstance(state, Masked) or state.shape != UNKNOWN
            axes.append(len(state.shape) if isinstance(state, Masked) else None)
        found.append((call.node.layer.name, tuple(axes)))
    return found


def run(
    model: Any, inputs: list[Any], monkeypatch: pytest.MonkeyPatch, *, training: bool
) -> list[Call]:
    """What Keras finds, in the order of its calls, nested models first named and then gone through."""
    found: list[Call] = []
    through: Any = _Function._run_through_graph

    def recorded(
        self: Any, given: Any, operation_fn: Any = lambda op: op, call_fn: Any = None
    ) -> Any:
        def seen(op: Any) -> Any:
            called = operation_fn(op)

            def call(*args: Any, **kwargs: Any) -> Any:
                flowing = [t for t in _keras.tree.flatten(args) if _keras.ops.is_tensor(t)]
                masks = [_keras.src.backend.get_keras_mask(t) for t in flowing]
                given = _keras.tree.flatten(kwargs.get("mask"))
                if any(mask is not None for mask in given):
                    masks = given
                if isinstance(op, _keras.Layer):
                    axes = tuple(None if m is None else len(m.shape) for m in masks)
                    found.append((op.name, axes))
                return called(*args, **kwargs)

            return call

        return through(self, given, seen if call_fn is None else operation_fn, call_fn)

    with monkeypatch.context() as patch:
        patch.setattr(_Function, "_run_through_graph", recorded)
        model(inputs, training=training)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_masks_of_drawn_models(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = drawn(seed)
    checked = api.check(Source("drawn.arch", text))
    assert checked.ok, (text, [d.message for d in checked.diagnostics])
    graph = checked.graphs["M"]
    model = api.build(graph)
    ids = [np.array([[1, 2, 3, 0, 0], [4, 0, 0, 0, 0]]) for _ in graph.inputs]
    for training in (False, True):
        theirs = run(model, ids, monkeypatch, training=training)
        assert walked(graph, training=training) == theirs, (text, training)


TRANSFORMER = """
block Encoder {
    [_, MultiHeadAttention(2, 4)] -> Add -> LayerNormalization
    [_, Dense(16, activation=gelu) -> Dense(8)] -> Add -> LayerNormalization
}
model M {
    input words: int32[5]
    words -> Embedding(9, 8, mask_zero=True)
    Encoder
    Encoder
    GlobalAveragePooling1D
}
"""


def test_a_transformer_loses_its_mask_at_the_first_shortcut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checked = api.check(Source("transformer.arch", TRANSFORMER))
    graph = checked.graphs["M"]
    theirs = run(api.build(graph), [np.array([[1, 2, 0, 0, 0]])], monkeypatch, training=False)
    assert walked(graph, training=False) == theirs
    assert theirs[1] == ("encoder_1_multi_head_attention_1", (2, 2))
    assert theirs[2] == ("encoder_1_add_1", (None, 2))
    assert [problem.code for problem in checked.diagnostics] == ["W1307"]
