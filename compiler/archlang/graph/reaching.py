"""What the outputs of a graph depend on."""

from __future__ import annotations

from itertools import accumulate

from archlang.graph.model import Graph, Node, tensors


def prune(graph: Graph) -> None:
    """Take out what no output depends on: Keras leaves it out too, so its weights don't count."""
    live = reachable(graph)
    left = list(
        accumulate((node.kind == "input" or node in live for node in graph.nodes), initial=0)
    )
    graph.broken = [(left[before], node) for before, node in graph.broken if node in live]
    graph.dead = [node for node in graph.nodes if node.kind != "input" and node not in live]
    graph.nodes = [node for node in graph.nodes if node.kind == "input" or node in live]
    called = {node.layer for node in graph.nodes}
    graph.layers = [layer for layer in graph.layers if layer in called]


def reachable(graph: Graph) -> set[Node]:
    """The nodes that an output of the graph depends on."""
    seen: set[Node] = set()
    waiting = [tensor.node for tensor in graph.outputs.values()]
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        for nested in (node.inputs, list(node.args), node.kwargs):
            waiting += [tensor.node for tensor in tensors(nested)]
    return seen
