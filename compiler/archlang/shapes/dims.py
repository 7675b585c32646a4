"""Dimensions: known, symbolic, or any.

A dimension is an `int`, a `Sym` (a polynomial over named dimensions, kept in a normal form so that
equal lengths are equal objects), or None (any length, equal to nothing for certain, not even to
itself). Arithmetic keeps symbols: `time - 2`, `ceil(time / 2)`, `4 * time`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from archlang.records import record


@record
class Atom:
    """A named dimension, or the quotient of a polynomial by an integer, rounded down or up."""

    kind: Literal["name", "floor", "ceil"]
    name: str = ""
    of: Sym | None = None
    by: int = 1

    def __str__(self) -> str:
        return self.name if self.kind == "name" else f"{self.kind}({self.of} / {self.by})"

    @property
    def key(self) -> tuple[str, str]:
        return (self.kind, str(self))


@record
class Sym:
    """A polynomial: monomials (sorted products of atoms) with their integer coefficients."""

    terms: tuple[tuple[tuple[Atom, ...], int], ...]

    def __str__(self) -> str:
        text = ""
        for atoms, coefficient in self.terms:
            factors = [str(atom) for atom in atoms]
            if abs(coefficient) != 1 or not factors:
                factors.insert(0, str(abs(coefficient)))
            sign = "-" if coefficient < 0 else "+"
            product = " * ".join(factors)
            text += (
                f" {sign} {product}" if text else (f"-{product}" if coefficient < 0 else product)
            )
        return text or "0"

    @property
    def constant(self) -> int:
        """The part without a symbol."""
        return next((c for atoms, c in self.terms if not atoms), 0)

    @property
    def names(self) -> frozenset[str]:
        """The named dimensions inside."""
        found: set[str] = set()
        for atoms, _ in self.terms:
            for atom in atoms:
                if atom.kind == "name":
                    found.add(atom.name)
                elif atom.of is not None:
                    found |= atom.of.names
        return frozenset(found)


def symbol(name: str) -> Sym:
    """The dimension called `name`."""
    return Sym((((Atom("name", name),), 1),))


def add(a: int | Sym | None, b: int | Sym | None) -> int | Sym | None:
    """a + b."""
    if a is None or b is None:
        return None
    if isinstance(a, int) and isinstance(b, int):
        return a + b
    terms = dict(_terms(a))
    for atoms, coefficient in _terms(b):
        terms[atoms] = terms.get(atoms, 0) + coefficient
    return _make(terms)


def sub(a: int | Sym | None, b: int | Sym | None) -> int | Sym | None:
    """a - b."""
    return add(a, mul(b, -1))


def mul(a: int | Sym | None, b: int | Sym | None) -> int | Sym | None:
    """a * b. Zero times anything is zero, as where Keras multiplies sizes."""
    if a == 0 or b == 0:
        return 0
    if a is None or b is None:
        return None
    if isinstance(a, int) and isinstance(b, int):
        return a * b
    terms: dict[tuple[Atom, ...], int] = {}
    for atoms_a, x in _terms(a):
        for atoms_b, y in _terms(b):
            atoms = tuple(sorted(atoms_a + atoms_b, key=lambda atom: atom.key))
            terms[atoms] = terms.get(atoms, 0) + x * y
    return _make(terms)


def product(dims: Iterable[int | Sym | None]) -> int | Sym | None:
    """The product of several dimensions; of none it is 1."""
    result: int | Sym | None = 1
    for dim in dims:
        result = mul(result, dim)
    return result


def floordiv(a: int | Sym | None, by: int) -> int | Sym | None:
    """a / by, rounded down; `by` is positive."""
    return _divide(a, by, "floor")


def ceildiv(a: int | Sym | None, by: int) -> int | Sym | None:
    """a / by, rounded up; `by` is positive."""
    return _divide(a, by, "ceil")


def exact_quotient(a: int | Sym | None, b: int | Sym | None) -> int | Sym | None:
    """a / b where it is a whole number for certain, else None."""
    if a is None or b is None:
        return None
    if isinstance(b, Sym):
        if len(b.terms) != 1:
            return 1 if a == b else None
        atoms, coefficient = b.terms[0]
        divisible: dict[tuple[Atom, ...], int] = {}
        for other, c in _terms(a):
            rest = list(other)
            for atom in atoms:
                if atom not in rest:
                    return None
                rest.remove(atom)
            if c % coefficient:
                return None
            divisible[tuple(rest)] = c // coefficient
        return _make(divisible)
    if b == 0:
        return None
    if isinstance(a, int):
        return a // b if a % b == 0 else None
    if all(c % b == 0 for _, c in a.terms):
        return _make({atoms: c // b for atoms, c in a.terms})
    return None


def equal(a: int | Sym | None, b: int | Sym | None) -> bool | None:
    """True or False where it is certain, None where it depends on the lengths at run time."""
    if a is None or b is None:
        return None
    difference = sub(a, b)
    if isinstance(difference, int):
        return difference == 0
    return None


def merge(a: int | Sym | None, b: int | Sym | None) -> int | Sym | None:
    """The more precise of two dimensions meant to be equal: a number, else a symbol, else None."""
    if isinstance(a, int):
        return a
    if isinstance(b, int):
        return b
    return a if a is not None else b


def show(dim: int | Sym | None) -> str:
    """As it stands in a message: `28`, `time - 2`, `None`."""
    return str(dim)


def _terms(dim: int | Sym) -> tuple[tuple[tuple[Atom, ...], int], ...]:
    if isinstance(dim, Sym):
        return dim.terms
    return (((), dim),) if dim else ()


def _make(terms: dict[tuple[Atom, ...], int]) -> int | Sym:
    kept = [(atoms, c) for atoms, c in terms.items() if c]
    if not kept:
        return 0
    if len(kept) == 1 and not kept[0][0]:
        return kept[0][1]
    # Symbols first, the constant last: `time - 2`.
    kept.sort(key=lambda term: (not term[0], -len(term[0]), [atom.key for atom in term[0]]))
    return Sym(tuple(kept))


def _divide(a: int | Sym | None, by: int, kind: Literal["floor", "ceil"]) -> int | Sym | None:
    if a is None or by == 1:
        return a
    if isinstance(a, int):
        return a // by if kind == "floor" else -(-a // by)
    # What divides evenly leaves the bracket: floor((4 * t + 3) / 2) = 2 * t + 1.
    whole: dict[tuple[Atom, ...], int] = {}
    rest: dict[tuple[Atom, ...], int] = {}
    for atoms, c in a.terms:
        if c % by == 0:
            whole[atoms] = c // by
        elif not atoms:
            whole[atoms], rest[atoms] = divmod(c, by)
        else:
            rest[atoms] = c
    inner = _make(rest)
    if isinstance(inner, int):
        quotient: int | Sym = inner // by if kind == "floor" else -(-inner // by)
    else:
        quotient = Sym((((Atom(kind, of=inner, by=by),), 1),))
    total = add(_make(whole), quotient)
    assert total is not None
    return total


def substitute(dim: int | Sym | None, values: Mapping[str, int | Sym | None]) -> int | Sym | None:
    """A dimension with named ones replaced; names without a value stay."""
    if not isinstance(dim, Sym):
        return dim
    total: int | Sym | None = 0
    for atoms, coefficient in dim.terms:
        part: int | Sym | None = coefficient
        for atom in atoms:
            if atom.kind == "name":
                part = mul(part, values.get(atom.name, Sym((((atom,), 1),))))
            else:
                part = mul(part, _divide(substitute(atom.of, values), atom.by, atom.kind))
        total = add(total, part)
    return total
