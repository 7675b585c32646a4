"""Arithmetic with symbols agrees with arithmetic with numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archlang.shapes.dims import (
    Atom,
    Sym,
    add,
    ceildiv,
    equal,
    exact_quotient,
    floordiv,
    merge,
    mul,
    product,
    sub,
    symbol,
)

VALUES = {"t": 7, "h": 12}
T, H = symbol("t"), symbol("h")

small = st.integers(-6, 12)
leaves = small | st.sampled_from([T, H])
divisors = st.integers(1, 5)


def evaluate(dim: int | Sym | None, values: dict[str, int] | None = None) -> int:
    """A dimension with numbers for its symbols."""
    assert dim is not None
    if isinstance(dim, int):
        return dim
    total = 0
    for atoms, coefficient in dim.terms:
        term = coefficient
        for atom in atoms:
            term *= _atom(atom, values or VALUES)
        total += term
    return total


def _atom(atom: Atom, values: dict[str, int]) -> int:
    if atom.kind == "name":
        return values[atom.name]
    inner = evaluate(atom.of, values)
    return inner // atom.by if atom.kind == "floor" else -(-inner // atom.by)


@st.composite
def dims(draw: st.DrawFn) -> int | Sym:
    """A dimension made of a few operations."""
    dim: int | Sym | None = draw(leaves)
    for _ in range(draw(st.integers(0, 3))):
        operation = draw(st.sampled_from(["add", "sub", "mul", "floor", "ceil"]))
        if operation == "floor":
            dim = floordiv(dim, draw(divisors))
        elif operation == "ceil":
            dim = ceildiv(dim, draw(divisors))
        else:
            other = draw(leaves)
            dim = {"add": add, "sub": sub, "mul": mul}[operation](dim, other)
    assert dim is not None
    return dim


values = st.fixed_dictionaries({"t": st.integers(1, 50), "h": st.integers(1, 50)})


@given(dims(), dims(), values)
def test_sums_and_products(a: int | Sym, b: int | Sym, at: dict[str, int]) -> None:
    x, y = evaluate(a, at), evaluate(b, at)
    assert evaluate(add(a, b), at) == x + y
    assert evaluate(sub(a, b), at) == x - y
    assert evaluate(mul(a, b), at) == x * y
    assert evaluate(product([a, b, 3]), at) == 3 * x * y


@given(dims(), divisors, values)
def test_quotients(a: int | Sym, by: int, at: dict[str, int]) -> None:
    assert evaluate(floordiv(a, by), at) == evaluate(a, at) // by
    assert evaluate(ceildiv(a, by), at) == -(-evaluate(a, at) // by)


@given(dims(), dims(), values)
def test_equality_is_certain_or_open(a: int | Sym, b: int | Sym, at: dict[str, int]) -> None:
    answer = equal(a, b)
    if answer is not None:
        assert answer == (evaluate(a, at) == evaluate(b, at))


@given(dims(), dims())
def test_equal_lengths_are_equal_objects(a: int | Sym, b: int | Sym) -> None:
    assert add(a, b) == add(b, a)
    assert mul(a, b) == mul(b, a)
    assert sub(add(a, b), b) == a


@given(dims(), dims(), values)
def test_exact_quotient_multiplies_back(a: int | Sym, b: int | Sym, at: dict[str, int]) -> None:
    quotient = exact_quotient(mul(a, b), b)
    if quotient is not None:
        assert evaluate(mul(quotient, b), at) == evaluate(mul(a, b), at)


@pytest.mark.parametrize(
    ("dim", "text"),
    [
        (sub(T, 2), "t - 2"),
        (mul(4, T), "4 * t"),
        (ceildiv(T, 2), "ceil(t / 2)"),
        (floordiv(add(mul(4, T), 3), 2), "2 * t + 1"),
        (mul(T, H), "h * t"),
        (sub(0, T), "-t"),
        (sub(T, T), "0"),
    ],
)
def test_how_it_reads(dim: int | Sym | None, text: str) -> None:
    assert str(dim) == text


def test_unknown_stays_unknown() -> None:
    assert add(None, 1) is None
    assert mul(None, 0) == 0
    assert equal(None, None) is None
    assert merge(None, T) == T
    assert merge(T, 3) == 3
