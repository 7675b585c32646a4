"""What an activation function makes of a tensor's shape and dtype: mostly nothing."""

from __future__ import annotations

from archlang.shapes.checks import needs_floats, needs_numbers
from archlang.shapes.dims import exact_quotient
from archlang.shapes.dtypes import is_float
from archlang.shapes.rule import LayerCall, LayerValue, RuleError
from archlang.shapes.spec import TensorSpec, show_shape

# Activations that take whole numbers as they are, and those that turn them into floats.
_KEEPS_WHOLE_NUMBERS = frozenset({"relu", "relu6"})
_MAKES_FLOATS = frozenset({"leaky_relu"})
_MAKES_FLOATS_OF_ANY = frozenset({"tanh", "exponential", "exp"})


def activation_name(call: LayerCall) -> str:
    """The name of the layer's activation, `linear` where it has none."""
    value = call.args.get("activation")
    if isinstance(value, LayerValue):
        return value.name
    return value if isinstance(value, str) else "linear"


def activated(call: LayerCall, spec: TensorSpec) -> TensorSpec:
    """The tensor after the layer's `activation`."""
    name = activation_name(call)
    if name == "linear":
        return spec
    if name in _MAKES_FLOATS_OF_ANY:
        needs_numbers(call, spec)
        return spec if spec.dtype is None or is_float(spec.dtype) else spec.with_dtype("float32")
    if name in _KEEPS_WHOLE_NUMBERS or name in _MAKES_FLOATS:
        needs_numbers(call, spec, bools=False)
        if name in _MAKES_FLOATS and spec.dtype is not None and not is_float(spec.dtype):
            return spec.with_dtype("float32")
        return spec
    needs_floats(call, spec)
    return _halved(call, spec) if name == "glu" else spec


def _halved(call: LayerCall, spec: TensorSpec) -> TensorSpec:
    """A gated linear unit gates one half of the last axis with the other."""
    if spec.shape is None:
        return spec
    last = spec.shape[-1]
    if isinstance(last, int) and last % 2:
        raise RuleError(
            f"`glu` halves the last axis, but {show_shape(spec.shape)} has an odd one",
            code="E0307",
            argument="activation",
            label="an odd last axis",
        )
    return spec.with_shape((*spec.shape[:-1], exact_quotient(last, 2)))
