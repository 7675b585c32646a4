"""Single layer calls as whole specs: what `check` says to a text is held against Keras's answer.

A recorded call (see ../shared/oracle/README.md) or a random one becomes a model of one step. What the
language cannot say raises `NotWritable` with the reason, so that nothing is left out silently.
"""

from __future__ import annotations

import keyword
import math
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from archlang import api
from archlang.catalogue import load
from archlang.diagnostics import Diagnostic
from archlang.graph.model import Graph, Node, specs
from archlang.shapes.rule import LayerResult, LayerValue, RuleError
from archlang.shapes.spec import TensorSpec
from archlang.source import Source
from tests.shapes import oracle

# Dtypes that the type of an input can name.
DTYPES = frozenset(
    [
        "float32",
        "float16",
        "bfloat16",
        "float64",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "bool",
        "string",
    ]
)
# Several tensors flow into the output, or not as many as there are names.
_OTHER_COUNT = frozenset({"E0326", "E0321"})
_MOST_RESULTS = 8
_WORD = re.compile(r"[a-z_][a-z_0-9]*")
# These take one signal as well as a batch of them.
_SIGNALS = frozenset({"MelSpectrogram", "STFTSpectrogram"})
_LANGUAGE = frozenset(
    [
        "and",
        "as",
        "else",
        "for",
        "frozen",
        "head",
        "if",
        "in",
        "input",
        "learned",
        "let",
        "not",
        "or",
        "output",
        "repeat",
        "require",
        "shared",
    ]
)


class NotWritable(Exception):
    """The language has no way to say this call; the message is the reason, a phrase for counting."""


@dataclass
class Written:
    """A call as a spec: the inputs with their types, and the step."""

    inputs: dict[str, str] = field(default_factory=dict[str, str])
    flow: str = ""
    step: str = ""

    def text(self, results: int = 1) -> str:
        """The spec; of several results, the first is the model's output."""
        lines = [f"    input {name}: {kind}" for name, kind in self.inputs.items()]
        names = " as " + ", ".join(["result"] + ["_"] * (results - 1)) if results > 1 else ""
        lines.append(f"    {self.flow}{self.step}{names}")
        if results > 1:
            lines.append("    result")
        return "model M {\n" + "\n".join(lines) + "\n}\n"


def write(layer: str, args: dict[str, Any], inputs: Any, call_args: dict[str, Any]) -> Written:
    """The spec of one call, its values as a rule receives them."""
    written = Written()
    # `training` changes no shape, and a stack cannot set it.
    keywords = {name: value for name, value in call_args.items() if name != "training"}
    if isinstance(inputs, dict):
        (_, first), *others = inputs.items()
        keywords = dict(others) | keywords
        inputs = first
    if isinstance(inputs, (list, tuple)):
        written.flow = f"{_list([_input(written, tensor) for tensor in inputs])} -> "
    else:
        name = _input(written, inputs)
        written.flow = f"{name} -> " if keywords or _coin(layer, args) else ""
    arguments = [f"{name}={_argument(layer, name, value)}" for name, value in args.items()]
    arguments += [f"{name}={_call_argument(written, value)}" for name, value in keywords.items()]
    if len(written.inputs) > 1 and not written.flow:
        raise AssertionError("a flow of several inputs begins with a name")
    written.step = layer + (f"({', '.join(arguments)})" if arguments else "")
    return written


def write_record(record: dict[str, Any]) -> Written:
    """The spec of a record of the oracle."""
    inputs = record["inputs"]
    if isinstance(inputs, dict) and "$arg" in inputs:
        raise NotWritable("one dict of tensors as input")
    if record["layer"] in _SIGNALS and isinstance(inputs, dict) and len(inputs["shape"]) < 2:
        raise NotWritable("a tensor without a batch axis")
    args = {name: oracle.value(value) for name, value in record["init_kwargs"].items()}
    call_args = {name: oracle.value(v) for name, v in record.get("call_kwargs", {}).items()}
    return write(record["layer"], args, oracle.tensors(inputs), call_args)


