"""What Keras says to a `Case`: symbolically, and where that succeeds also when the layer runs.

The symbolic call is the verdict; running tells what is computed, and finds what can only fail.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from archlang.shapes.rule import LayerCall, LayerResult, LayerValue, RuleError, apply
from archlang.shapes.spec import TensorSpec
from tests.differential.single_case import Case, Tensor
from tests.shapes.oracle import defaults

# What this CPU build of TensorFlow cannot run, though it is right.
CPU_LIMITS = re.compile(
    "NHWC|NCHW|NDHWC|NCDHW|channels_first|Current CPU implementation|equal length strides|"
    "Input dims must be <= 5|"
    "only supports|not yet supported|UnimplementedError|Conv2DCustomBackpropInputOp|"
    # A transposed convolution of even kernel, `padding=same` and `output_padding=0`.
    "conv_grad_input"
)
_NO_KERNEL = re.compile("Could not find device|NotFoundError|No OpKernel")
# The length that an open axis has when a layer runs.
OPEN = 12


@dataclass(frozen=True)
class Answer:
    """Keras's answer: its error, or outputs and weights."""

    error: str | None = None
    outputs: Any = None
    weights: tuple[tuple[str, tuple[int, ...], str, bool], ...] = ()
    trainable: int = 0
    fixed: int = 0


def symbolic(case: Case) -> Answer:
    """The layer called on symbols, its weights never made."""
    import keras
    from keras.src.backend.common import global_state

    try:
        with keras.StatelessScope(initialize_variables=False):
            layer = made_layer(case)
            outputs = layer(mapped(case.inputs, keras_tensor), **(case.call_args or {}))
            weights = tuple(
                (w.path.rsplit("/", 1)[-1], tuple(w.shape), w.dtype, bool(w.trainable))
                for w in layer.weights
            )
            counts = [
                sum(_size(w.shape) for w in group)
                for group in (layer.trainable_weights, layer.non_trainable_weights)
            ]
            return Answer(None, _map_out(outputs), weights, *counts)
    except Exception as error:
        return Answer(f"{type(error).__name__}: {error}")
    finally:
        global_state.set_global_attribute("uninitialized_variables", [])


def computed(case: Case) -> Answer:
    """The layer run, open axes with a length of `OPEN`."""
    if _kills_tensorflow(case):
        return Answer("UnimplementedError: not run")
    try:
        outputs = made_layer(case)(mapped(case.inputs, _array), **(case.call_args or {}))
        return Answer(None, _map_out(outputs))
    except Exception as error:
        return Answer(f"{type(error).__name__}: {error}")


def ruled(case: Case) -> LayerResult | RuleError:
    """The rule's answer."""
    args = defaults(case.layer) | {k: layer_value(v) for k, v in case.args.items()}
    inputs = mapped(case.inputs, lambda t: TensorSpec(t.shape, t.dtype))
    try:
        return apply(LayerCall(case.layer, args, inputs, case.call_args or {}))
    except RuleError as refusal:
        return refusal


def disagreement(
    case: Case, answer: Callable[[Case], LayerResult | RuleError] = ruled
) -> str | None:
    """How an answer, the rule's or another, and Keras differ, in a line; None where they agree."""
    keras, rule = symbolic(case), answer(case)
    if keras.error is not None:
        if isinstance(rule, RuleError):
            return None
        return f"accepted {_shown(rule.outputs)}, but Keras: {keras.error[:200]}"
    ran = computed(case)
    limited = ran.error is not None and _limited(case, ran.error)
    if isinstance(rule, RuleError):
        if _kills_tensorflow(case) or (ran.error is not None and not limited):
            return None
        if ran.error is None and _nonsense(keras.outputs, ran.outputs):
            return None
        return f"refused ({rule.message}), but Keras gives {keras.outputs}"
    if ran.error is not None and not limited and not _open(case):
        return f"accepted {_shown(rule.outputs)}, fails when run: {ran.error[-250:]}"
    wrong = _compare(rule, keras, None if ran.error else ran)
    return f"{wrong}; ran {ran.outputs}" if wrong else None


def _nonsense(promised: Tensor, computed: Tensor) -> bool:
    """What comes out has another shape than Keras says: right to refuse."""
    if len(promised.shape) != len(computed.shape):
        return True
    return any(
        a is not None and a != b for a, b in zip(promised.shape, computed.shape, strict=True)
    )


