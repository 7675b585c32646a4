"""Shape rules for `keras.ops`, one module a kind; `archlang.shapes.families` says which has what."""

from archlang.shapes.ops.registry import OP_RULES, OpCall, apply_op, op_rule

__all__ = ["OP_RULES", "OpCall", "apply_op", "op_rule"]
