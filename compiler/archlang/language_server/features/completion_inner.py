"""Completion of the layers inside an application or a nested model, by name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from archlang.language_server.features.calls_at import CallAt
from archlang.language_server.features.completion_items import Asked, Item
from archlang.language_server.features.scope import spec_text
from archlang.shapes.rule import RuleError
from archlang.shapes.spec import TensorSpec

# Where blocks of layers end, as Keras names it: what people take.
_ENDS = ("_out", "_add", "_pool", "_concat")
_PICTURES = TensorSpec((None, 224, 224, 3), "float32")


def of_selector(asked: Asked, call: CallAt) -> list[Item]:
    """The layers inside what the first argument of a selector names: `after(backbone, "…")`."""
    first = call.opened.arguments[0]
    name = first[0].text if first else ""
    found: dict[str, str] = {}
    for graph in asked.analysis.graphs.values():
        for layer in graph.layers:
            if layer.name == name and layer.graph is not None:
                found |= {inner.name: inner.class_name for inner in layer.graph.layers}
            elif layer.name == name:
                inside = layer.inner or ()
                found |= {x.name: f"{x.kind} {spec_text(x.output)}" for x in inside if x.name}
    return _items(found.items())


def of_application(name: str) -> list[Item]:
    """The layers whose outputs an application can give; shapes are those of pictures of its usual size."""
    return _items(_of_application(name))


@cache
def _of_application(name: str) -> tuple[tuple[str, str], ...]:
    # Imported here: the server starts without it, and most specs have no application.
    from archlang.shapes.applications import application

    try:
        found = application(name, {"include_top": False, "weights": None}, _PICTURES)
    except RuleError:
        return ()
    return tuple((x.name, f"{x.kind} {spec_text(x.output)}") for x in found.layers if x.name)


def _items(found: Iterable[tuple[str, str]]) -> list[Item]:
    return [Item(name, "field", detail, 1 if name.endswith(_ENDS) else 2) for name, detail in found]
