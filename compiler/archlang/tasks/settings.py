"""The settings of `train` and of its phases: names, values, and whether they agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.records import record
from archlang.shapes.rule import LayerValue
from archlang.tasks import checks
from archlang.tasks.checks import Check
from archlang.tasks.model import DataSpec, TrainSpec
from archlang.tasks.problem import Problem

# What holds where a spec says nothing. A share is held out unless there is a test split.
DEFAULT_EPOCHS = 10
DEFAULT_BATCH_SIZE = 32
DEFAULT_SEED = 0
DEFAULT_VALIDATION = 0.2

# The optimizers that Keras knows by a word.
OPTIMIZER_WORDS = (
    "adadelta",
    "adafactor",
    "adagrad",
    "adam",
    "adamax",
    "adamw",
    "ftrl",
    "lion",
    "muon",
    "nadam",
    "rmsprop",
    "schedulefreeadamw",
    "sgd",
)

_LARGEST_SEED = 2**32 - 1


@record
class Setting:
    """A setting: what it takes, a line for those who hover over it, and where it can stand."""

    name: str
    doc: str
    check: Check
    in_train: bool = True
    in_phase: bool = False


def _optimizer(value: Any) -> str | None:
    if isinstance(value, str) and value in OPTIMIZER_WORDS:
        return None
    return checks.layer_value("optimizers", "an optimizer such as `Adam(1e-3)`")(value)


def _held_out(value: Any) -> str | None:
    fits = isinstance(value, DataSpec) or checks.fraction(value) is None
    return None if fits else "a fraction of at least 0 and below 1, or a data source"


def _seed(value: Any) -> str | None:
    fits = checks.is_int(value) and 0 <= value <= _LARGEST_SEED
    return None if fits else f"a whole number from 0 to {_LARGEST_SEED}"


def _save(value: Any) -> str | None:
    fits = isinstance(value, str) and value.endswith(".keras") and value != ".keras"
    return None if fits else "the path of a `.keras` file"


def _callbacks(value: Any) -> str | None:
    item = checks.layer_value("callbacks", "")
    return checks.list_of(item, "a list of callbacks such as `[EarlyStopping(patience=3)]`")(value)


def _precision(value: Any) -> str | None:
    return checks.one_of(True, False, "mixed_float16", "mixed_bfloat16")(value)


def _list(value: Any) -> str | None:
    return None if checks.is_list(value) else "a list, such as `[backbone]`"


SETTINGS: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting(
            "optimizer", "How weights are updated; `Adam()` by default.", _optimizer, in_phase=True
        ),
        Setting(
            "epochs",
            "How often training goes through the examples.",
            checks.positive_int,
            in_phase=True,
        ),
        Setting("batch_size", "How many examples make a step.", checks.positive_int, in_phase=True),
        Setting("validation", "The share of the examples, or a source, to validate on.", _held_out),
        Setting(
            "test", "The share of the examples, or a source, for the final evaluation.", _held_out
        ),
        Setting("seed", "What makes a run reproducible; 0 by default.", _seed),
        Setting("callbacks", "Keras's callbacks.", _callbacks, in_phase=True),
        Setting("mixed_precision", "Compute in half precision; weights stay float32.", _precision),
        Setting(
            "jit_compile", "Compile with XLA.", checks.one_of(True, False, "auto"), in_phase=True
        ),
        Setting(
            "strategy", "Train on several devices.", checks.one_of(None, "mirrored", "multi_worker")
        ),
        Setting("save", "Where the trained model goes.", _save),
        Setting(
            "unfreeze", "What is to train from this phase on.", _list, in_train=False, in_phase=True
        ),
        Setting(
            "batch_norm",
            "Whether unfrozen batch normalization updates its statistics.",
            checks.boolean,
            in_train=False,
            in_phase=True,
        ),
    )
}

# What Keras gives to `compile`, and a spec to the output that it is about.
OF_THE_OUTPUT = {
    "loss": "a loss belongs to its output: `output y: regression(loss=huber)`",
    "metrics": "metrics belong to their output: `output y: regression(metrics=[mae])`",
}


def check_setting(name: str, value: Any, *, in_phase: bool = False) -> list[Problem]:
    """What is wrong with one setting of `train`, or of a phase."""
    setting = SETTINGS.get(name)
    allowed = [s.name for s in SETTINGS.values() if (s.in_phase if in_phase else s.in_train)]
    if setting is None:
        help = did_you_mean(nearest(name, allowed)) or f"settings are {checks.quoted(allowed)}"
        help = OF_THE_OUTPUT.get(name, help)
        where = "a phase" if in_phase else "`train`"
        return [Problem("E0520", name, f"{where} has no setting `{name}`", help, at_name=True)]
    if name not in allowed:
        message = (
            f"`{name}` is for the whole training, not for a phase"
            if in_phase
            else f"`{name}` is for a phase"
        )
        help = "move it out of the phase" if in_phase else "put it into a `phase`"
        return [Problem("E0520", name, message, help, at_name=True)]
    expected = setting.check(value)
    if expected is None:
        return []
    return [Problem("E0521", name, checks.complaint(name, expected, value), _help(name, value))]


def check_train(train: TrainSpec) -> list[Problem]:
    """What is wrong with the settings of `train`, one by one and together; phases are
    `check_phase`'s.
    """
    values = {name: setting.value for name, setting in train.settings.items()}
    problems = [problem for name, value in values.items() for problem in check_setting(name, value)]
    return problems or _check_shares(values) + _check_callbacks(values)


def check_phase(values: Mapping[str, Any], own: frozenset[str]) -> list[Problem]:
    """What is wrong with the settings that stand in a phase (`own`; the others are inherited)."""
    problems = [
        problem
        for name, value in values.items()
        if name in own
        for problem in check_setting(name, value, in_phase=True)
    ]
    if problems:
        return problems
    if "batch_norm" in own and not values.get("unfreeze"):
        message = "`batch_norm` is about what the phase unfreezes, which is nothing"
        problems.append(Problem("E0522", "batch_norm", message, "set `unfreeze` too"))
    if "callbacks" in own or "optimizer" in own:
        problems += _check_callbacks(values)
    return problems


def _check_shares(values: Mapping[str, Any]) -> list[Problem]:
    validation, test = values.get("validation", 0), values.get("test", 0)
    if not checks.is_number(validation) or not checks.is_number(test):
        return []
    if validation + test >= 1:
        message = (
            f"validation and test together take {validation + test:.0%} of the examples and leave "
            "none to train on"
        )
        return [Problem("E0522", "test", message, "hold out less")]
    return []


def _check_callbacks(values: Mapping[str, Any]) -> list[Problem]:
    problems: list[Problem] = []
    for callback in values.get("callbacks") or ():
        if not isinstance(callback, LayerValue):
            continue
        if callback.name == "ReduceLROnPlateau" and _has_schedule(values.get("optimizer")):
            message = "`ReduceLROnPlateau` can't change a learning rate that follows a schedule"
            problems.append(Problem("E0522", "callbacks", message, "drop one of the two"))
        path = callback.args.get("filepath")
        if callback.name == "ModelCheckpoint" and isinstance(path, str):
            suffix = ".weights.h5" if callback.args.get("save_weights_only") else ".keras"
            if not path.endswith(suffix):
                message = f'`ModelCheckpoint` needs a path that ends in `{suffix}`, not `"{path}"`'
                problems.append(Problem("E0522", "callbacks", message))
    return problems


def _has_schedule(optimizer: Any) -> bool:
    rate = optimizer.args.get("learning_rate") if isinstance(optimizer, LayerValue) else None
    return isinstance(rate, LayerValue)


def _help(name: str, value: Any) -> str | None:
    if name in ("validation", "test") and checks.is_number(value) and 1 <= value < 100:
        return f"for {value} in a hundred write `{value / 100:g}`"
    if name == "optimizer" and isinstance(value, str):
        return did_you_mean(nearest(value, OPTIMIZER_WORDS))
    if name == "callbacks" and isinstance(value, LayerValue):
        return "put it in brackets"
    if name == "save" and isinstance(value, str):
        return f'write `save = "{value.rsplit(".", 1)[0]}.keras"`'
    return None
