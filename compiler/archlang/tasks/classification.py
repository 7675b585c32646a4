"""`classification`: one class among several for every example."""

from __future__ import annotations

from typing import Any

from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import Shape, TensorSpec
from archlang.tasks import checks, flows
from archlang.tasks.classes import CLASSES, LABELS, ExclusiveClasses
from archlang.tasks.kind import (
    FLOAT32_REASON,
    LOGITS_REASON,
    Head,
    Inputs,
    Parameter,
    Target,
    dense_dtype,
    vector_help,
)
from archlang.tasks.model import OutputSpec

# With more classes than this, being right among the first five is worth knowing.
_MANY_CLASSES = 20


class Classification(ExclusiveClasses):
    """Dense(N, softmax), cross-entropy, accuracy."""

    name = "classification"
    summary = "One class among several for every example."
    own_parameters = (
        CLASSES,
        LABELS,
        Parameter(
            "one_hot", "Targets are vectors with a 1 in the class's place.", checks.boolean, False
        ),
    )

    def head(
        self, output: OutputSpec, flow: TensorSpec, inputs: Inputs, *, mixed_precision: bool = False
    ) -> Head:
        flows.require_vector(flow, "a classification head")
        n = self.classes(output)
        args: dict[str, Any] = {"units": n}
        reasons = [f"`Dense({n})`: one unit for each of the {n} classes."]
        if self.gives_logits(output):
            reasons.append(LOGITS_REASON)
        else:
            args["activation"] = "softmax"
            reasons.append(
                "`softmax`: the classes exclude each other, so their probabilities sum to 1."
            )
        dtype = dense_dtype(flow, mixed_precision)
        if dtype:
            reasons.append(FLOAT32_REASON)
        return Head(
            (LayerValue("layers", "Dense", {**args, **dtype, "name": output.name}),), tuple(reasons)
        )

    def ignored(self, output: OutputSpec) -> int | None:
        return None

    def default_metrics(self, output: OutputSpec) -> tuple[LayerValue, ...]:
        accuracy = self.accuracy(output)
        assert accuracy is not None
        if self.classes(output) <= _MANY_CLASSES:
            return (accuracy,)
        name = (
            "TopKCategoricalAccuracy" if self.one_hot(output) else "SparseTopKCategoricalAccuracy"
        )
        return (accuracy, LayerValue("metrics", name, {"k": 5, "name": "top_5_accuracy"}))

    def target(self, output: OutputSpec, inputs: Inputs) -> Target:
        return (
            Target((self.classes(output),), "float32")
            if self.one_hot(output)
            else Target((), "int32")
        )

    def expected(self, output: OutputSpec, inputs: Inputs) -> Shape:
        return (self.classes(output),)

    def reasons(self, output: OutputSpec) -> tuple[str, ...]:
        form = "one-hot vectors" if self.one_hot(output) else "class numbers"
        found = [
            f"`{self.loss(output).name}`: the classes exclude each other, and targets are {form}."
        ]
        if output.args.get("metrics") is None:
            found.append("Accuracy: the share of examples whose likeliest class is the right one.")
            if self.classes(output) > _MANY_CLASSES:
                found.append(
                    "Top-5 accuracy: with many classes, the right one among the first five says "
                    "more."
                )
        return tuple(found)

    def rank_help(self, output: OutputSpec, rank: int) -> str | None:
        return vector_help(rank)
