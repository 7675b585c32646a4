"""Transfer learning with networks of keras.applications, from the spec to the trained model.

ImageNet's weights can't be downloaded here, so backbones are random (`--set weights=None`), or have stand-in weights from a file
where random ones let no signal through. Such a backbone sees little of shapes, so that each kind has a colour here, which makes the pictures
easier than those of the specs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from archlang import api
from tests.backends.python.compare import load_script
from tests.end_to_end.in_process import train
from tests.end_to_end.stand_in_weights import save_stand_in

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
COLOURS = {"circle": (220, 60, 60), "square": (60, 220, 60), "triangle": (60, 60, 220)}
PICTURES_EACH = 50
SEED = 0
MARGIN = 0.15
# The specs train for 10 epochs at first and for 5 in each phase that follows.
LATER_EPOCHS = 1


@dataclass(frozen=True)
class Backbone:
    """A spec, its network, the accuracy that it must reach on held-out pictures.

    `unfrozen` is, for each phase after the first, where the layers begin that train. `stand_in` says of which convolutions
    the size is adjusted, where the weights come from a file. `epochs` are those of the first phase. All were chosen with other seeds.
    """

    spec: str
    network: str
    module: str
    threshold: float
    unfrozen: tuple[str, ...] = ()
    size: int = 32
    stand_in: str = ""
    pooling: str | None = "avg"
    epochs: int = 4

    @property
    def keras_network(self) -> Any:
        return getattr(keras.applications, self.network)

    def preprocess(self, images: Any) -> Any:
        return getattr(keras.applications, self.module).preprocess_input(images)

    def reference(self) -> Any:
        """The network as Keras gives it."""
        keras.utils.set_random_seed(0)
        shape = (self.size, self.size, 3)
        return self.keras_network(
            weights=None, include_top=False, pooling=self.pooling, input_shape=shape
        )


BACKBONES = [
    Backbone("transfer_vgg16", "VGG16", "vgg16", 0.7, ("block5_conv1",), stand_in="all"),
    Backbone("transfer_vgg19", "VGG19", "vgg19", 0.7, ("block5_conv1",), stand_in="all", pooling=None),
    Backbone(
        "transfer_resnet50", "ResNet50", "resnet", 0.65, ("conv5_block1_1_conv",), epochs=3
    ),
    Backbone(
        "transfer_mobilenetv2", "MobileNetV2", "mobilenet_v2", 0.6,
        ("Conv_1", "block_13_expand"), stand_in="all",
    ),
    Backbone(
        "transfer_efficientnet", "EfficientNetB0", "efficientnet", 0.6, ("stem_conv",), stand_in="last",
        epochs=2,
    ),
    Backbone("feature_pyramid", "ResNet50", "resnet", 0.7, epochs=3),
]  # fmt: skip
each = pytest.mark.parametrize("backbone", BACKBONES, ids=lambda backbone: backbone.spec)


@pytest.fixture(autouse=True)
def quiet() -> Any:
    keras.config.disable_interactive_logging()
    yield
    keras.config.enable_interactive_logging()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures of coloured shapes on grey noise, a folder for each kind."""
    parent = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(SEED)
    down, across = np.mgrid[:64, :64]
    for kind, colour in COLOURS.items():
        (parent / kind).mkdir()
        for number in range(PICTURES_EACH):
            radius = random.integers(14, 26)
            y, x = random.integers(radius, 64 - radius, 2)
            away = abs(across - x)
            inside = {
                "circle": np.hypot(down - y, away) < radius,
                "square": np.maximum(abs(down - y), away) < radius,
                "triangle": (abs(down - y) < radius) & (2 * away < down - y + radius),
            }[kind]
            image = random.integers(90, 160, (64, 64, 1)).repeat(3, axis=-1)
            image[inside] = colour
            keras.utils.save_img(parent / kind / f"{number}.png", image, scale=False)
    return parent


def checked(backbone: Backbone, weights: str | None) -> api.Checked:
    path = ROOT / "specs" / f"{backbone.spec}.arch"
    text = path.read_text("utf-8").replace("epochs = 10", f"epochs = {backbone.epochs}")
    source = api.Source(str(path), text.replace("epochs = 5", f"epochs = {LATER_EPOCHS}"))
    found = api.check(source, overrides={"weights": weights, "size": backbone.size})
    assert found.ok, [d.message for d in found.diagnostics]
    return found


def script_of(backbone: Backbone, weights: str | None) -> dict[str, Any]:
    found = checked(backbone, weights)
    (name,) = found.graphs
    return load_script(api.to_python(found, name))


