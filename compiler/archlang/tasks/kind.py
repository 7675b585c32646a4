"""What a kind of task is: its arguments, head, loss, metrics and target, and how to check a
hand-written head.

Everything here is a pure function of values, without Keras. A kind is a subclass in a file of its
own, and one instance of it stands in `archlang.tasks.registry.KINDS`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.records import record
from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import Dim, Shape, TensorSpec
from archlang.tasks import activations, checks, objectives
from archlang.tasks.checks import Check
from archlang.tasks.model import OutputSpec
from archlang.tasks.problem import Problem


@record
class Parameter:
    """An argument of a task: its default, what it takes (`check`), and a line for those who hover
    over it.
    """

    name: str
    doc: str
    check: Check
    default: Any = None


@record
class Head:
    """The layers that end a model for an output, and a sentence on each choice."""

    layers: tuple[LayerValue, ...]
    reasons: tuple[str, ...]


@record
class Target:
    """What a target looks like to the loss: the shape of one example's, and its dtype."""

    dims: Shape
    dtype: str


Inputs = Mapping[str, TensorSpec]

# What every kind takes besides its own arguments.
COMMON_PARAMETERS = (
    Parameter("loss", "Another loss than the task's own.", checks.anything),
    Parameter("metrics", "Other metrics than the task's own, as a list.", checks.anything),
    Parameter(
        "weight", "What this output's loss counts beside the others'.", checks.positive_number, 1.0
    ),
    Parameter(
        "class_weight",
        "What each class's examples count, as a list in the order of the classes.",
        checks.anything,
    ),
    Parameter(
        "from_logits", "The model ends in logits: no softmax or sigmoid.", checks.boolean, False
    ),
)


