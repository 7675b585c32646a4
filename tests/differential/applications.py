"""Every builder of keras.applications, with arguments drawn at random, asked of the checker and of Keras.

python -m tests.differential.applications            # all cases: half an hour or more
python -m tests.differential.applications ResNet50   # those of some builders
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from typing import Any

import keras

from archlang.catalogue import load
from archlang.shapes.applications import ApplicationResult, application
from archlang.shapes.applications.arguments import smallest_size
from archlang.shapes.rule import RuleError
from archlang.shapes.spec import TensorSpec

Case = tuple[str, dict[str, Any], tuple[int | None, int | None, int]]

_ALPHAS = (0.1, 0.25, 0.35, 0.5, 0.6, 0.75, 1.0, 1.15, 1.3, 1.4, 2.0)


def cases(name: str) -> list[Case]:
    """The cases of a builder, in an order that is random but always the same."""
    draw = random.Random(name)
    found = list(_cases(name, draw))
    draw.shuffle(found)
    return found


def _cases(name: str, draw: random.Random) -> Iterator[Case]:
    entry = load().get("applications", name)
    assert entry is not None
    has = {parameter.name for parameter in entry.parameters}
    least = smallest_size(name)
    sizes: list[tuple[int | None, int | None]] = [(least, least), (97, 128), (130, 111), (224, 224), (least - 1, 200), (None, None), (None, 96), (96, None)]  # fmt: skip
    ends = [{"include_top": True, "classes": 7}, *({"include_top": False, "pooling": p} for p in (None, "avg", "max"))]  # fmt: skip
    for size in sizes:
        for end in ends:
            args: dict[str, Any] = {"weights": None, **end}
            if "alpha" in has:
                args["alpha"] = draw.choice(_ALPHAS)
            if "depth_multiplier" in has:
                args["depth_multiplier"] = draw.choice((1, 1, 2))
            if "minimalistic" in has:
                args["minimalistic"] = draw.random() < 0.4
            if "include_preprocessing" in has:
                args["include_preprocessing"] = draw.random() < 0.6
            yield name, args, (size[0], size[1], draw.choice((3, 3, 3, 1, 4)))


def disagreement(case: Case) -> str | None:
    """What the checker and Keras say differently of a case; None where they agree."""
    name, args, image = case
    expected = _keras(name, args, image)
    try:
        found = application(name, args, TensorSpec((None, *image)))
    except RuleError as problem:
        return None if isinstance(expected, str) else f"refused: {problem.message}"
    if isinstance(expected, str):
        return f"accepted, but Keras says: {expected}"
    return described(found, expected)


def described(found: ApplicationResult, model: Any) -> str | None:
    """Where a network differs from Keras's."""
    outputs = found.outputs if isinstance(found.outputs, list) else [found.outputs]
    shapes = [tuple(output.shape) for output in model.outputs]
    if [output.shape for output in outputs] != shapes:
        return f"gives {[o.shape for o in outputs]}, Keras {shapes}"
    trainable = sum(_size(weight) for weight in model.trainable_weights)
    if (found.params, found.trainable_params) != (model.count_params(), trainable):
        return f"has {found.params} ({found.trainable_params}), Keras {model.count_params()} ({trainable})"
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    if len(layers) != len(found.layers):
        return f"has {len(found.layers)} layers, Keras {len(layers)}"
    for inner, layer in zip(found.layers, layers, strict=True):
        ours = (inner.name or layer.name, inner.kind, inner.params, inner.output.shape)
        theirs = (layer.name, type(layer).__name__, layer.count_params(), tuple(layer.output.shape))
        if ours != theirs:
            return f"has {ours}, Keras {theirs}"
    return None


def _size(weight: Any) -> int:
    count = 1
    for dim in weight.shape:
        count *= dim
    return count


def _keras(name: str, args: dict[str, Any], image: tuple[int | None, ...]) -> Any:
    """Keras's model, or its message."""
    builder = getattr(keras.applications, name)
    try:
        with keras.StatelessScope(initialize_variables=False):
            return builder(**args, input_shape=image)
    except (ValueError, TypeError) as problem:
        return f"{type(problem).__name__}: {problem}"


def main(names: list[str]) -> int:
    """All cases of some builders, or of all."""
    wrong = count = 0
    for name in names or load().names("applications"):
        for case in cases(name):
            problem = disagreement(case)
            count += 1
            if problem is not None:
                wrong += 1
                print(case, problem, flush=True)
    print(f"{count} cases, {wrong} disagreements")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
