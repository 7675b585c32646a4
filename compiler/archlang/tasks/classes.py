"""What the tasks that choose among classes share: `classes` or `labels`, and softmax over them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import TensorSpec
from archlang.tasks import activations, checks, objectives
from archlang.tasks.activations import LINEAR, UNKNOWN_ACTIVATION
from archlang.tasks.kind import Parameter, TaskKind
from archlang.tasks.model import OutputSpec
from archlang.tasks.problem import Problem

CLASSES = Parameter("classes", "How many classes there are.", checks.optional(checks.positive_int))
LABELS = Parameter(
    "labels",
    "The names of the classes, in the order of their numbers.",
    checks.optional(checks.list_of(checks.text, "a list of strings")),
)

# Activations whose outputs sum to 1 over the last axis.
_DISTRIBUTIONS = ("softmax", "sparsemax")


def complete_classes(
    args: dict[str, Any], fewest: int, too_few: str, too_few_help: str
) -> list[Problem]:
    """Count the classes from `labels` where `classes` is not given; both must agree."""
    classes, labels = args.get("classes"), args.get("labels")
    if classes is None and labels is None:
        return [
            Problem(
                "E0503",
                None,
                "the number of classes is missing",
                "write `classes=N` or `labels=[…]`",
            )
        ]
    at = "labels" if classes is None else "classes"
    if labels is not None:
        doubled = sorted({label for label in labels if list(labels).count(label) > 1})
        if doubled:
            return [
                Problem(
                    "E0502",
                    "labels",
                    f'the label "{doubled[0]}" stands twice',
                    "labels must differ",
                )
            ]
        if classes is not None and classes != len(labels):
            message = f"`classes` says {classes}, but there are {len(labels)} labels"
            return [
                Problem(
                    "E0503",
                    "classes",
                    message,
                    "leave out `classes`; the labels say how many there are",
                )
            ]
        args["classes"] = classes = len(labels)
    assert classes is not None
    if classes < fewest:
        return [Problem("E0502", at, too_few, too_few_help)]
    return check_class_weight(args, classes)


def check_class_weight(args: Mapping[str, Any], classes: int) -> list[Problem]:
    """One weight, 0 or above, for every class."""
    weights = args.get("class_weight")
    if weights is None:
        return []
    if not checks.is_list(weights) or not all(
        checks.is_number(weight) and weight >= 0 for weight in weights
    ):
        message = checks.complaint("class_weight", "a list of numbers, 0 or above", weights)
        return [Problem("E0502", "class_weight", message)]
    if len(weights) != classes:
        message = f"`class_weight` has {len(weights)} weights, but there are {classes} classes"
        return [
            Problem(
                "E0503", "class_weight", message, "give one weight for every class, in their order"
            )
        ]
    return []


class ExclusiveClasses(TaskKind):
    """A task whose answer is one class among several: softmax, and cross-entropy on the class's
    number.
    """

    has_classes: ClassVar[bool] = True
    noun: ClassVar[str]

    def complete(self, args: dict[str, Any], given: frozenset[str]) -> list[Problem]:
        return complete_classes(
            args,
            2,
            "one class leaves nothing to learn",
            "use `binary_classification` for a yes or no",
        )

    def classes(self, output: OutputSpec) -> int:
        """How many classes there are."""
        return output.args["classes"]

    def one_hot(self, output: OutputSpec) -> bool:
        """Whether targets are vectors with a 1 in the class's place."""
        return bool(output.args.get("one_hot"))

    def accuracy(self, output: OutputSpec) -> LayerValue | None:
        name = "CategoricalAccuracy" if self.one_hot(output) else "SparseCategoricalAccuracy"
        return LayerValue("metrics", name, {"name": "accuracy"})

    @abstractmethod
    def ignored(self, output: OutputSpec) -> int | None:
        """The target that counts for nothing, if there is one."""

    def default_loss(self, output: OutputSpec) -> LayerValue:
        args: dict[str, Any] = {}
        if output.args.get("from_logits"):
            args["from_logits"] = True
        ignored = self.ignored(output)
        if ignored is not None:
            args["ignore_class"] = ignored
        name = (
            "CategoricalCrossentropy" if self.one_hot(output) else "SparseCategoricalCrossentropy"
        )
        return LayerValue("losses", name, args)

    def described(self, output: OutputSpec) -> str:
        return f"a {self.name.replace('_', ' ')} into {self.classes(output)} classes"

    def width_help(self, output: OutputSpec, width: int) -> str | None:
        n = self.classes(output)
        return (
            f"give the last layer one unit for every class, {n}, or change the task's classes to "
            f"{width}"
        )

    def check_activation(
        self, output: OutputSpec, activation: str, spec: TensorSpec
    ) -> list[Problem]:
        loss = self.loss(output)
        if activation == UNKNOWN_ACTIVATION or not objectives.expects_probabilities(loss):
            return []
        return check_distribution(output, activation, loss, self.gives_logits(output))


def check_distribution(
    output: OutputSpec, activation: str, loss: LayerValue, logits: bool
) -> list[Problem]:
    """Softmax where the loss expects probabilities of exclusive classes, nothing where it expects
    logits.
    """
    if logits:
        return check_logits(output, activation)
    if activation in _DISTRIBUTIONS:
        return []
    if activation == LINEAR:
        return [missing_activation(output, loss, "softmax")]
    if activation in ("sigmoid", "hard_sigmoid", "sparse_sigmoid"):
        return [
            Problem(
                "E0507",
                "activation",
                f"the classes of `{output.name}` exclude each other, but `{activation}` gives "
                "each a probability of its own",
                "use `activation=softmax`; if several classes can hold at once, the task is "
                "`multilabel_classification`",
                label="probabilities that do not sum to 1",
            )
        ]
    return [no_probabilities(output, activation, "softmax")]


def check_logits(output: OutputSpec, activation: str) -> list[Problem]:
    """Nothing may squash what the loss reads as logits."""
    if activations.unbounded(activation):
        return []
    return [
        Problem(
            "E0508",
            "activation",
            f"the loss of `{output.name}` expects logits, but the model ends in `{activation}`",
            "leave out the activation, or `from_logits=True` in the task",
            label="no logits",
        )
    ]


def missing_activation(output: OutputSpec, loss: LayerValue, activation: str) -> Problem:
    """Logits into a loss that expects probabilities."""
    return Problem(
        "E0508",
        None,
        f"`{loss.name}` expects probabilities, but the model ends in logits: its last layer has "
        "no activation",
        f"add `activation={activation}`, or write `from_logits=True` in the task",
        label="no activation",
    )


def no_probabilities(output: OutputSpec, activation: str, wanted: str) -> Problem:
    """An activation whose values are no probabilities."""
    return Problem(
        "E0507",
        "activation",
        f"`{activation}` gives no probabilities, which the loss of `{output.name}` expects",
        f"use `activation={wanted}`",
        label="no probabilities",
    )
