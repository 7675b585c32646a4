"""`token_classification`: a class for every step of a sequence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import Dim, Shape, TensorSpec
from archlang.tasks import checks, flows
from archlang.tasks.classes import CLASSES, LABELS, ExclusiveClasses
from archlang.tasks.kind import LOGITS_REASON, Head, Inputs, Parameter, Target, dense_dtype
from archlang.tasks.model import OutputSpec
from archlang.tasks.problem import Problem


class TokenClassification(ExclusiveClasses):
    """Dense(N, softmax) on every step; padded steps count for nothing."""

    name = "token_classification"
    summary = "A class for every step of a sequence."
    weighs_metrics: ClassVar[bool] = True
    own_parameters = (
        CLASSES,
        LABELS,
        Parameter("padding", "The target of steps that are padding.", checks.whole, -1),
    )

    def head(
        self, output: OutputSpec, flow: TensorSpec, inputs: Inputs, *, mixed_precision: bool = False
    ) -> Head:
        flows.require_sequence(flow, "a token classification head")
        n = self.classes(output)
        args: dict[str, Any] = {"units": n}
        reasons = [f"`Dense({n})` on every step: one unit for each of the {n} classes."]
        if self.gives_logits(output):
            reasons.append(LOGITS_REASON)
        else:
            args["activation"] = "softmax"
            reasons.append("`softmax`: a step has one class.")
        dtype = dense_dtype(flow, mixed_precision)
        return Head(
            (LayerValue("layers", "Dense", {**args, **dtype, "name": output.name}),), tuple(reasons)
        )

    def ignored(self, output: OutputSpec) -> int | None:
        return output.args["padding"]

    def default_metrics(self, output: OutputSpec) -> tuple[LayerValue, ...]:
        accuracy = self.accuracy(output)
        assert accuracy is not None
        return (accuracy,)

    def target(self, output: OutputSpec, inputs: Inputs) -> Target:
        return Target((sequence_length(inputs),), "int32")

    def expected(self, output: OutputSpec, inputs: Inputs) -> Shape:
        return (sequence_length(inputs), self.classes(output))

    def reasons(self, output: OutputSpec) -> tuple[str, ...]:
        padding = output.args["padding"]
        return (
            f"`{self.loss(output).name}`: one class a step; steps whose target is {padding} are "
            "padding and left out.",
            "Accuracy: the share of steps, without the padding, whose likeliest class is the "
            "right one.",
        )

    def check_shape(self, output: OutputSpec, spec: TensorSpec, inputs: Inputs) -> list[Problem]:
        problems = super().check_shape(output, spec, inputs)
        if spec.shape is None or len(spec.shape) != 3 or spec.shape[2] != self.classes(output):
            return problems
        # The classes are right, so it is the number of steps that is not.
        help = "keep every step: no strides, no pooling, and `padding=same` in convolutions"
        return [replace(problem, help=help) for problem in problems]

    def rank_help(self, output: OutputSpec, rank: int) -> str | None:
        return "set `return_sequences=True` in the last recurrent layer" if rank == 1 else None


def sequence_length(inputs: Inputs) -> Dim:
    """The number of steps, where every input that is a sequence agrees on one."""
    lengths = {
        spec.shape[1]
        for spec in inputs.values()
        if spec.shape is not None and len(spec.shape) in (2, 3)
    }
    return lengths.pop() if len(lengths) == 1 else None
