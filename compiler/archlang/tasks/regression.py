"""`regression`: numbers for every example, free or within a range."""

from __future__ import annotations

from math import inf
from typing import Any

from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import Shape, TensorSpec
from archlang.tasks import checks, flows
from archlang.tasks.activations import REACH
from archlang.tasks.kind import (
    FLOAT32_REASON,
    Head,
    Inputs,
    Parameter,
    Target,
    TaskKind,
    dense_dtype,
    vector_help,
)
from archlang.tasks.model import OutputSpec
from archlang.tasks.problem import Problem

Range = tuple[float | None, float | None]


def check_range(value: Any) -> str | None:
    """Two numbers, or None for no bound on that side."""
    fits = (
        checks.is_list(value)
        and len(value) == 2
        and all(end is None or checks.is_number(end) for end in value)
    )
    return None if fits else "a pair of bounds, `(low, high)`, with `None` for no bound"


RANGE = Parameter(
    "range",
    "The values that a target can have; `(0, None)` is anything positive.",
    checks.optional(check_range),
)


def range_problem(value: Any) -> Problem | None:
    """Bounds the wrong way round."""
    if value is None or value[0] is None or value[1] is None or value[0] < value[1]:
        return None
    message = f"the range ({value[0]}, {value[1]}) is empty: its low end is not below its high end"
    help = f"write `range=({value[1]}, {value[0]})`" if value[0] > value[1] else None
    return Problem("E0502", "range", message, help)


def bounds(output: OutputSpec) -> Range:
    """The range of a regression; None for no bound."""
    written = output.args.get("range")
    return (None, None) if written is None else (written[0], written[1])


class Regression(TaskKind):
    """Dense(n), squashed into the range where there is one; mean squared error."""

    name = "regression"
    summary = "One or several numbers for every example."
    own_parameters = (
        Parameter("targets", "How many numbers are to be predicted.", checks.positive_int, 1),
        RANGE,
    )

    def complete(self, args: dict[str, Any], given: frozenset[str]) -> list[Problem]:
        problem = range_problem(args["range"])
        if problem:
            return [problem]
        if args["from_logits"]:
            return [
                Problem(
                    "E0503", "from_logits", "a regression has no logits", "leave out `from_logits`"
                )
            ]
        return []

    def head(
        self, output: OutputSpec, flow: TensorSpec, inputs: Inputs, *, mixed_precision: bool = False
    ) -> Head:
        flows.require_vector(flow, "a regression head")
        n = output.args["targets"]
        low, high = bounds(output)
        dtype = dense_dtype(flow, mixed_precision)
        reasons = [f"`Dense({n})`: one unit for each number to be predicted."]
        activation, scale, offset = squash(low, high)
        if activation is None:
            reasons.append("No activation: the target can be any number.")
        elif activation == "sigmoid":
            reasons.append(
                f"`sigmoid`: the target lies between {low} and {high}, and so does every "
                "prediction."
            )
        else:
            reasons.append(
                "`softplus`: the target has a bound on one side, and so has every prediction."
            )
        if dtype:
            reasons.append(FLOAT32_REASON)
        layers = squashed(output.name, {"units": n}, "Dense", activation, scale, offset, dtype)
        if len(layers) > 1:
            reasons.append(
                f"`Rescaling({scale}, offset={offset})`: from the activation's range to the "
                "target's."
            )
        return Head(layers, tuple(reasons))

    def default_loss(self, output: OutputSpec) -> LayerValue:
        return LayerValue("losses", "MeanSquaredError", {})

    def default_metrics(self, output: OutputSpec) -> tuple[LayerValue, ...]:
        return (
            LayerValue("metrics", "MeanAbsoluteError", {"name": "mae"}),
            LayerValue("metrics", "RootMeanSquaredError", {"name": "rmse"}),
        )

    def target(self, output: OutputSpec, inputs: Inputs) -> Target:
        return Target((output.args["targets"],), "float32")

    def expected(self, output: OutputSpec, inputs: Inputs) -> Shape:
        return (output.args["targets"],)

    def reasons(self, output: OutputSpec) -> tuple[str, ...]:
        found: list[str] = []
        if output.args.get("loss") is None:
            found.append("`MeanSquaredError`: predicts the mean of what is to be expected.")
        if output.args.get("metrics") is None:
            found.append(
                "MAE and RMSE: the error in the target's own unit; RMSE weighs large errors more."
            )
        return tuple(found)

    def described(self, output: OutputSpec) -> str:
        n = output.args["targets"]
        return "a regression of one number" if n == 1 else f"a regression of {n} numbers"

    def width_help(self, output: OutputSpec, width: int) -> str | None:
        return f"end in `Dense({output.args['targets']})`, or write `regression(targets={width})`"

    def rank_help(self, output: OutputSpec, rank: int) -> str | None:
        return vector_help(rank)

    def check_activation(
        self, output: OutputSpec, activation: str, spec: TensorSpec
    ) -> list[Problem]:
        if activation == "softmax" and output.args["targets"] == 1:
            help = f"use `{fitting(output)}`"
            return [
                Problem(
                    "E0507",
                    "activation",
                    "softmax over one unit is always 1",
                    help,
                    label="always 1",
                )
            ]
        if activation not in REACH:
            return []
        reach, (low, high) = REACH[activation], bounds(output)
        if (-inf if low is None else low) >= reach[0] and (inf if high is None else high) <= reach[
            1
        ]:
            return []
        wanted = "any number" if low is None and high is None else f"values {between(low, high)}"
        return [
            Problem(
                "E0509",
                "activation",
                f"`{output.name}` takes {wanted}, but `{activation}` only gives values "
                f"{reached(reach)}",
                f"use `{fitting(output)}`, or `head {output.name}`",
                label=f"only {reached(reach)}",
            )
        ]