def _limited(case: Case, error: str) -> bool:
    """Whether only this machine cannot run it; CPUs lack some half-precision kernels."""
    text = any(tensor.dtype == "string" for tensor in _tensors(case))
    if text or "not in the list of allowed values" in error:
        return False
    floats = all("float" in tensor.dtype for tensor in _tensors(case))
    half = floats and "16" in str(case.args.get("dtype", ""))
    return bool(CPU_LIMITS.search(error) or (half and _NO_KERNEL.search(error)))


def _kills_tensorflow(case: Case) -> bool:
    """AdaptiveMaxPooling divides by zero, and ends the process, where a window covers an axis."""
    if not case.layer.startswith("AdaptiveMax"):
        return False
    size = case.args["output_size"]
    return 1 in case.inputs.shape or size == 1 or (isinstance(size, list) and 1 in size)


def _compare(rule: LayerResult, keras: Answer, ran: Answer | None) -> str | None:
    if rule.weights is not None:
        ours = tuple((w.name, w.shape, w.dtype, w.trainable) for w in rule.weights)
        trainable = sum(w.size for w in rule.weights if w.trainable)
        names = [(name, shape, dtype) for name, shape, dtype, _ in ours]
        if names != [(name, shape, dtype) for name, shape, dtype, _ in keras.weights]:
            return f"weights {ours}, Keras {keras.weights}"
        if trainable != keras.trainable:
            return f"{trainable} trainable parameters, Keras {keras.trainable}"
    else:
        return "weights unknown"
    out: Any = rule.outputs
    if isinstance(out, list):
        out = out[0]
    if not isinstance(out, TensorSpec) or out.shape is None:
        return f"output {out}, Keras {keras.outputs}"
    if ran is not None and out.dtype != ran.outputs.dtype:
        return f"dtype {out.dtype}, Keras {keras.outputs}"
    answers = [(keras.outputs, True)]
    if ran is not None:
        # Where Keras promises something else than it computes, the truth is what it computes.
        wrong = _nonsense(keras.outputs, ran.outputs)
        answers = [(ran.outputs, False)] if wrong else [*answers, (ran.outputs, False)]
    for other, exact in answers:
        if len(out.shape) != len(other.shape):
            return f"shape {out.shape}, Keras {keras.outputs}"
        for a, b in zip(out.shape, other.shape, strict=True):
            # Where Keras knows a size, so does the rule; one of the rule's own is the real one.
            if (isinstance(a, int) and b is not None and a != b) or (exact and a is None and b):
                return f"shape {out.shape}, Keras {keras.outputs}"
    return None


def made_layer(case: Case) -> Any:
    import keras

    args = {k: made_layer(v) if isinstance(v, Case) else v for k, v in case.args.items()}
    return getattr(keras.layers, case.layer)(**args)


def layer_value(value: Any) -> Any:
    if isinstance(value, Case):
        return LayerValue("layers", value.layer, {k: layer_value(v) for k, v in value.args.items()})
    return value


def mapped(inputs: Any, function: Any) -> Any:
    return [function(t) for t in inputs] if isinstance(inputs, list) else function(inputs)


def _map_out(outputs: Any) -> Any:
    if isinstance(outputs, (list, tuple)):
        outputs = outputs[0]
    import keras

    return Tensor(tuple(outputs.shape), keras.backend.standardize_dtype(outputs.dtype))


def keras_tensor(tensor: Tensor) -> Any:
    import keras

    return keras.KerasTensor(tensor.shape, tensor.dtype)


def _array(tensor: Tensor) -> Any:
    import numpy as np
    import tensorflow as tf

    batch, *dims = tensor.shape
    shape = (batch or 2, *(OPEN if n is None else n for n in dims))
    if tensor.dtype == "string":
        return tf.constant(np.full(shape, "a"))
    return tf.cast(tf.ones(shape), tensor.dtype)


def _open(case: Case) -> bool:
    return any(None in tensor.shape[1:] for tensor in _tensors(case))


def _tensors(case: Case) -> list[Tensor]:
    return case.inputs if isinstance(case.inputs, list) else [case.inputs]


def _size(shape: Any) -> int:
    count = 1
    for n in shape:
        count *= n
    return count


def _shown(outputs: Any) -> str:
    return str(outputs.shape) if isinstance(outputs, TensorSpec) else str(outputs)
