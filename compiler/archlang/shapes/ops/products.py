"""Products of all numbers of tensors: `matmul`, `dot`, `vdot`, `tensordot`, `inner`, `outer`, `kron`, `einsum`."""

from __future__ import annotations

import math

from archlang.shapes.dims import equal, merge, mul, product, show
from archlang.shapes.ops.common import axis_of, broadcast, join, no_text, whole_numbers
from archlang.shapes.ops.registry import Bound, as_tensor, bad_argument, op_rule, tensor
from archlang.shapes.rule import Nested, RuleError
from archlang.shapes.spec import Dim, Shape, TensorSpec, show_shape
from archlang.shapes.values import sequence


@op_rule("matmul")
def matmul(call: Bound) -> Nested:
    """Matrices in the last two axes; the axes before are broadcast."""
    a, b = _operands(call)
    dtype = "int32" if a.dtype == b.dtype == "int8" else join(a.dtype, b.dtype)
    if a.shape is None or b.shape is None:
        return TensorSpec(None, dtype)
    if not a.shape or not b.shape:
        raise RuleError(
            "`ops.matmul` multiplies vectors and matrices, not single numbers",
            code="E0374",
            label="a single number",
            help="use `ops.multiply`",
        )
    # A vector on the left is a row, one on the right a column; the axis added for it is dropped
    # again.
    left = a.shape if len(a.shape) > 1 else (1, *a.shape)
    right = b.shape if len(b.shape) > 1 else (*b.shape, 1)
    _check_inner(call, a.shape, b.shape, left[-1], right[-2])
    heads = broadcast(call, TensorSpec(left[:-2]), TensorSpec(right[:-2])) or ()
    tail = (left[-2],) if len(a.shape) > 1 else ()
    tail += (right[-1],) if len(b.shape) > 1 else ()
    return TensorSpec((*heads, *tail), dtype)


@op_rule("dot")
def dot(call: Bound) -> Nested:
    """The last axis of the first with the last but one of the second; all other axes stay."""
    a, b = _operands(call)
    dtype = join(a.dtype, b.dtype)
    if a.shape is None or b.shape is None:
        return TensorSpec(None, dtype)
    if not a.shape or not b.shape:
        return TensorSpec(broadcast(call, a, b), dtype)
    at = 0 if len(b.shape) == 1 else len(b.shape) - 2
    _check_inner(call, a.shape, b.shape, a.shape[-1], b.shape[at])
    return TensorSpec((*a.shape[:-1], *b.shape[:at], *b.shape[at + 1 :]), dtype)


@op_rule("inner")
def inner(call: Bound) -> Nested:
    """The last axes of both."""
    a, b = _operands(call)
    dtype = join(a.dtype, b.dtype)
    if a.shape is None or b.shape is None:
        return TensorSpec(None, dtype)
    if not a.shape or not b.shape:
        return TensorSpec(a.shape or b.shape, dtype)
    _check_inner(call, a.shape, b.shape, a.shape[-1], b.shape[-1])
    return TensorSpec((*a.shape[:-1], *b.shape[:-1]), dtype)


@op_rule("outer")
def outer(call: Bound) -> Nested:
    """Every number of one with every number of the other."""
    a, b = _operands(call)
    rows = None if a.shape is None else product(a.shape)
    columns = None if b.shape is None else product(b.shape)
    return TensorSpec((rows, columns), join(a.dtype, b.dtype))


@op_rule("vdot")
def vdot(call: Bound) -> Nested:
    """All numbers of one with those of the other, summed to one number."""
    a, b = _operands(call)
    if a.shape is not None and b.shape is not None:
        ours, theirs = product(a.shape), product(b.shape)
        _check_inner(call, a.shape, b.shape, ours, theirs)
        for total, shape in ((theirs, a.shape), (ours, b.shape)):
            # Where lengths are open, the others divide how many numbers there are.
            part = math.prod(dim for dim in shape if isinstance(dim, int))
            if isinstance(total, int) and part and total % part:
                _check_inner(call, a.shape, b.shape, part, total)
    return TensorSpec((), join(a.dtype, b.dtype))


