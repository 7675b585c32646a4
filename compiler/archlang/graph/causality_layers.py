"""What each layer of Keras makes of the steps of an unfinished sequence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archlang.graph.mask_rules import ATTENTION, CONV_RECURRENT, JOIN, MULTI_HEAD
from archlang.graph.model import Tensor, tensors
from archlang.graph.time_axis import (
    Dependence,
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
from archlang.narrowing import is_dict, is_sequence
from archlang.shapes.rule import LayerValue

# What comes out of each step depends on what of it goes in, and on nothing else.
PLACE_BY_PLACE = frozenset({
    "Activation", "ActivityRegularization", "AlphaDropout", "Discretization", "Dropout", "ELU", "GaussianDropout",
    "GaussianNoise", "Hashing", "Identity", "IntegerLookup", "LeakyReLU", "Masking", "Normalization", "PReLU", "ReLU",
    "Rescaling", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "StringLookup",
})  # fmt: skip
CONVOLUTIONS = frozenset({
    "Conv1D", "Conv2D", "Conv3D", "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D",
})  # fmt: skip
POOLINGS = frozenset({
    f"{kind}Pooling{n}D" for kind in ("Max", "Average") for n in (1, 2, 3)
})  # fmt: skip
PLAIN_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN"})
_POOLED = "takes all steps together"
_POOLED_HELP = "a step of the output may depend on the steps up to it alone: leave the pooling out"


def layer_dependence(use: Use) -> list[Dependence]:
    """What each of the tensors that the layer gives depends on. May raise Whole."""
    count = len(list(tensors(use.node.outputs)))
    name = use.name
    if name in PLAIN_RECURRENT or name in CONV_RECURRENT:
        return _recurrent(use, count)
    if name in ATTENTION | MULTI_HEAD:
        return _attention(use, count)
    return [_one(use)] * count


def _one(use: Use) -> Dependence:
    name = use.name
    if name in PLACE_BY_PLACE:
        return use.first[1]
    if name in JOIN:
        return broadcast(use, batchless=False)
    rule = _RULES.get(name)
    if rule is not None:
        return rule(use)
    if name in CONVOLUTIONS:
        return _convolution(use)
    if name in POOLINGS:
        return _pooling(use)
    if name.startswith("Global") and "Pool" in name:
        tensor, _ = use.first
        rank = tensor.spec.rank or 3
        channels_first = use.args.get("data_format") == "channels_first"
        axes = range(2, rank) if channels_first else range(1, rank - 1)
        keep = bool(use.args.get("keepdims"))
        return reduced(use, list(axes), keepdims=keep, what=_POOLED, help=_POOLED_HELP)
    return use.untold


# ------------------------------------------------------------------ over the last axes


def _dense(use: Use) -> Dependence:
    return along(use, -1, "takes all steps together: they are the last axis")


def _embedding(use: Use) -> Dependence:
    return use.first[1]


def _category_encoding(use: Use) -> Dependence:
    tensor, steps = use.first
    made = next(tensors(use.node.outputs)).spec.rank
    if made is not None and tensor.spec.rank is not None and made > tensor.spec.rank:
        return steps
    return along(use, -1, "takes all steps together: they are the last axis")


def _softmax(use: Use) -> Dependence:
    what = "its sum goes over all steps"
    return along(use, use.args.get("axis", -1), what, "`axis=-1` normalises the features")


def _normalization(use: Use) -> Dependence:
    what = "its mean goes over all steps"
    return along(use, use.args.get("axis", -1), what, "`axis=-1` normalises the features")


def _group_normalization(use: Use) -> Dependence:
    return use.mixed(
        "its mean goes over all steps", "`LayerNormalization` normalises each step by itself"
    )


def _batch_normalization(use: Use) -> Dependence:
    tensor, steps = use.first
    if tensor.spec.rank is not None and use.args.get("axis", -1) % tensor.spec.rank == steps.axis:
        raise Whole(steps)
    return steps


def _flatten(use: Use) -> Dependence:
    tensor, steps = use.first
    if tensor.spec.rank == 2:
        return steps
    return use.mixed("the steps are no longer an axis of their own", "leave `Flatten` out")


def _reshape(use: Use) -> Dependence:
    return reshaped(use, as_list(use.args["target_shape"]), batch=False)


def _permute(use: Use) -> Dependence:
    return transposed(use, [0, *as_list(use.args["dims"])])


def _concatenate(use: Use) -> Dependence:
    found = [(t, d) for t, d in use.taken if isinstance(d, Steps)]
    ranks = {t.spec.rank for t, _ in use.taken}
    axes = {d.axis for _, d in found}
    if len(ranks) != 1 or None in ranks or len(axes) != 1:
        return use.untold
    rank = ranks.pop()
    assert rank is not None
    axis = axes.pop()
    if use.args.get("axis", -1) % rank != axis:
        worst = min((d for _, d in found), key=lambda d: d.delay)
        if len(found) < len(use.taken) or len({d.delay for _, d in found}) > 1:
            raise Whole(worst)
        return worst
    # One behind the other: each is delayed by the length of what stands in front of it.
    front, result = 0, None
    for tensor, dependence in use.taken:
        if isinstance(dependence, Steps):
            one = Steps(axis, dependence.delay + front, dependence.by)
            result = one if result is None or one.delay < result.delay else result
        dim = (tensor.spec.shape or ())[axis]
        front += dim if isinstance(dim, int) else 0
    raise Whole(result)


def _dot(use: Use) -> Dependence:
    return use.untold


def _einsum_dense(use: Use) -> Dependence:
    tensor, steps = use.first
    equation = str(use.args["equation"]).replace(" ", "").replace("...", "")
    left, _, right = equation.partition("->")
    flowing, _, kernel = left.partition(",")
    rank = tensor.spec.rank
    if rank is None:
        return use.untold
    if "..." in str(use.args["equation"]):
        # The named axes are the last ones of both.
        at = steps.axis - (rank - len(flowing))
        if at < 0:
            return steps
    else:
        at = steps.axis
    letter = flowing[at]
    if letter in kernel or letter not in right:
        return use.mixed("its sum goes over all steps")
    return Steps(right.index(letter) + (rank - len(flowing)), steps.delay, steps.by)


# ------------------------------------------------------------------ along the steps


def _recurrent(use: Use, count: int) -> list[Dependence]:
    flowing = use.taken[0]
    states = [d for _, d in use.taken[1:]]
    if any(isinstance(d, Steps) for d in states):
        # A state of its own for each step of the sequence, or for each feature.
        return [use.untold] * count
    steps = flowing[1]
    if not isinstance(steps, Steps):
        return [use.untold] * count
    if steps.axis != 1:
        return [
            use.mixed("goes along another axis than the steps, and takes them together")
        ] * count
    if use.args.get("go_backwards") is True:
        return [use.mixed("goes through the steps backwards", "leave out `go_backwards`")] * count
    last = use.mixed("gives the state after the last step")
    if use.args.get("return_sequences") is not True:
        first: Dependence = use.mixed(
            "gives the state after the last step alone",
            "write `return_sequences=True`",
            ("return_sequences", "True"),
        )
    else:
        first = steps
    return [first, *[last] * (count - 1)]


def _bidirectional(use: Use) -> Dependence:
    layer = use.args.get("layer")
    inner = layer.name if isinstance(layer, LayerValue) else "the layer"
    return use.mixed(
        "goes through the steps backwards, too", f"use `{inner}` without `Bidirectional`"
    )


def _time_distributed(use: Use) -> Dependence:
    steps = use.first[1]
    return steps if steps.axis == 1 else use.untold


def _convolution(use: Use) -> Dependence:
    tensor, steps = use.first
    at = _spatial(use, tensor, steps)
    if at is None:
        return use.mixed("the steps are its channels, which it takes together")
    kernel = _nth(use.args["kernel_size"], at)
    stride, dilation = (
        _nth(use.args.get("strides", 1), at),
        _nth(use.args.get("dilation_rate", 1), at),
    )
    reach = (kernel - 1) * dilation
    padding = use.args.get("padding", "valid")
    if stride != 1:
        return use.mixed("its strides take steps together")
    if reach == 0:
        return steps
    if padding == "causal":
        raise Whole(steps)
    ahead = reach if padding == "valid" else reach - reach // 2
    raise Whole(moved(steps, steps.axis, -ahead, use.node))


def _pooling(use: Use) -> Dependence:
    tensor, steps = use.first
    at = _spatial(use, tensor, steps)
    if at is None:
        return steps
    size = _nth(use.args["pool_size"], at)
    strides = use.args.get("strides")
    if (size if strides is None else _nth(strides, at)) != 1:
        return use.mixed("takes several steps together", _POOLED_HELP)
    if size == 1:
        return steps
    ahead = size - 1 if use.args.get("padding") != "same" else size - 1 - (size - 1) // 2
    raise Whole(moved(steps, steps.axis, -ahead, use.node))


def _zero_padding(use: Use) -> Dependence:
    return _edges(use, "padding", 1)


def _cropping(use: Use) -> Dependence:
    return _edges(use, "cropping", -1)


def _edges(use: Use, argument: str, sign: int) -> Dependence:
    tensor, steps = use.first
    at = _spatial(use, tensor, steps)
    if at is None:
        return steps
    value = use.args[argument]
    if use.name.endswith("1D"):
        value = [value]
    edge = value[at] if is_sequence(value) else value
    front, behind = _nth(edge, 0), _nth(edge, 1)
    if front == behind == 0:
        return steps
    raise Whole(moved(steps, steps.axis, sign * front, use.node))


def _up_sampling(use: Use) -> Dependence:
    tensor, steps = use.first
    at = _spatial(use, tensor, steps)
    size = 1 if at is None else _nth(use.args["size"], at)
    if size == 1:
        return steps
    if use.args.get("interpolation", "nearest") != "nearest":
        return use.mixed("mixes neighbouring steps")
    # Step t comes from step t // size.
    raise Whole(steps)


def _spatial(use: Use, tensor: Tensor, steps: Steps) -> int | None:
    """Which of the spatial axes the time axis is; None where it is the channels."""
    rank = tensor.spec.rank or 3
    if use.args.get("data_format") == "channels_first":
        return steps.axis - 2 if steps.axis >= 2 else None
    return steps.axis - 1 if steps.axis < rank - 1 else None


def _nth(value: Any, at: int) -> int:
    return value[at] if is_sequence(value) else value


# ------------------------------------------------------------------ attention


def _attention(use: Use, count: int) -> list[Dependence]:
    """Query, value and key: values that are of the sequence itself need a causal mask."""
    inputs: Any = use.node.inputs
    found = {(t.node, t.path): d for t, d in use.taken}

    def of(tensor: Tensor) -> Dependence:
        return found.get((tensor.node, tensor.path))

    if is_dict(inputs):
        given = [inputs[n] for n in ("query", "value", "key") if n in inputs]
    else:
        given = list(tensors(inputs))
    query, others = given[0], given[1:] or [given[0]]
    steps = of(query)
    looked_at = [(t, d) for t in others if (d := of(t)) is not None]
    if steps is not None and not isinstance(steps, Steps):
        return [use.untold] * count
    scores = _scores(use, steps)
    if not looked_at:
        return [steps, *scores][:count] if steps is not None else [None] * count
    if any(not isinstance(d, Steps) for _, d in looked_at):
        return [use.untold] * count
    axes = _attention_axes(use, query)
    values = [(t, d) for t, d in looked_at if isinstance(d, Steps)]
    if (
        steps is not None
        and steps.axis not in axes
        and all(d.axis == steps.axis for _, d in values)
    ):
        # Each step attends within itself.
        return [steps, *[use.untold] * (count - 1)]
    if use.node.kwargs.get("use_causal_mask") is not True:
        if use.node.kwargs.get("attention_mask") is not None:
            return [use.untold] * count
        return [
            use.mixed(
                "each step attends to those after it, too",
                "write `use_causal_mask=True`",
                ("use_causal_mask", "True"),
            )
        ] * count
    if any(d.axis != axes[0] for _, d in values) or (steps is not None and steps.axis != axes[0]):
        return [use.untold] * count
    every = [d for _, d in values] + ([steps] if steps is not None else [])
    worst = min(every, key=lambda d: d.delay)
    raise Whole(worst) if count == 1 else WholeOf([worst, *_scores(use, worst)][:count])


class WholeOf(Whole):
    """The same for several results."""

    def __init__(self, results: list[Dependence]) -> None:
        super().__init__(results[0])
        self.results = results


def _attention_axes(use: Use, query: Tensor) -> list[int]:
    rank = query.spec.rank or 3
    chosen = use.args.get("attention_axes")
    if chosen is not None:
        return sorted(axis % rank for axis in as_list(chosen))
    return list(range(1, rank - 1))


def _scores(use: Use, steps: Dependence) -> list[Dependence]:
    if not isinstance(steps, Steps):
        return [steps]
    axis = steps.axis if use.name in ATTENTION else steps.axis + 1
    return [Steps(axis, steps.delay, steps.by)]


_RULES: dict[str, Callable[[Use], Dependence]] = {
    "Dense": _dense,
    "Embedding": _embedding,
    "ReversibleEmbedding": _embedding,
    "CategoryEncoding": _category_encoding,
    "Softmax": _softmax,
    "LayerNormalization": _normalization,
    "RMSNormalization": _normalization,
    "UnitNormalization": _normalization,
    "GroupNormalization": _group_normalization,
    "BatchNormalization": _batch_normalization,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Permute": _permute,
    "Concatenate": _concatenate,
    "Dot": _dot,
    "EinsumDense": _einsum_dense,
    "Bidirectional": _bidirectional,
    "TimeDistributed": _time_distributed,
    **{f"ZeroPadding{n}D": _zero_padding for n in (1, 2, 3)},
    **{f"Cropping{n}D": _cropping for n in (1, 2, 3)},
    **{f"UpSampling{n}D": _up_sampling for n in (1, 2, 3)},
}