# ------------------------------------------------------------------ asking the checker


@dataclass(frozen=True)
class Verdict:
    """What `check` says to a spec of one step."""

    errors: tuple[Diagnostic, ...]
    warnings: tuple[Diagnostic, ...]
    result: LayerResult | None = None

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in (*self.errors, *self.warnings)]

    @property
    def said(self) -> str:
        return "; ".join(f"{d.code} {d.message}" for d in (*self.errors, *self.warnings))


def verdict(written: Written) -> Verdict:
    """The checker's answer to a call; several results are given names first."""
    checked = api.check(Source("spec.arch", written.text()))
    count = 1
    while count < _MOST_RESULTS and {d.code for d in checked.diagnostics} & _OTHER_COUNT:
        count += 1
        checked = api.check(Source("spec.arch", written.text(count)))
    node = _step(checked.graphs.get("M"))
    errors = tuple(d for d in checked.diagnostics if d.is_error)
    warnings = tuple(d for d in checked.diagnostics if not d.is_error)
    if errors or node is None or node.layer is None:
        return Verdict(errors, warnings)
    return Verdict(errors, warnings, LayerResult(specs(node.outputs), node.layer.weights))


def ruled(
    layer: str, args: dict[str, Any], inputs: Any, call_args: dict[str, Any]
) -> LayerResult | RuleError:
    """The answer in the form in which a shape rule gives one, for the runs of random cases."""
    answer = verdict(write(layer, args, inputs, call_args))
    if answer.result is not None:
        return answer.result
    return RuleError(answer.said or "no layer in the graph", code=(answer.codes or ["E"])[0])


def _step(graph: Graph | None) -> Node | None:
    layers = [node for node in graph.nodes if node.kind == "layer"] if graph is not None else []
    return layers[-1] if layers else None


# ------------------------------------------------------------------ records


def agrees_valid(record: dict[str, Any]) -> str | None:
    """What the checker says wrongly to a call that Keras accepts; NotWritable."""
    found = verdict(write_record(record))
    answer = record.get("keras_batch_none")
    if answer is not None and not answer.get("ok"):
        # With an open batch axis, as in every model, Keras refuses it.
        return None if found.errors else "accepted, Keras refuses it where the batch is open"
    if found.result is None:
        if record["init_kwargs"].get("stateful") and "E0352" in found.codes:
            raise NotWritable("a fixed batch size, for `stateful=True`")
        if "E0366" in found.codes and not record["init_kwargs"].get("vocabulary"):
            raise NotWritable("a width learnt from data, refused by the language")
        return f"refused: {found.said}"
    if "training" in record["call_kwargs"] and record.get("eager_dtype_differs"):
        raise NotWritable("`training=False`, with which another dtype comes out")
    return "; ".join(oracle.differences(_batch_open(record), found.result)) or None


def agrees_invalid(record: dict[str, Any]) -> str | None:
    """What the checker says wrongly to a call that Keras refuses; NotWritable."""
    if record["inputs"] is not None:
        found = verdict(write_record(record))
        return None if found.errors else "accepted"
    # Refused by its constructor, so whatever flows in.
    for dims in ([None, 6], [None, 6, 4], [None, 8, 8, 3], [None, 6, 8, 8, 3]):
        flowing = {**record, "inputs": {"shape": dims, "dtype": "float32"}}
        if not verdict(write_record(flowing)).errors:
            return f"accepted for {dims}"
    return None


def agrees_nonsense(record: dict[str, Any]) -> str | None:
    """Whether the checker says nothing to a call that makes no sense; NotWritable."""
    found = verdict(write_record(record))
    return None if found.errors or found.warnings else "neither error nor warning"


AGREES: dict[str, Callable[[dict[str, Any]], str | None]] = {
    "keras_tests": agrees_valid,
    "random_valid": agrees_valid,
    "invalid": agrees_invalid,
    "accepted_nonsense": agrees_nonsense,
}


