"""Shape rules for `keras.ops`, one module a kind; importing this package registers them all."""

from archlang.shapes.ops import (
    elementwise,
    indexing,
    joining,
    neural,
    products,
    reductions,
    reshaping,
)
from archlang.shapes.ops.indexing import slice_tensor
from archlang.shapes.ops.registry import OP_RULES, OpCall, apply_op, op_rule

__all__ = [
    "OP_RULES",
    "OpCall",
    "apply_op",
    "elementwise",
    "indexing",
    "joining",
    "neural",
    "op_rule",
    "products",
    "reductions",
    "reshaping",
    "slice_tensor",
]
