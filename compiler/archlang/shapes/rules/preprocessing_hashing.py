"""Categories without a vocabulary: `Hashing` and `HashedCrossing`."""

from __future__ import annotations

from archlang.shapes.dims import equal
from archlang.shapes.dtypes import is_whole
from archlang.shapes.encoding import MODES, encoded, without_last_one
from archlang.shapes.rule import (
    LayerCall,
    LayerResult,
    RuleError,
    rule,
    single,
    variable_dtype,
)
from archlang.shapes.spec import Shape, TensorSpec, show_shape
from archlang.shapes.values import bad_value, sequence, whole, word


@rule("Hashing")
def hashing(call: LayerCall) -> LayerResult:
    """Every value becomes the number of a bin, or a vector with a place for each bin."""
    bins = whole(call, "num_bins")
    mode = word(call, "output_mode", MODES, "int")
    if call.args.get("sparse") and mode == "int":
        raise RuleError(
            "`Hashing` cannot be sparse with `output_mode=int`",
            code="E0368",
            argument="sparse",
            label="numbers are not sparse",
            set_argument=("output_mode", "one_hot"),
        )
    _check_salt(call)
    dtype = variable_dtype(call, "int64" if mode == "int" else "float32")
    if mode == "int" and dtype not in ("int32", "int64"):
        raise RuleError(
            f"`Hashing` gives whole numbers, which cannot have dtype {dtype}",
            code="E0368",
            argument="dtype",
            label="must be int32 or int64",
            help="leave `dtype` out",
        )
    spec = single(call)
    shape = None if spec.shape is None else _hashed(spec.shape, mode, bins)
    return LayerResult(TensorSpec(shape, dtype))


@rule("HashedCrossing")
def hashed_crossing(call: LayerCall) -> LayerResult:
    """Two columns of categories become one, of their pairs."""
    bins = whole(call, "num_bins")
    mode = word(call, "output_mode", ("int", "one_hot"), "int")
    several = sequence(call.inputs)
    if several is None or len(several) != 2:
        count = 1 if several is None else len(several)
        raise RuleError(
            f"`HashedCrossing` crosses two tensors, but {count} "
            f"{'flows' if count == 1 else 'flow'} in",
            code="E0357",
            label="two tensors needed",
            help="write `[a, b] -> HashedCrossing(…)`",
        )
    for index, spec in enumerate(several):
        _check_column(call, index, spec)
    a, b = several
    dtype = variable_dtype(call, "int64" if mode == "int" else "float32")
    if a.shape is None or b.shape is None:
        shape: Shape | None = a.shape or b.shape
    else:
        shape = a.shape
        same = len(a.shape) == len(b.shape) and all(
            equal(x, y) is not False for x, y in zip(a.shape, b.shape, strict=True)
        )
        if not same:
            raise RuleError(
                f"`HashedCrossing` needs two tensors of one shape, "
                f"but {show_shape(a.shape)} and {show_shape(b.shape)} flow in",
                code="E0369",
                input_index=1,
                label=f"{show_shape(b.shape)} here",
            )
    return LayerResult(TensorSpec(None if shape is None else encoded(shape, mode, bins), dtype))


def _hashed(shape: Shape, mode: str, bins: int) -> Shape:
    if mode == "int":
        return shape
    if len(shape) > 2:
        # What Keras builds a model with; running gives another order of axes, which no layer after
        # it fits.
        return (*shape[:-1], bins)
    if mode == "one_hot" and not shape:
        return (bins,)
    return encoded(without_last_one(shape) if mode == "one_hot" else shape, mode, bins)


def _check_salt(call: LayerCall) -> None:
    salt = call.args.get("salt")
    items = sequence(salt)
    pair = items is not None and len(items) == 2 and all(isinstance(n, int) for n in items)
    if salt is not None and not isinstance(salt, int) and not pair:
        raise bad_value(call, "salt", salt, "a whole number or two of them")


def _check_column(call: LayerCall, index: int, spec: TensorSpec) -> None:
    if spec.dtype is not None and spec.dtype != "string" and not is_whole(spec.dtype):
        raise RuleError(
            f"`HashedCrossing` takes whole numbers or strings, but {spec.dtype} flows in",
            code="E0369",
            input_index=index,
            label=f"{spec.dtype} flows in",
            help="`Discretization` turns numbers into bins",
        )
    shape = spec.shape
    if shape is not None and (not shape or len(shape) > 2 or shape[1:] not in ((), (1,), (None,))):
        raise RuleError(
            f"`HashedCrossing` takes one category an example, but {show_shape(shape)} flows in",
            code="E0369",
            input_index=index,
            label="must be [] or [1]",
        )
