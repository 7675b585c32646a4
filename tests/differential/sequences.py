"""Asking Keras about calls of recurrent, attention and preprocessing layers.

Keras is asked symbolically in a stateless scope, and by running the layer on made-up numbers; where
only the run fails, the rules are to refuse as well. Run as a module with a count and a seed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from archlang.shapes.nested import as_call
from archlang.shapes.rule import LayerCall, LayerResult, LayerValue, RuleError, apply
from archlang.shapes.spec import TensorSpec
from tests.differential.sequence_layers import Case, cases

BATCH, LENGTH = 5, 16


def keras_answer(case: Case) -> tuple[str, Any, Any, list[tuple[str, list[int], str, bool]]]:
    """`ok` with the symbolic and the computed outputs and the weights, or the stage that failed and
    why.
    """
    import keras
    from keras import tree

    try:
        with keras.StatelessScope(initialize_variables=False):
            layer = _layer(case.layer, case.args)
            symbolic = _call(layer, case, lambda s: keras.KerasTensor(s.shape, dtype=s.dtype))
    except Exception as error:
        return "symbolic", str(error), None, []
    finally:
        keras.src.backend.common.global_state.set_global_attribute("uninitialized_variables", [])
    learns = {id(w) for w in layer.trainable_weights}
    weights = [(w.name, list(w.shape), w.dtype, id(w) in learns) for w in layer.weights]
    try:
        computed = _call(_layer(case.layer, case.args), case, _numbers)
        return "ok", tree.flatten(symbolic), tree.flatten(computed), weights
    except Exception as error:
        return "run", str(error), None, weights


def _layer(name: str, args: dict[str, Any]) -> Any:
    import keras

    def value(raw: Any) -> Any:
        if isinstance(raw, LayerValue):
            return _layer(raw.name, dict(raw.args))
        return [value(item) for item in raw] if isinstance(raw, list) else raw

    return getattr(keras.layers, name)(**{key: value(item) for key, item in args.items()})


def _numbers(spec: TensorSpec) -> Any:
    import numpy as np
    import tensorflow as tf

    assert spec.shape is not None
    dims = [(BATCH if i == 0 else LENGTH) if d is None else d for i, d in enumerate(spec.shape)]
    if spec.dtype == "string":
        return tf.constant(np.full(dims, "a b"))
    return tf.cast(tf.ones(dims), spec.dtype)


def _call(layer: Any, case: Case, make: Callable[[TensorSpec], Any]) -> Any:
    def value(raw: Any) -> Any:
        if isinstance(raw, TensorSpec):
            return make(raw)
        return [value(item) for item in raw] if isinstance(raw, list) else raw

    call_args = {key: value(item) for key, item in case.call_args.items()}
    if isinstance(case.inputs, dict):
        return layer(**{key: value(item) for key, item in case.inputs.items()}, **call_args)
    return layer(value(case.inputs), **call_args)


def rule_answer(case: Case) -> LayerResult:
    call = as_call(LayerValue("layers", case.layer, case.args), case.inputs, case.call_args)
    return apply(LayerCall(case.layer, call.args, case.inputs, case.call_args))


def compare(
    case: Case, answer: Callable[[Case], LayerResult | RuleError] | None = None
) -> str | None:
    """The disagreement between the rule, or another answer, and Keras in words, or None."""
    from keras import tree

    verdict, symbolic, computed, weights = keras_answer(case)
    try:
        result = (answer or rule_answer)(case)
        if isinstance(result, RuleError):
            raise result
    except RuleError as refusal:
        # Where something else comes out than Keras promises, a refusal is right.
        if verdict != "ok" or not _kept(symbolic, computed):
            return None
        return f"refused ({refusal.message}), Keras accepts"
    if verdict != "ok":
        return f"accepted, Keras refuses ({verdict}): {str(symbolic)[:300]}"
    ours: list[TensorSpec] = tree.flatten(result.outputs)
    if len(ours) != len(computed):
        return f"{len(ours)} outputs, Keras {len(computed)}"
    for one, told, real in zip(ours, symbolic, computed, strict=True):
        problem = _output(one, told, real)
        if problem:
            return problem
    mine = [(w.name, list(w.shape), w.dtype, w.trainable) for w in result.weights or ()]
    return None if mine == weights else f"weights {mine}, Keras {weights}"


def _kept(symbolic: list[Any], computed: list[Any]) -> bool:
    """Whether Keras computes the shapes that it promises."""
    return all(
        len(told.shape) == len(real.shape)
        and all(a in (None, b) for a, b in zip(told.shape, real.shape, strict=True))
        for told, real in zip(symbolic, computed, strict=True)
    )


def _output(ours: TensorSpec, told: Any, real: Any) -> str | None:
    actual = tuple(real.shape)
    if ours.shape is None or len(ours.shape) != len(actual):
        return f"shape {ours.shape}, computed {actual}"
    same_rank = len(told.shape) == len(actual)
    for i, (dim, length) in enumerate(zip(ours.shape, actual, strict=True)):
        if isinstance(dim, int) and length is not None and dim != length:
            return f"shape {ours.shape}, computed {actual}"
        if dim is None and same_rank and told.shape[i] is not None and told.shape[i] == length:
            return f"shape {ours.shape}, Keras {told.shape}"
    name = getattr(real.dtype, "name", str(real.dtype))
    return None if ours.dtype == name else f"dtype {ours.dtype}, computed {name}"


def disagreements(count: int, seed: int) -> list[tuple[Case, str]]:
    found: list[tuple[Case, str]] = []
    for case in cases(count, seed):
        problem = compare(case)
        if problem:
            found.append((case, problem))
    return found


if __name__ == "__main__":
    count, seed = (int(sys.argv[i]) if len(sys.argv) > i else d for i, d in ((1, 500), (2, 0)))
    problems = disagreements(count, seed)
    for case, problem in problems:
        print(case, "\n   ", problem)
    print(f"{count} cases, {len(problems)} disagreements")
