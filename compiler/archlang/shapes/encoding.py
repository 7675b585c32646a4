"""Numbers of categories turned into vectors, as `CategoryEncoding`, `Discretization` and the
lookups do it.
"""

from __future__ import annotations

from archlang.shapes.rule import LayerCall, RuleError
from archlang.shapes.spec import Dim, Shape, TensorSpec, show_shape

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


def counts_one_list(call: LayerCall, spec: TensorSpec, mode: str) -> None:
    """Encodings that gather the numbers of an example take one list of them.

    Of more axes Keras promises another shape than it computes, and builds for it what follows.
    """
    if mode in ("int", "one_hot") or (spec.rank or 0) <= 2:
        return
    raise RuleError(
        f"`{call.layer}` with `output_mode={mode}` counts one list for each example, "
        f"but {show_shape(spec.shape)} flows in",
        code="E0369",
        label=f"{show_shape(spec.shape)} flows in",
        help="`output_mode=one_hot` makes a vector of every number",
        set_argument=("output_mode", "one_hot"),
    )
