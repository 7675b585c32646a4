"""What the training half of a script is made from, and what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from archlang.graph.pretrained import Pretrained
from archlang.shapes.spec import TensorSpec
from archlang.syntax.tree import Expr
from archlang.tasks.data_fit import input_specs
from archlang.tasks.data_sets import DataSet
from archlang.tasks.data_sources import SAMPLE_WEIGHT, columns, data_set
from archlang.tasks.kind import TaskKind
from archlang.tasks.model import DataSpec, OutputSpec, PhaseSpec, SettingSpec, TaskSpec, TrainSpec
from archlang.tasks.registry import KINDS
from archlang.tasks.settings import DEFAULT_VALIDATION


def _no_imports(_: Expr) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True)
class TrainingPlan:
    """All that is known of how a model is trained.

    `python` turns the expression of a setting into Python, `imports_of` says which import lines
    that needs. `adapted_layers` are layers that learn from the training examples before training,
    in the order in which data flows through them. `block_uses` are the names of the uses of blocks
    (`residual_3`), with which those of their layers begin; `pretrained` says which nested models
    start from trained weights; `modules` is where losses and metrics written in Python live.
    """

    spec_name: str
    model_name: str
    task: TaskSpec
    train: TrainSpec
    input_specs: Mapping[str, TensorSpec]
    output_specs: Mapping[str, TensorSpec]
    python: Callable[[Expr], str]
    imports_of: Callable[[Expr], frozenset[str]] = _no_imports
    adapted_layers: tuple[str, ...] = ()
    block_uses: frozenset[str] = frozenset()
    pretrained: tuple[Pretrained, ...] = ()
    modules: Mapping[str, str] = field(default_factory=dict[str, str])

    @cached_property
    def outputs(self) -> tuple[OutputSpec, ...]:
        """The outputs that are trained."""
        return tuple(output for output in self.task.outputs if output.kind is not None)

    @property
    def one_input(self) -> bool:
        return len(self.task.inputs) == 1

    @property
    def one_output(self) -> bool:
        """Whether the model gives one array, not a dict of them."""
        return len(self.task.outputs) == 1

    @property
    def data(self) -> DataSpec | None:
        return self.task.data

    @cached_property
    def data_set(self) -> DataSet | None:
        """The data set of scikit-learn or Keras that the data is, if it is one."""
        return None if self.task.data is None else data_set(self.task.data)

    @cached_property
    def columns(self) -> dict[str, str | list[str]]:
        """The column or key (or several) of every input and output, where there are such."""
        return {} if self.task.data is None else columns(self.task.data, self.task)

    @cached_property
    def reads(self) -> str:
        """What examples are read from: `table`, `arrays`, `set` (all of a built-in one), or ``
        (nothing).
        """
        if self.data is None:
            return ""
        if self.data.source == "csv" or (self.data.source == "sklearn" and self.data.kwargs):
            return "table"
        return "arrays" if self.data.source == "npz" else "set"

    @property
    def has_file(self) -> bool:
        """Whether the data is a file, which `--data` can name."""
        return self.data is not None and self.data.source in ("csv", "npz")

    @property
    def weight_column(self) -> str | None:
        """The column with each example's weight."""
        return None if self.data is None else self.data.kwargs.get(SAMPLE_WEIGHT)

    @property
    def comes_split(self) -> bool:
        """Whether the data brings a test split of its own."""
        return self.data is not None and self.data.source == "keras"

    @cached_property
    def test(self) -> float | DataSpec:
        """What is set aside for the final evaluation; 0 for nothing of its own."""
        return self._setting("test", 0)

    @cached_property
    def validation(self) -> float | DataSpec:
        """What is set aside to validate on; 0 for nothing.

        By default a share, unless there is a test split to evaluate on and nothing watches the
        validation.
        """
        has_test = bool(self.test) or self.comes_split
        default = 0 if has_test and not self._watches_validation() else DEFAULT_VALIDATION
        value = self._setting("validation", default)
        return value if value or has_test else DEFAULT_VALIDATION

    @property
    def has_test(self) -> bool:
        """Whether what is held out for evaluation is not what training validates on."""
        return bool(self.test) or self.comes_split

    @cached_property
    def weighs_by_class(self) -> bool:
        """Whether class weights have to become weights of examples: Keras's `class_weight` takes
        but one output, and no other weights beside it.
        """
        weighted = any(output.args.get("class_weight") for output in self.outputs)
        return weighted and (not self.one_output or self.has_weights)

    @cached_property
    def has_weights(self) -> bool:
        """Whether examples come as inputs, targets and weights."""
        return self.weight_column is not None or self.masks_targets

    @cached_property
    def masks_targets(self) -> bool:
        """Whether some targets are padding, which gets the weight 0."""
        return any(ignored(output) is not None for output in self.outputs)

    @cached_property
    def phases(self) -> tuple[PhaseSpec, ...]:
        """The phases in order; the settings of `train` come first if they set `epochs`."""
        if not self.train.phases:
            return (PhaseSpec("", self.train.settings),)
        first = (PhaseSpec("", self.train.settings),) if "epochs" in self.train.settings else ()
        return first + self.train.phases

    def setting(self, name: str) -> SettingSpec | None:
        """A setting of the whole training."""
        return self.train.settings.get(name)

    def _setting(self, name: str, default: float) -> float | DataSpec:
        setting = self.setting(name)
        return default if setting is None or setting.value is None else setting.value

    def _watches_validation(self) -> bool:
        for phase in self.phases:
            setting = phase.settings.get("callbacks")
            for callback in setting.value if setting else ():
                watches = callback.name in (
                    "EarlyStopping",
                    "ReduceLROnPlateau",
                ) or callback.args.get("save_best_only")
                if watches and str(callback.args.get("monitor", "val_loss")).startswith("val_"):
                    return True
        return False


