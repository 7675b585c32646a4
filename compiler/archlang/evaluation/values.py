"""The values of the language at compile time, and arithmetic on them that is bounded in size.

A value is a Python number, string, bool, None, list, tuple, a dimension (`Sym`), a `LayerValue`, a tensor of the graph, or
`UNKNOWN`: the value of something that has been reported already, on which nothing further is reported.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from archlang.narrowing import is_list, is_sequence, is_tuple
from archlang.records import record
from archlang.shapes import dims
from archlang.shapes.dims import Sym
from archlang.shapes.rule import LayerValue

MOST_ITEMS = 100_000
MOST_BITS = 4096


class Unknown:
    """The value of a mistake that has been reported."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@record
class UnknownDim:
    """A length that is only known at run time (`None` in a shape)."""


UNKNOWN_DIM = UnknownDim()


@record
class Selector:
    """`last(backbone, 20)` or `after(backbone, "conv4")` in `unfreeze`."""

    kind: str
    layer: str
    at: int | str


class ValueProblem(Exception):
    """An operation that has no value; the message is in the user's words."""

    def __init__(self, message: str, help: str | None = None, code: str = "E0701") -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.code = code


def binary(symbol: str, a: Any, b: Any) -> Any:
    """a `symbol` b, for the arithmetic operators."""
    if a is UNKNOWN or b is UNKNOWN:
        return UNKNOWN
    if isinstance(a, Sym | UnknownDim) or isinstance(b, Sym | UnknownDim):
        return _on_dims(symbol, a, b)
    _check_operands(symbol, a, b)
    try:
        result = _OPERATORS[symbol](a, b)
    except ZeroDivisionError:
        raise ValueProblem("division by zero") from None
    except OverflowError:
        raise ValueProblem("the result is too large for a number", code="E0801") from None
    except TypeError:
        raise ValueProblem(f"`{symbol}` does not go with {kind_of(a)} and {kind_of(b)}") from None
    return _bounded(result)


def compare(symbol: str, a: Any, b: Any) -> Any:
    """a `symbol` b, for the comparisons."""
    if a is UNKNOWN or b is UNKNOWN or symbol not in (*_COMPARISONS, "in", "not in"):
        # What compares nothing (a single `=`) has been reported when parsing.
        return UNKNOWN
    if symbol in ("in", "not in"):
        found = _contains(b, a)
        return found if symbol == "in" else not found
    if isinstance(a, Sym | UnknownDim) or isinstance(b, Sym | UnknownDim):
        return _compare_dims(symbol, a, b)
    try:
        return bool(_COMPARISONS[symbol](a, b))
    except TypeError:
        raise ValueProblem(
            f"{kind_of(a)} and {kind_of(b)} can't be compared by `{symbol}`"
        ) from None


def _contains(b: Any, a: Any) -> bool:
    if isinstance(a, str) and isinstance(b, str):
        return a in b
    if not is_sequence(b):
        raise ValueProblem(f"`in` needs a list, a tuple or a text on its right, not {kind_of(b)}")
    return any(compare("==", a, item) is True for item in b)


def negative(a: Any) -> Any:
    """-a."""
    if a is UNKNOWN:
        return UNKNOWN
    if isinstance(a, Sym):
        return dims.mul(a, -1)
    if not isinstance(a, int | float):
        raise ValueProblem(f"`-` does not go with {kind_of(a)}")
    return -a


def truth(a: Any) -> bool | None:
    """Whether a condition holds; None if it is `UNKNOWN`."""
    if a is UNKNOWN:
        return None
    if isinstance(a, Sym | UnknownDim):
        raise ValueProblem(
            "the length of this axis is only known at run time",
            "conditions are decided when compiling",
        )
    if a is None or is_sequence(a) or isinstance(a, int | float | str):
        return bool(a)
    if hasattr(a, "spec"):
        raise ValueProblem(
            "the numbers of a tensor are only known at run time",
            "conditions are decided when compiling",
        )
    return True


def kind_of(value: Any) -> str:
    """What a value is, for messages: `a number`, `a list`."""
    match value:
        case bool():
            return "a truth value"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case None:
            return "None"
        case list() | range():
            return "a list"
        case tuple():
            return "a tuple"
        case Sym() | UnknownDim():
            return "a length known at run time only"
        case LayerValue():
            return f"`{value.name}(…)`"
        case _:
            return "a tensor" if hasattr(value, "spec") else "a value"


