"""The functions of the language: Python's, on bounded values, and `shape`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archlang.evaluation.values import MOST_ITEMS, UNKNOWN, UNKNOWN_DIM, ValueProblem, kind_of
from archlang.shapes.spec import TensorSpec


def call(name: str, args: list[Any]) -> Any:
    """The value of `name(*args)`; ValueProblem where it has none."""
    if any(argument is UNKNOWN for argument in args):
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
    if isinstance(value, list | tuple | str | range):
        return list(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    help = f"`repeat {value}` repeats, `range({value})` counts" if isinstance(value, int) else None
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
    if len(span) > MOST_ITEMS:
        raise ValueProblem(f"a list of {len(span):,} elements is too large", code="E0801")
    return list(span)


def _extreme(name: str, choose: Callable[..., Any], values: tuple[Any, ...]) -> Any:
    items = list(values) if len(values) > 1 else sequence(values[0])
    if not items:
        raise ValueProblem(f"`{name}` of an empty list")
    return choose(_known(name, items))


def _known(name: str, items: list[Any]) -> list[Any]:
    kinds = {kind_of(item) for item in items if not isinstance(item, int | float)}
    if kinds and not (
        name != "sum" and kinds == {"a text"} and all(isinstance(item, str) for item in items)
    ):
        raise ValueProblem(f"`{name}` does not go with a list that holds {sorted(kinds)[0]}")
    return items


def _number(value: Any) -> Any:
    if isinstance(value, str):
        raise TypeError
    return value


_FUNCTIONS: dict[str, tuple[int, int, Callable[..., Any]]] = {
    "len": (1, 1, lambda xs: len(sequence(xs))),
    "range": (1, 3, _range),
    "min": (1, 1000, lambda *xs: _extreme("min", min, xs)),
    "max": (1, 1000, lambda *xs: _extreme("max", max, xs)),
    "sum": (1, 2, lambda xs, start=0: sum(_known("sum", sequence(xs)), start)),
    "round": (1, 2, lambda x, digits=None: round(x, digits)),
    "abs": (1, 1, abs),
    "int": (1, 1, lambda x: int(_number(x))),
    "float": (1, 1, lambda x: float(_number(x))),
    "str": (1, 1, lambda x: str(x) if isinstance(x, int | float | str | bool) else _refuse()),
    "enumerate": (1, 2, lambda xs, start=0: list(enumerate(sequence(xs), start))),
    "zip": (1, 100, lambda *lists: list(zip(*(sequence(xs) for xs in lists), strict=False))),
    "reversed": (1, 1, lambda xs: sequence(xs)[::-1]),
}


def _refuse() -> str:
    raise TypeError
