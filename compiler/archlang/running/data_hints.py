"""What a model's data suggests about the model: numbers that are not scaled, values that training does not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archlang.graph.model import Graph, Node, tensors
from archlang.tasks.model import OutputSpec

# Beyond this size inputs and targets are said to be large; deviations this far apart are said to differ widely.
_LARGE, _LARGE_TARGET, _WIDELY = 20.0, 100.0, 10.0
# Layers that bring numbers to another scale, or make something else of them.
_SCALING = frozenset(
    [
        "BatchNormalization",
        "CategoryEncoding",
        "Discretization",
        "Embedding",
        "GroupNormalization",
        "HashedCrossing",
        "Hashing",
        "IntegerLookup",
        "LayerNormalization",
        "MelSpectrogram",
        "Normalization",
        "RMSNormalization",
        "Rescaling",
        "STFTSpectrogram",
        "UnitNormalization",
    ]
)
# Ops that move numbers and leave their sizes as they are.
_MOVING = frozenset(
    [
        "broadcast_to",
        "concatenate",
        "expand_dims",
        "flip",
        "moveaxis",
        "pad",
        "reshape",
        "roll",
        "split",
        "squeeze",
        "stack",
        "swapaxes",
        "take",
        "tile",
        "transpose",
        "where",
    ]
)


def hints(graph: Graph, found: Mapping[str, Any]) -> list[str]:
    """A sentence for each thing that is worth a thought; none of them is an error."""
    training: Mapping[str, Any] = found["splits"][0]
    said = [
        _of_input(name, values, found["columns"].get(name, ()))
        for name, values in training["inputs"].items()
        if "min" in values and _is_unscaled(graph, name)
    ]
    said += [
        _of_target(output, training["outputs"][output.name])
        for output in graph.task.outputs
        if output.kind in ("regression", "forecasting") and output.name in training["outputs"]
    ]
    return [hint for hint in said if hint] + [_of_unseen(each) for each in found["unseen"]]


def _of_input(name: str, values: Mapping[str, Any], names: Sequence[str]) -> str:
    size = max(abs(values["min"]), abs(values["max"]))
    if len(values["shape"]) == 3 and values["min"] >= 0 and 1 < values["max"] <= 255:
        return (
            f"pixels of `{name}` go up to {values['max']:g} and flow into the network as they are; "
            "`Rescaling(1 / 255)` in front brings them to 0 to 1"
        )
    layer = "`Normalization` in front learns means and deviations from the training examples"
    columns = list(zip(names, values.get("columns", ()), strict=False))
    spread = sorted((c for c in columns if c[1]["std"] > 0), key=lambda column: column[1]["std"])
    if spread and spread[-1][1]["std"] > _WIDELY * spread[0][1]["std"] and size > 1:
        small, large = spread[0], spread[-1]
        return (
            f"columns of `{name}` differ widely (deviation of {small[1]['std']:.3g} in {small[0]}, "
            f"of {large[1]['std']:.3g} in {large[0]}) and flow into the network as they are; {layer}"
        )
    if size > _LARGE:
        return f"`{name}` goes up to {size:g} and flows into the network as it is; {layer}"
    return ""


def _of_target(output: OutputSpec, values: Mapping[str, Any]) -> str:
    bounds = output.args.get("range") or (None, None)
    if "min" not in values or bounds[1] is not None:
        return ""
    low, high = values["min"], values["max"]
    if max(abs(values["mean"]), values["std"]) <= _LARGE_TARGET:
        return ""
    said = (
        f"targets of `{output.name}` go from {low:g} to {high:g}, while a network that has not been "
        "trained answers near 0, from where such sizes take many epochs; "
    )
    if output.kind == "forecasting":
        return said + "divide them in the data, by their deviation for example"
    return said + (
        f"with a range (`range=({_round(low, down=True)}, {_round(high, down=False)})`, or wider) the head "
        "is scaled to it"
    )


def _round(value: float, *, down: bool) -> str:
    """A round number at or beyond a value: two digits, the second 0 or 5."""
    import math

    if down and value >= 0:
        return "0"
    step = 5 * 10 ** max(0, math.floor(math.log10(abs(value) or 1)) - 1)
    return str((math.floor(value / step) if down else math.ceil(value / step)) * step)


def _of_unseen(each: Mapping[str, Any]) -> str:
    names = " and ".join(f"`{name}`" for name in each["inputs"])
    listed = ", ".join(each["some"]) + (", …" if each["different"] > len(each["some"]) else "")
    return (
        f"{each['unseen']:,} of {each['values']:,} values of {names} in {each['split']} are not in "
        f"training ({listed}); to `{each['layer']}` they are all the same unknown one"
    )


def _is_unscaled(graph: Graph, name: str) -> bool:
    """Whether an input's numbers reach a layer with weights as the data has them."""
    if name not in graph.inputs or not (graph.inputs[name].spec.dtype or "").startswith("float"):
        return False
    flowing = {id(graph.inputs[name].node)}
    for node in graph.nodes:
        if not any(id(tensor.node) in flowing for tensor in tensors(node.inputs)) and not any(
            id(tensor.node) in flowing for tensor in tensors((node.args, node.kwargs))
        ):
            continue
        if node.layer is not None and _computes(node):
            return True
        if _moves(node):
            flowing.add(id(node))
    return False


def _computes(node: Node) -> bool:
    layer = node.layer
    if layer is None or layer.class_name in _SCALING:
        return False
    if layer.graph is not None:
        return any(_is_unscaled(layer.graph, name) for name in layer.graph.inputs)
    return layer.kind == "layers" and bool(layer.params)


def _moves(node: Node) -> bool:
    if node.kind == "slice":
        return True
    if node.kind == "op":
        return node.op in _MOVING
    layer = node.layer
    return (
        layer is not None
        and layer.kind == "layers"
        and layer.class_name not in _SCALING
        and layer.params == 0
    )
