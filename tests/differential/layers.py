"""Random calls of single layers as specs: `check`'s answer to the text against Keras's to the call."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from archlang.shapes.rule import LayerResult, LayerValue, RuleError
from archlang.shapes.spec import TensorSpec
from tests.differential import live_keras, sequence_layers, sequences, single_case, single_layers
from tests.differential.nonsense import is_nonsense
from tests.differential.spec_level import NotWritable, Written, ruled, write

Case = single_case.Case | sequence_layers.Case


def cases(rng: random.Random, count: int) -> Iterator[Case]:
    """Calls of layers of all families."""
    for _ in range(count):
        if rng.random() < 0.6:
            yield open_batch(single_layers.random_case(rng))
        else:
            yield rng.choice(sequence_layers.GENERATORS)(rng)


def ask(case: Case) -> tuple[str, str | None]:
    """A word for the verdict on a call, and the disagreement, if there is one, with the spec."""
    answers: list[LayerResult | RuleError] = []

    def answer(_: Any) -> LayerResult | RuleError:
        if not answers:
            answers.append(ruled(*_parts(case)))
        return answers[0]

    try:
        spec = written(case)
    except NotWritable as reason:
        return f"not writable ({reason})", None
    if isinstance(case, single_case.Case):
        problem = live_keras.disagreement(case, answer)
    else:
        problem = sequences.compare(case, answer)
    answer(case)
    refusal = answers[0] if isinstance(answers[0], RuleError) else None
    verdict = "accepted" if refusal is None else "refused"
    if problem and refusal is not None and is_nonsense(refusal.code, refusal.message):
        return "refused as nonsense", None
    return verdict, f"{spec.text()}{problem}" if problem else None


def written(case: Case) -> Written:
    return write(*_parts(case))


def _parts(case: Case) -> tuple[str, dict[str, Any], Any, dict[str, Any]]:
    if isinstance(case, sequence_layers.Case):
        return case.layer, dict(case.args), case.inputs, dict(case.call_args)
    args = {name: _value(value) for name, value in case.args.items()}
    inputs = case.inputs
    several = isinstance(inputs, list)
    flowing = [_spec(tensor) for tensor in inputs] if several else _spec(inputs)
    return case.layer, args, flowing, dict(case.call_args or {})


def _value(value: Any) -> Any:
    if isinstance(value, single_case.Case):
        return LayerValue("layers", value.layer, {k: _value(v) for k, v in value.args.items()})
    return value


def _spec(tensor: single_case.Tensor) -> TensorSpec:
    return TensorSpec(tensor.shape, tensor.dtype)


def open_batch(case: single_case.Case) -> single_case.Case:
    """Models take batches of any size."""

    def opened(tensor: single_case.Tensor) -> single_case.Tensor:
        return replace(tensor, shape=(None, *tensor.shape[1:]))

    inputs = case.inputs
    several = isinstance(inputs, list)
    return replace(case, inputs=[opened(t) for t in inputs] if several else opened(inputs))
