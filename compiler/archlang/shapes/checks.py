"""What layers ask of the tensors that flow in: a rank, a known size, numbers with fractions.

A shape or dtype that is not known is never refused.
"""

from __future__ import annotations

from archlang.shapes.dims import show
from archlang.shapes.dtypes import is_float
from archlang.shapes.rule import LayerCall, RuleError, compute_dtype
from archlang.shapes.spec import Dim, TensorSpec, show_shape

# The names of the axes that images, sequences and volumes have, batch axis and channels left out.
SPATIAL_NAMES: dict[int, tuple[str, ...]] = {
    1: ("steps",),
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}
# What such a tensor is called.
THINGS = {1: "sequence", 2: "image", 3: "volume"}


def autocast(call: LayerCall, spec: TensorSpec) -> TensorSpec:
    """What the layer sees of a tensor: floats come in the dtype that it computes in."""
    return spec.with_dtype(compute_dtype(call)) if is_float(spec.dtype) else spec


def needs_rank(call: LayerCall, spec: TensorSpec, axes: tuple[str, ...]) -> None:
    """The tensor has exactly these axes beside the batch axis."""
    if spec.shape is None or len(spec.shape) == len(axes) + 1:
        return
    wanted = "[" + ", ".join(axes) + "]"
    count = len(axes)
    message = f"`{call.layer}` needs {wanted}, but {show_shape(spec.shape)} flows in"
    missing = len(axes) + 1 - len(spec.shape)
    help_text: str | None = None
    before: str | None = None
    if missing == 1 and len(axes) > 1:
        target = ", ".join(
            [*(show(d) if isinstance(d, int) else "-1" for d in spec.shape[1:]), "1"]
        )
        before = f"Reshape(({target}))" if target.count("-1") <= 1 else None
        help_text = f"add the missing axis first, for example `{before}`" if before else None
    if help_text is None:
        help_text = f"bring it to {wanted} first, for example with `Reshape`"
        if missing < 0:
            help_text = _for_more_axes(call, len(spec.shape), len(axes))
        elif len(spec.shape) == 2:
            help_text += "; if a `Flatten` stands before it, put that behind"
    raise RuleError(
        message,
        code="E0301",
        label=f"needs {count} {'axis' if count == 1 else 'axes'}, got {len(spec.shape) - 1}",
        help=help_text,
        insert_before=before,
    )


def needs_min_rank(call: LayerCall, spec: TensorSpec, rank: int) -> None:
    """The tensor has at least `rank` axes, the batch axis counted."""
    if spec.shape is not None and len(spec.shape) < rank:
        help_text = "bring it to more axes first, for example with `Reshape`"
        if len(spec.shape) == 1 and rank == 2:
            help_text = (
                f"an input of one number is declared as `{spec.dtype or 'float32'}[1]`; "
                "elsewhere `ops.expand_dims(axis=1)` adds the axis"
            )
        raise RuleError(
            f"`{call.layer}` needs at least {rank - 1} {'axis' if rank == 2 else 'axes'} "
            f"beside the batch, but {show_shape(spec.shape)} flows in",
            code="E0301",
            label="too few axes",
            help=help_text,
        )


def needs_size(call: LayerCall, spec: TensorSpec, axis: int, what: str = "the last axis") -> int:
    """The size of an axis that weights run over; refused where only the data will tell it."""
    assert spec.shape is not None
    size: Dim = spec.shape[axis]
    if isinstance(size, int):
        return size
    raise RuleError(
        f"`{call.layer}` needs the size of {what}, but it is `{show(size)}` here",
        code="E0302",
        label=f"{show_shape(spec.shape)} flows in",
        help="write that size as a number where the tensor comes from, or fix it with `Reshape`",
    )


def needs_axis(call: LayerCall, spec: TensorSpec, axis: int, argument: str = "axis") -> int:
    """The axis counted from the front; refused where the tensor has no such axis."""
    assert spec.shape is not None
    rank = len(spec.shape)
    if -rank <= axis < rank:
        return axis % rank
    raise RuleError(
        f"`{call.layer}` is to work on axis {axis}, but {show_shape(spec.shape)} has axes "
        f"{f'1 to {rank - 1}' if rank > 2 else '1 only' if rank == 2 else 'none'} beside the batch",
        code="E0310",
        argument=argument,
        label="no such axis",
        help="axis -1 is the last one",
        set_argument=(argument, "-1"),
    )


def needs_floats(call: LayerCall, spec: TensorSpec) -> None:
    """Numbers with fractions flow in: TensorFlow has no kernel of this operation for others."""
    if spec.dtype is None or is_float(spec.dtype) or spec.dtype.startswith("complex"):
        return
    needs_numbers(call, spec)
    raise RuleError(
        f"`{call.layer}` computes with floats, but {spec.dtype} flows in",
        code="E0311",
        label=f"{spec.dtype} flows in",
        help="turn it into floats first, with `Rescaling(1 / 255)` for images",
        insert_before="Rescaling(1.0)",
    )


def needs_numbers(call: LayerCall, spec: TensorSpec, *, bools: bool = True) -> None:
    """Numbers flow in, not strings; and not truth values either where `bools` is False."""
    if spec.dtype == "string":
        raise RuleError(
            f"`{call.layer}` computes with numbers, but strings flow in",
            code="E0311",
            label="strings flow in",
            help="turn them into numbers first, with `TextVectorization` or `StringLookup`",
        )
    if spec.dtype == "bool" and not bools:
        raise RuleError(
            f"`{call.layer}` computes with numbers, but bool flows in",
            code="E0311",
            label="bool flows in",
            help="turn it into numbers first, with `Rescaling(1.0)`",
            insert_before="Rescaling(1.0)",
        )


def _for_more_axes(call: LayerCall, rank: int, wanted: int) -> str:
    """What to do with a tensor that has more axes than the layer takes."""
    other = f"{call.layer[:-2]}{rank - 2}D"
    if call.layer.endswith("D") and call.layer[-2].isdigit() and rank - 2 in THINGS:
        return f"for such a tensor there is `{other}`"
    if wanted == 1:
        return "flatten it first, or pool it with a `GlobalAveragePooling` layer"
    return "bring it to fewer axes first, for example with `Reshape`"
