"""Masks of all shapes into all layers that know of masks: what fails is what fails in Keras, run on numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from archlang.graph.mask_rules import MaskProblem, Use, check, concatenated, joined
from archlang.shapes.nested import as_call
from archlang.shapes.rule import LayerValue, RuleError, apply
from archlang.shapes.spec import Shape, TensorSpec
from tests.graph.elaborating import problem, problems

BATCH = 7
LENGTHS = {2: (3,), 3: (3, 4), 4: (3, 4, 5), 5: (3, 4, 5, 6)}
Dims = tuple[int, ...]


def value(name: str, **args: Any) -> LayerValue:
    return LayerValue("layers", name, args)


def within(inner: LayerValue) -> LayerValue:
    return value("TimeDistributed", layer=inner)


SEQUENCES = value("LSTM", units=2, return_sequences=True)
OF_ONE = (
    value("LSTM", units=2), SEQUENCES, value("GRU", units=2), value("SimpleRNN", units=2),
    value("SimpleRNN", units=2, unroll=True), value("RNN", cell=value("GRUCell", units=2)),
    value("Bidirectional", layer=SEQUENCES), value("Bidirectional", layer=value("GRU", units=2)),
    value("GlobalAveragePooling1D"), value("GlobalAveragePooling1D", data_format="channels_first"),
    value("Softmax"), value("BatchNormalization"), value("Dense", units=2), value("PReLU"),
    value("ConvLSTM1D", filters=2, kernel_size=1), value("ConvLSTM1D", filters=3, kernel_size=2, strides=2),
    value("ConvLSTM1D", filters=4, kernel_size=1, return_sequences=True),
    value("ConvLSTM2D", filters=2, kernel_size=1), value("ConvLSTM2D", filters=2, kernel_size=2),
    value("ConvLSTM2D", filters=2, kernel_size=1, return_sequences=True),
    within(value("Dense", units=2)), within(value("LSTM", units=2)), within(value("Softmax")),
    within(value("BatchNormalization")), within(value("GlobalAveragePooling1D")), within(within(value("Dense", units=2))),
)  # fmt: skip
OF_SEVERAL = (
    value("Attention"), value("AdditiveAttention"), value("Add"), value("Average"), value("Subtract"), value("Maximum"),
    value("Minimum"), value("Multiply"), value("Concatenate"), value("Concatenate", axis=1), value("Dot", axes=-1),
)  # fmt: skip
JOINING = frozenset({"Add", "Average", "Subtract", "Maximum", "Minimum", "Multiply", "Concatenate"})
ATTENDING = (
    value("MultiHeadAttention", num_heads=2, key_dim=3),
    value("MultiHeadAttention", num_heads=2, key_dim=3, attention_axes=1),
    value("MultiHeadAttention", num_heads=2, key_dim=3, attention_axes=2),
    value("GroupQueryAttention", head_dim=3, num_query_heads=4, num_key_value_heads=2),
)


def of_one() -> Iterator[tuple[LayerValue, list[Dims], list[Dims | None]]]:
    for layer in OF_ONE:
        for dims in LENGTHS.values():
            for mask in {*(dims[:n] for n in range(len(dims) + 1)), (1,), (3, 1)}:
                yield layer, [dims], [mask]


def of_several() -> Iterator[tuple[LayerValue, list[Dims], list[Dims | None]]]:
    pairs: list[tuple[Dims, Dims | None, Dims, Dims | None]] = [
        ((3, 4), (3,), (3, 4), (3,)), ((3, 4), (3,), (1, 4), (1,)), ((3, 4), (3,), (3, 4), ()),
        ((3, 4), (3,), (3, 4), None), ((3, 4), None, (3, 4), (3,)), ((5, 3, 4), (5, 3), (5, 3, 4), (5,)),
        ((5, 3, 4), (5,), (5, 3, 4), None), ((3, 4), (3, 4), (3, 4), (3,)), ((3, 4), (3, 5), (3, 4), (3,)),
        ((3, 1), (3,), (3, 4), (1,)), ((3, 4), (3,), (5, 3, 4), (5, 3)), ((3, 4), (3,), (5, 4), (5,)),
        ((5, 3, 4), (5, 3), (5, 3, 4), (5, 3)), ((5, 3, 4), None, (5, 6, 4), (5, 6)), ((5, 3, 4), (5, 3), (5, 6, 4), None),
        ((5, 3, 4), (5, 3), (5, 3, 4), None),
    ]  # fmt: skip
    for layer in OF_SEVERAL:
        for a, first, b, second in pairs:
            yield layer, [a, b], [first, second]
    for layer in ATTENDING:
        for a, first, b, second in pairs:
            yield layer, [a, b], [first, second]


def shape(dims: Dims | None) -> Shape | None:
    return None if dims is None else (None, *dims)


def ours(layer: LayerValue, dims: list[Dims], masks: list[Dims | None]) -> tuple[bool, Any]:
    """Whether the rules take these masks, and the mask that a merge hands on."""
    specs = [TensorSpec(shape(d)) for d in dims]
    call = as_call(layer, flowing(layer, specs))
    outputs = apply(call).outputs
    listed = [outputs] if isinstance(outputs, TensorSpec) else list(outputs)
    use = Use(layer.name, call.args, specs, [shape(m) for m in masks], listed, {})
    try:
        check(use)
        if layer.name in JOINING - {"Concatenate"}:
            return True, joined(use)
        return True, concatenated(use) if layer.name == "Concatenate" else None
    except MaskProblem:
        return False, None


def flowing(layer: LayerValue, tensors: list[Any]) -> Any:
    if layer in ATTENDING:
        return dict(zip(("query", "value"), tensors, strict=True))
    return tensors[0] if len(tensors) == 1 else tensors


def keras_says(layer: LayerValue, dims: list[Dims], masks: list[Dims | None]) -> tuple[bool, Any]:
    import tensorflow as tf
    from keras import tree
    from keras.src import backend

    tensors: list[Any] = []
    for d, mask in zip(dims, masks, strict=True):
        tensors.append(tf.ones((BATCH, *d)))
        if mask is not None:
            backend.set_keras_mask(tensors[-1], tf.ones((BATCH, *mask), "bool"))
    made = keras_layer(layer)
    given = flowing(layer, tensors)
    kwargs = {"training": True} if layer.name == "BatchNormalization" else {}
    try:
        result = made(**given) if isinstance(given, dict) else made(given, **kwargs)
    except Exception:
        return False, None
    shapes = tree.map_structure(lambda tensor: tuple(tensor.shape), given)
    promised = result.shape if isinstance(given, dict) else made.compute_output_shape(shapes)
    if len(promised) != len(result.shape):
        return False, None  # the mask has blown up what comes out
    mask = backend.get_keras_mask(result)
    return True, None if mask is None else tuple(mask.shape)[1:]


def keras_layer(layer: LayerValue) -> Any:
    import keras

    args = {k: keras_layer(v) if isinstance(v, LayerValue) else v for k, v in layer.args.items()}
    return getattr(keras.layers, layer.name)(**args)


@pytest.mark.slow
@pytest.mark.parametrize("cases", [of_one, of_several])
def test_masks_fail_where_they_fail_in_keras(cases: Any) -> None:
    wrong: list[Any] = []
    verdicts: set[bool] = set()
    for layer, dims, masks in cases():
        try:
            takes, mask = ours(layer, dims, masks)
        except RuleError:
            continue  # not for tensors of this rank, masked or not
        accepted, theirs = keras_says(layer, dims, masks)
        verdicts.add(accepted)
        joins = layer.name in JOINING and accepted and takes
        if takes != accepted or (joins and (None if mask is None else mask[1:]) != theirs):
            wrong.append((layer, dims, masks, (takes, mask), (accepted, theirs)))
    assert wrong == []
    assert verdicts == {True, False}


TWO = """model M {
    input a: int32[5]
    input b: int32[4, 5]
    a -> Embedding(20, 3, mask_zero=True) as x
    b -> Embedding(20, 3, mask_zero=True) as y
    [x, y] -> Subtract
}
"""


def test_two_masks_that_cannot_be_joined() -> None:
    found = problem(TWO)
    assert found.code == "E0335"
    assert found.message == "`Subtract` cannot join a mask of [5] and one of [4, 5]"
    assert len(found.labels) == 2


def test_one_mask_is_dropped_by_the_merge() -> None:
    assert problems(TWO.replace("[4, 5]", "[5]")) == []
    text = TWO.replace("(20, 3, mask_zero=True) as y", "(20, 3) as y")
    assert problems(text) == []


def test_masks_go_through_nested_models() -> None:
    inner = "model Inner {{\n    input t: float32[5, 3]\n    {0}\n}}\n"
    outer = "model M {\n    input a: int32[5]\n    Embedding(20, 3, mask_zero=True) -> Inner -> Softmax\n}\n"
    assert [p.code for p in problems(inner.format("Dense(4)") + outer)] == ["E0335"]
    assert problems(inner.format("Conv1D(4, 3)") + outer) == []
    used = outer.replace("Softmax", "LSTM(4)")
    assert [p.code for p in problems(inner.format("Conv1D(4, 3)") + used)] == ["W1307"]
