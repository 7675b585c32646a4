"""Recurrent layers over a sequence of vectors: `LSTM`, `GRU`, `SimpleRNN`, `RNN` and its cells."""

from __future__ import annotations

from typing import Any, cast

from archlang.records import record
from archlang.shapes.checks import needs_floats, needs_numbers
from archlang.shapes.dims import equal
from archlang.shapes.nested import as_call
from archlang.shapes.rule import (
    LayerCall,
    LayerResult,
    LayerValue,
    RuleError,
    Weight,
    compute_dtype,
    rule,
    single,
    variable_dtype,
)
from archlang.shapes.spec import Dim, Shape, TensorSpec, show_shape
from archlang.shapes.values import (
    features_of,
    flag,
    owned,
    sequence,
    times,
    trainable,
    whole,
    written,
)

CELLS = ("GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells")
CELL_OF = {"LSTM": "LSTMCell", "GRU": "GRUCell", "SimpleRNN": "SimpleRNNCell"}
GATES = {"LSTMCell": 4, "GRUCell": 3, "SimpleRNNCell": 1}

# Sizes of the states of a cell: one, several (`LSTMCell`), or a list for each cell of a stack.
States = Any


@record
class Cell:
    """What one step of a recurrent layer does: the width it gives, the states it keeps."""

    units: int
    states: list[States]
    weights: tuple[Weight, ...] | None
    macs: int | None


@rule("LSTM", "GRU", "SimpleRNN")
def recurrent(call: LayerCall) -> LayerResult:
    """A layer whose cell takes the layer's own arguments."""
    spec = _sequence_input(call)
    cell = _simple_cell(call, CELL_OF[call.layer], _features(call, spec))
    return run_cell(call, spec, cell)


@rule("RNN")
def rnn(call: LayerCall) -> LayerResult:
    """A layer around a cell, or around a list of cells."""
    spec = _sequence_input(call)
    value = call.args.get("cell")
    cells = sequence(value)
    features = _features(call, spec)
    if cells is not None:
        return run_cell(call, spec, _stack(call, "cell", cells, features))
    return run_cell(call, spec, cell_of(call, "cell", value, features))


@rule("StackedRNNCells")
def stacked(call: LayerCall) -> LayerResult:
    """A stack of cells by itself: one step."""
    spec = single(call)
    cells = sequence(call.args.get("cells"))
    if cells is None:
        raise _not_a_cell(call, "cells", call.args.get("cells"))
    cell = _stack(call, "cells", cells, _step_features(call, spec))
    return LayerResult(_step_output(call, spec, cell), cell.weights, cell.macs)


@rule("GRUCell", "LSTMCell", "SimpleRNNCell")
def single_cell(call: LayerCall) -> LayerResult:
    """A cell by itself: one step."""
    spec = single(call)
    cell = _simple_cell(call, call.layer, _step_features(call, spec))
    return LayerResult(_step_output(call, spec, cell), cell.weights, cell.macs)


def cell_of(call: LayerCall, argument: str, value: Any, features: int | None) -> Cell:
    """The cell that stands in an argument of `call`."""
    if not isinstance(value, LayerValue) or value.name not in CELLS:
        raise _not_a_cell(call, argument, value)
    inner = as_call(value)
    if value.name != "StackedRNNCells":
        return _simple_cell(inner, value.name, features)
    cells = sequence(inner.args.get("cells"))
    if cells is None:
        raise _not_a_cell(inner, "cells", inner.args.get("cells"))
    return _stack(inner, "cells", cells, features)


def run_cell(call: LayerCall, spec: TensorSpec, cell: Cell) -> LayerResult:
    """A cell over all steps of a sequence."""
    batch: Dim = spec.shape[0] if spec.shape else None
    steps: Dim = spec.shape[1] if spec.shape else None
    dtype = compute_dtype(call)
    check_stateful(call, spec)
    check_states(call, batch, cell.states)
    check_mask(call, spec)
    output = TensorSpec((batch, cell.units), dtype)
    if flag(call, "return_sequences"):
        output = TensorSpec((batch, steps, cell.units), dtype)
    outputs: Any = output
    if flag(call, "return_state"):
        outputs = (output, *(_state_specs(state, batch, dtype) for state in cell.states))
    macs = None if cell.macs is None else times(cell.macs, steps)
    return LayerResult(outputs, owned(call, cell.weights), macs)


