"""Random calls of `keras.ops` put to the rules and to Keras itself, and the answers compared.

`python -m tests.differential.ops [count] [seed]` runs more than the test does and
prints the disagreements.

Keras is asked twice: symbolically, and by running a functional model on made-up numbers. Where only
the run
fails, the rules are to refuse as well.
"""

from __future__ import annotations

import sys
from typing import Any

from archlang.shapes.ops import OpCall, apply_op
from archlang.shapes.rule import RuleError
from archlang.shapes.spec import TensorSpec
from tests.differential.draw_ops import LENGTH, Case, cases

# What stands for an open length when a model is run; the others are tried where it does not work
# out.
LENGTHS = (LENGTH, 1, 2, 3, 4, 5, 12, 60)


def keras_answer(case: Case) -> tuple[str, Any, Any]:
    """What Keras says: `ok` with the symbolic and the computed outputs, `symbolic` or `run` with
    the failure.
    """
    import keras
    import tensorflow as tf
    from keras import tree

    op, args, kwargs = case
    function: Any = keras.ops
    for part in op.split("."):
        function = getattr(function, part)
    inputs: list[Any] = []

    def make(value: Any) -> Any:
        if isinstance(value, TensorSpec):
            inputs.append(keras.KerasTensor(value.shape, dtype=value.dtype))
            return inputs[-1]
        return value

    try:
        with keras.StatelessScope(initialize_variables=False):
            # Only the outermost list of tensors holds tensors; other nesting is plain values.
            made = [[make(v) for v in a] if isinstance(a, list) else make(a) for a in args]
            symbolic = function(*made, **kwargs)
            model = keras.Function(inputs, symbolic)
    except Exception as error:
        return "symbolic", str(error), None
    if op == "conv_transpose":
        # Keras mixes up its arguments when it runs this one inside a model; called directly, it
        # works.
        model = lambda data: function(*data, **kwargs)  # noqa: E731
    open_length = any(None in x.shape for x in inputs)
    failure = ""
    for length in LENGTHS if open_length else (LENGTH,):
        # Positions must lie inside their axis, divisors must not be 0.
        fill = tf.zeros if op.startswith("take") else tf.ones
        shapes = [[length if d is None else d for d in x.shape] for x in inputs]
        data = [tf.cast(fill(dims), x.dtype) for dims, x in zip(shapes, inputs, strict=True)]
        try:
            return "ok", tree.flatten(symbolic), tree.flatten(model(data))
        except Exception as error:
            failure = failure or str(error)
    return "run", failure, None


def compare(case: Case) -> str | None:
    """The disagreement between the rule and Keras in words, or None."""
    from keras import tree

    op, args, kwargs = case
    verdict, symbolic, computed = keras_answer(case)
    try:
        outputs = apply_op(OpCall(op, args, kwargs))
    except RuleError as refusal:
        return f"refused ({refusal.message}), Keras accepts" if verdict == "ok" else None
    # Whether numbers of an open length can be reshaped, the length decides.
    if verdict == "run" and op == "reshape" and None in (args[0].shape or ()):
        return None
    if verdict != "ok":
        return f"accepted, Keras refuses ({verdict}): {str(symbolic)[:200]}"
    ours: list[TensorSpec] = tree.flatten(outputs)
    if len(ours) != len(computed):
        return f"{len(ours)} outputs, Keras {len(computed)}"
    for one, told, real in zip(ours, symbolic, computed, strict=True):
        problem = _output(one, told, real)
        if problem:
            return problem
    return None


def _output(ours: TensorSpec, told: Any, real: Any) -> str | None:
    actual = tuple(real.shape)
    if ours.shape is None or len(ours.shape) != len(actual):
        return f"shape {ours.shape}, computed {actual}"
    for dim, known, length in zip(ours.shape, told.shape, actual, strict=True):
        if isinstance(dim, int) and dim != length:
            return f"shape {ours.shape}, computed {actual}"
        if not isinstance(dim, int) and known is not None and known == length:
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
    count, seed = (int(sys.argv[i]) if len(sys.argv) > i else d for i, d in ((1, 2000), (2, 0)))
    problems = disagreements(count, seed)
    for (op, args, kwargs), problem in problems:
        print(op, *args, kwargs, "\n   ", problem)
    print(f"{count} cases, {len(problems)} disagreements")
