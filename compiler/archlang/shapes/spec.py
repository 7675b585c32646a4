"""What is known of a tensor before it exists."""

from __future__ import annotations

from dataclasses import replace

from archlang.records import record
from archlang.shapes.dims import Sym, show

Dim = int | Sym | None
Shape = tuple[Dim, ...]


@record
class TensorSpec:
    """Shape and dtype of a tensor.

    `shape` has the batch axis first (None for any batch size), as Keras counts axes; it is None
    where nothing is known (`?`), and so is `dtype`.
    """

    shape: Shape | None
    dtype: str | None = "float32"

    @property
    def rank(self) -> int | None:
        """The number of axes, the batch axis counted; None where the shape is unknown."""
        return None if self.shape is None else len(self.shape)

    def with_shape(self, shape: Shape | None) -> TensorSpec:
        return replace(self, shape=shape)

    def with_dtype(self, dtype: str | None) -> TensorSpec:
        return replace(self, dtype=dtype)

    def __str__(self) -> str:
        return show_shape(self.shape)


UNKNOWN = TensorSpec(None, None)


def show_shape(shape: Shape | None) -> str:
    """A shape as messages write it, without the batch axis: `[28, 28, 1]`; `?` if unknown."""
    if shape is None:
        return "?"
    return "[" + ", ".join(show(dim) for dim in shape[1:]) + "]"
