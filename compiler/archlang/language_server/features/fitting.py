"""Which layers take what flows: asked of the shape rules, once for each rank and dtype."""

from __future__ import annotations

from functools import cache
from typing import Any

from archlang.catalogue import Entry, load
from archlang.language_server.features.scope import flat
from archlang.narrowing import is_sequence
from archlang.shapes.rule import LayerCall, RuleError, apply
from archlang.shapes.spec import TensorSpec

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
# Long enough for every window that layers have by default.
_LENGTH = 64


def fits(entry: Entry, flow: Any) -> bool:
    """Whether a layer may take what flows; what can't be told counts as yes."""
    if entry.kind == "applications":
        ranks = [spec.rank for spec in flat(flow)]
        return not ranks or ranks == [4] or ranks == [None]
    return _fits(entry.alias_of or entry.name, _kind(flow))


def _kind(flow: Any) -> tuple[Any, ...]:
    """What of a flow makes a difference: how many tensors, of which ranks and kinds of dtypes."""
    several = is_sequence(flow)
    specs = tuple((spec.rank, spec.dtype) for spec in flat(flow))
    return (several, *specs)


@cache
def _fits(name: str, kind: tuple[Any, ...]) -> bool:
    several, *specs = kind
    entry = load().get("layers", name)
    if entry is None or not specs or any(rank is None for rank, _ in specs) or len(specs) > 8:
        return True
    if name in _INSIDE:
        return not several and specs[0][0] >= _INSIDE[name]
    if name in _OF_NUMBERS and any("int" not in (dtype or "int") for _, dtype in specs):
        return False  # Keras takes them and cuts them off
    args = dict(entry.defaults())
    for parameter in entry.parameters:
        if parameter.required:
            if parameter.name not in _TRIED:
                return not several
            args[parameter.name] = _TRIED[parameter.name]
    tensors = [TensorSpec((None, *[_LENGTH] * (rank - 1)), dtype) for rank, dtype in specs]
    try:
        apply(LayerCall(name, args, tensors if several else tensors[0]))
    except RuleError:
        return False
    except Exception:
        # A rule that expects other arguments than those tried: nothing is known.
        return True
    return True