def _batch_open(record: dict[str, Any]) -> dict[str, Any]:
    """The record with the answers for an open batch axis, where one was recorded; dtypes stay."""
    output = _without_batch(record["keras"]["output"])
    answer = record.get("keras_batch_none")
    if answer is not None:
        output = _shapes_of(answer["output"], output)
    opened = {**record, "keras": {**record["keras"], "output": output}}
    for key in ("observed_eager", "eager_shape"):
        opened[key] = _without_batch(record.get(key))
    return opened


def _shapes_of(shaped: Any, typed: Any) -> Any:
    if isinstance(shaped, dict) and "shape" in shaped:
        return {**typed, "shape": shaped["shape"]}
    if isinstance(shaped, dict):
        return {key: _shapes_of(item, typed[key]) for key, item in shaped.items()}
    return [_shapes_of(a, b) for a, b in zip(shaped, typed, strict=True)]


def _without_batch(raw: Any) -> Any:
    if isinstance(raw, dict) and "shape" in raw:
        shape = raw["shape"]
        return {**raw, "shape": [None, *shape[1:]] if shape else shape}
    if isinstance(raw, dict):
        return {key: _without_batch(item) for key, item in raw.items()}
    if isinstance(raw, list) and raw and isinstance(raw[0], (dict, list)):
        return [_without_batch(item) for item in raw]
    return raw


# ------------------------------------------------------------------ writing values


def _input(written: Written, tensor: TensorSpec) -> str:
    if not isinstance(tensor, TensorSpec) or tensor.shape is None:
        raise NotWritable("no input was recorded")
    if not tensor.shape:
        raise NotWritable("a tensor without a batch axis")
    if tensor.dtype not in DTYPES:
        raise NotWritable(f"an input of dtype {tensor.dtype}")
    if 0 in tensor.shape[1:]:
        raise NotWritable("an axis of length 0")
    name = f"x{len(written.inputs)}" if written.inputs else "x"
    dims = ", ".join("None" if dim is None else str(dim) for dim in tensor.shape[1:])
    written.inputs[name] = f"{tensor.dtype}[{dims}]"
    return name


def _call_argument(written: Written, value: Any) -> str:
    if isinstance(value, TensorSpec):
        return _input(written, value)
    if isinstance(value, (list, tuple)) and any(isinstance(item, TensorSpec) for item in value):
        return _list([_call_argument(written, item) for item in value])
    return value_text(value)


def _argument(layer: str, name: str, value: Any) -> str:
    """A value as an argument: a word now and then without its quotes, where Keras lists it."""
    entry = load().get("layers", layer)
    parameter = entry.parameter(name) if entry is not None else None
    if (
        isinstance(value, str)
        and parameter is not None
        and value in parameter.words
        and _WORD.fullmatch(value)
        and value not in _LANGUAGE
        and not keyword.iskeyword(value)
        and _coin(layer, name, value)
    ):
        return value
    return value_text(value)


def value_text(value: Any) -> str:
    """A value as a spec writes it."""
    if isinstance(value, str):
        if "\n" in value or not value.isprintable():
            raise NotWritable("a string with control characters")
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if value is None or isinstance(value, (bool, int)):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NotWritable("a float that is infinite or no number")
        return repr(value)
    if isinstance(value, list):
        return _list([value_text(item) for item in value])
    if isinstance(value, tuple):
        items = [value_text(item) for item in value]
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    if isinstance(value, LayerValue):
        if not re.fullmatch(r"[A-Z]\w*", value.name):
            raise NotWritable("an object that has no name of its own in Keras")
        arguments = [
            f"{name}={_argument(value.name, name, item)}" for name, item in value.args.items()
        ]
        return f"{value.name}({', '.join(arguments)})" if arguments else value.name
    if isinstance(value, dict):
        raise NotWritable("a dict as an argument")
    raise NotWritable(f"a value of {type(value).__name__}")


def _list(items: list[str]) -> str:
    return f"[{', '.join(items)}]"


def _coin(*of: Any) -> bool:
    return zlib.crc32(repr(of).encode()) % 2 == 0
