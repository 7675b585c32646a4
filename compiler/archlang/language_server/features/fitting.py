"""Which layers, blocks and models take what flows: asked of the shape rules, once for each shape."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from archlang.catalogue import Entry, load
from archlang.language_server.features.scope import flat
from archlang.narrowing import is_sequence
from archlang.shapes.rule import LayerCall, RuleError, apply
from archlang.shapes.spec import TensorSpec
from archlang.syntax import tree as t

# What a layer is tried with where an argument has no default.
_TRIED: dict[str, Any] = {
    "units": 4,
    "filters": 4,
    "kernel_size": 1,
    "pool_size": 1,
    "rate": 0.5,
    "input_dim": 10,
    "output_dim": 4,
    "num_heads": 2,
    "key_dim": 4,
    "head_dim": 4,
    "num_query_heads": 2,
    "num_key_value_heads": 2,
    "scale": 1.0,
    "stddev": 0.1,
    "axes": -1,
    "n": 2,
    "factor": 0.1,
    "height_factor": 0.1,
    "value_range": (0, 255),
    "height": 4,
    "width": 4,
    "num_tokens": 10,
    "num_bins": 4,
    "size": 1,
    "output_size": 1,
}
# Layers around another, and how many axes that needs at least.
_INSIDE = {"Bidirectional": 3, "TimeDistributed": 3, "RNN": 3, "ConvLSTM2D": 5}
_OF_NUMBERS = frozenset(("Embedding", "ReversibleEmbedding"))
_MOST_COMPARED = 8


def fits(entry: Entry, flow: Any) -> bool:
    """Whether a layer may take what flows; what can't be told counts as yes."""
    specs = tuple(flat(flow))
    if entry.kind == "applications":
        ranks = [spec.rank for spec in specs]
        return not ranks or ranks == [4] or ranks == [None]
    return _fits(entry.alias_of or entry.name, is_sequence(flow), specs[:_MOST_COMPARED])


@lru_cache(maxsize=20_000)
def _fits(name: str, several: bool, specs: tuple[TensorSpec, ...]) -> bool:
    entry = load().get("layers", name)
    if entry is None or not specs or any(spec.rank is None for spec in specs):
        return True
    if name in _INSIDE:
        return not several and (specs[0].rank or 0) >= _INSIDE[name]
    if name in _OF_NUMBERS and any("int" not in (spec.dtype or "int") for spec in specs):
        return False  # Keras takes them and cuts them off
    args = dict(entry.defaults())
    for parameter in entry.parameters:
        if parameter.required:
            if parameter.name not in _TRIED:
                return not several
            args[parameter.name] = _TRIED[parameter.name]
    try:
        apply(LayerCall(name, args, list(specs) if several else specs[0]))
    except RuleError:
        return False
    except Exception:
        # A rule that expects other arguments than those tried: nothing is known.
        return True
    return True


def takes(given: TensorSpec, flow: Any) -> bool:
    """Whether an input of a model takes what flows: one tensor of its lengths and dtype, as far as they are known."""
    specs = list(flat(flow))
    if not specs:
        return True
    if is_sequence(flow) or given.shape is None or specs[0].shape is None:
        return not is_sequence(flow)
    wanted, there = given.shape[1:], specs[0].shape[1:]
    same = all(
        a == b
        for a, b in zip(wanted, there, strict=False)
        if isinstance(a, int) and isinstance(b, int)
    )
    return len(wanted) == len(there) and same and given.dtype == specs[0].dtype


def first_layer(
    block: t.Block, find: Callable[[str], t.Block | None], depth: int = 0
) -> Entry | None:
    """The layer that a block begins with, also inside of other blocks, which `find` gives by their names."""
    for node in t.walk(block.body):
        if not isinstance(node, t.Name):
            continue
        inner = find(node.id)
        if inner is not None:
            return None if depth > 20 else first_layer(inner, find, depth + 1)
        entry = load().get("layers", node.id)
        if entry is not None:
            return entry
    return None
