"""Which family a layer belongs to, which decides its colour."""

from __future__ import annotations

from archlang.backends.diagram.model import Leaf
from archlang.shapes.families import LAYERS

# In the order of the legend: what each is called there.
FAMILIES = {
    "preprocessing": "preprocessing",
    "convolution": "convolution",
    "dense": "dense, embedding",
    "recurrent": "recurrent",
    "attention": "attention",
    "activation": "activation",
    "normalization": "normalization",
    "pooling": "pooling",
    "regularization": "regularization",
    "reshaping": "reshaping",
    "merging": "merging",
    "op": "operation",
    "application": "pretrained network",
    "custom": "own layer",
}

# From the modules of shape rules to families.
_OF_MODULE = {
    "activations": "activation",
    "attention": "attention",
    "multi_head": "attention",
    "conv_recurrent": "recurrent",
    "recurrent": "recurrent",
    "convolution": "convolution",
    "core": "dense",
    "einsum": "dense",
    "dot": "merging",
    "merging": "merging",
    "foreign": "custom",
    "normalization": "normalization",
    "padding": "reshaping",
    "reshaping": "reshaping",
    "pooling": "pooling",
    "preprocessing_audio": "preprocessing",
    "preprocessing_hashing": "preprocessing",
    "preprocessing_image": "preprocessing",
    "preprocessing_numeric": "preprocessing",
    "preprocessing_text": "preprocessing",
    "regularization": "regularization",
    "wrappers": "custom",
}

_OF_LAYER = {
    name: _OF_MODULE[module] for module, names in LAYERS.items() for name in names.split()
} | {"Identity": "op", "Masking": "op", "GroupedQueryAttention": "attention"}


def family(leaf: Leaf) -> str:
    """The family of a leaf: a key of FAMILIES, or `input`, `output`."""
    layer = leaf.layer
    if layer is None:
        return "op" if leaf.kind in ("op", "slice") else leaf.kind
    if layer.kind == "applications":
        return "application"
    if layer.kind == "learned":
        return "dense"
    if layer.kind in ("python", "model"):
        return "custom"
    return layer_family(layer.class_name, layer.args.get("layer"))


def layer_family(name: str, wrapped: object = None) -> str:
    """The family of a Keras layer; a wrapper has that of the layer it wraps."""
    inner = getattr(wrapped, "name", None)
    if isinstance(inner, str) and inner in _OF_LAYER:
        return _OF_LAYER[inner]
    return _OF_LAYER.get(name, "custom")