def check_stateful(call: LayerCall, spec: TensorSpec) -> None:
    """States kept from batch to batch need to know the size of a batch."""
    if flag(call, "stateful") and spec.shape is not None and not isinstance(spec.shape[0], int):
        raise RuleError(
            f"`{call.layer}` with `stateful=True` needs a batch size, but the input leaves it open",
            code="E0352",
            argument="stateful",
            label="states are kept for every example of a batch",
            help="leave `stateful` out",
        )


def check_states(call: LayerCall, batch: Dim, states: list[States]) -> None:
    """`initial_state` must be one tensor for each state, of the state's width."""
    given = call.call_args.get("initial_state")
    if given is None:
        return
    tensors: list[Any] = list(sequence(given) or [given])
    if len(tensors) != len(states):
        raise RuleError(
            f"`{call.layer}` keeps {_count(len(states), 'state')}, "
            f"but `initial_state` has {_count(len(tensors), 'tensor')}",
            code="E0353",
            argument="initial_state",
            label=f"{len(states)} needed",
            help=_states_help(call, len(states)),
        )
    for tensor, size in zip(tensors, states, strict=True):
        _check_state(call, batch, tensor, size)


def check_mask(call: LayerCall, spec: TensorSpec) -> None:
    """A mask has one value for each step of each example."""
    mask = call.call_args.get("mask")
    if not isinstance(mask, TensorSpec) or mask.shape is None or spec.shape is None:
        return
    fits = len(mask.shape) == 2 and equal(mask.shape[1], spec.shape[1]) is not False
    if not fits:
        raise RuleError(
            f"the mask of `{call.layer}` must be {show_shape(spec.shape[:2])}, one value a step, "
            f"but is {show_shape(mask.shape)}",
            code="E0353",
            argument="mask",
            label=f"{show_shape(mask.shape)} here",
        )


def _check_state(call: LayerCall, batch: Dim, tensor: Any, size: States) -> None:
    several = sequence(size)
    if several is not None:
        parts = list(sequence(tensor) or [])
        if len(parts) != len(several):
            raise RuleError(
                f"each cell of `{call.layer}` keeps {_count(len(several), 'state')}, "
                "so `initial_state` needs a list for each",
                code="E0353",
                argument="initial_state",
                label="not a list for each cell",
            )
        for part, inner in zip(parts, several, strict=True):
            _check_state(call, batch, part, inner)
        return
    if not isinstance(tensor, TensorSpec) or tensor.shape is None:
        return
    width = cast("Shape", size) if isinstance(size, tuple) else (size,)
    expected: Shape = (batch, *width)
    fits = len(tensor.shape) == len(expected) and all(
        equal(a, b) is not False for a, b in zip(tensor.shape, expected, strict=True)
    )
    if not fits:
        raise RuleError(
            f"the states of `{call.layer}` are {show_shape(expected)}, "
            f"but `initial_state` holds {show_shape(tensor.shape)}",
            code="E0353",
            argument="initial_state",
            label=f"{show_shape(tensor.shape)} here",
            help="give both layers the same number of units",
        )


def _sequence_input(call: LayerCall) -> TensorSpec:
    spec = single(call)
    needs_numbers(call, spec)
    if call.args.get("dropout"):
        # What is not dropped is scaled up.
        needs_floats(call, spec)
    if spec.shape is None or len(spec.shape) == 3:
        return spec
    wanted = f"`{call.layer}` needs [time, features], but {show_shape(spec.shape)} flows in"
    label = f"{show_shape(spec.shape)} flows in"
    if len(spec.shape) == 2:
        steps = spec.shape[1]
        before = f"Reshape(({steps if isinstance(steps, int) else -1}, 1))"
        raise RuleError(
            wanted,
            code="E0350",
            label=label,
            help=f"add the missing axis first, for example `{before}`",
            insert_before=before,
        )
    if len(spec.shape) > 3:
        raise RuleError(
            wanted,
            code="E0350",
            label=label,
            help="`TimeDistributed(Flatten())` makes one vector of every step",
            insert_before="TimeDistributed(Flatten())",
        )
    raise RuleError(wanted, code="E0350", label=label)


