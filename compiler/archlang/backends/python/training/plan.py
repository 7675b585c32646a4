"""What the training half of a script is made from, and what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from archlang.graph.adapting import Adapted
from archlang.graph.decoding import Decoding
from archlang.graph.pretrained import Pretrained
from archlang.shapes.spec import TensorSpec
from archlang.syntax.tree import Expr
from archlang.tasks.data_fit import input_specs
from archlang.tasks.data_sets import DataSet
from archlang.tasks.data_sources import SAMPLE_WEIGHT, SOURCES, columns, data_set
from archlang.tasks.held_out import held_out_source
from archlang.tasks.kind import TaskKind
from archlang.tasks.model import DataSpec, OutputSpec, PhaseSpec, SettingSpec, TaskSpec, TrainSpec
from archlang.tasks.monitors import has_test_split, phases_of, validation_of
from archlang.tasks.registry import KINDS
from archlang.tasks.series_data import series_window


def _no_imports(_: Expr) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True)
class TrainingPlan:
    """All that is known of how a model is trained.

    `python` turns the expression of a setting into Python, `imports_of` says which import lines
    that needs. `adapted_layers` are layers that learn from the training examples before training,
    in the order in which data flows through them. `block_uses` are the names of the uses of blocks
    (`residual_3`), with which those of their layers begin; `pretrained` says which nested models
    start from trained weights; `modules` is where losses and metrics written in Python live;
    `decoding` says how a model that generates is run.
    """

    spec_name: str
    model_name: str
    task: TaskSpec
    train: TrainSpec
    input_specs: Mapping[str, TensorSpec]
    output_specs: Mapping[str, TensorSpec]
    python: Callable[[Expr], str]
    imports_of: Callable[[Expr], frozenset[str]] = _no_imports
    adapted_layers: tuple[Adapted, ...] = ()
    block_uses: frozenset[str] = frozenset()
    pretrained: tuple[Pretrained, ...] = ()
    modules: Mapping[str, str] = field(default_factory=dict[str, str])
    decoding: Decoding | None = None

    @cached_property
    def outputs(self) -> tuple[OutputSpec, ...]:
        """The outputs that are trained."""
        return tuple(output for output in self.task.outputs if output.kind is not None)

    @cached_property
    def generated(self) -> OutputSpec | None:
        """The output that is generated step by step, if it is; it then is the only one."""
        outputs = self.outputs
        return outputs[0] if len(outputs) == 1 and outputs[0].kind == "generation" else None

    @property
    def one_input(self) -> bool:
        return len(self.task.given) == 1

    @property
    def tensor_inputs(self) -> tuple[str, ...]:
        """The inputs that are held as tensors: Keras takes arrays of strings only with one string an
        example.
        """
        return tuple(i.name for i in self.task.given if i.dtype == "string" and i.dims)

    @property
    def takes_lines(self) -> bool:
        """Whether an example is one text, so that a line of a file can be one."""
        given = self.task.given
        return len(given) == 1 and given[0].dtype == "string" and given[0].dims in ((), (1,))

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
        """What examples are read from: `table`, `arrays`, `set` (all of a built-in one), `stream`,
        or `` (nothing).
        """
        if self.data is None:
            return ""
        if self.streams:
            return "stream"
        if self.data.source == "csv" or (self.data.source == "sklearn" and self.data.kwargs):
            return "table"
        return "arrays" if self.data.source in ("npz", "python") else "set"

    @property
    def calls_function(self) -> bool:
        """Whether a function written in Python gives the examples."""
        return self.data is not None and self.data.source == "python"

    @property
    def streams(self) -> bool:
        """Whether examples are read one by one from `tf.data` pipelines, not held as arrays."""
        return self.data is not None and SOURCES[self.data.source].streams

    @cached_property
    def pads_batches(self) -> bool:
        """Whether examples of a stream may differ in length, so that batches have to be padded."""
        inputs = input_specs(self.task)
        shapes = [declared.dims for declared in self.task.given]
        shapes += [kind_of(output).target(output, inputs).dims for output in self.outputs]
        return any(not isinstance(dim, int) for dims in shapes for dim in dims)

    @property
    def in_order(self) -> bool:
        """Whether examples follow one another, so that the last are set aside, not any."""
        of_text = self.data is not None and self.data.source == "text_file"
        return of_text or self.window is not None

    @property
    def window(self) -> int | None:
        """How many rows of a table make an example, where rows follow one another."""
        return series_window(self.data)

    @property
    def has_file(self) -> bool:
        """Whether the data is a file or a folder, which `--data` can name."""
        return self.data is not None and (self.streams or self.data.source in ("csv", "npz"))

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
        setting = self.setting("test")
        value = 0 if setting is None or setting.value is None else setting.value
        return held_out_source(value, self.task) if isinstance(value, DataSpec) else value

    @cached_property
    def validation(self) -> float | DataSpec:
        """What is set aside to validate on; 0 for nothing.

        See `archlang.tasks.monitors.validation_of`.
        """
        value = validation_of(self.task, self.train)
        return held_out_source(value, self.task) if isinstance(value, DataSpec) else value

    @property
    def has_test(self) -> bool:
        """Whether what is held out for evaluation is not what training validates on."""
        return has_test_split(self.task, self.train)

    @cached_property
    def weighs_by_class(self) -> bool:
        """Whether class weights have to become weights of examples: Keras's `class_weight` takes
        but one output with one target an example, and no other weights beside it.
        """
        return any(
            weighs_classes(output)
            and (not self.one_output or self.has_weights or kind_of(output).weighs_metrics)
            for output in self.outputs
        )

    @cached_property
    def has_weights(self) -> bool:
        """Whether examples come as inputs, targets and weights."""
        return self.weight_column is not None or self.masks_targets

    @cached_property
    def masks_targets(self) -> bool:
        """Whether some targets are padding, which gets the weight 0."""
        # What is generated is made ready, with its weights, only where it is trained on.
        return self.generated is None and any(
            ignored(output) is not None for output in self.outputs
        )

    @cached_property
    def phases(self) -> tuple[PhaseSpec, ...]:
        """The phases in order; the settings of `train` come first if they set `epochs`."""
        return phases_of(self.train)

    def setting(self, name: str) -> SettingSpec | None:
        """A setting of the whole training."""
        return self.train.settings.get(name)


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


def weighs_classes(output: OutputSpec) -> bool:
    """Whether targets of some classes count more than others; labels are weighed in the loss."""
    return bool(output.args.get("class_weight")) and output.kind != "multilabel_classification"


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
