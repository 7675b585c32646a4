"""EinsumDense: a Dense layer whose contraction is written as an equation, `abc,cd->abd`.

The sizes of the output follow from the letters: those of the input as they flow in, the others from
`output_shape`. Multiply-adds: one for every combination of all letters' values.
"""

from __future__ import annotations

import math
import re

from archlang.records import record
from archlang.shapes.activation import activated
from archlang.shapes.checks import autocast, needs_numbers
from archlang.shapes.dims import show
from archlang.shapes.dtypes import promote
from archlang.shapes.quantized import quantized_kernel
from archlang.shapes.rule import (
    LayerCall,
    LayerResult,
    RuleError,
    Weight,
    compute_dtype,
    quantization,
    rule,
    single,
)
from archlang.shapes.spec import Dim, Shape, TensorSpec, show_shape
from archlang.shapes.values import bad_value, sequence, times
from archlang.shapes.weights import own, with_adapters

_FORMS = (
    re.compile(r"(?P<left>)([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)(?P<right>)$"),
    re.compile(r"(?P<left>\.\.\.)([a-zA-Z]+),([a-zA-Z]+)->\.\.\.([a-zA-Z]+)(?P<right>)$"),
    re.compile(r"(?P<left>)([a-zA-Z]{2,})(?P<right>\.\.\.),([a-zA-Z]+)->([a-zA-Z]+)\.\.\.$"),
)


@record
class _Equation:
    inputs: str
    kernel: str
    outputs: str
    left: bool
    right: bool


@rule("EinsumDense")
def einsum_dense(call: LayerCall) -> LayerResult:
    """The output's letters, with their sizes."""
    equation = _parse(call)
    _partial_shape(call)
    spec = autocast(call, single(call))
    needs_numbers(call, spec)
    dtype = promote(spec.dtype, compute_dtype(call))
    bias_axes = _bias_axes(call, equation)
    if spec.shape is None:
        return LayerResult(activated(call, TensorSpec(None, dtype)), None, None)
    elided = _elided(call, equation, spec.shape)
    sizes, for_weights = _letter_sizes(call, equation, spec.shape, elided)
    # What the dots stand for comes before the letters or after them.
    at = (0, elided) if equation.left else (len(equation.inputs), len(spec.shape))
    dots = spec.shape[at[0] : at[1]]
    letters = tuple(sizes[letter] for letter in equation.outputs)
    shape = (*dots, *letters) if equation.left else (*letters, *dots)
    kernel = tuple(_weight_size(letter, for_weights) for letter in equation.kernel)
    weights: list[Weight] = [own(call, "kernel", kernel)]
    if bias_axes:
        first = min(equation.outputs.find(letter) for letter in bias_axes)
        bias = [
            _weight_size(letter, for_weights) if letter in bias_axes else 1
            for letter in equation.outputs[first:]
        ]
        weights.append(own(call, "bias", (*bias, *([1] * elided if equation.right else []))))
    out = activated(call, TensorSpec(shape, dtype))
    owned = _owned(call, equation, weights, len(dots))
    return LayerResult(out, owned, _macs(equation, sizes, dots))


def _owned(
    call: LayerCall, equation: _Equation, weights: list[Weight], dots: int
) -> tuple[Weight, ...] | None:
    if quantization(call) is None:
        return with_adapters(call, weights, "kernel")
    sizes = dict(zip(equation.kernel, weights[0].shape, strict=True))
    # A quantized kernel is a matrix: what is summed away by what is left.
    kept = [letter for letter in equation.kernel if letter in equation.outputs]
    summed = [letter for letter in equation.kernel if letter not in equation.outputs]
    matrix = (math.prod(sizes[n] for n in summed), math.prod(sizes[n] for n in kept))
    scale = [sizes.get(letter, 1) for letter in equation.outputs]
    scale = [1] * dots + scale if equation.left else scale + [1] * dots
    return quantized_kernel(call, weights, matrix, scale=tuple(scale))


def _parse(call: LayerCall) -> _Equation:
    written = call.args.get("equation")
    text = written if isinstance(written, str) else ""
    for form in _FORMS:
        found = form.match(text)
        if found is not None:
            letters = [g for g in found.groups() if g and g != "..."]
            equation = _Equation(
                letters[0], letters[1], letters[2], bool(found["left"]), bool(found["right"])
            )
            _check_letters(call, equation)
            return equation
    raise RuleError(
        f"`{written}` is not an equation that `EinsumDense` takes",
        code="E0312",
        argument="equation",
        label="not of the form `ab,bc->ac`",
        help="write the letters of all three: `ab,bc->ac`, `...a,ab->...b` or `ab...,bc->ac...`",
    )