def _features(call: LayerCall, spec: TensorSpec) -> int | None:
    return None if spec.shape is None else features_of(call, spec)


def _step_features(call: LayerCall, spec: TensorSpec) -> int | None:
    needs_numbers(call, spec)
    if spec.shape is None:
        return None
    if len(spec.shape) != 2:
        raise RuleError(
            f"`{call.layer}` takes one step, [features], but {show_shape(spec.shape)} flows in",
            code="E0350",
            label=f"{show_shape(spec.shape)} flows in",
            help=f"`RNN({call.layer}(…))` runs it over a sequence",
        )
    return features_of(call, spec)


def _step_output(call: LayerCall, spec: TensorSpec, cell: Cell) -> Any:
    """A cell called by itself gives its output and its new states."""
    batch: Dim = spec.shape[0] if spec.shape else None
    dtype = compute_dtype(call)
    states = [_state_specs(state, batch, dtype) for state in cell.states]
    return TensorSpec((batch, cell.units), dtype), states


def _simple_cell(call: LayerCall, kind: str, features: int | None) -> Cell:
    """The cell `kind` with the arguments of `call`, which is the cell or the layer made of it."""
    units = whole(call, "units")
    width = GATES[kind] * units
    states = [units, units] if kind == "LSTMCell" else [units]
    if features is None:
        return Cell(units, states, None, None)
    shapes: dict[str, tuple[int, ...]] = {
        "kernel": (features, width),
        "recurrent_kernel": (units, width),
    }
    if flag(call, "use_bias", True):
        # A GRU that resets after the multiplication has a bias for the input and one for the state.
        double = kind == "GRUCell" and flag(call, "reset_after", True)
        shapes["bias"] = (2, width) if double else (width,)
    dtype, learns = variable_dtype(call), trainable(call)
    weights = tuple(Weight(name, shape, dtype, learns) for name, shape in shapes.items())
    return Cell(units, states, weights, (features + units) * width)


def _stack(call: LayerCall, argument: str, values: Any, features: int | None) -> Cell:
    """Cells one above the other; the output of each is the input of the next."""
    cells: list[Cell] = []
    for value in values:
        cells.append(cell_of(call, argument, value, features))
        features = None if features is None else cells[-1].units
    if not cells:
        raise _not_a_cell(call, argument, [])
    states: list[States] = [
        cell.states if len(cell.states) > 1 else cell.states[0] for cell in cells
    ]
    if features is None:
        return Cell(cells[-1].units, states, None, None)
    weights = tuple(w for cell in cells for w in cell.weights or ())
    return Cell(cells[-1].units, states, weights, sum(cell.macs or 0 for cell in cells))


def _state_specs(state: States, batch: Dim, dtype: str) -> Any:
    if isinstance(state, int):
        return TensorSpec((batch, state), dtype)
    if isinstance(state, tuple):
        return TensorSpec((batch, *cast("Shape", state)), dtype)
    return [_state_specs(inner, batch, dtype) for inner in state]


def _not_a_cell(call: LayerCall, argument: str, value: Any) -> RuleError:
    fix = None
    if isinstance(value, LayerValue) and value.name in CELL_OF:
        fix = f"write `{CELL_OF[value.name]}`, or use `{value.name}` without `{call.layer}`"
    return RuleError(
        f"`{argument}` of `{call.layer}` must be a cell, or a list of cells, not {written(value)}",
        code="E0354",
        argument=argument,
        label="not a cell",
        help=fix or "the cells are `GRUCell`, `LSTMCell`, `SimpleRNNCell` and `StackedRNNCells`",
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _states_help(call: LayerCall, states: int) -> str | None:
    if call.layer == "LSTM":
        return (
            "`LSTM(…, return_state=True) as output, h, c` gives both, then `initial_state=[h, c]`"
        )
    if states == 1:
        return "pass one tensor"
    return None
