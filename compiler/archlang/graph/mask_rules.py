"""What layers of Keras do with the masks of what flows in: the shape of the mask that leaves, and masks that fail.

A mask has the batch axis first, as shapes have. Keras looks at masks when the model runs, for most layers not before:
what is refused here builds, and fails with the first batch. `tests/graph/test_mask_rules.py` runs each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archlang.narrowing import is_sequence
from archlang.records import record
from archlang.shapes.dims import add, equal
from archlang.shapes.nested import as_call
from archlang.shapes.rule import LayerValue, apply
from archlang.shapes.spec import Dim, Shape, TensorSpec, show_shape

CONV_RECURRENT = frozenset({"ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})
RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional"}) | CONV_RECURRENT
ATTENTION = frozenset({"Attention", "AdditiveAttention"})
MULTI_HEAD = frozenset({"MultiHeadAttention", "GroupQueryAttention"})
# These join masks with "or"; the second group looks at every mask by itself first.
JOIN = frozenset({"Add", "Average", "Subtract", "Maximum", "Minimum", "Multiply"})
_LOOK = frozenset({"Maximum", "Minimum", "Multiply"})


class MaskProblem(Exception):
    """A mask that fails when the model runs: `message`, lower case, and what to do instead."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


@record
class Use:
    """One call: the layer's class and all its arguments, the tensors that flow in, their masks, what comes out.

    A mask is None where the tensor has none, and `UNKNOWN` where its shape is not known.
    """

    name: str
    args: Mapping[str, Any]
    inputs: Sequence[TensorSpec]
    masks: Sequence[Shape | None]
    outputs: Sequence[TensorSpec]
    call_args: Mapping[str, Any]


# The mask of a tensor of which no shape is known.
UNKNOWN: Shape = ()


def check(use: Use) -> None:
    """MaskProblem where the layer fails on these masks when it runs."""
    first = use.masks[0] if use.masks else None
    shape = use.inputs[0].shape if use.inputs else None
    if use.name in JOIN:
        joined(use)
    elif use.name == "Concatenate":
        concatenated(use)
    elif use.name in ATTENTION:
        _attention(use)
    elif use.name in MULTI_HEAD:
        _multi_head(use)
    elif first and shape is not None:
        _one(use, first, shape)


def _one(use: Use, mask: Shape, shape: Shape) -> None:
    """Layers of one tensor that use its mask."""
    if use.name == "Softmax":
        if len(mask) != len(shape) or not _fits(mask, shape):
            raise _wrong(use, mask, shape, "`Activation(softmax)` hands the mask on")
    elif use.name == "BatchNormalization":
        if len(mask) != len(shape) - 1 or not _fits(mask, shape[:-1]):
            raise _wrong(use, mask, shape)
    elif use.name == "GlobalAveragePooling1D":
        steps = shape[2 if use.args.get("data_format") == "channels_first" else 1]
        if len(mask) != 2 or not _same(mask[1], steps, 1):
            raise _wrong(use, mask, shape)
    elif use.name in CONV_RECURRENT:
        _conv_recurrent(use, mask, shape)
    elif use.name in RECURRENT:
        inner = use.args.get("layer")
        if isinstance(inner, LayerValue) and inner.name in CONV_RECURRENT:
            outputs = _specs(apply(as_call(inner, use.inputs[0])).outputs)
            full = as_call(inner).args
            _conv_recurrent(Use(inner.name, full, use.inputs, use.masks, outputs, {}), mask, shape)
        elif len(mask) not in (2, 3) or mask[2:] not in ((), (1,)) or not _same(mask[1], shape[1]):
            raise _wrong(use, mask, shape)
    elif use.name == "TimeDistributed":
        if len(mask) < 2 or not _same(mask[1], shape[1]):
            raise _wrong(use, mask, shape)
        inner = use.args.get("layer")
        if isinstance(inner, LayerValue):
            step = TensorSpec((shape[0], *shape[2:]), use.inputs[0].dtype)
            _wrapped(use, inner, step, (mask[0], *mask[2:]))


def _wrapped(use: Use, inner: LayerValue, step: TensorSpec, mask: Shape) -> None:
    """The mask of one step, in the layer that `TimeDistributed` wraps."""
    full = as_call(inner).args
    outputs = _specs(apply(as_call(inner, step)).outputs)
    try:
        check(Use(inner.name, full, [step], [mask], outputs, {}))
    except MaskProblem as problem:
        problem.message += f", in each step of `{use.name}`"
        raise


def _conv_recurrent(use: Use, mask: Shape, shape: Shape) -> None:
    """The mask of a step is laid over what the layer gives for it."""
    out = use.outputs[0].shape if use.outputs else None
    if out is None:
        return
    step = out[2:] if use.args.get("return_sequences") is True else out[1:]
    rest = mask[2:]
    fits = len(rest) <= len(step) and all(_same(a, b, 1) for a, b in zip(rest, step, strict=False))
    if len(mask) < 2 or not _same(mask[1], shape[1]) or not fits:
        help = "only a mask with one value a step fits; `Masking` marks each place of an image"
        raise _wrong(use, mask, shape, help)


