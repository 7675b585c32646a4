"""Numbers of categories turned into vectors, as `CategoryEncoding`, `Discretization` and the
lookups do it.
"""

from __future__ import annotations

from archlang.shapes.spec import Dim, Shape

ENCODINGS = ("one_hot", "multi_hot", "count")
MODES = ("int", *ENCODINGS)
# Older names that Keras still takes.
OLD_NAMES = {"binary": "multi_hot", "tf-idf": "tf_idf"}


def encoded(shape: Shape, mode: str, depth: Dim) -> Shape:
    """The shape after encoding, with `depth` categories.

    One-hot gives every number a vector; the other modes gather the numbers of an example
    (its axis 1) in one.
    """
    if mode == "int":
        return shape
    if mode == "one_hot":
        return (*without_last_one(shape), depth)
    return (*shape[:1], *shape[2:], depth) if len(shape) > 1 else (depth,)


def without_last_one(shape: Shape) -> Shape:
    """The shape without its last axis where that is an axis of one beside the batch."""
    return shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape
