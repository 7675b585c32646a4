"""Classes made by `archlang.records` behave as `dataclass` would have made them."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
from typing import Any

import pytest

from archlang.records import mutable, node, record


@record
class Point:
    """A point."""

    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class _Point:
    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list[str])


@record
class Nothing:
    """No fields."""


@node
class Base:
    """A node."""

    span: int


@node
class Leaf(Base):
    """A node with a field more."""

    name: str
    doc: str | None = None


@mutable
class Box:
    """Something that changes."""

    value: Any = None


def test_values() -> None:
    point = Point(1, tags=["a"])
    assert (point.x, point.y, point.tags) == (1, 2, ["a"])
    assert Point(x=1).tags is not Point(x=1).tags
    assert Leaf(1, "x").doc is None
    assert Leaf(1, name="x", doc="d").doc == "d"


@pytest.mark.parametrize(
    ("args", "named"), [((), {}), ((1, 2, [], 4), {}), ((1,), {"x": 1}), ((1,), {"z": 1})]
)
def test_wrong_arguments(args: Any, named: Any) -> None:
    for cls in (Point, _Point):
        with pytest.raises(TypeError):
            cls(*args, **named)


def test_equality() -> None:
    assert Point(1, 2) == Point(1)
    assert Point(1) != Point(2)
    assert Point(1) != _Point(1)
    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())
    assert len({Leaf(1, "x"), Leaf(1, "x")}) == 2
    assert Box() != Box()
    with pytest.raises(TypeError):
        hash(Point(1))  # a list is in it, as with any dataclass


def test_frozen() -> None:
    for thing in (Point(1), Leaf(1, "x"), Nothing()):
        for name in ("x", "span", "other"):
            with pytest.raises(FrozenInstanceError):
                setattr(thing, name, 1)
            with pytest.raises(FrozenInstanceError):
                delattr(thing, name)
    box = Box(1)
    box.value = 2
    assert box.value == 2


def test_it_is_a_dataclass() -> None:
    assert is_dataclass(Leaf)
    assert [f.name for f in fields(Leaf)] == ["span", "name", "doc"]
    assert Leaf.__match_args__ == ("span", "name", "doc")
    assert replace(Leaf(1, "x"), span=2).span == 2
    assert repr(Point(1)) == "Point(x=1, y=2, tags=[])"
    assert not hasattr(Leaf(1, "x"), "__dict__")


def test_copies() -> None:
    point = Point(1, 3, ["a"])
    for same in (copy.copy(point), copy.deepcopy(point), pickle.loads(pickle.dumps(point))):
        assert same == point
