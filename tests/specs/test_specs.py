"""The example specs check without errors and warnings, and have the published sizes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from archlang import api
from archlang.diagnostics import Severity
from archlang.formatting import format_source

ROOT = Path(__file__).resolve().parents[2]
SPECS = sorted(path.relative_to(ROOT) for path in (ROOT / "specs").rglob("*.arch"))

# Trainable and all parameters. Those of keras.applications are in its documentation, https://keras.io/api/applications/, and in
# the models themselves (Keras 3.15); test_networks_equal_those_of_keras asks them.
PUBLISHED = {
    "vgg16": (138_357_544, 138_357_544),  # keras.applications.VGG16
    "resnet50": (25_583_592, 25_636_712),  # keras.applications.ResNet50
    "mobilenet": (4_231_976, 4_253_864),  # keras.applications.MobileNet
}

# Computed by hand: (inputs + 1) * units for each dense layer, (window * inputs + 1) * filters for each convolution.
COUNTED = {
    "iris_mlp": 5 * 16 + 17 * 16 + 17 * 3,
    "breast_cancer": 31 * 32 + 33 * 16 + 17,
    "diabetes_linear": 11,
    "digits_cnn": 10 * 32 + (9 * 32 + 1) * 64 + (4 * 64 + 1) * 10,
    # An LSTM has four gates, each with inputs, states and a bias; two directions, then one.
    "digits_lstm": 2 * 4 * 32 * (8 + 32 + 1) + 4 * 64 * (64 + 64 + 1) + 65 * 10,
    # The biases of a GRU's inputs and of its states are apart: `reset_after`.
    "digits_gru": 3 * 48 * (8 + 48 + 2) + 49 * 48 + 97 * 10,
}


def check(path: Path | str) -> api.Checked:
    return api.check(api.read(str(ROOT / path)))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_checks_without_errors_and_warnings(path: Path) -> None:
    found = [
        f"{d.code}: {d.message}" for d in check(path).diagnostics if d.severity is not Severity.NOTE
    ]
    assert found == []


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_is_laid_out_as_archc_fmt_does_it(path: Path) -> None:
    spec = api.read(str(ROOT / path))
    assert format_source(spec) == spec.text


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_says_at_the_top_what_it_shows(path: Path) -> None:
    lines = (ROOT / path).read_text("utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert path.parent.name == "std" or any(line.startswith("# Shows: ") for line in lines[:5])


@pytest.mark.parametrize("name", PUBLISHED)
def test_has_the_published_number_of_parameters(name: str) -> None:
    (graph,) = check(f"specs/{name}.arch").graphs.values()
    assert (graph.trainable_params, graph.params) == PUBLISHED[name]


@pytest.mark.parametrize("name", COUNTED)
def test_has_the_number_of_parameters_that_a_hand_comes_to(name: str) -> None:
    (graph,) = check(f"specs/{name}.arch").graphs.values()
    assert graph.trainable_params == COUNTED[name]


def test_a_narrower_mobilenet_has_fewer_parameters() -> None:
    checked = api.check(api.read(str(ROOT / "specs/mobilenet.arch")), overrides={"width": 0.25})
    # keras.applications.MobileNet(alpha=0.25)
    assert checked.graphs["MobileNet"].params == 475_544


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [("vgg16", "VGG16"), ("resnet50", "ResNet50"), ("mobilenet", "MobileNet")],
    ids=lambda n: n[0],
)
def test_networks_equal_those_of_keras(name: tuple[str, str]) -> None:
    """The sizes, and the shapes that flow through the convolutions, are those of keras.applications."""
    import keras

    (graph,) = check(f"specs/{name[0]}.arch").graphs.values()
    reference = getattr(keras.applications, name[1])(weights=None)
    assert graph.params == reference.count_params()
    ours = [
        tuple(node.outputs.spec.shape)
        for node in graph.nodes
        if node.layer and "Conv" in node.layer.class_name
    ]
    theirs = [
        tuple(layer.output.shape) for layer in reference.layers if "Conv" in type(layer).__name__
    ]
    # The MobileNet of Keras writes its last dense layer as a convolution.
    assert sorted(ours) == sorted(shape for shape in theirs if shape != (None, 1, 1, 1000))


def test_checking_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from archlang.cli import main\n"
        "try:\n"
        "    main(['check', 'specs/resnet50.arch'])\n"
        "except SystemExit as ending:\n"
        "    assert not ending.code\n"
        "heavy = {'keras', 'tensorflow', 'numpy', 'jsonschema'} & set(sys.modules)\n"
        "print(sorted(heavy))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "compiler")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
