"""Every recorded answer of Keras against what `check` says to the call written as a spec."""

from __future__ import annotations

from collections import Counter

import pytest

from archlang.shapes.spec import TensorSpec
from tests.differential.spec_level import AGREES, NotWritable, value_text, write, write_record
from tests.oracle_files import needs_oracle
from tests.shapes import oracle
from tests.shapes.oracle import LayerValue

# How many records of each file the language cannot say, by reason.
NOT_WRITABLE = {
    "keras_tests": {
        "a tensor without a batch axis": 4,
        "a width learnt from data, refused by the language": 4,
        "an axis of length 0": 1,
        "one dict of tensors as input": 5,
        "`training=False`, with which another dtype comes out": 4,
    },
    "random_valid": {
        "a fixed batch size, for `stateful=True`": 12,
        "a tensor without a batch axis": 2,
    },
    "invalid": {"a dict as an argument": 4, "a tensor without a batch axis": 2},
    "accepted_nonsense": {},
}


@needs_oracle
@pytest.mark.parametrize("file", AGREES)
def test_specs_agree_with_the_records(file: str) -> None:
    wrong: list[str] = []
    reasons: Counter[str] = Counter()
    for record in oracle.records(file):
        try:
            problem = AGREES[file](record)
        except NotWritable as reason:
            reasons[str(reason)] += 1
            continue
        if problem is not None:
            wrong.append(f"{record['id']} {write_record(record).text()}{problem}")
    assert not wrong, "\n\n".join(wrong)
    assert reasons == NOT_WRITABLE[file]


def test_a_call_is_written_as_a_user_writes_it() -> None:
    cell = LayerValue("layers", "LSTM", {"units": 4, "return_sequences": True})
    sequence, state = TensorSpec((None, None, 3)), TensorSpec((None, 4))
    written = write("Bidirectional", {"layer": cell}, sequence, {"initial_state": [state] * 4})
    assert written.step == (
        "Bidirectional(layer=LSTM(units=4, return_sequences=True), initial_state=[x1, x2, x3, x4])"
    )
    assert written.inputs["x"] == "float32[None, 3]"
    assert written.flow == "x -> "


def test_values_keep_their_kind() -> None:
    assert value_text((1,)) == "(1,)"
    assert value_text([True, None, 'a "b"']) == '[True, None, "a \\"b\\""]'
    with pytest.raises(NotWritable):
        value_text({"rmax": 3})
