"""Warnings of what runs, and does something else than it seems to; each is tried in Keras."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.graph.elaborating import problems, stack


def codes(step: str, input: str) -> list[str]:
    return [found.code for found in problems(stack(step, input=input))]


def test_a_crop_that_happens_while_training_only() -> None:
    import keras

    assert codes("RandomCrop(6, 6)", "float32[8, 8, 3]") == ["W1333"]
    assert codes("RandomCrop(8, 8)", "float32[8, 8, 3]") == []
    assert codes("CenterCrop(6, 6)", "float32[8, 8, 3]") == []
    image = keras.ops.ones((2, 8, 8, 3))
    crop = keras.layers.RandomCrop(6, 6)
    assert tuple(crop(image, training=True).shape) == (2, 6, 6, 3)
    assert tuple(crop(image, training=False).shape) == (2, 8, 8, 3)


CASES = [
    ("AdaptiveMaxPooling1D", "1", (8, 3), True),
    ("AdaptiveMaxPooling2D", "(2, 1)", (8, 8, 3), True),
    ("AdaptiveMaxPooling2D", "(2, 1)", (8, 1, 3), True),
    ("AdaptiveMaxPooling3D", "(2, 2, 1)", (4, 4, 4, 3), True),
    ("AdaptiveMaxPooling2D", "(1, 2)", (8, 8, 3), False),
    ("AdaptiveMaxPooling2D", "3", (8, 8, 3), False),
]


@pytest.mark.parametrize(("layer", "size", "shape", "warned"), CASES)
def test_a_pooling_that_ends_the_process(
    layer: str, size: str, shape: tuple[int, ...], warned: bool
) -> None:
    dims = ", ".join(map(str, shape))
    assert codes(f"{layer}({size})", f"float32[{dims}]") == (["W1334"] if warned else [])


@pytest.mark.slow
@pytest.mark.parametrize(("layer", "size", "shape", "ends"), [CASES[1], CASES[4]])
def test_it_ends_in_keras(layer: str, size: str, shape: tuple[int, ...], ends: bool) -> None:
    code = f"import keras; keras.layers.{layer}({size})(keras.ops.ones({(2, *shape)}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode < 0) == ends