def squash(low: float | None, high: float | None) -> tuple[str | None, float, float]:
    """The activation, scale and offset that bring any number into a range."""
    if low is not None and high is not None:
        return ("sigmoid", high - low, low)
    if low is not None:
        return ("softplus", 1, low)
    if high is not None:
        return ("softplus", -1, high)
    return (None, 1, 0)


def squashed(
    name: str,
    args: dict[str, Any],
    layer: str,
    activation: str | None,
    scale: float,
    offset: float,
    dtype: dict[str, Any],
) -> tuple[LayerValue, ...]:
    """The layer with its activation, and a `Rescaling` where the activation's range is not yet the
    target's.
    """
    if activation is not None:
        args = {**args, "activation": activation}
    if (scale, offset) == (1, 0):
        return (LayerValue("layers", layer, {**args, **dtype, "name": name}),)
    first = LayerValue("layers", layer, {**args, **dtype, "name": f"{name}_{activation}"})
    rescaling: dict[str, Any] = {"scale": scale} | ({"offset": offset} if offset else {})
    return (first, LayerValue("layers", "Rescaling", {**rescaling, **dtype, "name": name}))


def fitting(output: OutputSpec) -> str:
    """A last layer, without rescaling, whose activation reaches the range as well as one can."""
    n, (low, high) = output.args["targets"], bounds(output)
    if (low, high) == (0, 1):
        return f"Dense({n}, activation=sigmoid)"
    if (low, high) == (0, None):
        return f"Dense({n}, activation=softplus)"
    return f"Dense({n})"


def between(low: float | None, high: float | None) -> str:
    """A range in words."""
    if low is None:
        return f"up to {high}"
    return f"from {low} on" if high is None else f"from {low} to {high}"


def reached(reach: tuple[float, float]) -> str:
    """What an activation reaches, in words."""
    low, high = (
        int(end) if end == int(end) else end for end in (max(reach[0], -1e9), min(reach[1], 1e9))
    )
    if reach[0] == -inf:
        return f"up to {high}"
    return f"from {low} on" if reach[1] == inf else f"from {low} to {high}"
