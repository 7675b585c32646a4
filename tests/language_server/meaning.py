"""What a spec means, to compare it by: its models as the IR writes them, without names and places."""

from __future__ import annotations

from typing import Any

from archlang.api import Checked
from archlang.backends.ir import to_document
from archlang.graph.model import Graph
from archlang.narrowing import is_dict, is_list

# Where things stand, and what says how names were made.
_LEFT_OUT = frozenset(("span", "path", "sources", "heads", "doc"))


def meaning(checked: Checked) -> dict[str, object]:
    """Each model: layers with arguments and weights, calls with the tensors that they take, shapes, results, task and training."""
    return {name: _of(graph) for name, graph in checked.graphs.items()}


def _of(graph: Graph) -> object:
    document: dict[str, Any] = to_document(graph)
    numbers = {layer["name"]: f"layer {i}" for i, layer in enumerate(document["layers"])}
    stack = _stack(graph, document, numbers)
    # What a phase unfreezes has names of layers.
    return stack, _plain(document["train"], numbers), _plain(document["task"], {})


def _stack(graph: Graph, document: dict[str, Any], numbers: dict[str, str]) -> object:
    for layer in document["layers"]:
        layer["name"] = layer["graph"] = None
    for node in document["nodes"]:
        node["name"] = None
        node["layer"] = numbers.get(node.get("layer"))
    inner = [_nested(layer.graph) for layer in graph.layers if layer.graph is not None]
    results = [each["tensor"] for each in document["outputs"]]
    return _plain([document["layers"], document["nodes"], results], {}), inner


def _nested(graph: Graph) -> object:
    """A shared block or a model in another: its inputs and outputs are named after where it stands."""
    document: dict[str, Any] = to_document(graph)
    numbers = {layer["name"]: f"layer {i}" for i, layer in enumerate(document["layers"])}
    return _stack(graph, document, numbers)


def _plain(value: Any, numbers: dict[str, str]) -> Any:
    """Without places; `numbers` stand for names."""
    if is_dict(value):
        return {k: _plain(item, numbers) for k, item in value.items() if k not in _LEFT_OUT}
    if is_list(value):
        return [_plain(item, numbers) for item in value]
    return numbers.get(value, value) if isinstance(value, str) else value
