"""The functions of the language: Python's, on bounded values, and `shape`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archlang.evaluation.values import (
    MOST_BITS,
    MOST_ITEMS,
    UNKNOWN,
    UNKNOWN_DIM,
    UnknownDim,
    ValueProblem,
    binary,
    contains_unknown,
    kind_of,
)
from archlang.narrowing import is_sequence
from archlang.shapes.dims import Sym
from archlang.shapes.spec import TensorSpec


def call(name: str, args: list[Any]) -> Any:
    """The value of `name(*args)`; ValueProblem where it has none."""
    if any(argument is UNKNOWN for argument in args):
        return UNKNOWN
    if name in _ON_ELEMENTS and contains_unknown(args):
        return UNKNOWN
    if name == "shape":
        return _shape(args)
    least, most, function = _FUNCTIONS[name]
    if not least <= len(args) <= most:
        takes = (
            f"{least}"
            if least == most
            else f"{least} to {most}"
            if most < 100
            else f"{least} or more"
        )
        raise ValueProblem(
            f"`{name}` takes {takes} argument{'s' if takes != '1' else ''}, not {len(args)}",
            code="E0206",
        )
    try:
        return function(*args)
    except ValueProblem:
        raise
    except (TypeError, ValueError, OverflowError):
        shown = " and ".join(kind_of(argument) for argument in args) or "nothing"
        raise ValueProblem(f"`{name}` does not go with {shown}") from None


def sequence(value: Any) -> list[Any]:
    """The elements that a loop runs over."""
    if is_sequence(value) or isinstance(value, str | range):
        return list(value)
    number = isinstance(value, int) and not isinstance(value, bool)
    help = f"`repeat {value}` repeats, `range({value})` counts" if number else None
    raise ValueProblem(f"a list is needed here, not {kind_of(value)}", help)


def _shape(args: list[Any]) -> Any:
    if len(args) != 1:
        raise ValueProblem(f"`shape` takes 1 argument, not {len(args)}", code="E0206")
    spec = getattr(args[0], "spec", None)
    if not isinstance(spec, TensorSpec):
        if isinstance(args[0], list | tuple):
            raise ValueProblem("several tensors flow here; `shape` takes one")
        raise ValueProblem(f"`shape` takes a tensor, not {kind_of(args[0])}")
    if spec.shape is None:
        return UNKNOWN
    # The batch axis is None, as in Keras; other lengths that only run time knows can be told from it.
    return (None, *(UNKNOWN_DIM if dim is None else dim for dim in spec.shape[1:]))


def _range(*args: int) -> list[int]:
    if len(args) == 3 and args[2] == 0:
        raise ValueProblem("the step of `range` can't be 0")
    span = range(*args)
    # Not `len(span)`, which has a bound of its own.
    count = abs(span[-1] - span[0]) // abs(span.step) + 1 if span else 0
    if count > MOST_ITEMS:
        raise ValueProblem(f"a list of {count:,} elements is too large", code="E0801")
    return list(span)


def _least(*values: Any) -> Any:
    return min(_candidates("min", values))


def _greatest(*values: Any) -> Any:
    return max(_candidates("max", values))


def _candidates(name: str, values: tuple[Any, ...]) -> list[Any]:
    items = list(values) if len(values) > 1 else [item for xs in values for item in sequence(xs)]
    if not items:
        raise ValueProblem(f"`{name}` of an empty list")
    return _known(name, items)


def _sum(values: Any, start: Any = 0) -> Any:
    total = start
    for item in sequence(values):
        # Lengths that only run time knows may be among them.
        if not isinstance(item, int | float | Sym | UnknownDim):
            raise ValueProblem(f"`sum` does not go with a list that holds {kind_of(item)}")
        total = binary("+", total, item)
    return total


def _known(name: str, items: list[Any]) -> list[Any]:
    kinds = {kind_of(item) for item in items if not isinstance(item, int | float)}
    if kinds and not all(isinstance(item, str) for item in items):
        raise ValueProblem(f"`{name}` does not go with a list that holds {sorted(kinds)[0]}")
    return items


def _round(value: Any, digits: Any = None) -> Any:
    if isinstance(digits, int) and abs(digits) > MOST_BITS:
        # Python would compute ten to the power of it.
        raise ValueProblem(f"`round` can't round to {digits:,} digits", code="E0801")
    return round(_number(value), digits)


def _number(value: Any) -> int | float:
    if not isinstance(value, int | float):
        raise TypeError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, int | float | str):
        raise TypeError
    return str(value)


def _enumerate(values: Any, start: int = 0) -> list[Any]:
    return list(enumerate(sequence(values), start))


def _zip(*lists: Any) -> list[Any]:
    return list(zip(*(sequence(values) for values in lists), strict=False))


def _length(values: Any) -> int:
    return len(sequence(values))


def _reversed(values: Any) -> list[Any]:
    return sequence(values)[::-1]


def _absolute(value: Any) -> int | float:
    return abs(_number(value))


def _whole(value: Any) -> int:
    return int(_number(value))


def _float(value: Any) -> float:
    return float(_number(value))


# Those that look at the elements of a list, which may hold mistakes that have been reported.
_ON_ELEMENTS = ("min", "max", "sum")


# How many arguments each takes at least and at most.
_FUNCTIONS: dict[str, tuple[int, int, Callable[..., Any]]] = {
    "len": (1, 1, _length),
    "range": (1, 3, _range),
    "min": (1, 1000, _least),
    "max": (1, 1000, _greatest),
    "sum": (1, 2, _sum),
    "round": (1, 2, _round),
    "abs": (1, 1, _absolute),
    "int": (1, 1, _whole),
    "float": (1, 1, _float),
    "str": (1, 1, _text),
    "enumerate": (1, 2, _enumerate),
    "zip": (1, 100, _zip),
    "reversed": (1, 1, _reversed),
}
