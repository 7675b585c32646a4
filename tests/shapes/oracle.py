"""The recorded answers of Keras, and how a shape rule's answer is held against one.

A record (see ../shared/oracle/README.md) becomes a `LayerCall`; `differences` lists in words where
a rule says something else than Keras computed. Used by the tests of every layer family.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from archlang.shapes.rule import RULES, LayerCall, LayerResult, LayerValue, RuleError, apply
from archlang.shapes.spec import UNKNOWN, TensorSpec
from tests.oracle_files import ORACLE

# Where running gave another answer than the symbolic call, these dtypes and shapes are the truth.
_EAGER = ("observed_eager", "eager_shape")


def records(file: str, *layers: str) -> Iterator[dict[str, Any]]:
    """The records of a file (`keras_tests`, `invalid`, …), of the layers named or of all."""
    path = ORACLE / f"{file}.jsonl"
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if not layers or record["layer"] in layers:
                yield record


@cache
def defaults(layer: str) -> dict[str, Any]:
    """The constructor's defaults, from the catalogue, without one from Keras itself."""
    try:
        from archlang import catalogue

        return dict(catalogue.load().get("layers", layer).defaults())
    except (ImportError, AttributeError, FileNotFoundError):
        import keras

        parameters = inspect.signature(getattr(keras.layers, layer).__init__).parameters
        return {n: p.default for n, p in parameters.items() if p.default is not p.empty}


def value(raw: Any) -> Any:
    """An argument as a record holds it, as a rule receives it."""
    if isinstance(raw, list):
        return [value(item) for item in raw]
    if not isinstance(raw, dict):
        return raw
    if "$layer" in raw:
        written = raw.get("kwargs") or raw.get("config") or {}
        return LayerValue("layers", raw["$layer"], {k: value(v) for k, v in written.items()})
    if "$tuple" in raw:
        return tuple(value(item) for item in raw["$tuple"])
    if "$obj" in raw:
        return value(raw["$obj"])
    if "$complex" in raw:
        return complex(*raw["$complex"])
    if raw.get("class_name") == "DTypePolicy":
        return raw["config"]["name"]
    if isinstance(raw.get("class_name"), str) and isinstance(raw.get("config"), dict):
        # A serialized Keras object: an initializer, or a cell inside a layer's config.
        kind = _kind(raw)
        return LayerValue(kind, raw["class_name"], {k: value(v) for k, v in raw["config"].items()})
    return {key: value(item) for key, item in raw.items()}


def tensors(raw: Any) -> Any:
    """The tensors of a record: `TensorSpec`s, nested as there; unknown where it has none."""
    if raw is None:
        return UNKNOWN
    if isinstance(raw, dict) and "shape" in raw and "dtype" in raw:
        return TensorSpec(None if raw["shape"] is None else tuple(raw["shape"]), raw["dtype"])
    if isinstance(raw, dict):
        if "$arg" in raw:
            return tensors(raw["$arg"])
        return {key: tensors(item) for key, item in raw.items()}
    if isinstance(raw, list):
        return [tensors(item) for item in raw]
    return raw


def layer_call(record: dict[str, Any]) -> LayerCall:
    """The call of a record. Of inputs by keyword, the first is what the layer is called on."""
    args = defaults(record["layer"]) | {k: value(v) for k, v in record["init_kwargs"].items()}
    call_args = {k: value(v) for k, v in record.get("call_kwargs", {}).items()}
    inputs = record["inputs"]
    by_keyword = isinstance(inputs, dict) and not ("shape" in inputs or "$arg" in inputs)
    if by_keyword:
        (_, first), *others = [(key, tensors(item)) for key, item in inputs.items()]
        return LayerCall(record["layer"], args, first, call_args | dict(others))
    return LayerCall(record["layer"], args, tensors(inputs), call_args)


def differences(record: dict[str, Any], result: LayerResult) -> list[str]:
    """Where the rule's answer is not what Keras computes, in words."""
    keras = record["keras"]
    found = _output_differences(_computed(record), result.outputs, loose=_has_unknown(record))
    if result.weights is None:
        return [*found, "weights unknown"]
    trainable = sum(w.size for w in result.weights if w.trainable)
    fixed = sum(w.size for w in result.weights if not w.trainable)
    if trainable != keras["trainable_params"]:
        found.append(f"trainable parameters {trainable}, Keras {keras['trainable_params']}")
    if fixed != keras["non_trainable_params"]:
        found.append(f"non-trainable parameters {fixed}, Keras {keras['non_trainable_params']}")
    ours = [(w.name, list(w.shape), w.dtype, w.trainable) for w in result.weights]
    theirs = [
        (w["path"].rsplit("/", 1)[-1], w["shape"], w["dtype"], w["trainable"])
        for w in keras["weights"]
    ]
    if ours != theirs:
        found.append(f"weights {ours}, Keras {theirs}")
    return found


