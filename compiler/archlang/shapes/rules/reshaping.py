"""Flatten, Reshape, Permute, RepeatVector: the same numbers in another arrangement; no weights."""

from __future__ import annotations

from archlang.shapes.checks import autocast, needs_min_rank, needs_rank
from archlang.shapes.dims import equal, exact_quotient, product
from archlang.shapes.rule import LayerCall, LayerResult, RuleError, rule, single
from archlang.shapes.spec import Dim, Shape, show_shape
from archlang.shapes.values import bad_value, sequence, whole
from archlang.shapes.words import is_channels_first


@rule("Flatten")
def flatten(call: LayerCall) -> LayerResult:
    """All axes beside the batch in one."""
    is_channels_first(call)
    spec = autocast(call, single(call))
    if spec.shape is None:
        return LayerResult(spec.with_shape((None, None)))
    needs_min_rank(call, spec, 1)
    return LayerResult(spec.with_shape((spec.shape[0], product(spec.shape[1:]))))


@rule("Reshape")
def reshape(call: LayerCall) -> LayerResult:
    """To `target_shape`, in which one size may be -1: what is left over."""
    target = _target(call)
    spec = autocast(call, single(call))
    if spec.shape is None:
        return LayerResult(spec.with_shape((None, *target)))
    needs_min_rank(call, spec, 1)
    return LayerResult(spec.with_shape((spec.shape[0], *_fit(call, spec.shape, target))))


@rule("Permute")
def permute(call: LayerCall) -> LayerResult:
    """The axes in another order, counted from 1."""
    value = call.args.get("dims")
    dims = sequence(value)
    if dims is None or not all(isinstance(n, int) for n in dims):
        raise bad_value(call, "dims", value, "a list of axes, counted from 1")
    if sorted(dims) != list(range(1, len(dims) + 1)):
        wanted = ", ".join(str(n) for n in range(1, len(dims) + 1))
        raise RuleError(
            f"`dims` must name each of the axes {wanted} once, not {list(dims)}",
            code="E0307",
            argument="dims",
            label="axes are counted from 1, the batch left out",
        )
    spec = autocast(call, single(call))
    if spec.shape is None:
        return LayerResult(spec.with_shape((None,) * (len(dims) + 1)))
    if len(spec.shape) != len(dims) + 1:
        raise RuleError(
            f"`dims` puts {len(dims)} axes in order, but {show_shape(spec.shape)} flows in",
            code="E0301",
            argument="dims",
            label=f"{len(dims)} axes, not {len(spec.shape) - 1}",
            help="name every axis beside the batch once",
        )
    shape: Shape = tuple(spec.shape[n] for n in (0, *dims))
    return LayerResult(spec.with_shape(shape))


@rule("RepeatVector")
def repeat_vector(call: LayerCall) -> LayerResult:
    """[features] to [n, features]."""
    if isinstance(call.args.get("n"), bool):
        raise bad_value(call, "n", call.args["n"], "a positive whole number")
    n = whole(call, "n")
    spec = autocast(call, single(call))
    needs_rank(call, spec, ("features",))
    batch, features = (None, None) if spec.shape is None else spec.shape
    return LayerResult(spec.with_shape((batch, n, features)))


def _target(call: LayerCall) -> Shape:
    """`target_shape`, with None where the size is to be found."""
    value = call.args.get("target_shape")
    target = sequence(value)
    if target is None or not all(n is None or (isinstance(n, int) and n >= -1) for n in target):
        raise bad_value(call, "target_shape", value, "a list of sizes, one of them -1 at most")
    found: Shape = tuple(None if n == -1 else n for n in target)
    if found.count(None) > 1:
        raise RuleError(
            f"{list(target)} leaves {found.count(None)} sizes open, but only one can be found",
            code="E0309",
            argument="target_shape",
            label="more than one -1",
        )
    return found


def _fit(call: LayerCall, shape: Shape, target: Shape) -> Shape:
    """The target with its open size found, where the input's sizes tell it."""
    total = product(shape[1:])
    if any(dim is None for dim in shape[1:]):
        return target
    sizes = product(n for n in target if n is not None)
    if None not in target:
        if equal(total, sizes) is False:
            raise _misfit(call, shape, target, total, sizes)
        return target
    rest = exact_quotient(total, sizes)
    if rest is None and isinstance(total, int):
        raise _misfit(call, shape, target, total, sizes)
    return tuple(rest if n is None else n for n in target)


def _misfit(call: LayerCall, shape: Shape, target: Shape, total: Dim, sizes: Dim) -> RuleError:
    wanted = ", ".join("-1" if n is None else str(n) for n in target)
    if None in target:
        message = f"the {total} numbers of {show_shape(shape)} cannot be divided into [{wanted}]"
    else:
        message = f"{show_shape(shape)} has {total} numbers, but [{wanted}] has {sizes}"
    return RuleError(
        message,
        code="E0309",
        argument="target_shape",
        label=f"does not hold {total} numbers",
        help="use -1 for the size that is to be found",
    )