def kind_of(output: OutputSpec) -> TaskKind:
    """The kind of a trained output."""
    assert output.kind is not None
    return KINDS[output.kind]


def ignored(output: OutputSpec) -> int | None:
    """The target that counts for nothing, where targets are masked."""
    kind = kind_of(output)
    if not kind.weighs_metrics:
        return None
    return kind.loss(output).args.get("ignore_class")


def weighted(output: OutputSpec, task: TaskSpec, weights: str) -> str:
    """Weights of examples with the axes that Keras needs to multiply them into the output's losses.

    Losses of classes are as many as targets, those of numbers are means over the last axis.
    """
    dims = kind_of(output).target(output, input_specs(task)).dims
    axes = len(dims) if ignored(output) is not None else max(0, len(dims) - 1)
    return f"{weights}[{', '.join([':', *['None'] * axes])}]" if axes else weights


@dataclass(frozen=True)
class Sections:
    """The parts of the training half, for the other half to place.

    `imports` are whole lines; `constants` come before `build_model`, `functions` after it; `names`
    are all that the two define at the top level.
    """

    imports: frozenset[str]
    constants: str
    functions: str
    names: frozenset[str]


@dataclass
class Parts:
    """A script as it grows."""

    imports: set[str] = field(default_factory=set[str])
    constants: list[str] = field(default_factory=list[str])
    functions: list[str] = field(default_factory=list[str])
    names: list[str] = field(default_factory=list[str])

    def constant(self, name: str, lines: str) -> None:
        """Define a constant."""
        self.names.append(name)
        self.constants.append(lines)

    def function(self, name: str, lines: str | list[str]) -> None:
        """Define a function; its text has no blank lines around it."""
        self.names.append(name)
        self.functions.append((lines if isinstance(lines, str) else "\n".join(lines)).strip("\n"))

    def sections(self) -> Sections:
        """The finished sections."""
        return Sections(
            frozenset(self.imports),
            "\n".join(self.constants) + ("\n" if self.constants else ""),
            "\n\n\n".join(self.functions) + "\n",
            frozenset(self.names),
        )
