"""Layers whose inside is another program: nothing can be known of what they give."""

from __future__ import annotations

from archlang.shapes.rule import LayerCall, LayerResult, rule
from archlang.shapes.spec import UNKNOWN


@rule("FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper")
def foreign(call: LayerCall) -> LayerResult:
    """An honest unknown."""
    return LayerResult(UNKNOWN, None, None)
