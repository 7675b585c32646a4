"""Names that Keras gives to operations, kept apart from names that a model's layers have.

A call of `keras.ops` in a functional model makes an operation, which Keras names by itself: `add`, `add_1`, … from a
counter that all models of the process share. Layers and inputs have names of ours, and all names of a model must be
different. So where a layer or input has a name that an operation of the same model could get (`add_1` of the layer `Add`,
an input called `mean`), Keras's counter is moved past it before the model is built, in public Keras:

    while keras.backend.get_uid("add") < 2:
        pass

The models built in memory and generated code both do so, with the counts from `reserved`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from archlang.graph.model import Graph, Node
from archlang.graph.reaching import reachable
from archlang.shapes.rule import LayerValue

# Functions whose operation is called otherwise, or that are made of several.
_OTHERWISE: dict[str, tuple[str, ...]] = {
    "abs": ("absolute",),
    "allclose": ("all_close",),
    "batch_normalization": ("batch_norm",),
    "cdist": ("c_dist",),
    "conj": ("conjugate",),
    "extract_patches_3d": ("extract_patches",),
    "hard_swish": ("hard_silu",),
    "isin": ("is_in",),
    "layer_normalization": ("layer_norm",),
    "rms_normalization": ("rms_norm",),
    "saturate_cast": ("saturate_cast", "cast", "maximum", "minimum", "clip"),
    "searchsorted": ("search_sorted",),
    "swish": ("silu",),
}  # fmt: skip
# What the applications' own preprocessing is made of.
_PREPROCESSING = ("add", "cast", "get_item", "stack", "subtract", "true_divide")
# What layers do to masks, which are tensors of the model too.
_MASKING = (
    "any", "cast", "concatenate", "expand_dims", "logical_and", "logical_or", "not_equal",
    "ones_like", "squeeze", "where", "zeros_like",
)  # fmt: skip
_NUMBERED = re.compile(r"(.+?)(?:_(0|[1-9]\d{0,5}))?")


def operations_of(op: str) -> tuple[str, ...]:
    """What Keras calls the operations of a function of keras.ops, before it numbers them."""
    plain = op.rpartition(".")[2]
    return _OTHERWISE.get(plain, (plain,))


def reserved(graph: Graph) -> dict[str, int]:
    """Up to which number Keras's counters must be before this graph is built, by the operation's name."""
    counts: dict[str, int] = {}
    live = reachable(graph)
    nodes = [node for node in graph.nodes if node in live]
    operations = {name for node in nodes for name in _operations(node)}
    if _has_masks(graph):
        operations.update(_MASKING)
    layers = dict.fromkeys(node.layer for node in nodes if node.layer is not None)
    for name in (*graph.inputs, *(layer.name for layer in layers)):
        match = _NUMBERED.fullmatch(name)
        if name in operations:
            counts[name] = max(counts.get(name, 0), 1)
        if match is not None and match[2] is not None and match[1] in operations:
            counts[match[1]] = max(counts.get(match[1], 0), int(match[2]) + 1)
    for layer in layers:
        if layer.graph is not None:
            for name, count in reserved(layer.graph).items():
                counts[name] = max(counts.get(name, 0), count)
    return dict(sorted(counts.items()))


def _has_masks(graph: Graph) -> bool:
    return any(
        layer.kind == "python"
        or (layer.graph is not None and _has_masks(layer.graph))
        or (layer.kind == "layers" and _makes_mask(layer.class_name, layer.args))
        for layer in graph.layers
    )


def _makes_mask(name: str, args: Mapping[str, Any]) -> bool:
    if name == "Masking" or (
        name in ("Embedding", "ReversibleEmbedding") and args.get("mask_zero")
    ):
        return True
    inner = [value for value in args.values() if isinstance(value, LayerValue)]
    return any(_makes_mask(value.name, value.args) for value in inner)


def _operations(node: Node) -> Iterable[str]:
    if node.kind == "op":
        return operations_of(node.op or "")
    if node.kind == "slice":
        return ("get_item",)
    layer = node.layer
    if layer is not None and layer.kind == "applications" and layer.args.get("preprocess"):
        return _PREPROCESSING
    return ()
