"""The weights that a layer owns, in the order in which Keras makes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archlang.shapes.rule import LayerCall, Weight, variable_dtype


def own(call: LayerCall, name: str, shape: Sequence[int], *, trainable: bool = True) -> Weight:
    """A weight of the layer; none is trainable in a layer with `trainable=False`."""
    frozen = call.args.get("trainable") is False
    return Weight(name, tuple(shape), variable_dtype(call), trainable and not frozen)


def with_adapters(call: LayerCall, weights: Sequence[Weight], name: str) -> tuple[Weight, ...]:
    """The weights, and where `lora_rank` asks for it low-rank adapters of the one called `name`."""
    rank = call.args.get("lora_rank")
    if not isinstance(rank, int) or rank <= 0:
        return tuple(weights)
    adapted = next(w for w in weights if w.name == name)
    frozen = [replace(w, trainable=False) if w is adapted else w for w in weights]
    return (
        *frozen,
        replace(adapted, name=f"lora_{name}_a", shape=(*adapted.shape[:-1], rank), dtype="float32"),
        replace(adapted, name=f"lora_{name}_b", shape=(rank, adapted.shape[-1]), dtype="float32"),
    )
