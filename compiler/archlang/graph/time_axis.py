"""How a tensor depends on a sequence that is not finished yet, and the rules that many layers and ops share.

The sequence is the shifted input of a `generation` output. A tensor that depends on it has a *time axis*, of which
each step may depend on the steps up to it; or no such axis is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archlang.graph.model import Node, Tensor
from archlang.narrowing import is_sequence
from archlang.records import record
from archlang.shapes.spec import Dim


@record
class Steps:
    """Step t, counted along `axis` (the batch is axis 0), depends on the steps up to t - `delay` of the sequence.

    A delay below 0 is a look ahead, which a later layer may make up for.
    """

    axis: int
    delay: int = 0
    # The call that made the delay less last.
    by: Node | None = None


@record
class Mixed:
    """Each value depends on steps that come after it, since the call `node`. `why` is a label, `help` a way out.

    `argument` is what the call lacks, if that is an argument: its name and value.
    """

    node: Node
    why: str
    help: str | None = None
    argument: tuple[str, str] | None = None


@record
class Untold:
    """It depends on the sequence in a way that can't be known, since the call `node`."""

    node: Node


@record
class Length:
    """It depends on how long the sequence is, and on nothing else of it."""


Dependence = Steps | Mixed | Untold | Length | None


class Whole(Exception):
    """Raised by rules that hold for whole sequences only, with what comes out: a step alone would not do."""

    def __init__(self, result: Dependence) -> None:
        self.result = result


@record
class Use:
    """A call: its node, the class's or op's name, its arguments with defaults, and the tensors it takes with what they depend on."""

    node: Node
    name: str
    args: dict[str, Any]
    taken: tuple[tuple[Tensor, Dependence], ...]

    def mixed(
        self, why: str, help: str | None = None, argument: tuple[str, str] | None = None
    ) -> Mixed:
        return Mixed(self.node, why, help, argument)

    @property
    def untold(self) -> Untold:
        return Untold(self.node)

    @property
    def first(self) -> tuple[Tensor, Steps]:
        """The only tensor with steps, which flows in."""
        return next((t, d) for t, d in self.taken if isinstance(d, Steps))


def joined(found: Sequence[Dependence]) -> Dependence:
    """What depends on several tensors, where one of them already settles it; None where that is open."""
    for kind in (Mixed, Untold):
        for one in found:
            if isinstance(one, kind):
                return one
    if any(isinstance(one, Length) for one in found) and not any(
        isinstance(one, Steps) for one in found
    ):
        return Length()
    return None


def moved(steps: Steps, axis: int, by: int, node: Node) -> Steps:
    """Steps on another axis, delayed further."""
    return Steps(axis, steps.delay + by, node if by < 0 else steps.by)


def broadcast(use: Use, *, batchless: bool) -> Dependence:
    """What is computed place by place, tensors being laid over each other from their last axes on.

    `batchless` tells that a tensor of lower rank has no batch axis.
    """
    found = [(t, d) for t, d in use.taken if isinstance(d, Steps)]
    ranks = [t.spec.rank for t, _ in use.taken]
    if any(rank is None for rank in ranks):
        return use.untold
    from_end = {d.axis - (t.spec.rank or 0) for t, d in found}
    if len(from_end) != 1:
        return use.untold
    back = from_end.pop()
    worst = min((d for _, d in found), key=lambda d: d.delay)
    result = Steps(back + max(rank or 0 for rank in ranks), worst.delay, worst.by)
    for tensor, dependence in use.taken:
        if not isinstance(dependence, Steps):
            at = (tensor.spec.rank or 0) + back
            shape = tensor.spec.shape or ()
            reaches = at > 0 or (batchless and at == 0)
            if isinstance(dependence, Length) or (reaches and shape[at] != 1):
                raise Whole(result)
    if len({d.delay for _, d in found}) > 1:
        raise Whole(result)
    return result


def reduced(use: Use, axes: Any, *, keepdims: bool, what: str, help: str | None) -> Dependence:
    """What takes some axes together; None stands for all."""
    tensor, steps = use.first
    rank = tensor.spec.rank
    if axes is None:
        return use.mixed(what, help)
    if rank is None:
        return use.untold
    chosen = {axis % rank for axis in as_list(axes)}
    if steps.axis in chosen:
        return use.mixed(what, help)
    before = 0 if keepdims else sum(axis < steps.axis for axis in chosen)
    return Steps(steps.axis - before, steps.delay, steps.by)


def along(use: Use, axes: Any, what: str, help: str | None = None) -> Dependence:
    """What works along some axes, place by place along the others."""
    tensor, steps = use.first
    rank = tensor.spec.rank
    if rank is None:
        return use.untold
    if axes is None or steps.axis in {axis % rank for axis in as_list(axes)}:
        return use.mixed(what, help)
    return steps


def reshaped(use: Use, target: Sequence[Any], *, batch: bool) -> Dependence:
    """A reshape: time stays where all in front of it and all behind it stay together.

    `batch` tells that `target` begins with the batch axis.
    """
    tensor, steps = use.first
    shape = tensor.spec.shape
    if shape is None:
        return use.untold
    wanted = list(target) if batch else [shape[0], *target]
    at = steps.axis
    front = wanted[1:at] == list(shape[1:at])
    if len(wanted) > at and front:
        time, behind = wanted[at], _product(wanted[at + 1 :])
        if behind is not None and behind == _product(shape[at + 1 :]):
            if time in (-1, None):
                return steps
            if time == shape[at]:
                raise Whole(steps)
    return use.mixed("the steps are no longer an axis of their own")


def transposed(use: Use, order: Sequence[int]) -> Dependence:
    """Axes in another order; `order` says for each where it comes from."""
    tensor, steps = use.first
    rank = tensor.spec.rank or len(order)
    places = [axis % rank for axis in order]
    if steps.axis not in places:
        return use.untold
    return Steps(places.index(steps.axis), steps.delay, steps.by)


def as_list(value: Any) -> list[Any]:
    """One or several, as a list."""
    return list(value) if is_sequence(value) else [value]


def _product(dims: Sequence[Dim]) -> int | None:
    result = 1
    for dim in dims:
        if not isinstance(dim, int) or dim < 0:
            return None
        result *= dim
    return result
