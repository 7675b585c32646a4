"""Whether built-in data sets and columns have the shapes and values that a task speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from archlang.shapes.spec import Shape, TensorSpec
from archlang.tasks.data_sets import DataSet
from archlang.tasks.kind import Inputs
from archlang.tasks.model import DataSpec, InputSpec, OutputSpec, TaskSpec
from archlang.tasks.problem import Problem
from archlang.tasks.registry import KINDS
from archlang.tasks.regression import bounds


def input_specs(task: TaskSpec) -> dict[str, TensorSpec]:
    """The task's inputs as tensors, with a batch axis."""
    return {i.name: TensorSpec((None, *i.dims), i.dtype) for i in task.given}


def trained_outputs(task: TaskSpec) -> list[OutputSpec]:
    """The outputs that need targets: those with a task, or all where none has one."""
    trained = [output for output in task.outputs if output.kind is not None]
    return trained or list(task.outputs)


def check_set(found: DataSet, data: DataSpec, task: TaskSpec) -> list[Problem]:
    """Whether a whole data set is what the task's one input and one output take."""
    trained = trained_outputs(task)
    if len(task.given) != 1 or len(trained) != 1:
        message = (
            f"{found.title} have one input and one target, but the task has "
            f"{len(task.given)} inputs and {len(trained)} outputs"
        )
        help = "map each to columns, `name=[…]`" if data.source == "sklearn" else None
        return [Problem("E0533", None, message, help)]
    return _check_input(found, task.given[0]) or _check_output(
        found, data, trained[0], input_specs(task)
    )


def check_columns(
    columns: Mapping[str, Any], mapped: Mapping[str, Any], task: TaskSpec
) -> list[Problem]:
    """Whether each input and output has as many columns as it has numbers."""
    problems: list[Problem] = []
    inputs = input_specs(task)
    needs: list[tuple[str, str, Shape]] = [(i.name, "input", i.dims) for i in task.given]
    strings = {i.name for i in task.given if i.dtype == "string"}
    for output in task.outputs:
        if output.kind is not None and output.kind in KINDS:
            target = KINDS[output.kind].target(output, inputs)
            # One column of class names does for one-hot vectors too.
            one_hot = output.args.get("one_hot") and isinstance(columns[output.name], str)
            # A generated text is one string.
            one_text = output.kind == "generation" and output.args["text"] is not None
            one = one_hot or one_text
            needs.append((output.name, "output", () if one else target.dims))
    for name, noun, dims in needs:
        count = 1 if isinstance(columns[name], str) else len(columns[name])
        if not all(isinstance(dim, int) for dim in dims):
            message = f"the {noun} `{name}` has no fixed size, which columns of a table can't fill"
            problems.append(Problem("E0533", name if name in mapped else None, message))
        elif (wanted := prod(dim for dim in dims if isinstance(dim, int))) != count:
            text = "one column holds one" if count == 1 else f"{count} columns are given"
            what = "string" if name in strings else "number"
            message = f"the {noun} `{name}` takes {_count(wanted, what)}, but {text}"
            help = (
                f"list its columns, `{name}=[…]`" if wanted > 1 else f"name one column, `{name}=…`"
            )
            problems.append(Problem("E0533", name if name in mapped else None, message, help))
    return problems


def check_numbers(found: DataSet, task: TaskSpec) -> list[Problem]:
    """No built-in set has strings."""
    return [
        problem
        for declared in task.given
        if declared.dtype == "string"
        for problem in _check_input(found, declared)
    ]


def _check_input(found: DataSet, declared: InputSpec) -> list[Problem]:
    if declared.dtype == "string":
        return [
            Problem(
                "E0533", None, f"`{declared.name}` takes strings, but {found.title} are numbers"
            )
        ]
    if found.dims is None:
        if len(declared.dims) == 1 and declared.dtype.startswith("int"):
            return []
        message = (
            f"{found.title} are sequences of numbers, but `{declared.name}` is {_show(declared)}"
        )
        return [
            Problem(
                "E0533",
                None,
                message,
                f"declare `input {declared.name}: int32[200]`, or another length",
            )
        ]
    if fits(found.dims, declared.dims):
        return []
    size = ", ".join(str(dim) for dim in found.dims)
    message = (
        f"one example of {found.title} has the shape [{size}], but `{declared.name}` is "
        f"{_show(declared)}"
    )
    return [
        Problem(
            "E0533", None, message, f"declare `input {declared.name}: {declared.dtype}[{size}]`"
        )
    ]


def fits(found: tuple[int, ...], declared: Shape) -> bool:
    """Whether data of one shape can be given as another without mixing up its axes.

    Axes of size 1 come and go, and either side may be flat: [64] as [8, 8, 1], [28, 28] as [784].
    """
    known = [dim if isinstance(dim, int) else None for dim in declared if dim != 1]
    squeezed = [dim for dim in found if dim != 1]
    if len(known) == len(squeezed) and all(
        b is None or a == b for a, b in zip(squeezed, known, strict=True)
    ):
        return True
    flat = len(squeezed) == 1 or len(known) == 1
    return flat and None not in known and prod(squeezed) == prod(d for d in known if d is not None)


def _check_output(
    found: DataSet, data: DataSpec, output: OutputSpec, inputs: Inputs
) -> list[Problem]:
    if output.kind is None or output.kind == "reconstruction":
        return []
    if output.kind in ("classification", "binary_classification"):
        return _check_classes(found, data, output)
    if output.kind != "regression":
        message = f"{found.title} have no targets for a {output.kind.replace('_', ' ')}"
        return [Problem("E0533", None, message)]
    targets = output.args["targets"]
    if targets != found.targets:
        message = (
            f"{found.title} have {_count(found.targets, 'target')}, but `{output.name}` has "
            f"{targets}"
        )
        help = (
            f"write `regression(targets={found.targets})`"
            if found.targets > 1
            else "write `regression()`"
        )
        return [Problem("E0533", None, message, help)]
    low, high = bounds(output)
    if found.kind == "numbers" and (
        (low or found.low) > found.low or (high or found.high) < found.high
    ):
        message = (
            f"targets go from {found.low:g} to {found.high:g}, beyond the range of `{output.name}`"
        )
        return [
            Problem(
                "E0533", None, message, f"write `range=({found.low:g}, {found.high:g})` or wider"
            )
        ]
    return []


def _check_classes(found: DataSet, data: DataSpec, output: OutputSpec) -> list[Problem]:
    classes = 2 if output.kind == "binary_classification" else output.args["classes"]
    known = 20 if data.kwargs.get("label_mode") == "coarse" else found.classes
    if known is None:
        message = f"{found.title} have numbers as targets, but `{output.name}` asks for classes"
        return [Problem("E0533", None, message, "make it a `regression`")]
    if known == classes:
        return []
    message = f"{found.title} have {known} classes, but `{output.name}` has {classes}"
    return [Problem("E0533", None, message, f"write `classification({known})`")]


def _count(number: int, noun: str) -> str:
    return f"{'one' if number == 1 else number} {noun}{'' if number == 1 else 's'}"


def _show(declared: InputSpec) -> str:
    return f"{declared.dtype}[{', '.join(map(str, declared.dims))}]"
