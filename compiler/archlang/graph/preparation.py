"""Pretrained networks on images that are not prepared as those were that they were trained on."""

from __future__ import annotations

from collections.abc import Iterator

from archlang.catalogue import load
from archlang.diagnostics import Diagnostic, warning
from archlang.diagnostics.model import Edit, Fix
from archlang.graph.model import Graph, Layer, Node, tensors
from archlang.graph.refusals import path_notes
from archlang.source import Span

# Layers that leave the numbers of an image what they are, or change them as augmentation does.
_MOVES = (
    "Random",
    "Resizing",
    "CenterCrop",
    "ZeroPadding2D",
    "Cropping2D",
    "Reshape",
    "Permute",
    "Concatenate",
)


def unprepared(graph: Graph) -> Iterator[Diagnostic]:
    """Applications with the weights of ImageNet into which images flow as they are."""
    for node in graph.nodes:
        layer = node.layer
        if layer is None or layer.kind != "applications":
            continue
        from archlang.shapes.applications import lacks_preprocessing

        entry = load().get("applications", layer.class_name)
        if entry is None or not lacks_preprocessing(entry, layer.args) or not _raw(node):
            continue
        inside = layer.args.get("include_preprocessing") is False
        help = "leave out `include_preprocessing=False`" if inside else "write `preprocess=True`"
        yield warning(
            "W1306",
            f"`{layer.class_name}` has the weights of ImageNet, but its images are not prepared for them",
            node.span,
            label="takes images prepared as for its training",
            notes=path_notes(node.path),
            help=f"{help}: the network then gets the numbers that it was trained on",
            fixes=() if inside else (_fix(layer),),
        )


def _raw(node: Node) -> bool:
    """Whether what flows in is an input of the model, at most moved or augmented on its way."""
    for tensor in tensors(node.inputs):
        made = tensor.node
        if made.kind == "input":
            continue
        name = (
            made.layer.class_name if made.layer is not None and made.layer.kind == "layers" else ""
        )
        if not name.startswith(_MOVES) or not _raw(made):
            return False
    return True


def _fix(layer: Layer) -> Fix:
    """`preprocess=True` behind the arguments that the application has."""
    span, argument = layer.span, "preprocess=True"
    further = span.end - span.start - len(layer.class_name)
    if further == 0:
        edit = Edit(span.after, f"({argument})")
    else:
        # In front of the closing parenthesis.
        at = Span(span.path, span.end - 1, span.end)
        edit = Edit(at, f"{argument})" if further == len("()") else f", {argument})")
    return Fix(f"write `{argument}`", (edit,))
