"""Warnings at calls that Keras takes, though they do nothing, or something else than they seem to.

The rules refuse what can only fail or computes another shape than it promises; here stands what runs.
The list for users, with an example of each, is docs/nonsense.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archlang.catalogue import load
from archlang.diagnostics import Diagnostic, warning
from archlang.graph.adapting import ADAPTED
from archlang.graph.model import Graph, Layer, Node, tensors
from archlang.graph.refusals import path_notes
from archlang.narrowing import is_sequence
from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import TensorSpec, show_shape

# The code, what is doubtful, and what to do instead.
Doubt = tuple[str, str, str | None]

MERGES = ("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract")
_OLD_WORDS = {"zero": "zeros", "one": "ones"}


def doubtful(graph: Graph, *, data: bool) -> list[Diagnostic]:
    """The warnings for a model. `data` says whether any task of the file has data: an inner model learns its state
    where the model around it is trained.
    """
    found: list[Diagnostic] = []
    for node in graph.nodes:
        layer = node.layer
        if layer is None or layer.kind != "layers":
            continue
        for code, message, help in _doubts(node, layer, data):
            notes = path_notes(node.path)
            found.append(warning(code, message, node.span, notes=notes, help=help))
    return found


def _doubts(node: Node, layer: Layer, data: bool) -> list[Doubt]:
    entry = load().get("layers", layer.class_name)
    if entry is None:
        return []
    name = entry.alias_of or entry.name
    args = {**entry.defaults(), **layer.args}
    inputs = [tensor.spec for tensor in tensors(node.inputs)]
    outputs = [tensor.spec for tensor in tensors(node.outputs)]
    doubts: list[Doubt | None] = []
    if name in MERGES:
        doubts += [_merge(name, inputs)]
    if inputs and outputs and len(inputs) == 1:
        doubts += [doubt(name, args, inputs[0], outputs[0]) for doubt in _OF_ONE]
    if not data and name in ADAPTED and args.get(ADAPTED[name][0]) is None:
        doubts += [_nothing_learnt(name)]
    doubts += [_old_spelling(argument, value) for argument, value in layer.args.items()]
    return [doubt for doubt in doubts if doubt is not None]


# ------------------------------------------------------------------ doubts, one a function

# While training these compute with fractions, in the dtype of what flows in.
_DROPPING = frozenset(
    {"Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise"}
    | {f"SpatialDropout{n}D" for n in (1, 2, 3)}
)


def _merge(name: str, inputs: list[TensorSpec]) -> Doubt | None:
    if len(inputs) == 1:
        return "W1320", f"`{name}` of a single tensor does nothing", "leave it out, or add a branch"
    if name != "Concatenate" and any(spec.dtype == "string" for spec in inputs):
        return "W1324", f"`{name}` of texts joins them letter by letter", None
    return None


def _no_effect(
    name: str, args: dict[str, Any], flowing: TensorSpec, result: TensorSpec
) -> Doubt | None:
    nothing = {
        "Cropping": ("cropping", 0),
        "ZeroPadding": ("padding", 0),
        "UpSampling": ("size", 1),
    }
    for family, (argument, value) in nothing.items():
        if name.rstrip("123D") == family and _all_are(args.get(argument), value):
            return "W1320", f"`{name}` with `{argument}={value}` does nothing", "leave it out"
    if name.startswith(("MaxPooling", "AveragePooling")) and _all_are(args.get("pool_size"), 1):
        strides = args.get("strides")
        if strides is None or _all_are(strides, 1):
            return "W1320", f"`{name}` of single positions does nothing", "leave it out"
    if "Dropout" in name and args.get("rate") == 1:
        return "W1329", f"`{name}` with `rate=1` leaves nothing but zeros", "a rate is below 1"
    if name == "Softmax" and flowing.shape is not None and isinstance(args.get("axis"), int):
        axis = args["axis"]
        if -len(flowing.shape) <= axis < len(flowing.shape) and flowing.shape[axis] == 1:
            message = (
                f"the softmax of one number is always 1, and {show_shape(flowing.shape)} flows in"
            )
            return "W1320", message, "`sigmoid` is the activation for one number"
    return None


def _one_length(
    name: str, args: dict[str, Any], flowing: TensorSpec, result: TensorSpec
) -> Doubt | None:
    if flowing.shape is None or result.shape is None:
        return None
    open_in = any(not isinstance(n, int) for n in flowing.shape[1:])
    if name == "Flatten" and not isinstance(result.shape[-1], int):
        message = f"how wide {show_shape(flowing.shape)} is when flat is only known at run time"
        return "W1321", message, "no layer with weights can follow; pool over the open axes instead"
    if name == "Reshape" and open_in and all(isinstance(n, int) for n in result.shape[1:]):
        message = f"{show_shape(flowing.shape)} has room for {show_shape(result.shape)} at one length only"
        return "W1321", message, "write -1 for one of the sizes"
    if name == "EinsumDense" and is_sequence(args.get("output_shape")):
        sizes: list[Any] = list(args["output_shape"])
        pairs = zip(sizes, result.shape[-len(sizes) :], strict=False)
        if any(size is None and isinstance(n, int) for size, n in pairs):
            message = f"`None` in `output_shape` hides from Keras that {show_shape(result.shape)} comes out"
            return "W1328", message, "write the number"
    if name == "Masking" and len(flowing.shape) < 3:
        message = f"`Masking` marks steps of padding, and {show_shape(flowing.shape)} has no steps"
        return "W1330", message, "a layer that uses the mask fails when it runs"
    steps = flowing.shape[1] if len(flowing.shape) > 1 else 0
    if args.get("unroll") is True and not isinstance(steps, int):
        message = f"`unroll=True` of `{name}` needs a known number of steps, but {show_shape(flowing.shape)} flows in"
        return "W1322", message, "Keras fails in `fit`; leave `unroll` out"
    return None


def _dtype(
    name: str, args: dict[str, Any], flowing: TensorSpec, result: TensorSpec
) -> Doubt | None:
    dtype = flowing.dtype or ""
    drops = args.get("rate", args.get("stddev")) != 0
    if name in _DROPPING and drops and dtype.startswith(("int", "uint", "bool")):
        message = f"`{name}` multiplies or adds fractions while training, and fails on {dtype} then"
        return "W1324", message, '`ops.cast("float32")` before it'
    if name in ("Dense", "EinsumDense") and dtype == "bool":
        return "W1324", f"`{name}` reads truth values as 0 and 1", '`ops.cast("float32")` says so'
    if name in ("Hashing", "HashedCrossing", "Embedding") and "float" in dtype:
        cut = (
            "hashes how a fraction is written"
            if name == "Hashing"
            else "cuts off what is behind the point"
        )
        return "W1324", f"{dtype} flows into `{name}`, which {cut}", "let whole numbers flow in"
    return None


def _too_large(
    name: str, args: dict[str, Any], flowing: TensorSpec, result: TensorSpec
) -> Doubt | None:
    if flowing.shape is None or result.shape is None:
        return None
    crop = name in ("RandomCrop", "CenterCrop")
    if not crop and not name.startswith("Adaptive"):
        return None
    pairs = list(zip(flowing.shape, result.shape, strict=False))
    if len(flowing.shape) == len(result.shape) and any(
        isinstance(a, int) and isinstance(b, int) and b > a for a, b in pairs[1:]
    ):
        does = "stretches it" if crop else "repeats its positions"
        message = f"`{name}` to {show_shape(result.shape)} of the smaller {show_shape(flowing.shape)} {does}"
        return "W1325", message, "`Resizing` and `UpSampling2D` say so"
    return None


def _spelling(
    name: str, args: dict[str, Any], flowing: TensorSpec, result: TensorSpec
) -> Doubt | None:
    if name == "LayerNormalization" and args.get("rms_scaling"):
        return (
            "W1323",
            "`rms_scaling` is an old argument of `LayerNormalization`",
            "write `RMSNormalization`",
        )
    sides = args.get("cropping", args.get("padding"))
    if is_sequence(sides) and len({is_sequence(side) for side in sides}) > 1:
        return (
            "W1323",
            f"`{name}` is given a number and a pair",
            "write a pair for each axis: `((1, 2), (3, 3))`",
        )
    if (
        name == "CategoryEncoding"
        and args.get("output_mode") == "one_hot"
        and len(flowing.shape or ()) > 2
    ):
        message = f"the one-hot encoding of {show_shape(flowing.shape)} gets one more axis: {show_shape(result.shape)}"
        return "W1327", message, "Keras describes it for one number or one list an example"
    return None


def _at_run_time(
    name: str, args: dict[str, Any], flowing: TensorSpec, result: TensorSpec
) -> Doubt | None:
    if flowing.shape is None or result.shape is None:
        return None
    if name == "RandomCrop" and flowing.shape[1:] != result.shape[1:]:
        message = f"`RandomCrop` cuts {show_shape(result.shape)} out while training only: the model predicts on {show_shape(flowing.shape)}"
        return "W1333", message, "`CenterCrop` and `Resizing` do the same at all times"
    if name.startswith("AdaptiveMaxPooling"):
        axis = -1 if args.get("data_format") == "channels_first" else -2
        if 1 in (flowing.shape[axis], result.shape[axis]):
            message = (
                f"`{name}` to a single position ends TensorFlow on a CPU with a division by zero"
            )
            return "W1334", message, f"`GlobalMaxPooling{name[-2:]}` does the same"
    return None


_OF_ONE: tuple[Callable[[str, dict[str, Any], TensorSpec, TensorSpec], Doubt | None], ...] = (
    _no_effect,
    _one_length,
    _dtype,
    _too_large,
    _spelling,
    _at_run_time,
)


def _nothing_learnt(name: str) -> Doubt:
    message = f"`{name}` learns its state from data, and no task of this file has any"
    return "W1326", message, f"write `{ADAPTED[name][0]}=…`, or `data = …` in a task"


def _old_spelling(argument: str, value: Any) -> Doubt | None:
    if argument.endswith("_initializer") and isinstance(value, str) and value in _OLD_WORDS:
        return "W1323", f"`{value}` is an old name", f"write `{_OLD_WORDS[value]}`"
    if isinstance(value, LayerValue):
        return next((d for d in (_old_spelling(k, v) for k, v in value.args.items()) if d), None)
    return None


def _all_are(value: Any, wanted: int) -> bool:
    if is_sequence(value):
        items: list[Any] = list(value)
        return bool(items) and all(_all_are(item, wanted) for item in items)
    return value == wanted and not isinstance(value, bool)
