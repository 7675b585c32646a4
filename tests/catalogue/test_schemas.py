"""The schemas are JSON Schemas, defaults fit them, and the quick path agrees with `jsonschema`."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlang.catalogue import Parameter, load
from archlang.catalogue.describe import show
from archlang.catalogue.dialect import encode, findings, quickly_valid
from archlang.catalogue.loader import KINDS
from archlang.catalogue.validation import validate
from archlang.grammar_files import grammar_file
from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import TensorSpec

CAT = load()
DOCUMENT = json.loads(grammar_file("catalogue.json").read_bytes())
TYPES: dict[str, Any] = {name: body["schema"] for name, body in DOCUMENT["types"].items()}
RULES: dict[str, Any] = {
    f"{says}: {name}": schema
    for says, rule in DOCUMENT["together"].items()
    for name, schema in rule["refuse"].items()
}
ENTRIES = [entry for kind in KINDS for name in CAT.names(kind) if (entry := CAT.get(kind, name))]

# What the quick path must know, so that what it says about the whole is right.
KNOWN = {
    "type", "anyOf", "not", "enum", "const", "pattern", "x-tuple", "x-says", "x-of",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "items", "prefixItems", "minItems", "maxItems", "contains", "minContains", "maxContains",
    "uniqueItems", "required", "properties", "additionalProperties",
}  # fmt: skip


@pytest.mark.parametrize("name", TYPES)
def test_every_type_is_a_valid_json_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(TYPES[name])


@pytest.mark.slow
def test_every_entry_is_a_valid_json_schema() -> None:
    for entry in ENTRIES:
        jsonschema.Draft202012Validator.check_schema(entry.schema)


def test_every_default_fits() -> None:
    # Objects that only Python has (`{"$object": …}`) would be sentinels; Keras has none.
    wrong: list[str] = []
    for entry in ENTRIES:
        for parameter in entry.parameters:
            if parameter.required or _sentinel(parameter):
                continue
            if findings(parameter.schema, encode(parameter.default)):
                wrong.append(f"{entry.path}.{parameter.name}={parameter.default!r}")
    assert not wrong


def _sentinel(parameter: Parameter) -> bool:
    # CategoryEncoding has a default for what it then demands.
    return parameter.name == "num_tokens" and parameter.default is None


def test_words_fit_their_schemas() -> None:
    for entry in ENTRIES:
        for parameter in entry.parameters:
            for word in parameter.words:
                assert quickly_valid(parameter.schema, word), (entry.path, parameter.name, word)


@pytest.mark.parametrize("name", [*TYPES, *RULES])
def test_the_quick_path_knows_every_keyword(name: str) -> None:
    assert _keywords({**TYPES, **RULES}[name]) <= KNOWN


def _keywords(schema: Any) -> set[str]:
    found: set[str] = set(schema)
    for keyword in ("items", "contains", "not"):
        if keyword in schema:
            found |= _keywords(schema[keyword])
    for keyword in ("anyOf", "prefixItems"):
        for inner in schema.get(keyword, ()):
            found |= _keywords(inner)
    for inner in schema.get("properties", {}).values():
        found |= _keywords(inner)
    return found


WORDS = sorted({word for body in DOCUMENT["types"].values() for word in body.get("words", ())})
OBJECTS = [
    LayerValue("layers", "LSTM", {}),
    LayerValue("layers", "LSTMCell", {}),
    LayerValue("layers", "Dense", {}),
    LayerValue("initializers", "HeNormal", {}),
    LayerValue("regularizers", "L2", {}),
    LayerValue("optimizers", "Adam", {}),
    LayerValue("schedules", "CosineDecay", {}),
    LayerValue("policies", "DTypePolicy", {}),
    LayerValue("custom", "Mine", {}),
    TensorSpec((None, 3)),
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.sampled_from([300, 1000, 2**40])
    | st.floats(-2, 2)
    | st.sampled_from([0.0, 1.0, -1.0, 2.0, float("inf"), float("nan")])
    | st.text(max_size=4)
    | st.sampled_from(WORDS)
    | st.sampled_from(["a/b", "VALID", "m.keras", "m.weights.h5", "int8_from_float32"])
    | st.sampled_from(OBJECTS)
)
LISTS = st.lists(SCALARS, max_size=4)
VALUES = (
    SCALARS
    | LISTS
    | LISTS.map(tuple)
    | st.lists(st.integers(-2, 4), max_size=4)
    | st.lists(st.integers(-2, 4), max_size=4).map(tuple)
    | st.lists(st.lists(st.integers(-1, 3), min_size=1, max_size=3) | st.integers(), max_size=3)
    | st.dictionaries(st.sampled_from(["rmax", "rmin", "dmax", "a", "$value"]), SCALARS, max_size=3)
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_the_quick_path_and_jsonschema_agree(value: Any) -> None:
    encoded = encode(value)
    for name, schema in {**TYPES, **RULES}.items():
        says_valid = quickly_valid(schema, encoded)
        is_valid = not findings(schema, encoded)
        # Lists of anything but words and integers are not looked at for repetition.
        assert says_valid == is_valid or (is_valid and "uniqueItems" in json.dumps(schema)), name


@settings(max_examples=60, deadline=None)
@given(VALUES, st.data())
def test_every_refusal_can_be_put_into_words(value: Any, data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from([e for e in ENTRIES if e.parameters and not e.abstract]))
    parameter = data.draw(st.sampled_from(entry.parameters))
    for problem in validate(entry, {parameter.name: value}):
        assert problem.message[0] == "`" or problem.message[0].islower()
        assert not problem.message.endswith(".")
        assert problem.label
        assert "$" not in problem.message or "$" in repr(value)


def test_a_dictionary_with_a_key_of_ours_is_a_dictionary() -> None:
    assert show({"$value": {"$value": "layers", "name": "LSTM"}}) == "a dictionary"
