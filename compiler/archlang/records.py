"""Dataclasses that cost next to nothing to define.

`dataclass` compiles the methods of each class anew, in every process that imports it: for the
classes that a check imports, that took longer than the check. These decorators let `dataclass`
collect the fields and make the slots, and give all classes the same few methods, compiled once with
this module. Nothing else differs: `fields`, `replace`, `match` and assignment to what is frozen do
what they do with any dataclass. Initial values are all there is (no `__post_init__`), and there is
no `__dict__`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """`dataclass(frozen=True, slots=True)`: equal if the fields are."""
    return _frozen(_by_value(_defined(cls)))


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def node(cls: type[T]) -> type[T]:
    """`dataclass(frozen=True, eq=False, slots=True)`: equal only to itself."""
    return _frozen(_defined(cls))


@dataclass_transform(eq_default=False, field_specifiers=(field,))
def mutable(cls: type[T]) -> type[T]:
    """`dataclass(eq=False, slots=True)`: can be changed, equal only to itself."""
    return _defined(cls)


def _defined(cls: type[T]) -> type[T]:
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    own: Sequence[Field[Any]] = fields(made)
    assigners = tuple(getattr(made, one.name).__set__ for one in own)  # those of the slots
    count = len(own)

    def __init__(self: Any, *values: Any, **named: Any) -> None:  # noqa: N807 (becomes a method)
        if named or len(values) != count:
            values = _all_values(made, own, values, named)
        for assign, value in zip(assigners, values):  # noqa: B905 (as many by now)
            assign(self, value)

    made.__init__ = __init__
    made.__reduce__ = _reduce
    if "__repr__" not in cls.__dict__:
        made.__repr__ = _repr
    return made


def _all_values(
    cls: type, own: Sequence[Field[Any]], values: Sequence[Any], named: dict[str, Any]
) -> tuple[Any, ...]:
    """The values of all fields: those given in order, those given by name, defaults."""
    if len(values) > len(own):
        raise TypeError(f"{cls.__name__}() takes {len(own)} values, {len(values)} are given")
    found = list(values)
    for one in own[len(values) :]:
        if one.name in named:
            found.append(named.pop(one.name))
        elif one.default is not MISSING:
            found.append(one.default)
        elif one.default_factory is not MISSING:
            found.append(one.default_factory())
        else:
            raise TypeError(f"{cls.__name__}() lacks `{one.name}`")
    for name in named:
        given = any(one.name == name for one in own)
        raise TypeError(f"{cls.__name__}() {'has' if given else 'takes no'} `{name}`")
    return tuple(found)


def _by_value(cls: type[T]) -> type[T]:
    made: Any = cls
    names = [one.name for one in fields(made)]
    values: Any = attrgetter(*names) if names else type

    def __eq__(self: Any, other: object) -> bool:  # noqa: N807 (becomes a method)
        if other.__class__ is not self.__class__:
            return NotImplemented
        return values(self) == values(other)

    def __hash__(self: Any) -> int:  # noqa: N807 (becomes a method)
        return hash(values(self))

    if "__eq__" not in cls.__dict__:
        made.__eq__ = __eq__
        made.__hash__ = __hash__
    return cls


def _frozen(cls: type[T]) -> type[T]:
    made: Any = cls
    made.__setattr__ = _refuse
    made.__delattr__ = _refuse
    return cls


def _refuse(self: object, name: str, value: object = None) -> NoReturn:
    raise FrozenInstanceError(f"cannot change field {name!r}")


def _reduce(self: Any) -> tuple[Any, ...]:
    """For `copy` and `pickle`, which would assign to the fields."""
    return self.__class__, tuple(getattr(self, one.name) for one in fields(self))


def _repr(self: Any) -> str:
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"
