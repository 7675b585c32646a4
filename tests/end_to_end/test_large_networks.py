"""The published networks of `specs/` train too, made smaller by their own constants, on easy made pictures and sounds.

ImageNet, the pets and recorded sounds can't be had here, and hours of training are no test. What is left to show is that each network, as
deep as published, learns with its own layers, head, loss and optimizer something that no constant gives: each reaches a figure on held-out
examples. Sizes, epochs and thresholds were chosen on examples and weights of another seed than the one that is tested.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from archlang import api
from tests.backends.python.compare import load_script
from tests.end_to_end.in_process import train

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SEED = 0
HELD_OUT = 60
# The usual 0.99 takes hundreds of steps to arrive at the statistics with which a network is evaluated.
MOMENTUM = 0.8
MARGIN = 0.15

# Inputs, targets, and weights where targets come in rows.
Examples = tuple[np.ndarray, ...]


def stripes(random: np.random.Generator, count: int, size: int) -> Examples:
    """Noisy stripes of some colour that lie, stand or slant: three classes."""
    kinds = random.integers(0, 3, count)
    down, across = np.mgrid[:size, :size]
    ways = np.stack([down, across, across + down])[kinds]
    waves = np.sin(2 * np.pi * (ways + random.uniform(0, 8, (count, 1, 1))) / 8)
    images = waves[..., None] * random.uniform(0.3, 1, (count, 1, 1, 3))
    noise = random.normal(0, 0.2, images.shape)
    return (images + noise).astype("float32"), kinds


def masks(random: np.random.Generator, count: int, size: int) -> Examples:
    """A grey disc and a green square on a dark ground, and what each pixel belongs to."""
    images = random.integers(0, 60, (count, size, size, 3)).astype("float32")
    labels = np.zeros((count, size, size), "int32")
    down, across = np.mgrid[:size, :size]
    for image, label in zip(images, labels, strict=True):
        for kind in (1, 2):
            radius = random.integers(6, 11)
            y, x = random.integers(radius, size - radius, 2)
            away = abs(down - y), abs(across - x)
            distance = np.hypot(*away) if kind == 1 else np.maximum(*away)
            label[distance < radius] = kind
        image += 100 * (label > 0)[..., None] + np.array([0, 60, 0]) * (label == 2)[..., None]
    return images, labels, np.ones(labels.shape, "float32")


def sounds(random: np.random.Generator, count: int, size: int) -> Examples:
    """Tones of two pitches; what is to be told is the next of 256 amplitudes."""
    times = random.integers(0, 16, (count, 1)) + np.arange(size + 1)
    wave = np.sin(2 * np.pi * random.choice([1, 2], (count, 1)) * times / 16)
    amplitudes = np.round((wave + 1) / 2 * 255).astype("int32")
    inputs = wave[:, :-1, None].astype("float32")
    return inputs, amplitudes[:, 1:], np.ones(inputs.shape[:2], "float32")


@dataclass(frozen=True)
class Large:
    """A spec without data, its examples, how it is trained, the accuracy that it must reach, and the constants that make it small."""

    spec: str
    examples: Callable[[np.random.Generator, int, int], Examples]
    size: int
    count: int
    epochs: int
    batch_size: int
    threshold: float
    constants: dict[str, Any] = field(default_factory=dict[str, Any])


NETWORKS = [
    Large("resnet50", stripes, 32, 480, 8, 32, 0.7, {"size": 32, "classes": 3, "width": 16}),
    Large("vgg16", stripes, 32, 160, 5, 8, 0.9, {"size": 32, "classes": 3, "width": 16}),
    Large("mobilenet", stripes, 64, 480, 7, 32, 0.7, {"size": 64, "classes": 3, "width": 0.5}),
    Large("unet", masks, 32, 80, 6, 8, 0.85, {"size": 32, "width": 8}),
    Large("wavenet", sounds, 48, 120, 5, 8, 0.8),
]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.spec)
def test_network_learns(network: Large, tmp_path: Path) -> None:
    source = api.read(str(ROOT / "specs" / f"{network.spec}.arch"))
    checked = api.check(source, overrides=network.constants)
    (name,) = checked.graphs
    script = load_script(api.to_python(checked, name))
    random = np.random.default_rng(SEED)
    arrays = network.examples(random, HELD_OUT + network.count, network.size)
    held_out = tuple(array[:HELD_OUT] for array in arrays)
    training = tuple(array[HELD_OUT:] for array in arrays)
    keras.config.disable_interactive_logging()
    keras.utils.set_random_seed(SEED)
    model = script["build_model"]()
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = MOMENTUM
    settings = {"epochs": network.epochs, "batch_size": network.batch_size}
    train(script, model, training, None, tmp_path, **settings)
    found = script["evaluate"](model, held_out)["accuracy"]
    keras.config.enable_interactive_logging()
    majority = np.bincount(held_out[1].ravel()).max() / held_out[1].size
    print(f"{network.spec}: {found:.3f}, majority {majority:.3f}")
    assert network.threshold >= majority + MARGIN
    assert found >= network.threshold
