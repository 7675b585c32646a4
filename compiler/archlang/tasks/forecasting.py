"""`forecasting`: the next steps of a series."""

from __future__ import annotations

from typing import Any

from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import Shape, TensorSpec
from archlang.tasks import checks, flows
from archlang.tasks.kind import Head, Inputs, Parameter, Target, TaskKind, dense_dtype
from archlang.tasks.model import OutputSpec
from archlang.tasks.problem import Problem


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

    def reasons(self, output: OutputSpec) -> tuple[str, ...]:
        return (
            "`MeanSquaredError`: predicts the mean of what is to be expected.",
            "MAE: the error in the series' unit.",
        )
