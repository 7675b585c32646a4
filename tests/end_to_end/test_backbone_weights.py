"""What surrounds a backbone's weights: preprocessing once and no more, downloads that fail, files that are not there or do not fit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from archlang import api
from archlang.backends.keras_model import BuildError
from archlang.source import Source
from tests.backends.python.compare import load_script
from tests.end_to_end.in_process import train
from tests.end_to_end.stand_in_weights import save_stand_in
from tests.end_to_end.test_backbones import BACKBONES, ROOT, Backbone, checked, script_of

pytestmark = pytest.mark.slow

each = pytest.mark.parametrize("backbone", BACKBONES, ids=lambda backbone: backbone.spec)


def enters(model: Any) -> Any:
    """A model of what flows into the backbone."""
    (node,) = model.get_layer("backbone")._inbound_nodes[-1:]
    return keras.Model(model.input, node.input_tensors[0])


@each
def test_images_are_prepared_exactly_once(backbone: Backbone) -> None:
    found = checked(backbone, None)
    ((name, graph),) = found.graphs.items()
    script = load_script(api.to_python(found, name))
    size = backbone.size
    images = np.random.default_rng(0).uniform(0, 255, (2, size, size, 3)).astype("float32")
    expected = np.asarray(backbone.preprocess(images.copy()))
    for model in (script["build_model"](), api.build(graph)):
        np.testing.assert_allclose(
            enters(model).predict(images, verbose=0), expected, rtol=1e-5, atol=1e-4
        )
    # And inside stands what Keras has put there, no more.
    reference = backbone.reference()
    inside = [type(x).__name__ for x in model.get_layer("backbone").layers]
    prepares = ("Rescaling", "Normalization")
    assert [x for x in inside if x in prepares] == [
        type(x).__name__ for x in reference.layers if type(x).__name__ in prepares
    ]


@pytest.fixture
def no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home of Keras, and a proxy that nobody answers at; a folder to run in."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    (tmp_path / "specs").symlink_to(ROOT / "specs")
    return tmp_path


SENTENCE = (
    "can't be downloaded: connect to the network once (Keras keeps them), or change `weights` in the spec to a file that holds them, "
    "or to None."
)


def without_chatter(text: str) -> list[str]:
    """The lines of standard error that TensorFlow has not written."""
    return [
        x for x in text.splitlines() if x and not x.startswith(("WARNING: All log", "I0", "W0"))
    ]


def test_backbones_without_a_network_end_with_a_sentence(no_network: Path) -> None:
    """Every backbone of the specs, in one process, as each script meets the failure in `build_model`."""
    code = (
        "import runpy, sys\n"
        "for script in sys.argv[1:]:\n"
        "    try:\n"
        "        runpy.run_path(script)['build_model']()\n"
        "    except SystemExit as ending:\n"
        "        print(str(ending).splitlines()[0], file=sys.stderr)\n"
    )
    for backbone in BACKBONES:
        found = api.check(api.read(str(ROOT / "specs" / f"{backbone.spec}.arch")))
        (name,) = found.graphs
        (no_network / f"{backbone.spec}.py").write_text(api.to_python(found, name), "utf-8")
    paths = [f"{backbone.spec}.py" for backbone in BACKBONES]
    done = subprocess.run(
        [sys.executable, "-c", code, *paths],
        cwd=no_network,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = without_chatter(done.stderr)
    assert said == [f"The weights of {b.network} {SENTENCE}" for b in BACKBONES]


def test_archc_run_without_a_network_ends_with_a_sentence(no_network: Path) -> None:
    command = [sys.executable, "-m", "archlang", "run", "specs/transfer_mobilenetv2.arch"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "compiler")}
    done = subprocess.run(
        command, cwd=no_network, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    first, second = without_chatter(done.stderr)
    assert first == f"The weights of MobileNetV2 {SENTENCE}"
    assert second.startswith("URL fetch failure on https://")
    assert "Traceback" not in done.stdout + done.stderr


TINY = """
task Pictures {
    input image: float32[32, 32, 3]
    output kind: classification(3)
}
model M for Pictures {
    frozen MobileNet(weights="net.weights.h5", include_top=False, alpha=ALPHA, pooling=avg, preprocess=True)
    head
}
"""


def tiny(alpha: float) -> api.Checked:
    found = api.check(Source("tiny.arch", TINY.replace("ALPHA", str(alpha))))
    assert found.ok
    return found


def test_weights_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = tiny(0.25)
    script = load_script(api.to_python(found, "M"))
    with pytest.raises(SystemExit) as missing:
        script["build_model"]()
    assert str(missing.value) == (
        "net.weights.h5 is not there; it should hold the weights of MobileNet"
    )
    with pytest.raises(BuildError, match=r"`net\.weights\.h5` is not there") as refused:
        api.build(found.graphs["M"])
    assert refused.value.diagnostic.code == "E0903"
    source = keras.applications.MobileNet(
        weights=None, include_top=False, alpha=0.25, pooling="avg", input_shape=(32, 32, 3)
    )
    source.save_weights("net.weights.h5")
    for model in (script["build_model"](), api.build(found.graphs["M"])):
        ours = model.get_layer("mobile_net").get_weights()
        for mine, other in zip(ours, source.get_weights(), strict=True):
            np.testing.assert_array_equal(mine, other)
    wider = load_script(api.to_python(tiny(0.5), "M"))
    with pytest.raises(SystemExit, match="does not hold the weights of MobileNet as it is here"):
        wider["build_model"]()
    Path("net.weights.h5").write_text("no weights", "utf-8")
    with pytest.raises(SystemExit, match="does not hold the weights of MobileNet as it is here"):
        script["build_model"]()


MOVING = """
train {
    epochs = 1

    phase more {
        unfreeze = [last(mobile_net, 2)]
        batch_norm = True
        optimizer = Adam(1e-2)
        epochs = 1
    }
}
"""


def test_batch_normalization_moves_where_the_phase_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counterpart of what `test_backbones` shows: `batch_norm = True` lets scale and statistics go."""
    monkeypatch.chdir(tmp_path)
    source = keras.applications.MobileNet(
        weights=None, include_top=False, alpha=0.25, pooling="avg", input_shape=(32, 32, 3)
    )
    random = np.random.default_rng(0)
    images = random.uniform(0, 255, (16, 32, 32, 3)).astype("float32")
    save_stand_in(source, images / 127.5 - 1, tmp_path / "net.weights.h5")
    found = api.check(Source("moving.arch", TINY.replace("ALPHA", "0.25") + MOVING))
    assert found.ok
    script = load_script(api.to_python(found, "M"))
    model = script["build_model"]()
    # The last two layers with weights are a convolution and its batch normalization.
    last, earlier = (model.get_layer("mobile_net").get_layer(f"conv_pw_{n}_bn") for n in (13, 12))
    before, still = last.get_weights(), earlier.get_weights()
    examples = (images, random.integers(0, 3, 16))
    train(script, model, examples, examples, tmp_path, epochs=1)
    for old, new in zip(before, last.get_weights(), strict=True):
        assert not np.array_equal(old, new)
    for old, new in zip(still, earlier.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_selector_that_matches_nothing_is_an_error() -> None:
    text = (ROOT / "specs/transfer_vgg16.arch").read_text("utf-8")
    for wrong, code in [
        ('after(backbone, "block6_pool")', "E0343"),
        ('after(backbone, "block5_pool")', "E0343"),
        ("last(backbone, 14)", "E0342"),
        ("backbon", "E0341"),
    ]:
        said = api.check(
            Source("wrong.arch", text.replace('after(backbone, "block4_pool")', wrong))
        )
        assert [d.code for d in said.diagnostics] == [code]


def test_the_script_of_a_file_needs_no_download() -> None:
    script = script_of(BACKBONES[0], "some.weights.h5")
    assert "with_weights_of_file" in script
    assert "pretrained" not in script
