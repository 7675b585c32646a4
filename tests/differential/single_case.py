"""What the random calls of single layers are made of: tensors, sizes, and the list of who draws what."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Dims = list[int | None]


@dataclass(frozen=True)
class Tensor:
    """A tensor that flows in."""

    shape: tuple[int | None, ...]
    dtype: str = "float32"


@dataclass(frozen=True)
class Case:
    """One call of one layer. A nested layer among the arguments is a `Case` without inputs."""

    layer: str
    args: dict[str, Any]
    inputs: Any = None
    call_args: dict[str, Any] | None = None


Draw = Callable[[random.Random, str], Case]
GENERATORS: dict[str, Draw] = {}


def draws(*names: str) -> Callable[[Draw], Draw]:
    def register(draw: Draw) -> Draw:
        for name in names:
            GENERATORS[name] = draw
        return draw

    return register


def axes_in(layer: str) -> int:
    return next(int(letter) for letter in layer if letter.isdigit())


def some_dims(
    rng: random.Random, count: int, low: int = 1, high: int = 9, open_: float = 0.15
) -> Dims:
    return [None if rng.random() < open_ else rng.randint(low, high) for _ in range(count)]


def near_rank(rng: random.Random, right: int) -> int:
    return right if rng.random() < 0.93 else max(1, right + rng.choice((-2, -1, 1, 2)))


def some_dtype(rng: random.Random) -> str:
    if rng.random() < 0.85:
        return "float32"
    return rng.choice(("float64", "float16", "int32", "int64", "uint8", "int8", "bool", "string"))


def some_batch(rng: random.Random) -> int | None:
    return None if rng.random() < 0.7 else 2


def a_tensor(rng: random.Random, dims: Dims, dtype: str | None = None) -> Tensor:
    return Tensor((some_batch(rng), *dims), dtype or some_dtype(rng))


def any_tensor(rng: random.Random, low: int = 1, high: int = 4) -> Tensor:
    return a_tensor(rng, some_dims(rng, rng.randint(low, high)))


def some_count(rng: random.Random, axes: int, high: int = 4) -> Any:
    """A size for all axes or one for each; now and then a wrong one."""
    if rng.random() < 0.05:
        return rng.choice((0, -1, [1] * (axes + 1), [2] * axes + [0], "3", None, 2.5))
    if rng.random() < 0.6:
        return rng.randint(1, high)
    return [rng.randint(1, high) for _ in range(axes)]


def maybe(
    rng: random.Random, args: dict[str, Any], name: str, *values: Any, p: float = 0.5
) -> None:
    if rng.random() < p:
        args[name] = rng.choice(values)


def spatial(rng: random.Random, layer: str, first: bool, channels: int | None = None) -> Tensor:
    axes = near_rank(rng, axes_in(layer))
    lengths = some_dims(rng, axes)
    features: Dims = [channels if channels is not None else rng.randint(1, 6)]
    if rng.random() < 0.05:
        features = [None]
    return a_tensor(rng, features + lengths if first else lengths + features)