def check(record: dict[str, Any]) -> list[str]:
    """What a rule gets wrong on a record that Keras accepts; having no rule is wrong too."""
    if record["layer"] not in RULES:
        return ["no rule"]
    try:
        result = apply(layer_call(record))
    except RuleError as refusal:
        return [f"refused: {refusal.message}"]
    return differences(record, result)


def check_batch_none(record: dict[str, Any]) -> list[str]:
    """The same with the batch axis unknown (`keras_batch_none`), outputs only."""
    answer = record.get("keras_batch_none")
    # Where running gave another shape, the symbolic answer that was recorded here is wrong too.
    if not answer or not answer.get("ok") or record.get("eager_shape_differs"):
        return []
    unbatched = {**record, "inputs": _without_batch(record["inputs"])}
    try:
        result = apply(layer_call(unbatched))
    except RuleError as refusal:
        return [f"refused: {refusal.message}"]
    shapes_only = _output_differences(answer["output"], result.outputs, loose=False)
    return [text for text in shapes_only if not text.startswith("dtype")]


def refusal(record: dict[str, Any]) -> RuleError | None:
    """The rule's refusal of a record, or None where the rule lets it pass."""
    try:
        apply(layer_call(record))
    except RuleError as error:
        return error
    return None


def _computed(record: dict[str, Any]) -> Any:
    """The output as computed: the symbolic answer, or the eager one where the two differ."""
    if record.get("eager_shape"):
        return record["eager_shape"]
    if "observed_eager" in record and (
        record.get("eager_shape_differs") or record.get("eager_dtype_differs")
    ):
        return record["observed_eager"]
    output = record["keras"]["output"]
    if record.get("eager_dtype"):
        return {**output, "dtype": record["eager_dtype"][0]}
    return output


def _output_differences(expected: Any, actual: Any, *, loose: bool) -> list[str]:
    if isinstance(expected, dict) and "shape" in expected:
        if not isinstance(actual, TensorSpec):
            return [f"output {actual}, Keras {expected}"]
        return _spec_differences(expected, actual, loose=loose)
    if isinstance(expected, dict):
        if not isinstance(actual, dict) or set(actual) != set(expected):
            return [f"output {actual}, Keras {expected}"]
        return [
            text
            for key, item in expected.items()
            for text in _output_differences(item, actual[key], loose=loose)
        ]
    if isinstance(expected, list):
        if not isinstance(actual, (list, tuple)) or len(actual) != len(expected):
            return [f"output {actual}, Keras {expected}"]
        return [
            text
            for one, other in zip(expected, actual, strict=True)
            for text in _output_differences(one, other, loose=loose)
        ]
    return [] if expected == actual else [f"output {actual}, Keras {expected}"]


def _spec_differences(expected: dict[str, Any], actual: TensorSpec, *, loose: bool) -> list[str]:
    found: list[str] = []
    if actual.shape is None or len(actual.shape) != len(expected["shape"]):
        found.append(f"shape {actual.shape}, Keras {expected['shape']}")
    else:
        for ours, theirs in zip(actual.shape, expected["shape"], strict=True):
            # More precise than Keras is right; less precise only where it ran on made-up lengths.
            if isinstance(ours, int) and theirs is not None and ours != theirs:
                found.append(f"shape {actual.shape}, Keras {expected['shape']}")
                break
            if not isinstance(ours, int) and theirs is not None and not loose:
                found.append(f"shape {actual.shape}, Keras {expected['shape']}")
                break
    if actual.dtype != expected["dtype"]:
        found.append(f"dtype {actual.dtype}, Keras {expected['dtype']}")
    return found


def _has_unknown(record: dict[str, Any]) -> bool:
    """Whether Keras ran with lengths that the record does not give, or that the data decide."""
    ran = any(record.get(key) for key in _EAGER)
    return ran and "null" in json.dumps([record["inputs"], record["keras"].get("output")])


def _without_batch(raw: Any) -> Any:
    if isinstance(raw, dict) and "shape" in raw:
        return {**raw, "shape": [None, *raw["shape"][1:]] if raw["shape"] else raw["shape"]}
    if isinstance(raw, dict):
        return {key: _without_batch(item) for key, item in raw.items()}
    if isinstance(raw, list):
        return [_without_batch(item) for item in raw]
    return raw


def _kind(raw: dict[str, Any]) -> str:
    module = str(raw.get("module") or "")
    for kind in ("initializers", "regularizers", "constraints", "layers"):
        if kind in module:
            return kind
    return "layers"