def _attention(use: Use) -> None:
    """`[query, value]`: the values' mask is laid over the scores, the query's over what comes out."""
    if len(use.inputs) < 2 or any(spec.shape is None for spec in use.inputs[:2]):
        return
    query, value = use.inputs[0].shape, use.inputs[1].shape
    assert query is not None
    assert value is not None
    of_query, of_value = use.masks[0], use.masks[1]
    if of_value:
        scores: Shape = (*query[:-1], value[-2])
        laid = (*of_value[:-1], 1, of_value[-1])
        if not use.call_args.get("use_causal_mask") and len(of_value) != 2:
            laid = of_value
        if not _aligned(laid, scores):
            raise _wrong(use, of_value, value, _SEQUENCES)
    if of_query and not _aligned((*of_query, 1), query):
        raise _wrong(use, of_query, query, _SEQUENCES)


_SEQUENCES = "attention takes the masks of sequences only, [steps, features]"


def _multi_head(use: Use) -> None:
    """The masks of query, value and key, as axes of the scores."""
    if any(spec.shape is None for spec in use.inputs) or not use.inputs:
        return
    query = use.inputs[0].shape
    value = use.inputs[1].shape if len(use.inputs) > 1 else query
    assert query is not None
    assert value is not None
    axes = _axes(use.args.get("attention_axes"), len(query))
    kept = [query[axis] for axis in range(len(query) - 1) if axis not in axes]
    scores: Shape = (*kept, 0, *(query[a] for a in axes), *(value[a] for a in axes))
    for index, mask in enumerate(use.masks):
        if not mask:
            continue
        pair = (*mask, 1) if index == 0 else (*mask[:-1], 1, mask[-1])
        at = len(pair) - 2 * len(axes)
        laid = (*pair[:at], *(1,) * (len(scores) - len(pair)), *pair[at:])
        if at < 1 or len(laid) != len(scores) or not _fits(laid, scores):
            shape = use.inputs[index].shape
            assert shape is not None
            raise _wrong(use, mask, shape, _SEQUENCES)


def _axes(value: Any, rank: int) -> tuple[int, ...]:
    items = list(value) if is_sequence(value) else [] if value is None else [value]
    return tuple(item % rank for item in items) or tuple(range(1, rank - 1))


def joined(use: Use) -> Shape | None:
    """The mask that an elementwise merge hands on: None unless all of its tensors have one."""
    shapes = [spec.shape for spec in use.inputs]
    ranks = {None if shape is None else len(shape) for shape in shapes}
    if use.name in _LOOK and len(ranks) == 1:
        for mask, shape in zip(use.masks, shapes, strict=True):
            if mask and shape and (len(mask) != len(shape) - 1 or not _fits(mask, shape[:-1])):
                raise _wrong(use, mask, shape)
    masks = [mask for mask in use.masks if mask is not None]
    if len(masks) < len(use.masks) or not masks:
        return None
    if UNKNOWN in masks:
        return UNKNOWN
    result = masks[0]
    for mask in masks[1:]:
        if len(mask) != len(result) or not all(
            _same(a, b, 1) or b == 1 for a, b in zip(mask, result, strict=True)
        ):
            raise MaskProblem(
                f"`{use.name}` cannot join a mask of {show_shape(result)} and one of {show_shape(mask)}",
                "give the branches masks of the same axes, or only one of them a mask",
            )
        result = tuple(b if a == 1 else a for a, b in zip(mask, result, strict=True))
    return result


def concatenated(use: Use) -> Shape | None:
    """The mask that `Concatenate` hands on; tensors without a mask count as kept."""
    if not any(mask is not None for mask in use.masks):
        return None
    if UNKNOWN in use.masks or any(spec.shape is None for spec in use.inputs):
        return UNKNOWN
    parts: list[Shape] = []
    for mask, spec in zip(use.masks, use.inputs, strict=True):
        assert spec.shape is not None
        part = spec.shape
        if mask is not None and len(mask) < len(spec.shape):
            if not _aligned((*mask, 1), spec.shape):
                raise _wrong(use, mask, spec.shape)
        elif mask is not None:
            part = mask
        parts.append(part)
    axis = use.args.get("axis")
    along = axis % len(parts[0]) if isinstance(axis, int) else len(parts[0]) - 1
    whole = list(parts[0])
    for part in parts[1:]:
        pairs = list(enumerate(zip(whole, part, strict=False)))
        if len(part) != len(whole) or not all(_same(a, b) for at, (a, b) in pairs if at != along):
            raise MaskProblem(
                f"`Concatenate` cannot join masks of {show_shape(tuple(whole))} and {show_shape(part)}",
                "give the branches masks of the same axes",
            )
        whole[along] = add(whole[along], part[along])
    return tuple(whole[:-1])


# ------------------------------------------------------------------ parts


def _wrong(use: Use, mask: Shape, shape: Shape, help: str | None = None) -> MaskProblem:
    axes = show_shape(mask)
    of = "a value an example" if axes == "[]" else axes
    message = f"`{use.name}` fails when it runs: the mask of {show_shape(shape)} has {of}"
    return MaskProblem(message, help or "leave the mask out, or use it up before this step")


def _fits(mask: Shape, shape: Shape) -> bool:
    """Whether a mask can be laid over axes as many, each of the same length or 1."""
    return all(_same(a, b, 1) for a, b in zip(mask, shape, strict=True))


def _aligned(mask: Shape, shape: Shape) -> bool:
    """The same for a mask of any number of axes: both begin with the batch, so there must be as many."""
    return len(mask) == len(shape) and _fits(mask, shape)


def _same(a: Dim, b: Dim, *others: int) -> bool:
    return equal(a, b) is not False or a in others


def _specs(outputs: Any) -> list[TensorSpec]:
    if isinstance(outputs, TensorSpec):
        return [outputs]
    return [spec for item in outputs for spec in _specs(item)] if is_sequence(outputs) else []
