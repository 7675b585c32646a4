"""Dropout in its kinds, noise, ActivityRegularization: shape and dtype stay, no weights."""

from __future__ import annotations

from typing import Any

from archlang.shapes.checks import SPATIAL_NAMES, autocast, needs_floats, needs_numbers, needs_rank
from archlang.shapes.dtypes import is_float
from archlang.shapes.rule import LayerCall, LayerResult, RuleError, rule, single
from archlang.shapes.spec import TensorSpec, show_shape
from archlang.shapes.values import bad_value, is_number, sequence


@rule("Dropout", "AlphaDropout", "GaussianDropout")
def dropout(call: LayerCall) -> LayerResult:
    """Drops, or multiplies with noise, while training."""
    _fraction(call, "rate")
    spec = autocast(call, single(call))
    _check_noise_shape(call, spec)
    return LayerResult(spec)


@rule("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
def spatial_dropout(call: LayerCall) -> LayerResult:
    """Drops whole channels."""
    _fraction(call, "rate")
    spec = autocast(call, single(call))
    axes = int(call.layer[-2])
    names = SPATIAL_NAMES[axes]
    first = call.args.get("data_format") == "channels_first"
    needs_rank(call, spec, ("channels", *names) if first else (*names, "channels"))
    return LayerResult(spec)


@rule("GaussianNoise")
def gaussian_noise(call: LayerCall) -> LayerResult:
    """Adds noise while training."""
    _fraction(call, "stddev")
    return LayerResult(autocast(call, single(call)))


@rule("ActivityRegularization")
def activity_regularization(call: LayerCall) -> LayerResult:
    """Adds a penalty to the loss."""
    for name in ("l1", "l2"):
        value = call.args.get(name, 0.0)
        if not is_number(value) or value < 0:
            raise bad_value(call, name, value, "a number from 0 on")
    spec = autocast(call, single(call))
    penalty = bool(call.args.get("l1") or call.args.get("l2"))
    needs_numbers(call, spec, bools=not penalty)
    if penalty and spec.dtype in ("int8", "int16", "uint8", "uint16"):
        # TensorFlow sums these into wider numbers, which it then does not multiply with them.
        needs_floats(call, spec)
    return LayerResult(spec)


def _fraction(call: LayerCall, name: str) -> None:
    value: Any = call.args.get(name)
    if not is_number(value) or not 0 <= value <= 1:
        raise bad_value(call, name, value, "a number from 0 to 1")


def _check_noise_shape(call: LayerCall, spec: TensorSpec) -> None:
    """`noise_shape` is one size an axis, the batch axis too: what must broadcast to the tensor."""
    value = call.args.get("noise_shape")
    if value is None:
        return
    noise = sequence(value)
    whole = noise is not None and all(n is None or (isinstance(n, int) and n > 0) for n in noise)
    if noise is None or not whole:
        raise bad_value(call, "noise_shape", value, "a list of positive whole numbers or None")
    if spec.shape is None:
        return
    fits = len(noise) <= len(spec.shape) and all(
        n is None or n == 1 or not isinstance(d, int) or n == d
        for n, d in zip(reversed(noise), reversed(spec.shape), strict=False)
    )
    if not fits and is_float(spec.dtype):
        raise RuleError(
            f"noise of shape {list(noise)} does not fit {show_shape(spec.shape)}",
            code="E0304",
            argument="noise_shape",
            label="one size for each axis, the batch first",
            help="write 1 for the axes along which the same is dropped, None for the others",
        )
