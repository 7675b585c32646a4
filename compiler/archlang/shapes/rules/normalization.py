"""BatchNormalization, LayerNormalization, GroupNormalization, RMSNormalization, UnitNormalization,
SpectralNormalization.

Multiply-adds are not counted for normalization, as in published figures; those of the layer that
SpectralNormalization wraps are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from archlang.shapes.checks import autocast, needs_axis, needs_floats, needs_numbers, needs_size
from archlang.shapes.dims import show
from archlang.shapes.nested import layer_argument, nested_call
from archlang.shapes.rule import (
    LayerCall,
    LayerResult,
    RuleError,
    Weight,
    compute_dtype,
    rule,
    single,
)
from archlang.shapes.spec import TensorSpec, show_shape
from archlang.shapes.values import bad_value, flag, is_number, mapping, sequence, whole
from archlang.shapes.weights import own


@rule("BatchNormalization")
def batch_normalization(call: LayerCall) -> LayerResult:
    """Along one axis a mean, a variance, a scale and an offset for each index."""
    axis = _one_axis(call)
    _check_renorm(call)
    spec = _numbers(call)
    if spec.shape is None:
        return LayerResult(spec, None)
    size = (_size(call, spec, axis),)
    weights = _scale_and_offset(call, size)
    names = ["moving_mean", "moving_variance"]
    if flag(call, "renorm"):
        names += ["moving_stddev", "renorm_mean", "renorm_stddev"]
    weights += [own(call, name, size, trainable=False) for name in names]
    return LayerResult(spec, tuple(weights))


@rule("LayerNormalization")
def layer_normalization(call: LayerCall) -> LayerResult:
    """Over one axis or several, scaled and moved element by element."""
    axes = _axes(call)
    spec = _numbers(call)
    if spec.shape is None:
        return LayerResult(spec, None)
    for axis in axes:
        needs_axis(call, spec, axis)
    _refuse_repeated(call, spec, axes)
    rms = flag(call, "rms_scaling")
    weights: list[Weight] = []
    if not (flag(call, "scale", True) or rms or flag(call, "center", True)):
        return LayerResult(spec)
    size = [_size(call, spec, axis) for axis in axes]
    if flag(call, "scale", True) or rms:
        weights.append(own(call, "gamma", size))
    if flag(call, "center", True) and not rms:
        weights.append(own(call, "beta", size))
    return LayerResult(spec, tuple(weights))


@rule("GroupNormalization")
def group_normalization(call: LayerCall) -> LayerResult:
    """Over groups of channels; `groups=-1` makes each channel a group."""
    value = call.args.get("groups", 32)
    groups = -1 if value == -1 else whole(call, "groups", 32)
    axis = _one_axis(call)
    spec = _numbers(call)
    if spec.shape is None:
        return LayerResult(spec, None)
    size = _size(call, spec, axis)
    if axis == -len(spec.shape):
        raise _batch_axis(call, spec)
    groups = size if groups == -1 else groups
    if not groups or size < groups or size % groups:
        raise RuleError(
            f"the {size} channels that flow in cannot be split into {groups} equal groups",
            code="E0305",
            argument="groups",
            label=f"does not divide {size}",
            help="choose groups that divide the channels, or -1 for one group a channel",
        )
    return LayerResult(spec, tuple(_scale_and_offset(call, (size,))))


@rule("RMSNormalization")
def rms_normalization(call: LayerCall) -> LayerResult:
    """Divided by the root of the mean square over one axis or several."""
    axes = _axes(call)
    spec = autocast(call, single(call))
    needs_numbers(call, spec)
    if spec.shape is None:
        return LayerResult(spec, None)
    size = [_size(call, spec, axis) for axis in axes]
    _refuse_repeated(call, spec, axes)
    # Keras multiplies the scale onto the last axes, whichever ones were named.
    if any(
        n != 1 and isinstance(dim, int) and dim != n
        for n, dim in zip(reversed(size), reversed(spec.shape), strict=False)
    ):
        raise RuleError(
            f"`{call.layer}` works on the last axes only, but it is given {_listed(axes)} "
            f"of {show_shape(spec.shape)}",
            code="E0310",
            argument="axis",
            label="not the last axes",
            help="bring the axis to the end with `Permute`, or use `LayerNormalization`",
            set_argument=("axis", "-1"),
        )
    return LayerResult(spec, (own(call, "scale", size),))


@rule("UnitNormalization")
def unit_normalization(call: LayerCall) -> LayerResult:
    """Brought to length one over one axis or several."""
    axes = _axes(call)
    spec = autocast(call, single(call))
    needs_floats(call, spec)
    if spec.shape is not None:
        for axis in axes:
            needs_axis(call, spec, axis)
        _refuse_repeated(call, spec, axes)
    return LayerResult(spec)


@rule("SpectralNormalization")
def spectral_normalization(call: LayerCall) -> LayerResult:
    """The wrapped layer, and a vector that follows the largest stretch of its kernel."""
    inner = layer_argument(call, "layer")
    iterations = call.args.get("power_iterations", 1)
    if not is_number(iterations) or iterations <= 0:
        raise bad_value(call, "power_iterations", iterations, "a positive whole number")
    spec = autocast(call, single(call))
    result = nested_call(inner, spec)
    if result.weights is None:
        return LayerResult(_as_input(result.outputs, spec), None, result.macs)
    kernel = next((w for w in result.weights if w.name in ("kernel", "embeddings")), None)
    if kernel is None:
        raise RuleError(
            f"`SpectralNormalization` works on a layer's kernel, but `{inner.name}` has none",
            code="E0313",
            argument="layer",
            label="no kernel",
            help="wrap a layer with a kernel, such as `Dense` or `Conv2D`",
        )
    vector = Weight("vector_u", (1, kernel.shape[-1]), kernel.dtype, trainable=False)
    # Keras counts the kernel among the wrapper's own, so it comes first.
    others = [w for w in result.weights if w is not kernel]
    weights = (kernel, vector, *others) if kernel.trainable else (vector, kernel, *others)
    if call.args.get("trainable") is False:
        weights = tuple(replace(weight, trainable=False) for weight in weights)
    return LayerResult(_as_input(result.outputs, spec), weights, result.macs)


def _as_input(outputs: object, spec: TensorSpec) -> object:
    """The wrapper casts what comes out to the dtype that came in."""
    return outputs.with_dtype(spec.dtype) if isinstance(outputs, TensorSpec) else outputs


def _numbers(call: LayerCall) -> TensorSpec:
    """What flows in, in the dtype that comes out: these layers make floats of all numbers."""
    spec = single(call)
    needs_numbers(call, spec)
    return spec.with_dtype(compute_dtype(call))


def _scale_and_offset(call: LayerCall, size: Sequence[int]) -> list[Weight]:
    weights: list[Weight] = []
    if flag(call, "scale", True):
        weights.append(own(call, "gamma", size))
    if flag(call, "center", True):
        weights.append(own(call, "beta", size))
    return weights


def _one_axis(call: LayerCall) -> int:
    axis = call.args.get("axis", -1)
    if not isinstance(axis, int):
        raise bad_value(call, "axis", axis, "a whole number")
    return axis


def _axes(call: LayerCall) -> list[int]:
    """The axes in the order in which Keras takes them, sorted as written."""
    value = call.args.get("axis", -1)
    items = [value] if isinstance(value, int) else sequence(value)
    if items is None or not items or not all(isinstance(axis, int) for axis in items):
        raise bad_value(call, "axis", value, "an axis or a list of axes")
    return sorted(items)


def _refuse_repeated(call: LayerCall, spec: TensorSpec, axes: list[int]) -> None:
    assert spec.shape is not None
    if len({axis % len(spec.shape) for axis in axes}) < len(axes):
        raise RuleError(
            f"{_listed(axes)} name one axis of {show_shape(spec.shape)} twice",
            code="E0310",
            argument="axis",
            label="one axis twice",
        )


def _listed(axes: list[int]) -> str:
    text = ", ".join(str(axis) for axis in axes)
    return f"axes {text}" if len(axes) > 1 else f"axis {text}"


def _size(call: LayerCall, spec: TensorSpec, axis: int) -> int:
    counted = needs_axis(call, spec, axis)
    if counted == 0 and spec.shape is not None and not isinstance(spec.shape[0], int):
        raise _batch_axis(call, spec)
    what = "the last axis" if axis == -1 else f"axis {show(axis)}"
    return needs_size(call, spec, axis, what)


def _batch_axis(call: LayerCall, spec: TensorSpec) -> RuleError:
    assert spec.shape is not None
    return RuleError(
        f"`{call.layer}` cannot work along the batch axis: {show_shape(spec.shape)} has "
        f"axes 1 to {len(spec.shape) - 1}",
        code="E0310",
        argument="axis",
        label="the batch axis",
        help="axis -1 is the last one",
        set_argument=("axis", "-1"),
    )


def _check_renorm(call: LayerCall) -> None:
    if not flag(call, "renorm"):
        return
    raw = call.args.get("renorm_clipping")
    clipping: Mapping[str, Any] | None = mapping({} if raw is None else raw)
    allowed = ("rmax", "rmin", "dmax")
    if clipping is None or set(clipping) - set(allowed):
        raise bad_value(call, "renorm_clipping", raw, f"a dict with some of {', '.join(allowed)}")
    low, high, shift = clipping.get("rmin"), clipping.get("rmax"), clipping.get("dmax")
    if low is not None and high is not None and high < low:
        raise bad_value(call, "renorm_clipping", raw, "one with `rmax` not below `rmin`")
    if shift is not None and shift < 0:
        raise bad_value(call, "renorm_clipping", raw, "one with a `dmax` from 0 on")
