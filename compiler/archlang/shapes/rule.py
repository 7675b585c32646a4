"""What a shape rule is: from a layer's arguments and the tensors that flow in to the tensors that
flow out.

A rule is a pure function registered under the names of the Keras layers that it speaks for:

    @rule("Dense")
    def dense(call: LayerCall) -> LayerResult: ...

It runs without Keras. Where Keras would refuse, it raises `RuleError` with a message in the field's
words; where a shape is unknown (`?`), it gives what is certain all the same and refuses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any, cast

from archlang.records import record
from archlang.shapes.families import LAYERS
from archlang.shapes.lazy_rules import LazyRules
from archlang.shapes.spec import UNKNOWN, TensorSpec

# Tensors as a call takes or gives them: one, or nested in lists, tuples and dicts.
Nested = Any


@record
class Weight:
    """A variable that a layer owns; `name` is Keras's last path segment (`kernel`)."""

    name: str
    shape: tuple[int, ...]
    dtype: str = "float32"
    trainable: bool = True

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        count = 1
        for dim in self.shape:
            count *= dim
        return count


@record
class LayerValue:
    """A layer (or initializer, regularizer, optimizer, cell …) as a value: `LSTM(64)` in
    `Bidirectional(LSTM(64))`.

    `args` are the arguments as written, by name; `kind` is the catalogue's section (`layers`,
    `initializers`, …).
    """

    kind: str
    name: str
    args: Mapping[str, Any]


@record
class LayerCall:
    """One call of a layer.

    `args` holds every parameter of the constructor: what was written, and Keras's defaults for the
    rest; also the base arguments `dtype`, `trainable`, `name`, `activity_regularizer` where
    written. `inputs` is what the layer is called on: a `TensorSpec`, or a list or dict of them.
    `call_args` are the further arguments of the call; tensors among them are `TensorSpec`s.
    """

    layer: str
    args: Mapping[str, Any]
    inputs: Nested
    call_args: Mapping[str, Any] = field(default_factory=dict[str, Any])


@record
class LayerResult:
    """What comes out of a layer call.

    `outputs` is a `TensorSpec`, or a tuple, list or dict of them as Keras returns; `weights` are in
    Keras's order; None where they are not known. `macs` are multiply-adds for one example (a
    multiplication and an addition count as one), None where not known or where a dimension is
    symbolic.
    """

    outputs: Nested
    weights: tuple[Weight, ...] | None = ()
    macs: int | None = 0


class RuleError(Exception):
    """Keras would refuse this call, or compute nonsense.

    `message` is lower case, without a full stop, with the shapes in it. `argument` names the
    argument at fault, if it is one (the span under the carets is then that argument's),
    `input_index` the input at fault among several. `label` is the short text under the carets,
    `help` says what to do instead; `code` is a diagnostic code from `archlang.shapes.codes`. Two
    ways to say a fix: `insert_before` is a step to put before this one (`Flatten`), `set_argument`
    an argument to write (`("padding", "same")`).
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "E0301",
        argument: str | None = None,
        input_index: int | None = None,
        label: str = "",
        help: str | None = None,
        insert_before: str | None = None,
        set_argument: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.argument = argument
        self.input_index = input_index
        self.label = label
        self.help = help
        self.insert_before = insert_before
        self.set_argument = set_argument


Rule = Callable[[LayerCall], LayerResult]

RULES: LazyRules[Rule] = LazyRules("archlang.shapes.rules", LAYERS)


def rule(*layers: str) -> Callable[[Rule], Rule]:
    """Register a function as the rule of the layers named."""

    def register(function: Rule) -> Rule:
        for layer in layers:
            RULES.register(layer, function)
        return function

    return register


def apply(call: LayerCall) -> LayerResult:
    """Ask the rule of a layer; a layer without one gives an honest unknown."""
    function = RULES.get(call.layer)
    if function is None:
        return LayerResult(UNKNOWN, None, None)
    return function(call)


def single(call: LayerCall) -> TensorSpec:
    """The one tensor that flows into a layer which takes one; RuleError where there are several."""
    inputs = call.inputs
    if isinstance(inputs, TensorSpec):
        return inputs
    items = cast("Sequence[Any]", inputs if isinstance(inputs, (list, tuple, dict)) else ())
    if len(items) == 1 and not isinstance(inputs, dict) and isinstance(items[0], TensorSpec):
        # Some layers of Keras fail on it, others read it as a further axis.
        raise RuleError(
            f"`{call.layer}` takes one tensor, but a list of one flows in",
            code="E0306",
            label="a list of one tensor",
            help="leave out the brackets before it",
        )
    count = len(items)
    raise RuleError(
        f"`{call.layer}` takes one tensor, but {count} flow in",
        code="E0306",
        label=f"{count} tensors flow in",
        help="merge them first, for example with `Concatenate`",
    )


def compute_dtype(call: LayerCall, default: str = "float32") -> str:
    """The dtype a layer computes in: its `dtype`, for a mixed policy the half-precision type."""
    # A quantized policy names the one that it came from: int8_from_mixed_bfloat16.
    return _policy(call, default).rpartition("_from_")[2].removeprefix("mixed_")


def variable_dtype(call: LayerCall, default: str = "float32") -> str:
    """The dtype a layer's weights have: float32 under a mixed policy."""
    policy = _policy(call, default).rpartition("_from_")[2]
    return "float32" if policy.startswith("mixed_") else policy


def quantization(call: LayerCall) -> str | None:
    """How the policy quantizes weights: `int8` of `int8_from_float32`, None where it does not."""
    mode, _, base = _policy(call, "").rpartition("_from_")
    return mode if base and mode else None


def _policy(call: LayerCall, default: str) -> str:
    dtype = call.args.get("dtype")
    if isinstance(dtype, LayerValue):
        dtype = dtype.args.get("name")
    return default if dtype is None else str(dtype)
