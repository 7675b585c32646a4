"""What Keras's own tests and random configurations say about arguments.

What Keras accepts for good is accepted, every time; what it refuses in a constructor is refused
as far as arguments alone tell. The records lie in `shared/oracle`, beside the project.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from archlang.catalogue import load
from archlang.catalogue.validation import ArgumentProblem, validate
from archlang.shapes.rule import LayerValue
from tests.oracle_files import ORACLE, needs_oracle

pytestmark = needs_oracle
CAT = load()

# Constructors that refuse for reasons which are no matter of types: numbers that have to fit each
# other. The shape rules of these layers check them.
LEFT_TO_SHAPE_RULES = {
    ("Conv1D", "groups"),
    ("Conv2D", "groups"),
    ("Conv1DTranspose", "output_padding"),
    ("Conv2DTranspose", "output_padding"),
    ("Bidirectional", "backward_layer"),
    ("STFTSpectrogram", "fft_length"),
    ("STFTSpectrogram", "frame_step"),
    ("MelSpectrogram", "fft_length"),
}
# Keras lets these through, but they can only be mistakes.
REFUSED_NONSENSE = {
    "resizing value", "padding value", "units value", "filters value", "depth_multiplier value",
    "num_tokens value", "rate value", "strides tuple", "enum", "negative numeric",
    "strides>1 and dilation>1",
}  # fmt: skip


def _records(name: str) -> Iterator[dict[str, Any]]:
    path = ORACLE / f"{name}.jsonl"
    assert path.is_file(), f"{path} is missing: the oracle lies beside the checkout"
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _problems(layer: str, arguments: dict[str, Any]) -> list[ArgumentProblem]:
    entry = CAT.get("layers", layer)
    assert entry is not None, layer
    args = {name: _value(value) for name, value in arguments.items()}
    nested = [p for value in args.values() if isinstance(value, LayerValue) for p in _nested(value)]
    return validate(entry, args) + nested


def _nested(value: LayerValue) -> list[ArgumentProblem]:
    entry = CAT.get(value.kind, value.name)
    return [] if entry is None else validate(entry, value.args)


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return [_value(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$layer" in value:
        inner = value.get("kwargs") or value.get("config") or {}
        return LayerValue("layers", value["$layer"], {k: _value(v) for k, v in inner.items()})
    if "$tuple" in value:
        return tuple(_value(item) for item in value["$tuple"])
    if "$obj" in value:
        return _value(value["$obj"])
    if "class_name" in value:
        return _serialized(value)
    return {key: _value(item) for key, item in value.items()}


def _serialized(value: dict[str, Any]) -> LayerValue:
    name = value["class_name"]
    if "Policy" in name:
        return LayerValue("policies", name, value["config"])
    entry = CAT.find(name, ("initializers", "regularizers", "constraints", "layers"))
    assert entry is not None, name
    return LayerValue(entry.kind, name, {k: _value(v) for k, v in value["config"].items()})


@pytest.mark.parametrize("name", ["keras_tests", "random_valid"])
def test_what_keras_accepts_is_accepted(name: str) -> None:
    refused = [
        (record["id"], record["layer"], [problem.message for problem in problems])
        for record in _records(name)
        if (problems := _problems(record["layer"], record["init_kwargs"]))
    ]
    assert not refused


def test_what_a_constructor_refuses_is_refused() -> None:
    records = [r for r in _records("invalid") if r["keras"]["stage"] == "init"]
    left = [r for r in records if not _problems(r["layer"], r["init_kwargs"])]
    surprising = [
        (r["layer"], r["init_kwargs"])
        for r in left
        if not any((r["layer"], name) in LEFT_TO_SHAPE_RULES for name in r["init_kwargs"])
    ]
    assert not surprising
    assert len(left) <= 11, f"{len(records) - len(left)} of {len(records)} refused"


def test_nonsense_that_keras_accepts_is_refused() -> None:
    accepted = [
        (record["layer"], record["init_kwargs"])
        for record in _records("accepted_nonsense")
        if record["category"] in REFUSED_NONSENSE
        and not _problems(record["layer"], record["init_kwargs"])
    ]
    assert not accepted
