"""Layers around layers: `Bidirectional`, `TimeDistributed`, `Pipeline`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from archlang.shapes.checks import autocast
from archlang.shapes.dims import add, equal
from archlang.shapes.nested import as_call, layer_argument, nested_call
from archlang.shapes.rule import (
    LayerCall,
    LayerResult,
    LayerValue,
    RuleError,
    Weight,
    apply,
    compute_dtype,
    rule,
    single,
)
from archlang.shapes.rules.recurrent import check_mask
from archlang.shapes.spec import Shape, TensorSpec, show_shape
from archlang.shapes.values import (
    bad_value,
    flag,
    owned,
    sequence,
    times,
    written,
)

RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
MERGE_MODES = ("concat", "sum", "mul", "ave", None)


@rule("Bidirectional")
def bidirectional(call: LayerCall) -> LayerResult:
    """A recurrent layer read forwards and a second one read backwards, their results merged."""
    mode = call.args.get("merge_mode", "concat")
    if not (mode is None or isinstance(mode, str)) or mode not in MERGE_MODES:
        raise bad_value(call, "merge_mode", mode, "concat, sum, mul, ave or None")
    forward, backward = _directions(call)
    states = call.call_args.get("initial_state")
    halves = _halves(call, states)
    shared = {name: value for name, value in call.call_args.items() if name == "mask"}
    there = apply(_with_states(forward, call, shared, halves[0]))
    back = apply(_with_states(backward, call, shared, halves[1]))
    dtype = compute_dtype(call)
    y, y_states = _split(there.outputs)
    z, z_states = _split(back.outputs)
    y, z = y.with_dtype(dtype), z.with_dtype(dtype)
    merged = (y, z) if mode is None else (_merge(call, mode, y, z),)
    outputs: Any = (*merged, *y_states, *z_states)
    if len(outputs) == 1:
        outputs = outputs[0]
    macs = None if there.macs is None or back.macs is None else there.macs + back.macs
    return LayerResult(outputs, owned(call, _both(there.weights, back.weights)), macs)


@rule("TimeDistributed")
def time_distributed(call: LayerCall) -> LayerResult:
    """One layer applied to every step of a sequence."""
    inner = layer_argument(call, "layer")
    spec = single(call)
    if spec.shape is None:
        result = nested_call(inner, spec)
        one = result.outputs if isinstance(result.outputs, TensorSpec) else None
        shape: Shape | None = None
        if one is not None and one.shape is not None:
            shape = (one.shape[0], None, *one.shape[1:])
        return LayerResult(TensorSpec(shape, one.dtype if one else None), None, None)
    if len(spec.shape) < 3:
        raise RuleError(
            "`TimeDistributed` needs [time, features] or more, "
            f"but {show_shape(spec.shape)} flows in",
            code="E0350",
            label=f"{show_shape(spec.shape)} flows in",
            help="if this comes from a recurrent layer, give that one `return_sequences=True`",
        )
    check_mask(call, spec)
    batch, steps, *rest = spec.shape
    step = autocast(call, spec.with_shape((batch, *rest)))
    result = nested_call(inner, step)
    output = result.outputs
    if not isinstance(output, TensorSpec):
        raise RuleError(
            f"`TimeDistributed` needs a layer with one result, but `{inner.name}` gives several",
            code="E0356",
            argument="layer",
            label="several results",
        )
    if output.shape is not None:
        output = output.with_shape((output.shape[0], steps, *output.shape[1:]))
    macs = None if result.macs is None else times(result.macs, steps)
    return LayerResult(output, owned(call, result.weights), macs)


@rule("Pipeline")
def pipeline(call: LayerCall) -> LayerResult:
    """Layers one after the other, as one layer."""
    layers = sequence(call.args.get("layers"))
    if layers is None:
        raise bad_value(call, "layers", call.args.get("layers"), "a list of layers")
    flow: Any = call.inputs
    weights: tuple[Weight, ...] | None = ()
    macs: int | None = 0
    for layer in layers:
        if not isinstance(layer, LayerValue) or layer.kind != "layers":
            raise RuleError(
                f"`Pipeline` takes layers, not {written(layer)}",
                code="E0354",
                argument="layers",
                label="not a layer",
            )
        result = nested_call(layer, flow)
        flow = result.outputs
        weights = None if weights is None or result.weights is None else weights + result.weights
        macs = None if macs is None or result.macs is None else macs + result.macs
    return LayerResult(flow, weights, macs)


def _directions(call: LayerCall) -> tuple[LayerCall, LayerCall]:
    """The forward and the backward layer; unless written, the second is the first turned round."""
    forward = as_call(_recurrent(call, "layer"))
    if call.args.get("backward_layer") is None:
        backward = replace(forward, args={**forward.args, "go_backwards": True})
    else:
        backward = as_call(_recurrent(call, "backward_layer"))
    if flag(forward, "go_backwards") == flag(backward, "go_backwards"):
        word = "backwards" if flag(forward, "go_backwards") else "forwards"
        written_one = call.args.get("backward_layer") is not None
        raise RuleError(
            f"both layers of `Bidirectional` read {word}",
            code="E0355",
            argument="backward_layer" if written_one else "layer",
            label=f"reads {word} like the other one",
            help="give `backward_layer` a `go_backwards=True`, or leave `backward_layer` out"
            if written_one
            else "leave `go_backwards` out: `Bidirectional` makes the second layer itself",
        )
    for name in ("stateful", "return_sequences", "return_state"):
        if flag(forward, name) != flag(backward, name):
            raise RuleError(
                f"both layers of `Bidirectional` must have the same `{name}`",
                code="E0355",
                argument="backward_layer",
                label=f"`{name}` differs",
                help=f"write `{name}={flag(forward, name)}` in both",
            )
    return forward, backward


def _recurrent(call: LayerCall, argument: str) -> LayerValue:
    value = layer_argument(call, argument)
    if value.name not in RECURRENT:
        raise RuleError(
            f"`Bidirectional` needs a recurrent layer, but `{value.name}` is none",
            code="E0354",
            argument=argument,
            label="not recurrent",
            help="for example `Bidirectional(LSTM(64))`",
        )
    return value


def _halves(call: LayerCall, states: Any) -> tuple[Any, Any]:
    if states is None:
        return None, None
    several = sequence(states)
    if several is None or len(several) % 2:
        raise RuleError(
            "`initial_state` of `Bidirectional` must be a list: "
            "the states of the forward layer, then those of the backward layer",
            code="E0353",
            argument="initial_state",
            label="not the states of two layers",
        )
    half = len(several) // 2
    return list(several[:half]), list(several[half:])


def _with_states(
    layer: LayerCall, outer: LayerCall, shared: dict[str, Any], states: Any
) -> LayerCall:
    call_args = shared if states is None else {**shared, "initial_state": states}
    return replace(layer, inputs=outer.inputs, call_args=call_args)


def _split(outputs: Any) -> tuple[TensorSpec, tuple[Any, ...]]:
    """The sequence (or last step), and the states."""
    if isinstance(outputs, TensorSpec):
        return outputs, ()
    first, *states = outputs
    return first, tuple(states)


def _merge(call: LayerCall, mode: str, y: TensorSpec, z: TensorSpec) -> TensorSpec:
    if y.shape is None or z.shape is None:
        return y
    if mode == "concat":
        return y.with_shape((*y.shape[:-1], add(y.shape[-1], z.shape[-1])))
    if any(equal(a, b) is False for a, b in zip(y.shape, z.shape, strict=True)):
        raise RuleError(
            f"`merge_mode={mode}` needs both layers to give one shape, "
            f"but they give {show_shape(y.shape)} and {show_shape(z.shape)}",
            code="E0355",
            argument="merge_mode",
            label="the shapes differ",
            help="give both layers the same number of units, or use `merge_mode=concat`",
            set_argument=("merge_mode", "concat"),
        )
    return y


def _both(a: tuple[Weight, ...] | None, b: tuple[Weight, ...] | None) -> tuple[Weight, ...] | None:
    return None if a is None or b is None else a + b