class TaskKind(ABC):
    """A kind of task; see the module's docstring."""

    name: ClassVar[str]
    summary: ClassVar[str]
    own_parameters: ClassVar[tuple[Parameter, ...]] = ()
    # Whether the task chooses among classes, which `class_weight` can then weigh.
    has_classes: ClassVar[bool] = False
    # Whether classes that are so many, or so chosen, can be weighed at all.
    takes_class_weight: ClassVar[bool] = True
    # Whether padding among the targets is to be left out of the metrics by a weight of 0.
    weighs_metrics: ClassVar[bool] = False

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All parameters, in the order in which positional arguments fill them."""
        return self.own_parameters + COMMON_PARAMETERS

    def bind(
        self, positional: Sequence[Any], keywords: Mapping[str, Any]
    ) -> tuple[dict[str, Any], list[Problem]]:
        """The arguments by name with defaults filled in, and what is wrong with them.

        With problems the arguments are incomplete, but fit for going on checking the rest.
        """
        args, problems = self._assign(positional, keywords)
        for parameter in self.parameters:
            if parameter.name not in args:
                continue
            expected = parameter.check(args[parameter.name])
            if expected is not None:
                message = checks.complaint(parameter.name, expected, args[parameter.name])
                problems.append(Problem("E0502", parameter.name, message))
                del args[parameter.name]
        given = frozenset(args)
        for parameter in self.parameters:
            args.setdefault(parameter.name, parameter.default)
        if not problems:
            problems += self.complete(args, given)
            problems += self._check_objectives(args, given)
        return args, problems

    def complete(self, args: dict[str, Any], given: frozenset[str]) -> list[Problem]:
        """Fill in what follows from other arguments, and check that they agree; `given` are those
        written.
        """
        return []

    @abstractmethod
    def head(
        self, output: OutputSpec, flow: TensorSpec, inputs: Inputs, *, mixed_precision: bool = False
    ) -> Head:
        """The layers between what flows and the output; RuleError where the flow doesn't fit."""

    @abstractmethod
    def default_loss(self, output: OutputSpec) -> LayerValue:
        """The task's own loss."""

    @abstractmethod
    def default_metrics(self, output: OutputSpec) -> tuple[LayerValue, ...]:
        """The task's own metrics."""

    @abstractmethod
    def target(self, output: OutputSpec, inputs: Inputs) -> Target:
        """The target's shape and dtype as the loss takes it."""

    @abstractmethod
    def expected(self, output: OutputSpec, inputs: Inputs) -> Shape:
        """The shape of the model's output, without the batch axis; None where any size will do."""

    def accuracy(self, output: OutputSpec) -> LayerValue | None:
        """What the word `accuracy` means in `metrics=`, if it means anything."""
        return None

    def reasons(self, output: OutputSpec) -> tuple[str, ...]:
        """Why this loss and these metrics, a sentence a choice."""
        return ()

    def loss(self, output: OutputSpec) -> LayerValue:
        """The loss: the one written, else the task's own."""
        written = output.args.get("loss")
        loss = None if written is None else objectives.loss_value(written)
        if loss is None:
            return self.default_loss(output)
        if output.args.get("from_logits") and objectives.takes_logits(loss):
            return LayerValue(loss.kind, loss.name, {**loss.args, "from_logits": True})
        return loss

    def metrics(self, output: OutputSpec) -> tuple[LayerValue, ...]:
        """The metrics: those written, else the task's own."""
        written = output.args.get("metrics")
        if written is None:
            return self.default_metrics(output)
        values = [objectives.metric_value(item, self.accuracy(output)) for item in written]
        return tuple(value for value in values if value is not None)

    def gives_logits(self, output: OutputSpec) -> bool:
        """Whether the model's output is logits, by the task's word or by its loss's."""
        return bool(output.args.get("from_logits") or self.loss(output).args.get("from_logits"))

    def check_head(
        self,
        output: OutputSpec,
        last_layer: LayerValue | None,
        spec: TensorSpec,
        inputs: Inputs | None = None,
    ) -> list[Problem]:
        """What is wrong with a hand-written head: width and rank first, else the activation."""
        problems = self.check_shape(output, spec, inputs or {})
        return problems or self.check_activation(
            output, activations.last_activation(last_layer), spec
        )

    def check_shape(self, output: OutputSpec, spec: TensorSpec, inputs: Inputs) -> list[Problem]:
        """Whether the shape is the one that the task asks for, as far as both are known."""
        if spec.shape is None:
            return []
        found, wanted = spec.shape[1:], self.expected(output, inputs)
        if len(found) != len(wanted):
            return [
                Problem(
                    "E0505",
                    None,
                    f"`{output.name}` is {self.described(output)} and needs {_show(wanted)}, but "
                    f"the model ends in {spec}",
                    self.rank_help(output, len(found)),
                    label=f"ends in {spec}",
                )
            ]
        for found_dim, wanted_dim in zip(found, wanted, strict=True):
            if (
                isinstance(found_dim, int)
                and isinstance(wanted_dim, int)
                and found_dim != wanted_dim
            ):
                return [
                    Problem(
                        "E0506",
                        None,
                        f"`{output.name}` is {self.described(output)} and needs {_show(wanted)}, "
                        f"but the model ends in {spec}",
                        self.width_help(output, found_dim),
                        label=f"ends in {spec}",
                    )
                ]
        return []

    def check_activation(
        self, output: OutputSpec, activation: str, spec: TensorSpec
    ) -> list[Problem]:
        """Whether the last activation fits task and loss; `?` always does."""
        return []

    def described(self, output: OutputSpec) -> str:
        """The task in a few words, with an article: `a classification into 10 classes`."""
        return f"a {self.name.replace('_', ' ')}"

    def rank_help(self, output: OutputSpec, rank: int) -> str | None:
        """What to do about a head of the wrong rank."""
        return f"write `head {output.name}` for the task's own head"

    def width_help(self, output: OutputSpec, width: int) -> str | None:
        """What to do about a head of the wrong size."""
        return f"write `head {output.name}` for the task's own head"

    def _assign(
        self, positional: Sequence[Any], keywords: Mapping[str, Any]
    ) -> tuple[dict[str, Any], list[Problem]]:
        args: dict[str, Any] = {}
        problems: list[Problem] = []
        names = [parameter.name for parameter in self.parameters]
        for index, value in enumerate(positional):
            if index >= max(1, len(self.own_parameters)):
                message = (
                    f"`{self.name}` takes at most {max(1, len(self.own_parameters))} arguments "
                    "without a name"
                )
                problems.append(Problem("E0501", str(index), message, "name the argument"))
                continue
            args[names[index]] = value
        for name, value in keywords.items():
            if name not in names:
                candidates = did_you_mean(nearest(name, names))
                message = f"`{self.name}` has no argument `{name}`"
                problems.append(
                    Problem(
                        "E0501",
                        name,
                        message,
                        candidates or f"it takes {checks.quoted(names)}",
                        at_name=True,
                    )
                )
            elif name in args:
                problems.append(Problem("E0501", name, f"`{name}` is given twice", at_name=True))
            else:
                args[name] = value
        return args, problems

    def _check_objectives(self, args: Mapping[str, Any], given: frozenset[str]) -> list[Problem]:
        problems: list[Problem] = []
        loss, metrics = args["loss"], args["metrics"]
        if "loss" in given and loss is not None and not _is_loss(loss):
            help = did_you_mean(objectives.nearest_word(loss, objectives.LOSS_WORDS))
            message = checks.complaint("loss", "a loss of Keras", loss)
            problems.append(
                Problem("E0502", "loss", message, help or "for example `loss=Huber(delta=2.0)`")
            )
        if "metrics" in given and metrics is not None:
            problems += self._check_metrics(metrics)
        own = loss.args.get("from_logits") if isinstance(loss, LayerValue) else None
        if own is not None and "from_logits" in given and own is not args["from_logits"]:
            message = "`from_logits` of the task and `from_logits` of its loss disagree"
            problems.append(Problem("E0503", "from_logits", message, "say it once, in the task"))
        if args["class_weight"] is not None and not self.has_classes:
            message = f"{self.described_plainly} has no classes that `class_weight` could weigh"
            problems.append(
                Problem("E0503", "class_weight", message, "use `weight=` to weigh the output")
            )
        elif args["class_weight"] is not None and not self.takes_class_weight:
            message = f"the steps of {self.described_plainly} all count the same"
            problems.append(Problem("E0503", "class_weight", message, "leave out `class_weight`"))
        return problems

    @property
    def described_plainly(self) -> str:
        """The kind with an article."""
        return f"a {self.name.replace('_', ' ')}"

    def _check_metrics(self, metrics: Any) -> list[Problem]:
        if not checks.is_list(metrics):
            return [
                Problem(
                    "E0502",
                    "metrics",
                    checks.complaint("metrics", "a list", metrics),
                    "put it in brackets",
                )
            ]
        known = set(objectives.METRIC_WORDS) | {objectives.ACCURACY}
        for item in metrics:
            if isinstance(item, LayerValue) and item.kind in ("metrics", "python"):
                continue
            if isinstance(item, str) and item in known:
                if item == objectives.ACCURACY and not self.has_classes:
                    message = f"{self.described_plainly} has no classes to be accurate about"
                    return [
                        Problem(
                            "E0503",
                            "metrics",
                            message,
                            "for example `metrics=[MeanAbsoluteError()]`",
                        )
                    ]
                continue
            help = did_you_mean(objectives.nearest_word(item, objectives.METRIC_WORDS))
            return [Problem("E0502", "metrics", f"{checks.show(item)} is no metric of Keras", help)]
        return []


# Reasons that several heads give.
LOGITS_REASON = (
    "No activation: the task asks for logits, and the loss turns them into probabilities."
)
FLOAT32_REASON = "`float32`: an answer loses too much in half precision."


def vector_help(rank: int) -> str | None:
    """What to do about a head of so many axes, the batch axis not counted, where a vector is
    wanted.
    """
    if rank == 2:
        return (
            "set `return_sequences=False` in the last recurrent layer, "
            "or put `GlobalAveragePooling1D` before the last layer"
        )
    return "put `Flatten` or a global pooling before the last layer" if rank > 2 else None


def dense_dtype(flow: TensorSpec, mixed_precision: bool) -> dict[str, Any]:
    """`dtype="float32"` where the rest of the model computes in half precision."""
    half = mixed_precision or flow.dtype in ("float16", "bfloat16")
    return {"dtype": "float32"} if half else {}


def _is_loss(value: Any) -> bool:
    if isinstance(value, LayerValue):
        return value.kind in ("losses", "python")
    return isinstance(value, str) and value in objectives.LOSS_WORDS


def _show(dims: tuple[Dim, ...]) -> str:
    return "[" + ", ".join("any" if dim is None else str(dim) for dim in dims) + "]"
