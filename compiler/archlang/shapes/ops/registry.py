"""Rules for `keras.ops` as steps: which there are, how an op is called, and how its arguments are
bound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from archlang import catalogue
from archlang.records import record
from archlang.shapes.families import OPS
from archlang.shapes.lazy_rules import LazyRules
from archlang.shapes.rule import Nested, RuleError
from archlang.shapes.spec import UNKNOWN, TensorSpec
from archlang.shapes.values import sequence


@record
class OpCall:
    """One call of an op: `op` without `ops.` (`mean`, `image.resize`), arguments as written.

    Tensors among the arguments are `TensorSpec`s, alone or in lists; everything else is a plain
    value.
    """

    op: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict[str, Any])


@record
class Bound:
    """An op's arguments by name, defaults filled in; `rest` holds those of a `*parameter`."""

    op: str
    values: Mapping[str, Any]
    rest: tuple[Any, ...] = ()

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)


OpRule = Callable[[Bound], Nested]

OP_RULES: LazyRules[OpRule] = LazyRules("archlang.shapes.ops", OPS)

# Submodules whose functions are in `keras.ops` too.
_NAMESPACES = ("nn.", "numpy.", "linalg.", "math.", "core.")
# The only functions that take a list of numbers beside a tensor of the model; Keras fails on it in all others.
_TAKE_LISTS = frozenset({
    "arctan2", "equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "logical_and",
    "logical_or", "logical_xor", "isclose", "clip", "take",
})  # fmt: skip
# What the catalogue cannot tell: functions that take any number of tensors.
_VARIADIC = {"einsum": "subscripts"}


def op_rule(*ops: str) -> Callable[[OpRule], OpRule]:
    """Register a function as the rule of the ops named."""

    def register(function: OpRule) -> OpRule:
        for op in ops:
            OP_RULES.register(op, function)
        return function

    return register


def apply_op(call: OpCall) -> Nested:
    """What an op gives; an op without a rule gives an honest unknown. RuleError where Keras would
    refuse.
    """
    plain = plain_name(call.op)
    rule = OP_RULES.get(plain)
    if rule is None:
        return UNKNOWN
    return rule(bind(OpCall(plain, call.args, call.kwargs)))


def plain_name(op: str) -> str:
    """The name of an op in `keras.ops` itself: `nn.relu` is `relu`."""
    for namespace in _NAMESPACES:
        op = op.removeprefix(namespace)
    return op


def bind(call: OpCall) -> Bound:
    """The arguments by name. RuleError where one is missing, unknown or given twice."""
    if call.op in _VARIADIC:
        if not call.args:
            raise RuleError(
                f"`ops.{call.op}` needs its arguments", code="E0373", label="none given"
            )
        return Bound(call.op, {_VARIADIC[call.op]: call.args[0], **call.kwargs}, call.args[1:])
    entry = catalogue.load().get("ops", call.op)
    if entry is None:
        return Bound(call.op, dict(call.kwargs), call.args)
    names = [parameter.name for parameter in entry.parameters]
    if len(call.args) > len(names):
        raise RuleError(
            f"`ops.{call.op}` takes {len(names)} arguments, but {len(call.args)} are given",
            code="E0373",
            label="too many",
            help=f"its arguments are {', '.join(names)}",
        )
    values: dict[str, Any] = entry.defaults()
    given = dict(zip(names, call.args, strict=False))
    for name, value in call.kwargs.items():
        if name not in names or name in given:
            problem = "is given twice" if name in given else "is none of its arguments"
            raise RuleError(
                f"`{name}` {problem} in `ops.{call.op}`",
                code="E0373",
                argument=name,
                label=problem,
                help=f"its arguments are {', '.join(names)}",
            )
        given[name] = value
    missing = [name for name in names if name not in given and name not in values]
    if missing:
        raise RuleError(
            f"`ops.{call.op}` needs `{missing[0]}`",
            code="E0373",
            label=f"`{missing[0]}` is missing",
            help=f"its arguments are {', '.join(names)}",
        )
    return Bound(call.op, values | given)


def tensor(call: Bound, name: str) -> TensorSpec:
    """An argument as a tensor; numbers and lists of numbers are tensors too."""
    return as_tensor(call, name, call[name])


def as_tensor(call: Bound, name: str, value: Any) -> TensorSpec:
    """A value as a tensor. A plain number has a dtype that gives way to any other: `int` or
    `float`.
    """
    if isinstance(value, TensorSpec):
        return value
    if isinstance(value, bool):
        return TensorSpec((), "bool")
    if isinstance(value, int):
        return TensorSpec((), "int")
    if isinstance(value, float):
        return TensorSpec((), "float")
    listed = sequence(value)
    if listed and any(isinstance(item, TensorSpec) for item in listed):
        raise RuleError(
            f"`{name}` of `ops.{call.op}` is one tensor, but a list of {len(listed)} is given",
            code="E0373",
            argument=name,
            label="a list of tensors",
            help="leave out the brackets, or stack them first, with `ops.stack(axis=1)`",
        )
    if listed and call.op in _TAKE_LISTS:
        items = [as_tensor(call, name, item) for item in listed]
        if len({item.shape for item in items}) == 1 and items[0].shape is not None:
            dtypes = {item.dtype for item in items}
            dtype = "float32" if dtypes & {"float", "float32"} else "int32"
            dtype = "bool" if dtypes == {"bool"} else dtype
            return TensorSpec((len(items), *items[0].shape), dtype)
    raise bad_argument(call, name, "a tensor")


def tensors(call: Bound, name: str) -> list[TensorSpec]:
    """An argument that is a list of tensors."""
    listed = sequence(call[name])
    if not listed:
        raise bad_argument(call, name, "a list of tensors")
    return [as_tensor(call, name, item) for item in listed]


def bad_argument(call: Bound, name: str, expected: str) -> RuleError:
    """The refusal of one argument's value."""
    return RuleError(
        f"`{name}` of `ops.{call.op}` must be {expected}",
        code="E0373",
        argument=name,
        label=f"not {expected}",
    )
