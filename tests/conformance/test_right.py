"""Specs that use every form of the language check without an error or a warning, and expand as they should."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlang import api

ROOT = Path(__file__).resolve().parents[2]
SPECS = sorted(path.relative_to(ROOT) for path in (ROOT / "tests/conformance/right").glob("*.arch"))


def check(path: Path | str) -> api.Checked:
    return api.check(api.read(str(ROOT / path)))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_checks_without_a_word(path: Path) -> None:
    checked = check(path)
    assert [f"{d.code}: {d.message}" for d in checked.diagnostics] == []
    assert checked.graphs


def layers(path: str, model: str) -> list[str]:
    return [layer.name for layer in check(f"tests/conformance/right/{path}").graphs[model].layers]


def test_layers_are_numbered_within_their_block() -> None:
    names = layers("variants.arch", "ResNet")
    assert names[:4] == ["rescaling_1", "conv2d_1", "batch_normalization_1", "activation_1"]
    assert "residual_1_conv2d_1" in names
    assert "residual_9_batch_normalization_2" in names


def test_a_nested_model_is_one_layer_that_is_called_twice() -> None:
    graph = check("tests/conformance/right/reuse.arch").graphs["Reuse"]
    nested = [layer for layer in graph.layers if layer.class_name == "Encoder"]
    assert len(nested) == 1
    assert sum(node.layer is nested[0] for node in graph.nodes) == 2


def test_a_shared_layer_has_one_set_of_weights() -> None:
    graph = check("tests/conformance/right/reuse.arch").graphs["Reuse"]
    scale = next(layer for layer in graph.layers if layer.name == "scale")
    assert scale.params == 16 * 16 + 16
    assert sum(node.layer is scale for node in graph.nodes) == 2


def test_blocks_recurse() -> None:
    names = layers("compile_time.arch", "Computed")
    assert "pyramid_1_pyramid_1_pyramid_1_dense_1" in names
    assert "pyramid_1_pyramid_1_pyramid_1_pyramid_1_layer_normalization_1" in names


def test_variants_build_on_each_other() -> None:
    graphs = check("tests/conformance/right/variants.arch").graphs
    assert graphs["Deeper"].parameters == {"depth": 9, "activation": "gelu"}
    assert graphs["Deep"].train is not None
    assert graphs["Deep"].train.settings["epochs"].value == 40
    assert graphs["Deeper"].train is not None
    assert graphs["Deeper"].train.settings["epochs"].value == 20


def test_tensors_are_gathered_in_order() -> None:
    graph = check("tests/conformance/right/gathered.arch").graphs["Dense3"]
    joined = graph.nodes[-2].outputs
    assert joined.spec.shape == (None, 8 + 4 * 4)


def test_a_name_bound_again_in_a_loop_is_carried_on() -> None:
    graph = check("tests/conformance/right/rebinding.arch").graphs["Highway"]
    assert (
        sum(node.layer is not None and node.layer.class_name == "Add" for node in graph.nodes) == 3
    )
    assert graph.params == 7 * (16 * 16 + 16) + 32 + 16 * 4 + 4


def test_constants_can_be_set_from_outside() -> None:
    source = api.read(str(ROOT / "tests/conformance/right/variants.arch"))
    small = api.check(source, overrides={"width": 8}).graphs["ResNet"]
    deep = api.check(source, overrides={"depth": 5}).graphs["ResNet"]
    assert small.params is not None
    assert small.params < 100_000
    assert deep.params == check("tests/conformance/right/variants.arch").graphs["Deep"].params
