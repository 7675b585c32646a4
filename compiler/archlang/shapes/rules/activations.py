"""Activation, ReLU, LeakyReLU, PReLU, ELU, Softmax: the shape stays.

Element by element, so no multiply-adds are counted.
"""

from __future__ import annotations

from archlang.shapes.activation import activated
from archlang.shapes.checks import autocast, needs_axis, needs_floats, needs_numbers
from archlang.shapes.dtypes import is_float
from archlang.shapes.rule import LayerCall, LayerResult, RuleError, rule, single
from archlang.shapes.spec import TensorSpec, show_shape
from archlang.shapes.values import bad_value, is_number, sequence
from archlang.shapes.weights import own


@rule("Activation")
def activation(call: LayerCall) -> LayerResult:
    """The function named by `activation`."""
    return LayerResult(activated(call, autocast(call, single(call))))


@rule("ReLU")
def relu(call: LayerCall) -> LayerResult:
    """Cut off below `threshold` and above `max_value`."""
    for name in ("negative_slope", "threshold"):
        _not_negative(call, name)
    if call.args.get("max_value") is not None:
        _not_negative(call, "max_value")
    spec = autocast(call, single(call))
    if not call.args.get("negative_slope"):
        needs_numbers(call, spec, bools=False)
        return LayerResult(spec)
    if call.args.get("threshold") or call.args.get("max_value") is not None:
        needs_floats(call, spec)
        return LayerResult(spec)
    return LayerResult(_leaky(call, spec))


@rule("LeakyReLU")
def leaky_relu(call: LayerCall) -> LayerResult:
    """Slope `negative_slope` below zero."""
    _not_negative(call, "negative_slope", 0.3)
    spec = autocast(call, single(call))
    return LayerResult(_leaky(call, spec))


@rule("ELU")
def elu(call: LayerCall) -> LayerResult:
    """Exponential below zero."""
    alpha = call.args.get("alpha", 1.0)
    if not is_number(alpha):
        raise bad_value(call, "alpha", alpha, "a number")
    return LayerResult(_floats(call))


@rule("Softmax")
def softmax(call: LayerCall) -> LayerResult:
    """Sums to one along `axis`, or along several."""
    value = call.args.get("axis", -1)
    axes = [value] if isinstance(value, int) else sequence(value)
    if not axes or not all(isinstance(axis, int) for axis in axes):
        raise bad_value(call, "axis", value, "an axis or a list of axes")
    spec = _floats(call)
    if spec.shape is not None:
        for axis in axes:
            needs_axis(call, spec, axis)
    return LayerResult(spec)


@rule("PReLU")
def prelu(call: LayerCall) -> LayerResult:
    """A slope below zero that is learnt: one for each element, shared along `shared_axes`."""
    value = call.args.get("shared_axes")
    shared = [] if value is None else [value] if isinstance(value, int) else sequence(value)
    if shared is None or not all(isinstance(axis, int) for axis in shared):
        raise bad_value(call, "shared_axes", value, "an axis or a list of axes, counted from 1")
    spec = _floats(call)
    if spec.shape is None:
        return LayerResult(spec, None)
    size = list(spec.shape[1:])
    for axis in shared:
        if not -len(size) < axis <= len(size):
            raise RuleError(
                f"`PReLU` is to share its slopes along axis {axis}, "
                f"but {show_shape(spec.shape)} flows in",
                code="E0310",
                argument="shared_axes",
                label="no such axis",
                help="axes are counted from 1, the batch left out",
            )
        size[axis - 1] = 1
    fixed = [n for n in size if isinstance(n, int)]
    if len(fixed) != len(size):
        raise RuleError(
            f"`PReLU` learns a slope for each element, but {show_shape(spec.shape)} has open sizes",
            code="E0302",
            label="an axis of unknown size",
            help="share the slopes along those axes with `shared_axes`",
        )
    return LayerResult(spec, (own(call, "alpha", fixed),))


def _leaky(call: LayerCall, spec: TensorSpec) -> TensorSpec:
    needs_numbers(call, spec, bools=False)
    whole = spec.dtype is not None and not is_float(spec.dtype)
    return spec.with_dtype("float32") if whole else spec


def _floats(call: LayerCall) -> TensorSpec:
    spec = autocast(call, single(call))
    needs_floats(call, spec)
    return spec


def _not_negative(call: LayerCall, name: str, default: float = 0.0) -> None:
    value = call.args.get(name, default)
    if not is_number(value) or value < 0:
        raise bad_value(call, name, value, "a number from 0 on")
