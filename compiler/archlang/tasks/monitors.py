"""What training logs after every epoch, and whether callbacks watch something of it.

Keras only warns of a `monitor` that is not logged, and then goes on as if the callback were not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.records import record
from archlang.shapes.rule import LayerValue
from archlang.tasks import objectives
from archlang.tasks.model import DataSpec, OutputSpec, PhaseSpec, TaskSpec, TrainSpec
from archlang.tasks.registry import KINDS
from archlang.tasks.settings import DEFAULT_VALIDATION

_VALIDATION = "val_"
_MONITORING = ("EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint")
_CHANGE_RATE = ("LearningRateScheduler", "ReduceLROnPlateau")

# For which larger values are better; for all others with a direction smaller ones are.
_LARGER_IS_BETTER = [
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "BinaryIoU",
    "CategoricalAccuracy",
    "ConcordanceCorrelation",
    "CosineSimilarity",
    "F1Score",
    "FBetaScore",
    "IoU",
    "MeanIoU",
    "OneHotIoU",
    "OneHotMeanIoU",
    "PearsonCorrelation",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity",
    "TopKCategoricalAccuracy",
]
_NO_DIRECTION = [
    "FalseNegatives",
    "FalsePositives",
    "Mean",
    "MeanMetricWrapper",
    "Metric",
    "Sum",
    "TrueNegatives",
    "TruePositives",
]


@record
class Logged:
    """A figure that is logged: whether `min` or `max` is best, if that is known, and whether Keras
    finds that out by itself.
    """

    name: str
    best: str | None
    by_itself: bool


@record
class MonitorProblem:
    """What is wrong with an argument of a callback, and with what to replace its value, if with
    anything; `add` is to be added as an argument.
    """

    code: str
    callback: int
    argument: str
    message: str
    label: str
    help: str | None = None
    instead: str | None = None
    add: str | None = None
    severity: str = "error"


def validation_of(task: TaskSpec, train: TrainSpec) -> float | DataSpec:
    """What is set aside to validate on: as written, else a share; 0 for nothing.

    With a test split to evaluate on, nothing is by default, unless a callback watches it. Without
    one there is always something to evaluate on.
    """
    has_test = has_test_split(task, train)
    setting = train.settings.get("validation")
    if setting is not None and setting.value is not None:
        value = setting.value
    else:
        value = 0 if has_test and not watches_validation(phases_of(train)) else DEFAULT_VALIDATION
    return value if value or has_test else DEFAULT_VALIDATION


def has_test_split(task: TaskSpec, train: TrainSpec) -> bool:
    """Whether what is held out for evaluation is not what training validates on."""
    setting = train.settings.get("test")
    comes_split = task.data is not None and task.data.source == "keras"
    return comes_split or (setting is not None and bool(setting.value))


def phases_of(train: TrainSpec) -> tuple[PhaseSpec, ...]:
    """The phases in order; the settings of `train` come first if they set `epochs`."""
    if not train.phases:
        return (PhaseSpec("", train.settings),)
    first = (PhaseSpec("", train.settings),) if "epochs" in train.settings else ()
    return first + train.phases


def watches_validation(phases: Sequence[PhaseSpec]) -> bool:
    """Whether a callback of any phase decides by what is validated."""
    return any(
        str(callback.args.get("monitor", "val_loss")).startswith(_VALIDATION)
        for phase in phases
        for callback in _callbacks(phase)
        if decides(callback)
    )


def decides(callback: LayerValue) -> bool:
    """Whether a callback does something by what it has watched."""
    return callback.name in _MONITORING and (
        callback.name != "ModelCheckpoint" or bool(callback.args.get("save_best_only"))
    )


def logged(task: TaskSpec) -> list[Logged] | None:
    """What is logged on the training examples; None where a metric written in Python names itself."""
    several = len(task.outputs) > 1
    trained = [output for output in task.outputs if output.kind is not None]
    found = [Logged("loss", "min", True)]
    if len(trained) > 1:
        found += [Logged(f"{output.name}_loss", "min", False) for output in trained]
    for output in trained:
        metrics = list(_metrics(output))
        if any(name is None for name, _ in metrics):
            return None
        seen: dict[str, int] = {}
        for name, metric in metrics:
            assert name is not None
            again = seen.get(name, 0)
            seen[name] = again + 1
            shown = f"{name}_{again}" if again else name
            full = f"{output.name}_{shown}" if several else shown
            best = _best(metric)
            found.append(Logged(full, best, best is not None and full == name))
    return found


def check_monitors(
    task: TaskSpec, callbacks: Sequence[Any], *, validates: bool
) -> list[MonitorProblem]:
    """What is wrong with what the callbacks of a phase watch."""
    known = logged(task)
    problems: list[MonitorProblem] = []
    for number, callback in enumerate(callbacks):
        if not isinstance(callback, LayerValue) or not decides(callback):
            continue
        monitor = callback.args.get("monitor", "val_loss")
        if not isinstance(monitor, str):
            continue
        if monitor.startswith(_VALIDATION) and not validates:
            problems.append(_not_validated(number, callback, monitor))
        elif known is not None:
            more = any(_changes_rate(other) for other in callbacks[:number])
            problems += _check(number, callback, monitor, known, validates, more)
    return problems


def _check(
    number: int,
    callback: LayerValue,
    monitor: str,
    known: Sequence[Logged],
    validates: bool,
    learning_rate: bool,
) -> Iterator[MonitorProblem]:
    plain = {each.name: each for each in known}
    names = [f"{_VALIDATION}{name}" for name in plain] if validates else []
    names = [*plain, *names, *(["learning_rate"] if learning_rate else [])]
    if monitor not in names:
        near = _of_outputs(monitor, names) or nearest(monitor, names)
        yield MonitorProblem(
            "E0523",
            number,
            "monitor",
            f"`{callback.name}` watches `{monitor}`, which is not logged",
            "not logged",
            did_you_mean(near) or f"logged are {', '.join(f'`{name}`' for name in names)}",
            near[0] if len(near) == 1 else None,
        )
        return
    watched = plain.get(monitor.removeprefix(_VALIDATION), Logged(monitor, None, False))
    mode = callback.args.get("mode", "auto")
    if mode == "auto" and not watched.by_itself:
        help = f"add `mode={watched.best}`" if watched.best else "add `mode=min` or `mode=max`"
        yield MonitorProblem(
            "E0524",
            number,
            "monitor",
            f"Keras can't tell whether a larger or a smaller `{monitor}` is better",
            "needs `mode`",
            help,
            add=f"mode={watched.best}" if watched.best else None,
        )
    elif mode in ("min", "max") and watched.best is not None and mode != watched.best:
        better = "smaller" if watched.best == "min" else "larger"
        yield MonitorProblem(
            "W0525",
            number,
            "mode",
            f"a {better} `{monitor}` is better, but `mode={mode}` takes it for worse",
            f"`{watched.best}` is meant?",
            f"write `mode={watched.best}`",
            instead=watched.best,
            severity="warning",
        )


def _not_validated(number: int, callback: LayerValue, monitor: str) -> MonitorProblem:
    return MonitorProblem(
        "E0523",
        number,
        "monitor",
        f"`{callback.name}` watches `{monitor}`, but nothing is validated on",
        "not logged",
        f"set `validation`, for example to 0.2, or watch `{monitor.removeprefix(_VALIDATION)}`",
    )


def _of_outputs(monitor: str, names: Sequence[str]) -> list[str]:
    """`val_digit_accuracy` for `val_accuracy`, where several outputs have one."""
    before = _VALIDATION if monitor.startswith(_VALIDATION) else ""
    rest = monitor.removeprefix(_VALIDATION)
    if rest == "acc":
        rest = "accuracy"
    ending = [
        name
        for name in names
        if name.startswith(_VALIDATION) == bool(before)
        and (name == before + rest or name.endswith(f"_{rest}"))
    ]
    return ending[:3]


def _metrics(output: OutputSpec) -> Iterator[tuple[str | None, LayerValue]]:
    """The metrics of an output, those first that leave nothing out, as Keras logs them."""
    assert output.kind is not None
    for metric in KINDS[output.kind].metrics(output):
        name = metric.args.get("name")
        if isinstance(name, str):
            yield name, metric
        elif metric.kind == "metrics":
            yield objectives.own_name(metric.name), metric
        else:
            yield None, metric


def _best(metric: LayerValue) -> str | None:
    if metric.kind != "metrics" or metric.name in _NO_DIRECTION:
        return None
    return "max" if metric.name in _LARGER_IS_BETTER else "min"


def _changes_rate(callback: Any) -> bool:
    return isinstance(callback, LayerValue) and callback.name in _CHANGE_RATE


def _callbacks(phase: PhaseSpec) -> list[LayerValue]:
    setting = phase.settings.get("callbacks")
    values: Sequence[Any] = setting.value if setting is not None and setting.value else ()
    return [value for value in values if isinstance(value, LayerValue)]