@op_rule("kron")
def kron(call: Bound) -> Nested:
    """Every number of the first with the whole of the second in its place."""
    a, b = _operands(call)
    dtype = join(a.dtype, b.dtype)
    if dtype == "bool":
        raise RuleError(
            "`ops.kron` computes with numbers, but bool flows in",
            code="E0376",
            label="bool flows in",
        )
    if a.shape is None or b.shape is None:
        return TensorSpec(None, dtype)
    if len(a.shape) != len(b.shape):
        raise RuleError(
            f"Keras promises fewer axes than it computes for `ops.kron` of {show_shape(a.shape)} and {show_shape(b.shape)}",
            code="E0374",
            label="different numbers of axes",
            help="`ops.expand_dims` adds axes of 1 in front",
        )
    return TensorSpec(tuple(mul(x, y) for x, y in zip(a.shape, b.shape, strict=True)), dtype)


@op_rule("tensordot")
def tensordot(call: Bound) -> Nested:
    """Over several axes of both at once."""
    a, b = _operands(call)
    dtype = join(a.dtype, b.dtype)
    if a.shape is None or b.shape is None:
        return TensorSpec(None, dtype)
    ours, theirs = _contracted(call, a.shape, b.shape)
    for x, y in zip(ours, theirs, strict=True):
        _check_inner(call, a.shape, b.shape, a.shape[x], b.shape[y])
    left = [d for i, d in enumerate(a.shape) if i not in ours]
    right = [d for i, d in enumerate(b.shape) if i not in theirs]
    return TensorSpec((*left, *right), dtype)


@op_rule("einsum")
def einsum(call: Bound) -> Nested:
    """Letters name axes: those missing after `->` are summed over."""
    (sources, target), specs = equation_of(call)
    no_text(call, *specs)
    dtypes = [spec.dtype for spec in specs]
    if set(dtypes) == {"bool"}:
        raise RuleError(
            "`ops.einsum` computes with numbers, but bool flows in",
            code="E0376",
            label="bool flows in",
        )
    dtype = "int32" if set(dtypes) == {"int8"} else join(*dtypes)
    if any(spec.shape is None for spec in specs):
        rank = None if "..." in target else (None,) * len(target)
        return TensorSpec(rank, dtype)
    letters: dict[str, Dim] = {}
    heads: list[Shape] = []
    for source, spec in zip(sources, specs, strict=True):
        heads.append(_read(call, source, spec.shape or (), letters, target))
    head = broadcast(call, *(TensorSpec(shape) for shape in heads)) or ()
    before, dots, after = target.partition("...")
    dims = [*(letters[c] for c in before), *(head if dots else ()), *(letters[c] for c in after)]
    return TensorSpec(tuple(dims), dtype)


def equation_of(call: Bound) -> tuple[tuple[list[str], str], list[TensorSpec]]:
    """The letters of each tensor and of what comes out, and the tensors."""
    equation = call["subscripts"]
    if not isinstance(equation, str):
        raise bad_argument(call, "subscripts", "an equation")
    specs = [as_tensor(call, "operands", operand) for operand in call.rest]
    return _equation(call, equation.replace(" ", ""), len(specs)), specs


def letter_sizes(
    call: Bound, equation: tuple[list[str], str], specs: list[TensorSpec]
) -> dict[str, Dim]:
    """The size of each letter, and under `...` that of what the dots stand for."""
    sources, target = equation
    letters: dict[str, Dim] = {}
    heads = [
        _read(call, source, spec.shape or (), letters, target)
        for source, spec in zip(sources, specs, strict=True)
    ]
    head = broadcast(call, *(TensorSpec(shape) for shape in heads)) or ()
    return {**letters, "...": product(head)}


def summed_axes(call: Bound, a: Shape, b: Shape) -> list[int]:
    """The axes of the first tensor that `tensordot` sums over."""
    return _contracted(call, a, b)[0]


def _operands(call: Bound) -> tuple[TensorSpec, TensorSpec]:
    a, b = tensor(call, "x1"), tensor(call, "x2")
    no_text(call, a, b)
    return a, b


def _check_inner(call: Bound, a: Shape, b: Shape, x: Dim, y: Dim) -> None:
    if equal(x, y) is False:
        raise RuleError(
            f"`ops.{call.op}` of {show_shape(a)} and {show_shape(b)} sums over axes "
            f"of {show(x)} and {show(y)}",
            code="E0374",
            label=f"{show(x)} and {show(y)} must be equal",
            help="`ops.transpose` or `ops.swapaxes` brings the axes in order",
        )


