"""What each function of `keras.ops` makes of the steps of an unfinished sequence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archlang.graph.model import Tensor, tensors
from archlang.graph.time_axis import (
    Dependence,
    Length,
    Steps,
    Use,
    Whole,
    along,
    as_list,
    broadcast,
    moved,
    reduced,
    reshaped,
    transposed,
)
from archlang.narrowing import is_sequence, is_slice
from archlang.shapes.families import OPS

# Ops that make numbers of a tensor's shape alone.
_OF_SHAPE = frozenset({"empty_like", "full_like", "ones_like", "shape", "zeros_like"})
_ALONG_LAST = frozenset({
    "glu", "layer_normalization", "log_softmax", "normalize", "rms_normalization", "softmax", "sparse_sigmoid",
    "sparsemax",
})  # fmt: skip
_CUMULATIVE = frozenset({"cumprod", "cumsum", "nancumprod", "nancumsum"})
_ORDERING = frozenset({"argsort", "sort", "top_k"})
_PLACE_BY_PLACE = frozenset(OPS["elementwise"].split()) - _OF_SHAPE - _ALONG_LAST
_REDUCTIONS = frozenset(OPS["reductions"].split()) - _CUMULATIVE - _ORDERING
_POOLED = "takes all steps together"


def op_dependence(use: Use) -> Dependence:
    """What the op's results depend on. May raise Whole."""
    name = use.name
    if name in _OF_SHAPE:
        return Length()
    if name in _PLACE_BY_PLACE:
        return broadcast(use, batchless=True)
    rule = _RULES.get(name)
    if rule is not None:
        return rule(use)
    # What follows takes one tensor first, and the sequence is that.
    if not use.taken or not isinstance(use.taken[0][1], Steps) or len(_steps(use)) > 1:
        return use.untold
    if name in _ALONG_LAST:
        return along(use, use.args.get("axis", -1), "works along the steps")
    if name in _REDUCTIONS:
        keep = bool(use.args.get("keepdims"))
        return reduced(use, use.args.get("axis"), keepdims=keep, what=_POOLED, help=None)
    if name in _ORDERING:
        return along(use, use.args.get("axis", -1), "orders all steps")
    if name in _CUMULATIVE:
        return _cumulative(use)
    rule = _OF_ONE.get(name)
    return rule(use) if rule is not None else use.untold


def slice_dependence(use: Use) -> Dependence:
    """What a slice depends on: `x[:, 1:]` looks one step ahead."""
    tensor, steps = use.first
    rank = tensor.spec.rank
    if rank is None:
        return use.untold
    indices = list(use.node.args)
    if any(isinstance(index, Tensor) for index in indices):
        return use.untold
    if Ellipsis in indices:
        at = indices.index(Ellipsis)
        named = sum(index is not None and index is not Ellipsis for index in indices)
        indices[at : at + 1] = [slice(None)] * (rank - named)
    axis, out = 0, 0
    for index in indices:
        if index is None:
            out += 1
            continue
        if axis == steps.axis:
            if not is_slice(index):
                return use.mixed("takes one step out for all")
            return _part(use, index, steps, out)
        axis += 1
        out += isinstance(index, slice)
    return Steps(out + steps.axis - axis, steps.delay, steps.by)


def _part(use: Use, index: slice, steps: Steps, axis: int) -> Dependence:
    start = 0 if index.start is None else index.start
    if index.step not in (None, 1) or start < 0:
        return use.mixed("its steps are other ones than those that flow in")
    result = moved(steps, axis, -start, use.node)
    if start or index.stop is not None:
        raise Whole(result)
    return result


def _steps(use: Use) -> list[tuple[Tensor, Steps]]:
    return [(t, d) for t, d in use.taken if isinstance(d, Steps)]


# ------------------------------------------------------------------ several tensors


def _concatenate(use: Use) -> Dependence:
    axes = {d.axis for _, d in _steps(use)}
    ranks = {t.spec.rank for t, _ in use.taken}
    if len(axes) != 1 or len(ranks) != 1 or None in ranks:
        return use.untold
    (axis,), (rank,) = axes, ranks
    assert rank is not None
    worst = min((d for _, d in _steps(use)), key=lambda d: d.delay)
    along_axis = use.args.get("axis", 0) % (rank + (use.name == "stack"))
    if use.name == "stack":
        result = Steps(axis + (along_axis <= axis), worst.delay, worst.by)
    elif along_axis == axis:
        return use.untold
    else:
        result = worst
    if len(_steps(use)) < len(use.taken) or len({d.delay for _, d in _steps(use)}) > 1:
        raise Whole(result)
    return result


