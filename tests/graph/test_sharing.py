"""Shared layers, learned tensors, nested models, frozen parts."""

from __future__ import annotations

from tests.graph.elaborating import graph, names, problem, stack

DENSE = 8 * 8 + 8


def test_a_shared_layer_has_one_set_of_weights() -> None:
    found = graph(stack("shared enc = Dense(8)", "enc -> enc -> enc"))
    assert found.params == DENSE
    assert [node.layer.name for node in found.nodes if node.layer] == ["enc"] * 3


def test_a_shared_layer_fits_one_width() -> None:
    found = problem(stack("shared enc = Dense(4)", "enc -> enc"))
    assert (found.code, found.label) == ("E0320", "[4] here")


def test_a_shared_block_is_a_model_of_its_own() -> None:
    block = "block Enc(n) { Dense(n) -> ReLU }\n"
    found = graph(stack("shared enc = Enc(8)", "enc -> enc", before=block))
    (layer,) = found.layers
    assert (layer.kind, layer.name, layer.params) == ("model", "enc", DENSE)


def test_a_nested_model_is_one_instance() -> None:
    inner = "model Inner {\n    input i: float32[8]\n    Dense(8)\n}\n"
    found = graph(stack("Inner -> Inner", before=inner))
    assert [layer.name for layer in found.layers] == ["Inner"]
    assert found.params == DENSE
    assert len(found.nodes) == 3


def test_other_arguments_make_another_instance() -> None:
    inner = "model Inner(n=8) {\n    input i: float32[8]\n    Dense(n) -> Dense(8)\n}\n"
    found = graph(stack("Inner -> Inner(4) -> Inner(n=4)", before=inner))
    assert [layer.name for layer in found.layers] == ["Inner", "Inner_2"]


def test_a_nested_model_takes_its_inputs_shape() -> None:
    inner = "model Inner {\n    input i: float32[9]\n    Dense(8)\n}\n"
    assert problem(stack("Inner", before=inner)).code == "E0325"


def test_a_nested_model_of_any_length() -> None:
    inner = "model Inner {\n    input i: float32[time, 8]\n    Dense(4)\n}\n"
    found = graph(stack("Inner", before=inner, input="float32[5, 8]"))
    assert str(found.outputs["output"].spec) == "[5, 4]"


def test_models_may_not_contain_each_other() -> None:
    text = "model A {\n    input i: float32[8]\n    B\n}\nmodel B {\n    input i: float32[8]\n    A\n}\n"
    assert problem(text).code == "E0803"


def test_learned_tensors() -> None:
    text = stack(
        "learned w: float32[3, 8] = RandomNormal(stddev=0.02)",
        "x -> Reshape((1, 8)) as row",
        "[w, row] -> Concatenate(axis=1)",
    )
    found = graph(text)
    assert found.params == 24
    assert "w" in [layer.name for layer in found.layers]
    assert str(found.outputs["output"].spec) == "[4, 8]"


def test_a_learned_tensor_has_known_sizes() -> None:
    text = stack("learned w: float32[shape(x)[1], 8]", "[w, x] -> Add", input="float32[time, 8]")
    assert problem(text).code == "E0705"


def test_frozen_parts_have_no_trainable_parameters() -> None:
    block = "block B { Dense(8) -> BatchNormalization }\n"
    found = graph(
        stack("frozen B -> Dense(8)", "frozen { Dense(8) -> Dense(8) }", "Dense(8)", before=block)
    )
    assert found.params == 5 * DENSE + 4 * 8
    assert found.trainable_params == 2 * DENSE


def test_frozen_shared_layers_and_models() -> None:
    inner = "model Inner {\n    input i: float32[8]\n    Dense(8)\n}\n"
    assert graph(stack("frozen Inner", before=inner)).trainable_params == 0
    assert (
        graph(stack("shared s = frozen Dense(8)", "s -> s -> Dense(8)")).trainable_params == DENSE
    )
    assert graph(stack("Dense(8, trainable=False)")).trainable_params == 0


def test_batch_normalization_counts_its_statistics() -> None:
    found = graph(stack("BatchNormalization"))
    assert (found.params, found.trainable_params) == (32, 16)


def test_applications_get_free_names() -> None:
    text = stack(
        "shared a = MobileNetV2(weights=None, include_top=False, pooling=avg)",
        "a",
        input="float32[64, 64, 3]",
    )
    assert names(text) == ["a"]
