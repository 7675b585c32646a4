"""Asking the rule of a layer that stands in another layer's argument, as `LSTM(64)` in
`Bidirectional(LSTM(64))`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from archlang import catalogue
from archlang.shapes.rule import LayerCall, LayerResult, LayerValue, Nested, RuleError, apply


def as_call(
    value: LayerValue, inputs: Nested = None, call_args: Mapping[str, Any] | None = None
) -> LayerCall:
    """A call of the layer `value`, with Keras's defaults for what was not written."""
    args = {**_defaults(value.name), **value.args}
    return LayerCall(value.name, args, inputs, dict(call_args or {}))


def nested_call(
    value: LayerValue, inputs: Nested, call_args: Mapping[str, Any] | None = None
) -> LayerResult:
    """What the layer `value` gives for `inputs`."""
    return apply(as_call(value, inputs, call_args))


def layer_argument(call: LayerCall, name: str) -> LayerValue:
    """An argument that must be a layer."""
    value = call.args.get(name)
    if isinstance(value, LayerValue) and value.kind == "layers":
        return value
    raise RuleError(
        f"`{call.layer}` wraps a layer, but `{name}` is none",
        code="E0354",
        argument=name,
        label="not a layer",
        help=f"for example `{call.layer}({_EXAMPLES.get(call.layer, 'Dense(64)')})`",
    )


_EXAMPLES = {"Bidirectional": "LSTM(64)", "RNN": "GRUCell(64)", "TimeDistributed": "Dense(64)"}


@cache
def _defaults(layer: str) -> Mapping[str, Any]:
    entry = catalogue.load().get("layers", layer)
    return {} if entry is None else entry.defaults()
