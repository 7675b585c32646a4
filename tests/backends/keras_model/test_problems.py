"""What the checker cannot know shows when a model is built, as a message with a place in the spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from archlang import api
from archlang.backends.keras_model import BuildError
from archlang.source import Source

pytestmark = pytest.mark.slow

MODULE = """
import keras

class Scale(keras.layers.Layer):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor

class Nameless(keras.layers.Layer):
    def __init__(self, factor=1.0):
        super().__init__()

class Broken(Scale):
    def call(self, inputs):
        raise ZeroDivisionError("my own fault")

def function(**kwargs):
    raise AssertionError("a function is never called")
"""


def build(text: str, model: str = "M") -> Any:
    checked = api.check(Source("m.arch", text))
    assert checked.ok, [diagnostic.message for diagnostic in checked.diagnostics]
    return api.build(checked.graphs[model])


def refused(text: str) -> BuildError:
    with pytest.raises(BuildError) as caught:
        build(text)
    return caught.value


def of_python(name: str, module: str = "my_layers") -> str:
    return (
        f'layer {name}(factor=1.0) from "{module}" -> same\n'
        f"model M {{\n    input x: float32[3]\n    {name}(2.0) -> Dense(2)\n}}\n"
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "my_layers.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_python_layer_is_found_in_the_current_folder(folder: Path) -> None:
    model = build(of_python("Scale"))
    assert [layer.name for layer in model.layers] == ["x", "scale_1", "dense_1"]
    assert model.get_layer("scale_1").factor == 2.0


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (of_python("Scale", "no_such_module"), "E0902", "the module no_such_module of `Scale` can't be imported"),
        (of_python("Lost"), "E0902", "`Lost` of my_layers is not there"),
        (of_python("Nameless"), "E0902", "`Nameless` of my_layers can't be constructed"),
        (of_python("Broken"), "E0901", "Keras refuses the layer `broken_1` (Broken)"),
    ],
)  # fmt: skip
def test_python_layers_that_cannot_be_used(
    folder: Path, text: str, code: str, message: str
) -> None:
    problem = refused(text)
    assert problem.diagnostic.code == code
    assert problem.diagnostic.message == message
    span = problem.diagnostic.span
    assert text[span.start : span.end].endswith("(2.0)")


def test_only_classes_of_layers_are_called(folder: Path) -> None:
    checked = api.check(Source("m.arch", of_python("Scale")))
    graph = checked.graphs["M"]
    graph.layers[0].class_name = "function"
    with pytest.raises(BuildError, match="is no layer"):
        api.build(graph)


def test_the_way_to_the_place_is_told(folder: Path) -> None:
    text = (
        'layer Broken(factor=1.0) from "my_layers" -> same\n'
        "block Deep(width) { Dense(width) -> Broken(2.0) }\n"
        "model M {\n    input x: float32[3]\n    Deep(4)\n}\n"
    )
    problem = refused(text)
    assert "in `Deep(4)`" in str(problem)
    assert "my own fault" in str(problem)


def test_an_application_stands_behind_its_own_preprocessing() -> None:
    model = build(
        """
model M {
    input image: uint8[64, 64, 3]
    frozen MobileNetV2(weights=None, include_top=False, input_shape=(64, 64, 3), pooling=avg, preprocess=True, name=backbone)
    Dense(3)
}
"""
    )
    assert [layer.name for layer in model.layers] == ["image", "backbone", "dense_1"]
    assert not model.get_layer("backbone").trainable_weights
    assert any(operation.name.startswith("subtract") for operation in model.operations)


OUTPUTS = """
model M {
    input image: float32[64, 64, 3]
    MobileNetV2(weights=None, include_top=False, input_shape=(64, 64, 3), outputs=["%s", "block_3_expand_relu"]) as a, b
    a -> GlobalAveragePooling2D as small
    b -> GlobalAveragePooling2D as large
    [small, large] -> Concatenate -> Dense(3)
}
"""


def test_inner_outputs_of_an_application() -> None:
    model = build(OUTPUTS % "block_6_expand_relu")
    assert model.get_layer("concatenate_1").output.shape == (None, 192 + 144)


def test_an_inner_output_that_is_not_there_is_known_to_check() -> None:
    checked = api.check(Source("test.arch", OUTPUTS % "block_6_expand_rely"))
    (problem,) = [d for d in checked.diagnostics if d.is_error]
    assert (problem.help or "").startswith("did you mean `block_6_expand_relu`")


def test_weights_that_are_not_there(folder: Path) -> None:
    text = """
model Encoder { input x: float32[3]
    Dense(4) }
model M { input x: float32[3]
    x -> Encoder(weights="encoder.weights.h5") -> Dense(2) }
"""
    assert refused(text).diagnostic.code == "E0904"
    build("model M { input x: float32[3]\n Dense(4) }").save_weights("encoder.weights.h5")
    assert build(text).count_params() == 16 + 10
    Path("encoder.weights.h5").write_text("no weights")
    assert "can't be loaded from encoder.weights.h5" in str(refused(text))