def _contracted(call: Bound, a: Shape, b: Shape) -> tuple[list[int], list[int]]:
    axes = call["axes"]
    if isinstance(axes, int):
        count = max(axes, 0)
        if count > min(len(a), len(b)):
            raise RuleError(
                f"`ops.tensordot` is to sum over {count} axes, "
                f"but {show_shape(a)} and {show_shape(b)} have fewer",
                code="E0372",
                argument="axes",
                label="too many",
            )
        return list(range(len(a) - count, len(a))), list(range(count))
    parts = sequence(axes) or ()
    if len(parts) != 2:
        raise bad_argument(call, "axes", "a number, or a list of axes for each tensor")
    ours, theirs = (whole_numbers(call, "axes", part) for part in parts)
    if len(ours) != len(theirs):
        raise bad_argument(call, "axes", "two lists of one length")
    return (
        [axis_of(call, len(a), axis, "axes") for axis in ours],
        [axis_of(call, len(b), axis, "axes") for axis in theirs],
    )


def _equation(call: Bound, equation: str, operands: int) -> tuple[list[str], str]:
    left, arrow, target = equation.partition("->")
    sources = left.split(",")
    used = [c for source in sources for c in source.replace("...", "")]
    if not all(c.isalpha() for c in used):
        raise _bad_equation(equation, "its axes must be letters")
    if len(sources) != operands:
        raise _bad_equation(equation, f"it names {len(sources)} tensors, but {operands} are given")
    if not arrow:
        # Without an arrow, the letters that stand once, in alphabetical order.
        dots = "..." if "..." in left else ""
        return sources, dots + "".join(sorted(c for c in set(used) if used.count(c) == 1))
    for c in target.replace("...", ""):
        if c not in used:
            raise _bad_equation(equation, f"`{c}` comes out, but does not go in")
    if len(set(target.replace("...", ""))) != len(target.replace("...", "")):
        raise _bad_equation(equation, "a letter comes out twice")
    if "..." in target and "..." not in left:
        raise _bad_equation(equation, "`...` comes out, but does not go in")
    return sources, target


def _read(call: Bound, source: str, shape: Shape, letters: dict[str, Dim], target: str) -> Shape:
    """Notes the size of each letter, and gives the axes under the dots."""
    before, dots, after = source.partition("...")
    named = len(before) + len(after)
    if len(shape) < named or (not dots and len(shape) != named):
        raise _bad_equation(
            str(call["subscripts"]),
            f"`{source}` names {named} axes, but the tensor has {len(shape)}, the batch counted",
        )
    tail = len(shape) - len(after)
    pairs = [
        *zip(before, shape[: len(before)], strict=True),
        *zip(after, shape[tail:], strict=True),
    ]
    for letter, size in pairs:
        known = letters.get(letter, size)
        stretched = 1 in (known, size) and letter in target and _stretches(call, letter, size)
        if equal(known, size) is False and not stretched:
            raise RuleError(
                f'`{letter}` in "{call["subscripts"]}" is {show(known)} in one tensor '
                f"and {show(size)} in another",
                code="E0374",
                argument="subscripts",
                label=f"{show(known)} and {show(size)} must be equal",
            )
        letters[letter] = size if known == 1 else known if size == 1 else merge(known, size)
    return shape[len(before) : tail] if dots else ()


# What Keras computes by `matmul`, which stretches axes of 1 that are not summed over; in all else, a letter has one size.
_BY_MATMUL = frozenset({
    "abcd,abde->abce", "abcd,abed->abce", "abcd,acbe->adbe", "abcd,adbe->acbe", "abcd,aecd->acbe", "abcd,aecd->aceb",
})  # fmt: skip
_BY_MATMUL_OF_PARTS = frozenset({"abcde,aebf->adbcf", "abcde,afce->acdbf"})


def _stretches(call: Bound, letter: str, size: Dim) -> bool:
    equation = str(call["subscripts"]).replace(" ", "")
    letters = list(dict.fromkeys(c for c in equation if c.isalpha()))
    named = str.maketrans({letter: chr(97 + n) for n, letter in enumerate(letters[:26])})
    equation = equation.translate(named)
    # Of the latter, the second tensor is brought to the axes of the first.
    of_parts = equation in _BY_MATMUL_OF_PARTS and (letter == letters[0] or size == 1)
    return equation in _BY_MATMUL or of_parts


def _bad_equation(equation: str, why: str) -> RuleError:
    return RuleError(
        f'"{equation}" does not fit: {why}',
        code="E0374",
        argument="subscripts",
        label=why,
    )
