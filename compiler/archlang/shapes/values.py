"""Reading a layer's arguments in a shape rule: whole numbers, sizes, words, switches.

The argument schemas have looked at each value by itself before a rule runs; these helpers make sure
that a
rule answers with a `RuleError`, never with a Python exception, whatever stands in `args`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from archlang.shapes.dims import Sym
from archlang.shapes.rule import LayerCall, LayerValue, RuleError, Weight
from archlang.shapes.spec import Dim, Shape, TensorSpec, show_shape


def written(value: Any) -> str:
    """A value as a message shows it."""
    if isinstance(value, LayerValue):
        return value.name
    if isinstance(value, str):
        return f'"{value}"'
    return str(value)


def whole(call: LayerCall, name: str, default: int | None = None, *, minimum: int = 1) -> int:
    """An argument that is a whole number of at least `minimum`."""
    value = call.args.get(name, default)
    if not isinstance(value, int) or value < minimum:
        kind = "a positive whole number" if minimum == 1 else f"a whole number from {minimum} on"
        raise bad_value(call, name, value, kind)
    return int(value)


def optional_whole(call: LayerCall, name: str, *, minimum: int = 1) -> int | None:
    """Like `whole`, or None where the argument is None."""
    return None if call.args.get(name) is None else whole(call, name, minimum=minimum)


def sizes(
    call: LayerCall, name: str, count: int, default: int | None = None, *, minimum: int = 1
) -> tuple[int, ...]:
    """An argument that is one whole number for all axes or a list of one for each."""
    value = call.args.get(name, default)
    if isinstance(value, int):
        value = (value,) * count
    items = sequence(value)
    if (
        items is None
        or len(items) != count
        or not all(isinstance(n, int) and n >= minimum for n in items)
    ):
        raise bad_value(call, name, value, f"a whole number or {count} of them")
    return tuple(int(n) for n in items)


def flag(call: LayerCall, name: str, default: bool = False) -> bool:
    """A switch."""
    value = call.args.get(name)
    return default if value is None else bool(value)


def word(call: LayerCall, name: str, allowed: Sequence[str], default: str) -> str:
    """An argument for which Keras lists words."""
    value = call.args.get(name, default)
    if not isinstance(value, str) or value not in allowed:
        choices = ", ".join(allowed[:-1]) + f" or {allowed[-1]}"
        raise bad_value(call, name, value, choices)
    return value


def data_format(call: LayerCall) -> str:
    """`channels_last` unless the argument says otherwise."""
    if call.args.get("data_format") is None:
        return "channels_last"
    return word(call, "data_format", ("channels_last", "channels_first"), "channels_last")


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float))


def sequence(value: Any) -> Sequence[Any] | None:
    """A list or tuple as it is; None for anything else."""
    return cast("Sequence[Any]", value) if isinstance(value, (list, tuple)) else None


def mapping(value: Any) -> Mapping[str, Any] | None:
    """A dict as it is; None for anything else."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else None


def bad_value(call: LayerCall, name: str, value: Any, expected: str) -> RuleError:
    """The refusal of one argument's value."""
    return RuleError(
        f"`{name}` of `{call.layer}` must be {expected}, not {written(value)}",
        code="E0307",
        argument=name,
        label=f"not {expected}",
    )


def trainable(call: LayerCall) -> bool:
    return flag(call, "trainable", True)


def weight(call: LayerCall, name: str, shape: tuple[int, ...], dtype: str) -> Weight:
    """A weight of the layer, frozen where the layer is."""
    return Weight(name, shape, dtype, trainable(call))


def owned(call: LayerCall, weights: tuple[Weight, ...] | None) -> tuple[Weight, ...] | None:
    """The weights of layers inside this one, frozen where it is."""
    if weights is None or trainable(call):
        return weights
    return tuple(replace(inner, trainable=False) for inner in weights)


def known(dims: Shape) -> tuple[int, ...] | None:
    """The dimensions as numbers, or None if one of them is not a number."""
    return cast("tuple[int, ...]", dims) if all(isinstance(d, int) for d in dims) else None


def times(*dims: Dim) -> int | None:
    """A product that is a number only where every factor is one."""
    result = 1
    for dim in dims:
        if dim is None or isinstance(dim, Sym):
            return None
        result *= dim
    return result


def features_of(call: LayerCall, spec: TensorSpec, axis: int = -1, what: str = "features") -> int:
    """The size of an axis that gives weights their size; RuleError where it is open."""
    assert spec.shape is not None
    size = spec.shape[axis]
    if not isinstance(size, int):
        raise RuleError(
            f"the weights of `{call.layer}` need a known number of {what}, "
            f"but {show_shape(spec.shape)} flows in",
            code="E0302",
            label=f"how many {what} is open",
            help="write a number for that dimension in the input's type",
        )
    return size