def show(value: Any) -> str:
    """A value as it would be written in a spec, for messages."""
    match value:
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case _ if is_list(value):
            return "[" + ", ".join(show(item) for item in value) + "]"
        case _ if is_tuple(value):
            inner = ", ".join(show(item) for item in value)
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        case LayerValue():
            return f"{value.name}({', '.join(f'{k}={show(v)}' for k, v in value.args.items())})"
        case UnknownDim():
            return "None"
        case _ if value is UNKNOWN:
            return "?"
        case _ if hasattr(value, "spec"):
            return "_"
        case _:
            return str(value)


def contains_unknown(value: Any) -> bool:
    """Whether a mistake that has been reported is anywhere inside a value."""
    if value is UNKNOWN:
        return True
    if is_sequence(value):
        return any(contains_unknown(item) for item in value)
    if isinstance(value, LayerValue):
        return any(contains_unknown(item) for item in value.args.values())
    return False


def size(value: Any) -> int:
    """How much there is to walk through in a value: elements of elements count each time they are met.

    Lists of one list (`[a] * 1000`) take no room, but time without end; it is not counted beyond `MOST_ITEMS`.
    """
    if isinstance(value, str):
        return 1 + len(value) // 32
    if not is_sequence(value):
        return 1
    total = 1
    for item in value:
        total += size(item) if isinstance(item, list | tuple | str) else 1
        if total > MOST_ITEMS:
            break
    return total


def _check_operands(symbol: str, a: Any, b: Any) -> None:
    if symbol == "**" and isinstance(a, int) and isinstance(b, int):
        if b > 0 and abs(a).bit_length() * b > MOST_BITS:
            raise ValueProblem("the result is too large for a number", code="E0801")
    elif symbol == "*" and isinstance(b, int) and (is_sequence(a) or isinstance(a, str)):
        _check_repeat(len(a), b)
    elif symbol == "*" and isinstance(a, int) and (is_sequence(b) or isinstance(b, str)):
        _check_repeat(len(b), a)
    elif symbol == "%" and isinstance(a, str):
        raise ValueProblem("`%` does not format texts here", "join texts with `+` and `str(…)`")


def _check_repeat(length: int, times: int) -> None:
    if length * times > MOST_ITEMS:
        raise ValueProblem(f"a list of {length * times:,} elements is too large", code="E0801")


def _bounded(result: Any) -> Any:
    if isinstance(result, complex):
        raise ValueProblem("the root of a negative number is no real number")
    if isinstance(result, int) and result.bit_length() > MOST_BITS:
        raise ValueProblem("the result is too large for a number", code="E0801")
    if isinstance(result, float) and not math.isfinite(result):
        raise ValueProblem("the result is too large for a number", code="E0801")
    if (is_sequence(result) or isinstance(result, str)) and len(result) > MOST_ITEMS:
        raise ValueProblem("the result is too long", code="E0801")
    return result


def _on_dims(symbol: str, a: Any, b: Any) -> Any:
    if not all(isinstance(x, int | Sym | UnknownDim) and not isinstance(x, bool) for x in (a, b)):
        other = b if isinstance(a, Sym | UnknownDim) else a
        raise ValueProblem(f"`{symbol}` does not go with a length and {kind_of(other)}")
    x = None if isinstance(a, UnknownDim) else a
    y = None if isinstance(b, UnknownDim) else b
    if symbol == "+":
        result = dims.add(x, y)
    elif symbol == "-":
        result = dims.sub(x, y)
    elif symbol == "*":
        result = dims.mul(x, y)
    elif symbol in ("//", "/") and isinstance(y, int) and y > 0:
        result = dims.floordiv(x, y) if symbol == "//" else dims.exact_quotient(x, y)
    else:
        result = None
    return UNKNOWN_DIM if result is None else result


def _compare_dims(symbol: str, a: Any, b: Any) -> bool:
    if symbol in ("==", "!=") and not all(isinstance(x, int | Sym | UnknownDim) for x in (a, b)):
        return symbol == "!="
    x = None if isinstance(a, UnknownDim) else a
    y = None if isinstance(b, UnknownDim) else b
    same = dims.equal(x, y)
    if symbol in ("==", "<=", ">=") and same is True:
        return True
    if symbol in ("!=", "<", ">") and same is True:
        return False
    if symbol in ("==", "!=") and same is False:
        return symbol == "!="
    raise ValueProblem(
        "the length of this axis is only known at run time, so it can't be compared",
        "conditions are decided when compiling",
    )


def _divide(a: Any, b: Any) -> Any:
    return a / b


def _divide_whole(a: Any, b: Any) -> Any:
    return a // b


def _power(a: Any, b: Any) -> Any:
    return a**b


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "//": _divide_whole,
    "%": operator.mod,
    "**": _power,
}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
