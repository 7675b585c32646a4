"""The order in which Keras makes the calls of a model when it runs: by their distance from the outputs, not as written.

What a call does to its inputs in place (`MultiHeadAttention` takes their masks off) is seen by the calls behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archlang.graph.model import Graph, Node, tensors
from archlang.records import mutable


@mutable
class MaskOp:
    """An op that makes a mask and that Keras puts into the model when it builds it, of what `takes` make."""

    takes: tuple[Node | MaskOp, ...]


Call = Node | MaskOp


def run_order(graph: Graph, masks: Mapping[Node, Sequence[Call]]) -> list[Node]:
    """The calls of a graph as `keras.Model` makes them, inputs left out; `masks` are what makes those given to a call."""
    # As `map_graph` in keras/src/ops/function.py: a layer that is called several times pulls its calls forward.
    depths: dict[Call, int] = {}
    of_layers: dict[object, int] = {}
    for call in reversed(_from_inputs(graph, masks)):
        called = (call.layer if isinstance(call, Node) else None) or call
        depth = max(depths.setdefault(call, 0), of_layers.get(called, 0))
        of_layers[called] = depths[call] = depth
        for before in _before(call, masks):
            depths[before] = max(depth + 1, depths.get(before, 0))
    ordered = sorted(depths, key=lambda call: -depths[call])
    return [call for call in ordered if isinstance(call, Node) and call.kind != "input"]


def _from_inputs(graph: Graph, masks: Mapping[Node, Sequence[Call]]) -> list[Call]:
    """What leads to the outputs, each call behind all that it needs: the first output's first."""
    found: dict[Call, None] = {}
    for _, output in sorted(graph.outputs.items()):
        # A call stands here twice: to look at what it needs, and then to be put behind it.
        waiting: list[tuple[Call, bool]] = [(output.node, False)]
        while waiting:
            call, ready = waiting.pop()
            if ready:
                found.setdefault(call)
            elif call not in found:
                waiting.append((call, True))
                waiting += [(before, False) for before in reversed(_before(call, masks))]
    return list(found)


def _before(call: Call, masks: Mapping[Node, Sequence[Call]]) -> list[Call]:
    """The calls whose tensors a call takes."""
    if isinstance(call, MaskOp):
        return list(call.takes)
    by_name = {name: call.kwargs[name] for name in sorted(call.kwargs)}
    taken = (call.inputs, list(call.args), by_name)
    return [*(t.node for nested in taken for t in tensors(nested)), *masks.get(call, ())]
