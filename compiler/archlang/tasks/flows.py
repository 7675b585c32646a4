"""What a head asks of the tensor that flows into it."""

from __future__ import annotations

from archlang.shapes.rule import RuleError
from archlang.shapes.spec import TensorSpec

# What brings a flow with so many axes (the batch axis not counted) down to one vector an example.
_REDUCTIONS = {
    2: (
        "GlobalAveragePooling1D",
        "set `return_sequences=False` in the last recurrent layer, or put "
        "`GlobalAveragePooling1D` before the head",
    ),
    3: ("GlobalAveragePooling2D", "put `Flatten` or `GlobalAveragePooling2D` before the head"),
    4: ("GlobalAveragePooling3D", "put `Flatten` or `GlobalAveragePooling3D` before the head"),
}


def require_vector(flow: TensorSpec, noun: str) -> None:
    """One vector an example: what `Dense` turns into one answer an example."""
    _require_numbers(flow, noun)
    if flow.rank in (None, 2):
        _require_width(flow, noun)
        return
    assert flow.rank is not None
    if flow.rank < 2:
        raise RuleError(
            f"{noun} needs one vector an example, but a single number flows in",
            code="E0504",
            label="a single number flows in",
            help="declare the input with an axis, `float32[1]`",
        )
    layer, help = _REDUCTIONS.get(flow.rank - 1, ("Flatten", "put `Flatten` before the head"))
    raise RuleError(
        f"{noun} needs one vector an example, but {flow} flows in",
        code="E0504",
        label=f"{flow} flows in",
        help=help,
        insert_before=layer,
    )


def require_sequence(flow: TensorSpec, noun: str) -> None:
    """A vector for every step."""
    _require_numbers(flow, noun)
    if flow.rank in (None, 3):
        _require_width(flow, noun)
        return
    raise RuleError(
        f"{noun} needs a vector for every step, [steps, features], but {flow} flows in",
        code="E0504",
        label=f"{flow} flows in",
        help="set `return_sequences=True` in the last recurrent layer" if flow.rank == 2 else None,
    )


def require_image(flow: TensorSpec, noun: str) -> None:
    """A feature map."""
    _require_numbers(flow, noun)
    if flow.rank in (None, 4):
        _require_width(flow, noun)
        return
    raise RuleError(
        f"{noun} needs a feature map, [height, width, channels], but {flow} flows in",
        code="E0504",
        label=f"{flow} flows in",
        help="leave out the `Flatten` or global pooling before the head"
        if flow.rank == 2
        else None,
    )


def _require_width(flow: TensorSpec, noun: str) -> None:
    if flow.shape is None or isinstance(flow.shape[-1], int):
        return
    raise RuleError(
        f"{noun} needs a known number of features, but {flow} flows in",
        code="E0504",
        label=f"{flow} flows in",
        help="give the last axis a size",
    )


def _require_numbers(flow: TensorSpec, noun: str) -> None:
    if flow.dtype == "string":
        raise RuleError(
            f"{noun} needs numbers, but strings flow in",
            code="E0504",
            label="strings flow in",
            help=(
                "turn them into numbers first, for example with `TextVectorization` and `Embedding`"
            ),
        )