def _matmul(use: Use) -> Dependence:
    if len(_steps(use)) != 1 or len(use.taken) != 2:
        return use.untold
    tensor, steps = _steps(use)[0]
    other = next(t for t, d in use.taken if not isinstance(d, Steps))
    rank, other_rank = tensor.spec.rank, other.spec.rank
    if rank is None or other_rank is None or min(rank, other_rank) < 2:
        return use.untold
    flows_first = use.taken[0][0] is tensor
    back = steps.axis - rank
    if back == (-1 if flows_first else -2):
        return use.mixed("its sum goes over all steps")
    if back < -2 and other_rank > 2:
        return use.untold
    if use.name == "dot" and other_rank > 2:
        return use.untold
    return Steps(max(rank, other_rank) + back, steps.delay, steps.by)


def _einsum(use: Use) -> Dependence:
    equation = use.args.get("subscripts")
    if not isinstance(equation, str) or "->" not in equation or "." in equation:
        return use.untold
    left, _, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(use.taken):
        return use.untold
    letters = {
        term[d.axis]
        for term, (_, d) in zip(terms, use.taken, strict=True)
        if isinstance(d, Steps) and d.axis < len(term)
    }
    if len(letters) != 1:
        return use.untold
    letter = letters.pop()
    worst = min((d for _, d in _steps(use)), key=lambda d: d.delay)
    shared = [
        letter in term
        for term, (_, d) in zip(terms, use.taken, strict=True)
        if not isinstance(d, Steps)
    ]
    if letter not in right:
        return use.mixed("its sum goes over all steps")
    result = Steps(right.index(letter), worst.delay, worst.by)
    if any(shared) or len({d.delay for _, d in _steps(use)}) > 1:
        raise Whole(result)
    return result


def _take(use: Use) -> Dependence:
    """`take(table, ids)`: an embedding by hand; `take(x, 0, axis=1)`: a slice."""
    taken = _steps(use)
    if len(taken) != 1:
        return use.untold
    tensor, steps = taken[0]
    axis = use.args.get("axis")
    if use.taken[0][0] is not tensor:
        return Steps(steps.axis + axis, steps.delay, steps.by) if axis == 0 else use.untold
    rank = tensor.spec.rank
    if axis is None or rank is None:
        return use.untold
    if axis % rank == steps.axis:
        return use.mixed("takes some steps out for all")
    made = next(tensors(use.node.outputs)).spec.rank
    if made is None:
        return use.untold
    return Steps(
        steps.axis + (made - rank if axis % rank < steps.axis else 0), steps.delay, steps.by
    )


# ------------------------------------------------------------------ one tensor


def _cumulative(use: Use) -> Dependence:
    tensor, steps = use.first
    axis = use.args.get("axis")
    if axis is None or tensor.spec.rank is None:
        return use.mixed(_POOLED, "write `axis=`")
    if axis % tensor.spec.rank == steps.axis:
        raise Whole(steps)
    return steps


def _transpose(use: Use) -> Dependence:
    tensor, _ = use.first
    rank = tensor.spec.rank
    axes = use.args.get("axes")
    if rank is None:
        return use.untold
    return transposed(use, list(reversed(range(rank))) if axes is None else as_list(axes))


def _swapaxes(use: Use) -> Dependence:
    tensor, _ = use.first
    rank = tensor.spec.rank
    if rank is None:
        return use.untold
    order = list(range(rank))
    a, b = use.args["axis1"] % rank, use.args["axis2"] % rank
    order[a], order[b] = order[b], order[a]
    return transposed(use, order)


def _moveaxis(use: Use) -> Dependence:
    tensor, _ = use.first
    rank = tensor.spec.rank
    if rank is None:
        return use.untold
    sources = [axis % rank for axis in as_list(use.args["source"])]
    targets = [axis % rank for axis in as_list(use.args["destination"])]
    order = [axis for axis in range(rank) if axis not in sources]
    for target, source in sorted(zip(targets, sources, strict=True)):
        order.insert(target, source)
    return transposed(use, order)


