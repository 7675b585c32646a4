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
SIZE = 32
HELD_OUT = 60
# The usual 0.99 takes hundreds of steps to arrive at the statistics with which a network is evaluated.
MOMENTUM = 0.8
MARGIN = 0.15

# Inputs, targets, and weights where targets come in rows.
Examples = tuple[np.ndarray, ...]


def stripes(random: np.random.Generator, count: int) -> Examples:
    """Noisy stripes of some colour that lie, stand or slant: three classes."""
    kinds = random.integers(0, 3, count)
    across, down = np.meshgrid(np.arange(SIZE), np.arange(SIZE))
    ways = np.stack([down, across, across + down])[kinds]
    waves = np.sin(2 * np.pi * (ways + random.uniform(0, 8, (count, 1, 1))) / 8)
    images = waves[..., None] * random.uniform(0.3, 1, (count, 1, 1, 3))
    noise = random.normal(0, 0.2, images.shape)
    return (images + noise).astype("float32"), kinds


def masks(random: np.random.Generator, count: int) -> Examples:
    """A grey disc and a green square on a dark ground, and what each pixel belongs to."""
    images = random.integers(0, 60, (count, SIZE, SIZE, 3)).astype("float32")
    labels = np.zeros((count, SIZE, SIZE), "int32")
    down, across = np.mgrid[:SIZE, :SIZE]
    for image, label in zip(images, labels, strict=True):
        for kind in (1, 2):
            radius = random.integers(5, 9)
            y, x = random.integers(radius, SIZE - radius, 2)
            away = abs(down - y), abs(across - x)
            distance = np.hypot(*away) if kind == 1 else np.maximum(*away)
            label[distance < radius] = kind
        image += 100 * (label > 0)[..., None] + np.array([0, 60, 0]) * (label == 2)[..., None]
    return images, labels, np.ones(labels.shape, "float32")


def sounds(random: np.random.Generator, count: int) -> Examples:
    """Tones of two pitches in 48 steps; what is to be told is the next of 256 amplitudes."""
    times = random.integers(0, 16, (count, 1)) + np.arange(49)
    wave = np.sin(2 * np.pi * random.choice([1, 2], (count, 1)) * times / 16)
    amplitudes = np.round((wave + 1) / 2 * 255).astype("int32")
    inputs = wave[:, :-1, None].astype("float32")
    return inputs, amplitudes[:, 1:], np.ones(inputs.shape[:2], "float32")


@dataclass(frozen=True)
class Large:
    """A spec without data, its examples, how it is made small and trained, and the accuracy that it must reach."""

    spec: str
    examples: Callable[[np.random.Generator, int], Examples]
    threshold: float
    constants: dict[str, Any] = field(default_factory=dict[str, Any])
    count: int = 240
    epochs: int = 10
    batch_size: int = 16


SMALL = {"size": SIZE, "classes": 3, "width": 16}
NETWORKS = [
    Large("resnet50", stripes, 0.75, SMALL, epochs=10),
    Large("vgg16", stripes, 0.75, SMALL, count=160, epochs=8, batch_size=8),
    Large("mobilenet", stripes, 0.75, SMALL | {"width": 0.5}, epochs=12),
    Large("unet", masks, 0.9, {"size": SIZE, "width": 8}, count=80, epochs=6, batch_size=8),
    Large("wavenet", sounds, 0.8, count=120, epochs=6, batch_size=8),
]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.spec)
def test_network_learns(network: Large, tmp_path: Path) -> None:
    source = api.read(str(ROOT / "specs" / f"{network.spec}.arch"))
    checked = api.check(source, overrides=network.constants)
    (name,) = checked.graphs
    script = load_script(api.to_python(checked, name))
    arrays = network.examples(np.random.default_rng(SEED), HELD_OUT + network.count)
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
