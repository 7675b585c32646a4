"""`forecasting`: the next steps of a series."""

from __future__ import annotations

from math import inf
from typing import Any

from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import Shape, TensorSpec
from archlang.tasks import checks, flows
from archlang.tasks.activations import REACH
from archlang.tasks.kind import Head, Inputs, Parameter, Target, TaskKind, dense_dtype
from archlang.tasks.model import OutputSpec
from archlang.tasks.problem import Problem
from archlang.tasks.regression import reached


class Forecasting(TaskKind):
    """Dense(horizon * features), reshaped to steps and features; mean squared error."""

    name = "forecasting"
    summary = "The next steps of a series."
    own_parameters = (
        Parameter("horizon", "How many steps ahead.", checks.optional(checks.positive_int)),
        Parameter("features", "How many numbers a step has.", checks.positive_int, 1),
    )

    def complete(self, args: dict[str, Any], given: frozenset[str]) -> list[Problem]:
        if args["horizon"] is None:
            return [
                Problem(
                    "E0503", None, "the number of steps to forecast is missing", "write `horizon=N`"
                )
            ]
        if args["from_logits"]:
            return [
                Problem(
                    "E0503", "from_logits", "a forecast has no logits", "leave out `from_logits`"
                )
            ]
        return []

    def head(
        self, output: OutputSpec, flow: TensorSpec, inputs: Inputs, *, mixed_precision: bool = False
    ) -> Head:
        flows.require_vector(flow, "a forecasting head")
        horizon, features = output.args["horizon"], output.args["features"]
        dtype = dense_dtype(flow, mixed_precision)
        dense = {"units": horizon * features, **dtype, "name": f"{output.name}_dense"}
        reshape = {"target_shape": (horizon, features), **dtype, "name": output.name}
        return Head(
            (LayerValue("layers", "Dense", dense), LayerValue("layers", "Reshape", reshape)),
            (
                f"`Dense({horizon * features})`: all {horizon} steps at once, so that no step "
                "repeats another's error.",
                f"`Reshape(({horizon}, {features}))`: steps and features as the target has them.",
            ),
        )

    def default_loss(self, output: OutputSpec) -> LayerValue:
        return LayerValue("losses", "MeanSquaredError", {})

    def default_metrics(self, output: OutputSpec) -> tuple[LayerValue, ...]:
        return (LayerValue("metrics", "MeanAbsoluteError", {"name": "mae"}),)

    def target(self, output: OutputSpec, inputs: Inputs) -> Target:
        return Target(self.expected(output, inputs), "float32")

    def expected(self, output: OutputSpec, inputs: Inputs) -> Shape:
        return (output.args["horizon"], output.args["features"])

    def described(self, output: OutputSpec) -> str:
        return f"a forecast of {output.args['horizon']} steps"

    @property
    def described_plainly(self) -> str:
        return "a forecast"

    def rank_help(self, output: OutputSpec, rank: int) -> str | None:
        horizon, features = output.args["horizon"], output.args["features"]
        if rank == 1:
            return f"end in `Dense({horizon * features}) -> Reshape(({horizon}, {features}))`"
        return super().rank_help(output, rank)

    def check_activation(
        self, output: OutputSpec, activation: str, spec: TensorSpec
    ) -> list[Problem]:
        if activation == "softmax" and output.args["features"] == 1:
            help = "leave out the activation"
            message = "softmax over one unit is always 1"
            return [Problem("E0507", "activation", message, help, label="always 1")]
        low, high = REACH.get(activation, (-inf, inf))
        if inf in (-low, high):
            return []
        # A series may have been brought into such a range; Keras can't know, nor can we.
        message = f"`{activation}` only gives values {reached((low, high))}"
        return [
            Problem(
                "E0509",
                "activation",
                f"{message}, which the forecast `{output.name}` then can't leave",
                "leave out the activation, unless the series lies in that range",
                severity="warning",
                label=f"only {reached((low, high))}",
            )
        ]

    def reasons(self, output: OutputSpec) -> tuple[str, ...]:
        return (
            "`MeanSquaredError`: predicts the mean of what is to be expected.",
            "MAE: the error in the series' unit.",
        )