def _expand_dims(use: Use) -> Dependence:
    tensor, steps = use.first
    rank, axes = tensor.spec.rank, as_list(use.args["axis"])
    if rank is None:
        return use.untold
    at, made = steps.axis, sorted(axis % (rank + len(axes)) for axis in axes)
    for axis in made:
        at += axis <= at
    return Steps(at, steps.delay, steps.by)


def _squeeze(use: Use) -> Dependence:
    tensor, steps = use.first
    rank, axes = tensor.spec.rank, use.args.get("axis")
    if rank is None or axes is None:
        return use.untold
    gone = sum(axis % rank < steps.axis for axis in as_list(axes))
    return Steps(steps.axis - gone, steps.delay, steps.by)


def _reshape(use: Use) -> Dependence:
    target = use.args.get("newshape")
    return reshaped(use, list(target), batch=True) if is_sequence(target) else use.untold


def _pad(use: Use) -> Dependence:
    _, steps = use.first
    widths = use.args.get("pad_width")
    if not is_sequence(widths) or use.args.get("mode", "constant") != "constant":
        return use.untold
    width = widths[steps.axis] if len(widths) > steps.axis else widths
    front, behind = width if is_sequence(width) else (width, width)
    if not isinstance(front, int) or not isinstance(behind, int):
        return use.untold
    if front == behind == 0:
        return steps
    raise Whole(moved(steps, steps.axis, front, use.node))


def _flip(use: Use) -> Dependence:
    return along(use, use.args.get("axis"), "turns the order of the steps around")


def _roll(use: Use) -> Dependence:
    return along(use, use.args.get("axis"), "puts the last steps in front")


def _repeat(use: Use) -> Dependence:
    tensor, steps = use.first
    axis = use.args.get("axis")
    if axis is None or tensor.spec.rank is None:
        return use.mixed("the steps are no longer an axis of their own")
    if axis % tensor.spec.rank == steps.axis:
        # Step t comes from step t // repeats.
        raise Whole(steps)
    return steps


def _tile(use: Use) -> Dependence:
    tensor, steps = use.first
    repeats = as_list(use.args["repeats"])
    rank = tensor.spec.rank
    if rank is None or len(repeats) > rank:
        return use.untold
    back = steps.axis - rank
    if -back <= len(repeats) and repeats[back] != 1:
        return use.mixed("puts the last steps in front of the first")
    return steps


def _split(use: Use) -> Dependence:
    tensor, steps = use.first
    rank = tensor.spec.rank
    if rank is None:
        return use.untold
    axis = use.args.get("axis", 0) % rank
    if axis == steps.axis:
        return use.mixed("gives parts of the steps")
    if use.name == "unstack":
        return Steps(steps.axis - (axis < steps.axis), steps.delay, steps.by)
    return steps


def _one_hot(use: Use) -> Dependence:
    tensor, steps = use.first
    rank = tensor.spec.rank
    if rank is None:
        return use.untold
    axis = use.args.get("axis", -1) % (rank + 1)
    return Steps(steps.axis + (axis <= steps.axis), steps.delay, steps.by)


def _broadcast_to(use: Use) -> Dependence:
    tensor, steps = use.first
    shape: Any = use.args.get("shape")
    if not is_sequence(shape) or tensor.spec.rank is None:
        return use.untold
    raise Whole(Steps(steps.axis + len(shape) - tensor.spec.rank, steps.delay, steps.by))


_RULES: dict[str, Callable[[Use], Dependence]] = {
    "concatenate": _concatenate,
    "dot": _matmul,
    "einsum": _einsum,
    "matmul": _matmul,
    "stack": _concatenate,
    "take": _take,
}
_OF_ONE: dict[str, Callable[[Use], Dependence]] = {
    "broadcast_to": _broadcast_to,
    "expand_dims": _expand_dims,
    "flip": _flip,
    "moveaxis": _moveaxis,
    "one_hot": _one_hot,
    "pad": _pad,
    "repeat": _repeat,
    "reshape": _reshape,
    "roll": _roll,
    "split": _split,
    "squeeze": _squeeze,
    "swapaxes": _swapaxes,
    "tile": _tile,
    "transpose": _transpose,
    "unstack": _split,
}
