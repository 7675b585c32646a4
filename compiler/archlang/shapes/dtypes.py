"""Dtypes: how Keras promotes them, and what a layer makes of what flows in.

A layer casts floating tensors to the dtype that it computes in and leaves all others alone; two
tensors of different dtypes meet at the least upper bound of Keras's promotion lattice.
"""

from __future__ import annotations

from functools import cache

FLOATS = ("float16", "bfloat16", "float32", "float64")

# Each dtype's next larger ones; "int" and "float" are steps of the lattice without a width.
_LARGER: dict[str, tuple[str, ...]] = {
    "bool": ("int",),
    "uint8": ("int16", "uint16"),
    "uint16": ("int32", "uint32"),
    "uint32": ("int64", "uint64"),
    "uint64": ("float",),
    "int": ("uint8", "int8", "complex64"),
    "int8": ("int16",),
    "int16": ("int32",),
    "int32": ("int64",),
    "int64": ("float",),
    "float": ("bfloat16", "float16"),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64", "complex64"),
    "float64": ("complex128",),
    "complex64": ("complex128",),
    "complex128": (),
}


# A step without a width takes that of floatx, and two wide ones Keras never gives on TensorFlow.
_RESULTS = {
    "int": "int32",
    "float": "float32",
    "uint64": "uint32",
    "complex128": "complex64",
}


def promote(*dtypes: str | None) -> str | None:
    """The dtype in which these meet; None where one is unknown or no dtype holds them all."""
    if not dtypes or any(dtype not in _LARGER for dtype in dtypes):
        return dtypes[0] if len(set(dtypes)) == 1 else None
    common = frozenset(_LARGER)
    for dtype in dtypes:
        common &= _reach(dtype) if dtype is not None else frozenset()
    least = [dtype for dtype in common if common <= _reach(dtype)]
    if len(least) != 1:
        return None
    return _RESULTS.get(least[0], least[0])


def is_float(dtype: str | None) -> bool:
    """Whether it is for certain a dtype with fractions."""
    return dtype in FLOATS


def is_whole(dtype: str | None) -> bool:
    """Whether it is for certain a dtype of whole numbers, signed or not."""
    return dtype is not None and dtype.startswith(("int", "uint"))


@cache
def _reach(dtype: str) -> frozenset[str]:
    reached = {dtype}
    for larger in _LARGER[dtype]:
        reached |= _reach(larger)
    return frozenset(reached)