@each
def test_backbone_trains(
    backbone: Backbone, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "stand_in.weights.h5"
    reference = backbone.reference()
    if backbone.stand_in:
        images = np.stack([x for x, _ in pictures(backbone, folder)[::5]])
        images, last = backbone.preprocess(images), backbone.stand_in == "last"
        save_stand_in(reference, images, file, last_only=last)
    script = script_of(backbone, str(file) if backbone.stand_in else None)
    keras.utils.set_random_seed(SEED)
    training, validation, held_out = script["load_splits"](folder, SEED)
    model = script["build_model"]()
    network = model.get_layer("backbone")
    before = weights_of(network)
    if backbone.stand_in:
        assert_equal(before, weights_of(reference))
    own = {layer.name: weights_of(layer) for layer in own_statistics(model)}
    capsys.readouterr()
    train(script, model, training, validation, tmp_path, batch_size=4)
    printed = capsys.readouterr().out
    assert_phases(backbone, printed, model, reference)
    assert_only_unfrozen_moved(backbone, network, before)
    for name, weights in own.items():
        # The statistics of what is no part of the backbone do learn.
        after = weights_of(model.get_layer(name))
        assert all(not np.array_equal(weights[path], after[path]) for path in weights)
    targets = np.array([int(y) for _, y in held_out])
    majority = np.bincount(targets).max() / len(targets)
    assert backbone.threshold >= majority + MARGIN
    found = script["evaluate"](model, held_out)["accuracy"]
    print(f"{backbone.spec}: {found:.3f}, majority {majority:.3f}")
    assert found >= backbone.threshold


def pictures(backbone: Backbone, folder: Path) -> list[tuple[Any, Any]]:
    """All pictures in the size of a backbone's input, with the numbers of their classes."""
    read = keras.utils.image_dataset_from_directory(
        folder, image_size=(backbone.size, backbone.size), batch_size=None, shuffle=False
    )
    return [(np.asarray(x), int(y)) for x, y in read]


def assert_phases(backbone: Backbone, printed: str, model: Any, reference: Any) -> None:
    """Each phase says what it trains: the head, and of the backbone what Keras counts from a layer on."""
    assert re.findall(r"^phase", printed, re.MULTILINE) == ["phase"] * (
        1 + len(backbone.unfrozen)
    ) * bool(backbone.unfrozen)
    head = sum(
        w.shape.num_elements()
        for layer in model.layers
        if layer.name != "backbone"
        for w in layer.trainable_weights
    )
    for begin, phase in zip(backbone.unfrozen, printed.split("\nphase ")[1:], strict=True):
        trained = unfrozen(backbone, reference, begin)
        count = sum(w.shape.num_elements() for layer in trained for w in layer.trainable_weights)
        assert f"{head + count:,} parameters" in phase
        parts = f"in {len(trained)} of its {len(reference.layers)} layers"
        rests = (
            ""
            if backbone.network.startswith("VGG")
            else "; batch normalization stays in inference mode"
        )
        assert f"  backbone: {count:,} {parts}{rests}\n" in phase


def unfrozen(backbone: Backbone, network: Any, begin: str) -> list[Any]:
    """The layers of a network that train once those from one on are unfrozen: batch normalization never does."""
    names = [layer.name for layer in network.layers]
    return [
        layer
        for layer in network.layers[names.index(begin) :]
        if layer.trainable_weights and not isinstance(layer, keras.layers.BatchNormalization)
    ]


def assert_only_unfrozen_moved(backbone: Backbone, network: Any, before: dict[str, Any]) -> None:
    """Every weight of batch normalization is what it was, bit for bit, and so is what was never unfrozen."""
    statistics = [x for x in network.layers if isinstance(x, keras.layers.BatchNormalization)]
    assert bool(statistics) == (not backbone.network.startswith("VGG"))
    names = [layer.name for layer in network.layers]
    first = min((names.index(begin) for begin in backbone.unfrozen), default=len(names))
    after = weights_of(network)
    for position, layer in enumerate(network.layers):
        for weight in layer.weights:
            same = np.array_equal(before[weight.path], after[weight.path])
            if layer in statistics or position < first or not weight.trainable:
                assert same, weight.path
            elif weight.path.endswith("kernel"):
                assert not same, weight.path


def own_statistics(model: Any) -> list[Any]:
    return [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]


def weights_of(layer: Any) -> dict[str, Any]:
    return {weight.path: keras.ops.convert_to_numpy(weight) for weight in layer.weights}


def assert_equal(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert len(ours) == len(theirs)
    for mine, other in zip(ours.values(), theirs.values(), strict=True):
        np.testing.assert_array_equal(mine, other)
