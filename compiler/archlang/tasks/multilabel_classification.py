"""`multilabel_classification`: any number of labels for every example."""

from __future__ import annotations

from typing import Any, ClassVar

from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import Shape, TensorSpec
from archlang.tasks import flows, objectives
from archlang.tasks.activations import UNKNOWN_ACTIVATION
from archlang.tasks.binary_classification import check_independent
from archlang.tasks.classes import CLASSES, LABELS, complete_classes
from archlang.tasks.kind import (
    FLOAT32_REASON,
    LOGITS_REASON,
    Head,
    Inputs,
    Target,
    TaskKind,
    dense_dtype,
    vector_help,
)
from archlang.tasks.model import OutputSpec
from archlang.tasks.problem import Problem


class MultilabelClassification(TaskKind):
    """Dense(N, sigmoid), binary cross-entropy, accuracy over all labels and AUC."""

    name = "multilabel_classification"
    summary = "Any number of labels for every example."
    has_classes: ClassVar[bool] = True
    own_parameters = (CLASSES, LABELS)

    def complete(self, args: dict[str, Any], given: frozenset[str]) -> list[Problem]:
        return complete_classes(args, 1, "no label leaves nothing to learn", "write `labels=[…]`")

    def classes(self, output: OutputSpec) -> int:
        """How many labels there are."""
        return output.args["classes"]

    def head(
        self, output: OutputSpec, flow: TensorSpec, inputs: Inputs, *, mixed_precision: bool = False
    ) -> Head:
        flows.require_vector(flow, "a multi-label classification head")
        n = self.classes(output)
        args: dict[str, Any] = {"units": n}
        reasons = [f"`Dense({n})`: one unit for each of the {n} labels."]
        if self.gives_logits(output):
            reasons.append(LOGITS_REASON)
        else:
            args["activation"] = "sigmoid"
            reasons.append(
                "`sigmoid`: labels do not exclude each other, so each has a probability of its own."
            )
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
        return LayerValue("metrics", "BinaryAccuracy", {"name": "accuracy"})

    def default_metrics(self, output: OutputSpec) -> tuple[LayerValue, ...]:
        n = self.classes(output)
        auc: dict[str, Any] = {"multi_label": True, "num_labels": n, "name": "auc"}
        # Keras counts accuracy at a threshold on probabilities only.
        if self.gives_logits(output):
            return (LayerValue("metrics", "AUC", {**auc, "from_logits": True}),)
        accuracy = self.accuracy(output)
        assert accuracy is not None
        return (accuracy, LayerValue("metrics", "AUC", auc))

    def target(self, output: OutputSpec, inputs: Inputs) -> Target:
        return Target((self.classes(output),), "float32")

    def expected(self, output: OutputSpec, inputs: Inputs) -> Shape:
        return (self.classes(output),)

    def reasons(self, output: OutputSpec) -> tuple[str, ...]:
        found = [f"`{self.loss(output).name}`: every label is a yes or no of its own."]
        if output.args.get("metrics") is None:
            found.append(
                "AUC, one for each label and averaged: how well its yes and no are told apart."
            )
        return tuple(found)

    def described(self, output: OutputSpec) -> str:
        return f"a multi-label classification with {self.classes(output)} labels"

    def width_help(self, output: OutputSpec, width: int) -> str | None:
        n = self.classes(output)
        return (
            f"give the last layer one unit for every label, {n}, or change the task's labels to "
            f"{width}"
        )

    def rank_help(self, output: OutputSpec, rank: int) -> str | None:
        return vector_help(rank)

    def check_activation(
        self, output: OutputSpec, activation: str, spec: TensorSpec
    ) -> list[Problem]:
        loss = self.loss(output)
        if activation == UNKNOWN_ACTIVATION or not objectives.expects_probabilities(loss):
            return []
        if activation == "softmax" and not self.gives_logits(output):
            return [
                Problem(
                    "E0507",
                    "activation",
                    f"several labels of `{output.name}` can hold at once, but softmax makes them "
                    "exclude each other",
                    "use `activation=sigmoid`; if only one can hold, the task is `classification`",
                    label="probabilities that sum to 1",
                )
            ]
        return check_independent(output, activation, loss, self.gives_logits(output))
