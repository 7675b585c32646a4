"""`adapt`: layers learn vocabularies, means and bins from the training examples before training."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.layout import Group, call, listing, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.backends.python.training.streams import batched
from archlang.graph.adapting import Adapted, needs_full_vocabulary

_FULL = """
    if layer.vocabulary_size() < TOKENS:
        raise SystemExit(
            f"{layer.name}: the training examples have words for "
            f"{layer.vocabulary_size()} tokens, and Keras loads tf_idf weights only "
            "where max_tokens, TOKENS, is filled: make it smaller"
        )
"""


def add_adapt(plan: TrainingPlan, parts: Parts) -> None:
    """The function `adapt`, which is given the inputs of the training examples, or their stream."""
    given = "examples: Examples" if plan.streams else "x: Inputs"
    lines = [
        f"def adapt(model, {given}) -> None:",
        '    """Show the training examples to the layers that learn from them before training."""',
    ]
    if plan.streams and any(each.inputs for each in plan.adapted_layers):
        lines.append(f"    inputs = {_batches(plan)}")
    for each in plan.adapted_layers:
        lines += _adapted(plan, parts, each)
    parts.function("adapt", lines)


def _adapted(plan: TrainingPlan, parts: Parts, each: Adapted) -> list[str]:
    layer = "model" + "".join(f".get_layer({literal(name)})" for name in each.path)
    full = needs_full_vocabulary(each.layer)
    if each.inputs and not full:
        return statement("", call(f"{layer}.adapt", _inputs(plan, parts, each.inputs)))
    lines = [f"    layer = {layer}"]
    if each.inputs:
        shown: str | Group = _inputs(plan, parts, each.inputs)
    else:
        parts.imports.add("from typing import Any")
        # Keras's annotations want `verbose` to be a word.
        lines.append("    before: Any = keras.Model(model.inputs, layer.input)")
        shown = "before.predict(x, verbose=0)"
        if plan.streams:
            shown = f"{batched(plan, 'examples')}.map(lambda x, *_: before(x))"
    lines += statement("", call("layer.adapt", shown))
    if full:
        tokens = literal(each.layer.args.get("max_tokens"))
        lines += _FULL.replace("TOKENS", tokens).strip("\n").split("\n")
    return lines


def _batches(plan: TrainingPlan) -> str:
    """What fills the inputs, without the past of an output that is generated."""
    inputs = "examples.map(lambda x, *_: x)"
    return f"{inputs}.batch(32)" if plan.generated is not None else batched(plan, inputs)


def _inputs(plan: TrainingPlan, parts: Parts, names: tuple[str, ...]) -> str | Group:
    """What flows into a layer straight from inputs of the model, one below the other."""
    if plan.one_input:
        return "inputs" if plan.streams else "x"
    picked = [f"x[{literal(name)}]" for name in names]
    if plan.streams:
        parts.imports.add("import tensorflow as tf")
        values = picked[0] if len(names) == 1 else f"tf.concat([{', '.join(picked)}], 0)"
        return f"inputs.map(lambda x: {values})"
    if len(names) == 1:
        return picked[0]
    if any(name in plan.tensor_inputs for name in names):
        parts.imports.add("import tensorflow as tf")
        return call("tf.concat", listing(picked), "0")
    parts.imports.add("import numpy as np")
    return call("np.concatenate", listing(picked))
