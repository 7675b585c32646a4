"""`binary_classification`: yes or no for every example."""

from __future__ import annotations

from typing import Any, ClassVar

from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import Shape, TensorSpec
from archlang.tasks import checks, flows, objectives
from archlang.tasks.activations import LINEAR, UNKNOWN_ACTIVATION
from archlang.tasks.classes import (
    LABELS,
    check_class_weight,
    check_logits,
    missing_activation,
    no_probabilities,
)
from archlang.tasks.kind import (
    FLOAT32_REASON,
    LOGITS_REASON,
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

SIGMOIDS = ("sigmoid", "hard_sigmoid", "sparse_sigmoid")


class BinaryClassification(TaskKind):
    """Dense(1, sigmoid), binary cross-entropy, accuracy and AUC."""

    name = "binary_classification"
    summary = "Yes or no for every example; the output is the probability of the second label."
    has_classes: ClassVar[bool] = True
    own_parameters = (
        LABELS,
        Parameter(
            "threshold",
            "The probability from which on the answer is yes.",
            checks.between_0_and_1,
            0.5,
        ),
    )

    def complete(self, args: dict[str, Any], given: frozenset[str]) -> list[Problem]:
        labels = args["labels"]
        if labels is not None and (len(labels) != 2 or labels[0] == labels[1]):
            message = f"`labels` must be two different names, no and yes, not {len(labels)}"
            if len(labels) == 2:
                message = f'both labels are "{labels[0]}"'
            help = (
                "use `classification` for more classes"
                if len(labels) > 2
                else 'for example `labels=["no", "yes"]`'
            )
            return [Problem("E0502", "labels", message, help)]
        return check_class_weight(args, 2)

    def head(
        self, output: OutputSpec, flow: TensorSpec, inputs: Inputs, *, mixed_precision: bool = False
    ) -> Head:
        flows.require_vector(flow, "a binary classification head")
        args: dict[str, Any] = {"units": 1}
        reasons = [
            "`Dense(1)`: one unit is enough, since the probability of no is 1 minus that of yes."
        ]
        if self.gives_logits(output):
            reasons.append(LOGITS_REASON)
        else:
            args["activation"] = "sigmoid"
            reasons.append("`sigmoid`: the output is the probability of yes.")
        dtype = dense_dtype(flow, mixed_precision)
        if dtype:
            reasons.append(FLOAT32_REASON)
        return Head(
            (LayerValue("layers", "Dense", {**args, **dtype, "name": output.name}),), tuple(reasons)
        )

    def default_loss(self, output: OutputSpec) -> LayerValue:
        args = {"from_logits": True} if output.args.get("from_logits") else {}
        return LayerValue("losses", "BinaryCrossentropy", args)

    def accuracy(self, output: OutputSpec) -> LayerValue | None:
        args = {} if output.args["threshold"] == 0.5 else {"threshold": output.args["threshold"]}
        return LayerValue("metrics", "BinaryAccuracy", {"name": "accuracy", **args})

    def default_metrics(self, output: OutputSpec) -> tuple[LayerValue, ...]:
        # Keras counts accuracy at a threshold on probabilities only.
        if self.gives_logits(output):
            return (LayerValue("metrics", "AUC", {"from_logits": True, "name": "auc"}),)
        accuracy = self.accuracy(output)
        assert accuracy is not None
        return (accuracy, LayerValue("metrics", "AUC", {"name": "auc"}))

    def target(self, output: OutputSpec, inputs: Inputs) -> Target:
        return Target((1,), "float32")

    def expected(self, output: OutputSpec, inputs: Inputs) -> Shape:
        return (1,)

    def reasons(self, output: OutputSpec) -> tuple[str, ...]:
        found = [f"`{self.loss(output).name}`: the target is a yes or no."]
        if output.args.get("metrics") is None:
            found.append("AUC: how well yes and no are told apart, whatever the threshold.")
            if not self.gives_logits(output):
                found.append(
                    "Accuracy: the share of right answers at the threshold "
                    f"{output.args['threshold']}."
                )
        return tuple(found)

    def described(self, output: OutputSpec) -> str:
        return "a yes or no"

    def width_help(self, output: OutputSpec, width: int) -> str | None:
        return (
            "end in one unit, `Dense(1, activation=sigmoid)`, or make the task "
            f"`classification({width})`"
        )

    def rank_help(self, output: OutputSpec, rank: int) -> str | None:
        return vector_help(rank)

    def check_activation(
        self, output: OutputSpec, activation: str, spec: TensorSpec
    ) -> list[Problem]:
        loss = self.loss(output)
        if activation == "softmax":
            return [
                Problem(
                    "E0507",
                    "activation",
                    "softmax over one unit is always 1",
                    "use `activation=sigmoid`",
                    label="always 1",
                )
            ]
        if activation == UNKNOWN_ACTIVATION or not objectives.expects_probabilities(loss):
            return []
        return check_independent(output, activation, loss, self.gives_logits(output))


def check_independent(
    output: OutputSpec, activation: str, loss: LayerValue, logits: bool
) -> list[Problem]:
    """Sigmoid where the loss expects a probability from each unit, nothing for logits."""
    if logits:
        return check_logits(output, activation)
    if activation in SIGMOIDS:
        return []
    if activation == LINEAR:
        return [missing_activation(output, loss, "sigmoid")]
    return [no_probabilities(output, activation, "sigmoid")]
