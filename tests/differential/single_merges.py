"""Random calls of the layers that merge several tensors."""

from __future__ import annotations

import random
from typing import Any

from tests.differential.single_case import (
    Case,
    Tensor,
    a_tensor,
    draws,
    maybe,
    some_dims,
    some_dtype,
)


def _branches(rng: random.Random) -> list[Tensor]:
    dims = some_dims(rng, rng.randint(0, 3))
    dtype = some_dtype(rng)
    tensors: list[Tensor] = []
    for _ in range(rng.choice((1, 2, 2, 2, 3, 4))):
        own = list(dims)
        for at in range(len(own)):
            chance = rng.random()
            if chance < 0.12:
                own[at] = 1
            elif chance < 0.2:
                own[at] = None
            elif chance < 0.23:
                own[at] = rng.randint(1, 9)
        if own and rng.random() < 0.08:
            own = own[1:]
        tensors.append(a_tensor(rng, own, dtype if rng.random() < 0.95 else some_dtype(rng)))
    return tensors


@draws("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
def _merging(rng: random.Random, layer: str) -> Case:
    tensors = _branches(rng)
    return Case(layer, {}, tensors[0] if rng.random() < 0.03 else tensors)


@draws("Concatenate")
def _concatenate(rng: random.Random, layer: str) -> Case:
    dims = some_dims(rng, rng.randint(0, 3))
    rank = len(dims) + 1
    axis = rng.choice((-1, -1, rng.randint(-rank - 1, rank)))
    along = axis % rank - 1
    dtype = some_dtype(rng)
    tensors: list[Tensor] = []
    # One tensor alone is joined along any axis, even one that it does not have.
    for _ in range(rng.choice((1, 2, 2, 3) if -rank <= axis < rank else (2, 3))):
        own = list(dims)
        for at in range(len(own)):
            if at == along:
                own[at] = rng.choice((None, rng.randint(1, 5), rng.randint(1, 5)))
            elif rng.random() < 0.1:
                own[at] = rng.choice((None, None, 1, rng.randint(1, 9)))
        if tensors and own and rng.random() < 0.1:
            own = own[1:]
        tensors.append(a_tensor(rng, own, dtype))
    args = {} if axis == -1 and rng.random() < 0.5 else {"axis": axis}
    return Case(layer, args, tensors)


@draws("Dot")
def _dot(rng: random.Random, layer: str) -> Case:
    left, right = (
        some_dims(rng, rng.randint(1, 3), open_=0.08),
        some_dims(rng, rng.randint(1, 3), open_=0.08),
    )
    a, b = rng.randint(1, len(left)), rng.randint(1, len(right))
    if rng.random() < 0.85:
        right[b - 1] = left[a - 1]
    axes: Any = [a if rng.random() < 0.5 else a - len(left) - 1, b]
    if rng.random() < 0.3:
        axes = rng.choice((1, -1, 2, 0, "a", [1], [1, 5], [-5, 1]))
    args: dict[str, Any] = {"axes": axes}
    maybe(rng, args, "normalize", True, p=0.2)
    dtype = some_dtype(rng)
    tensors = [a_tensor(rng, left, dtype), a_tensor(rng, right, dtype)]
    return Case(layer, args, tensors if rng.random() < 0.97 else tensors[:1])