def _check_letters(call: LayerCall, equation: _Equation) -> None:
    for letter in equation.outputs:
        if letter not in equation.inputs + equation.kernel:
            raise _bad_equation(call, f"`{letter}` of the output stands nowhere before `->`")
    for letter in equation.kernel:
        if letter not in equation.inputs + equation.outputs:
            raise _bad_equation(
                call, f"`{letter}` of the kernel has no size: it is in neither input nor output"
            )


def _bad_equation(call: LayerCall, why: str) -> RuleError:
    return RuleError(
        f"the equation `{call.args.get('equation')}` does not work: {why}",
        code="E0312",
        argument="equation",
        label=why,
    )


def _partial_shape(call: LayerCall) -> Shape:
    value = call.args.get("output_shape")
    items = (value,) if isinstance(value, int) else sequence(value)
    if items is None or any(not (n is None or (isinstance(n, int) and n >= 0)) for n in items):
        raise bad_value(call, "output_shape", value, "a size or a list of sizes")
    return tuple(items)


def _bias_axes(call: LayerCall, equation: _Equation) -> str:
    axes = call.args.get("bias_axes")
    if axes is None:
        return ""
    if not isinstance(axes, str) or not axes:
        raise bad_value(call, "bias_axes", axes, "letters of the output")
    for letter in axes:
        if letter not in equation.outputs:
            raise RuleError(
                f"`bias_axes` names `{letter}`, but the equation's output is `{equation.outputs}`",
                code="E0312",
                argument="bias_axes",
                label=f"no `{letter}` in the output",
            )
    return axes


def _elided(call: LayerCall, equation: _Equation, shape: Shape) -> int:
    """How many axes the dots stand for."""
    elided = len(shape) - len(equation.inputs)
    if elided < 0 or (elided and not (equation.left or equation.right)):
        letters = len(equation.inputs)
        raise RuleError(
            f"the equation `{call.args['equation']}` takes {letters - 1} axes beside the batch, "
            f"but {show_shape(shape)} flows in",
            code="E0301",
            argument="equation",
            label=f"{letters} letters, {len(shape)} axes with the batch",
            help=None if elided < 0 else "let `...` stand for further axes: `...a,ab->...b`",
        )
    return elided


def _letter_sizes(
    call: LayerCall, equation: _Equation, shape: Shape, elided: int
) -> tuple[dict[str, Dim], dict[str, Dim]]:
    """The size of each letter, and the one that weights take: the declared one if any."""
    first = elided if equation.left else 0
    inputs: dict[str, Dim] = {letter: shape[first + i] for i, letter in enumerate(equation.inputs)}
    declared = _declared_sizes(call, equation, shape, elided, inputs)
    for letter, given in declared.items():
        if letter in inputs and given is not None and given != inputs[letter]:
            raise RuleError(
                f"`{letter}` is {show(inputs[letter])} in the input {show_shape(shape)}, "
                f"but {show(given)} in `output_shape`",
                code="E0312",
                argument="output_shape",
                label=f"`{letter}` has two sizes",
                help="leave sizes that come from the input as `None`",
            )
    return declared | inputs, inputs | declared


def _declared_sizes(
    call: LayerCall, equation: _Equation, shape: Shape, elided: int, inputs: dict[str, Dim]
) -> dict[str, Dim]:
    partial = _partial_shape(call)
    # `output_shape` leaves out the batch axis, and with it what leading dots stand for.
    whole = (*shape[: max(elided, 1)], *partial) if equation.left else (shape[0], *partial)
    if equation.right:
        whole += shape[len(equation.inputs) :]
    if len(whole) > len(equation.outputs) + elided:
        # Keras promises all of them, and computes the equation's.
        raise RuleError(
            f"`output_shape` gives {len(partial)} sizes, more than the output `{equation.outputs}` has",
            code="E0312",
            argument="output_shape",
            label="too many sizes",
        )
    offset = elided if equation.left else 0
    sizes: dict[str, Dim] = {}
    for i, letter in enumerate(equation.outputs):
        if offset + i < len(whole):
            sizes[letter] = whole[offset + i]
        else:
            raise RuleError(
                f"`output_shape` gives {len(partial)} sizes, but the output `{equation.outputs}` "
                f"needs one for `{letter}` too",
                code="E0312",
                argument="output_shape",
                label=f"no size for `{letter}`",
            )
    return sizes


def _weight_size(letter: str, sizes: dict[str, Dim]) -> int:
    size = sizes[letter]
    if isinstance(size, int):
        return size
    raise RuleError(
        f"`EinsumDense` needs the size of `{letter}`, but it is `{show(size)}` here",
        code="E0302",
        argument="equation",
        label=f"the weights have an axis `{letter}`",
        help="write that size as a number, in `output_shape` or where the tensor comes from",
    )


def _macs(equation: _Equation, sizes: dict[str, Dim], dots: Shape) -> int | None:
    batch = None if equation.left else equation.inputs[0]
    letters = [size for letter, size in sizes.items() if letter != batch]
    return times(*letters, *(dots[1:] if equation.left else dots))
