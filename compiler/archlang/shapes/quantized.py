"""The weights of a layer whose policy quantizes them, `dtype="int8_from_float32"`.

Known for the modes int8, int4 and float8; what GPTQ and AWQ make is not known here.
"""

from __future__ import annotations

import math

from archlang.shapes.rule import LayerCall, RuleError, Weight, quantization
from archlang.shapes.weights import own

_FLOAT8_HISTORY = 1024


def quantized_kernel(
    call: LayerCall, weights: list[Weight], matrix: tuple[int, ...], *, scale: tuple[int, ...]
) -> tuple[Weight, ...] | None:
    """The weights, a kernel first: in int4 packed from `matrix`, in int8 scaled by a `scale`."""
    kernel, *others = weights
    mode, block = _mode(call)
    if mode == "float8":
        return (*_float8(call), *weights)
    if call.args.get("lora_rank"):
        return None
    # Trainable weights come first.
    if mode == "int8":
        packed = Weight(kernel.name, kernel.shape, "int8", trainable=False)
        return (*others, packed, own(call, "kernel_scale", scale, trainable=False))
    if mode == "int4":
        rows, columns = matrix
        packed = Weight(kernel.name, (rows, (columns + 1) // 2), "int8", trainable=False)
        if block is None:
            return (*others, packed, own(call, "kernel_scale", (columns,), trainable=False))
        groups = (math.ceil(rows / block), columns)
        return (
            *others,
            packed,
            own(call, "kernel_scale", groups, trainable=False),
            Weight("kernel_zero", groups, "int8", trainable=False),
            Weight("g_idx", (rows,), "float32", trainable=False),
        )
    return None


def quantized_table(
    call: LayerCall, table: tuple[int, int], *, backwards: bool
) -> tuple[Weight, ...] | None:
    """The weights of an embedding, and with `backwards` of its own way back."""
    mode, block = _mode(call)
    if mode not in ("int8", "int4"):
        raise RuleError(
            f"`{call.layer}` can be quantized to int8 or int4, not to {mode}",
            code="E0307",
            argument="dtype",
            label="int8 or int4",
        )
    if call.args.get("lora_rank") or block is not None:
        return None
    rows, columns = table
    packed = columns if mode == "int8" else (columns + 1) // 2
    weights = [
        Weight("embeddings", (rows, packed), "int8", trainable=False),
        own(call, "embeddings_scale", (rows,), trainable=False),
    ]
    if backwards:
        weights += [
            Weight("reverse_embeddings", (packed, rows), "int8", trainable=False),
            own(call, "reverse_embeddings_scale", (rows,), trainable=False),
        ]
    return tuple(weights)


def _mode(call: LayerCall) -> tuple[str, int | None]:
    """`int4/128` is int4 in blocks of 128."""
    mode, _, block = (quantization(call) or "").partition("/")
    return mode, int(block) if block.isdigit() else None


def _float8(call: LayerCall) -> list[Weight]:
    """Scales and the largest values seen: of what flows in, the kernel, and the gradient."""
    trainable = call.args.get("trainable") is not False
    return [
        Weight(f"{what}_{kind}", shape, "float32", trainable)
        for what in ("inputs", "kernel", "outputs_grad")
        for kind, shape in (("scale", ()), ("amax_history", (_FLOAT8_HISTORY,)))
    ]
