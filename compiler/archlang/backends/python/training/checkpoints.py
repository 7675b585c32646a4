"""What training keeps of itself: a checkpoint that `--resume` goes on from, and the history.

Keras's `BackupAndRestore` would be the usual choice, but it writes weights and progress into two
files, one after the other, so that a kill between the two counts an epoch twice; it forgets the
random state of dropout and what `EarlyStopping` has seen, and knows no phases.
"""

from __future__ import annotations

from collections.abc import Iterator

from archlang.backends.python.layout import wrap
from archlang.backends.python.literals import literal
from archlang.backends.python.training.distribution import first_alone
from archlang.backends.python.training.layout import Group, call, listing
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.backends.python.training.values import python_value
from archlang.shapes.rule import LayerValue
from archlang.tasks.model import PhaseSpec
from archlang.tasks.monitors import decides

_IMPORTS = {
    "import json",
    "import keras",
    "import numpy as np",
    "import pandas as pd",
    "import sys",
    "import zipfile",
    "import zlib",
    "from pathlib import Path",
    "from typing import Any, NoReturn",
}

_BESIDE = '''
def beside(path: Path, name: str) -> Path:
    """A file named after the model, in its folder."""
    return path.with_name(f"{path.stem}_{name}")
'''

_STATE = '''
def state(model) -> list:
    """Weights, random states, and what the optimizer keeps."""
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    return [*model.variables, *model.optimizer.variables]
'''

_INIT = '''
class Checkpoint(keras.callbacks.Callback):
    """Keeps after every epoch, in one file, all that `--resume` needs to go on from there."""

    model: Any  # both are set by `fit`
    params: Any

    def __init__(self, model_path: Path, resume: bool = False):
        super().__init__()
        self.model_path = model_path
        self.path = beside(model_path, "checkpoint.npz")
        self.made_with = {}
'''

_LOAD = '''
        if resume:
            self.load()
        elif self.path.is_file():
            print(f"starting anew; --resume would go on from {self.path}")

    def load(self) -> None:
        """Read what an interrupted training has left."""
        if not self.path.is_file():
            raise SystemExit(f"there is no checkpoint at {self.path} to resume from")
        try:
            with np.load(self.path) as file:
'''

_LOADED = """
        except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise SystemExit(
                f"{self.path} is damaged, or no checkpoint of this program: train without --resume"
            ) from error
"""

_EXPECT = '''
    def expect(self, **made_with: object) -> None:
        """Make sure that a training goes on as it began: with the same settings and examples."""
        for name, value in made_with.items():
            before = self.made_with.get(name, value)
            if before != value:
                raise SystemExit(
                    f"{self.path} was made with another {name.replace('_', ' ')} "
                    f"({before}, not {value}): resume with that one, or train without --resume"
                )
        self.made_with = made_with
'''

_RESTORE = '''
    def restore(self, model, epochs: int) -> int:
        """Bring the model to where it was; the epoch to go on with."""
        ASSIGN
        if self.epoch > epochs:
            raise SystemExit(
                f"{self.path} is of a training of {self.epoch} epochs or more, not of {epochs}"
            )
        return self.epoch
'''

# Phases that are over are gone through without an epoch, for what they unfreeze.
_RESTORE_PHASE = '''
    def restore(self, model, phase: str, epochs: int) -> int:
        """Bring the model to where it was; the epoch to go on with, `epochs` if none is left."""
        if self.saved and phase != self.phase:
            return epochs
        ASSIGN
        epoch = self.epoch if self.saved else 0
        if epoch > epochs:
            raise SystemExit(
                f"{self.path} is of a phase of {epoch} epochs or more, not of {epochs}"
            )
        self.phase, self.saved = phase, []
        return epoch
'''

_ASSIGN = """\
variables = state(model) if self.saved else []
        if [tuple(v.shape) for v in variables] != [a.shape for a in self.saved]:
            raise SystemExit(f"{self.path} is of another model: train without --resume")
        for variable, array in zip(variables, self.saved, strict=True):
            variable.assign(array)"""

_WATCH = '''
    def watch(self, *callbacks) -> list:
        """Callbacks with this one behind them, which also keeps what they have seen."""
        self.watched = callbacks
        return [*callbacks, self]

    def on_train_begin(self, logs=None) -> None:
'''

_WRITE = """
        with replacing(self.path) as temporary:
"""

_WRITTEN = '''
        table = pd.DataFrame(self.history)
        table.to_csv(beside(self.model_path, "history.csv"), index=False)

    def interrupted(self) -> NoReturn:
        """End the program with a sentence on how to go on."""
        if self.history and self.path.is_file():
            print(f"\\nstopped; --resume goes on from {self.path}", file=sys.stderr)
        else:
            print("\\nstopped before an epoch was over: nothing is kept", file=sys.stderr)
        raise SystemExit(130)
'''

# What callbacks decide by, beside weights.
_SEEN = ("best", "best_epoch", "cooldown_counter", "stopped_epoch", "wait")


def keeps(plan: TrainingPlan) -> bool:
    """Whether the script trains, so that there is something to go on with."""
    return plan.data is not None


def add_checkpoint(plan: TrainingPlan, parts: Parts) -> None:
    """`beside`, `state` and `Checkpoint`."""
    parts.imports |= _IMPORTS
    if _watches(plan):
        parts.constant("SEEN", f"SEEN = {literal(_SEEN)}")
    parts.function("beside", _BESIDE)
    parts.function("state", _STATE)
    parts.function("Checkpoint", wrap("\n".join(_class(plan))))


def phase_name(phase: PhaseSpec) -> str:
    """The name of a phase, as it is shown."""
    return phase.name or "first"


def first_epoch(plan: TrainingPlan, phase: PhaseSpec, epochs: str) -> Group:
    """The call that restores what was saved, and gives the epoch to begin with."""
    if len(plan.phases) == 1:
        return call("checkpoint.restore", "model", epochs)
    return call("checkpoint.restore", "model", literal(phase_name(phase)), epochs)


def fit_callbacks(plan: TrainingPlan, phase: PhaseSpec) -> Group:
    """The callbacks of `fit`: those of the spec, and the checkpoint as the last."""
    callbacks = _callbacks(plan, phase)
    if _watches(plan):
        return call("checkpoint.watch", *callbacks)
    return listing([*callbacks, "checkpoint"])


def _callbacks(plan: TrainingPlan, phase: PhaseSpec) -> list[str | Group]:
    setting = phase.settings.get("callbacks")
    if setting is None or not setting.value:
        return []
    if not any(_logs_beside(value) or _begins_anew(value) for value in setting.value):
        code = plan.python(setting.expr)
        return [code[1:-1]] if code.startswith("[") and code.endswith("]") else [f"*{code}"]
    return [_callback(plan, phase, value) for value in setting.value]


def _callback(plan: TrainingPlan, phase: PhaseSpec, value: LayerValue) -> str | Group:
    if _logs_beside(value):
        return _tensorboard(plan, phase, value)
    if _begins_anew(value):
        arguments = [(n, python_value(item)) for n, item in value.args.items() if n != "append"]
        # What earlier phases and the training that is resumed have logged stays.
        return call("keras.callbacks.CSVLogger", *arguments, ("append", "bool(checkpoint.history)"))
    return python_value(value)


def _begins_anew(value: LayerValue) -> bool:
    """Whether it is a log that every `fit` would begin anew."""
    return value.name == "CSVLogger" and not value.args.get("append")


def _logs_beside(value: LayerValue) -> bool:
    """Whether it is a TensorBoard that the spec gives no folder."""
    return value.name == "TensorBoard" and value.args.get("log_dir") is None


def _tensorboard(plan: TrainingPlan, phase: PhaseSpec, value: LayerValue) -> Group:
    # Every phase counts its epochs from the first, and needs curves of its own.
    folder = 'beside(checkpoint.model_path, "logs")'
    folder += f" / {literal(phase_name(phase))}" if len(plan.phases) > 1 else ""
    arguments = [(name, python_value(item)) for name, item in value.args.items()]
    return call("keras.callbacks.TensorBoard", call("str", folder), *arguments)


def _class(plan: TrainingPlan) -> Iterator[str]:
    several, watches, best = len(plan.phases) > 1, _watches(plan), _keeps_best(plan)
    place = "self.phase, self.epoch" if several else "self.epoch"
    yield _INIT.strip("\n")
    start = '"", 0' if several else "0"
    yield f"        {place}, self.history, self.saved = {start}, [], []"
    if watches:
        yield "        self.watched, self.seen = (), []"
    if best:
        yield "        self.best = []"
    yield _LOAD.strip("\n")
    progress = f"self.made_with, {place}, self.history{', self.seen' if watches else ''}"
    yield f'                {progress} = json.loads(str(file["progress"]))'
    yield '                self.saved = [file[name] for name in file.files if name[:4] == "arr_"]'
    if best:
        yield '                self.best = [file[name] for name in file.files if name[:5] == "best_"]'
    yield _LOADED.strip("\n")
    if several:
        yield f"        if self.phase not in {literal([phase_name(each) for each in plan.phases])}:"
        yield '            raise SystemExit(f"{self.path} is of another model: train without --resume")'
    yield _EXPECT.rstrip("\n")
    yield (_RESTORE_PHASE if several else _RESTORE).replace("ASSIGN", _ASSIGN).rstrip("\n")
    if watches:
        yield from _watch(several, best)
    yield ""
    yield from _on_epoch_end(plan, several, watches, best)


def _watch(several: bool, best: bool) -> Iterator[str]:
    yield _WATCH.rstrip("\n")
    if several:
        yield "        if self.saved:  # of a later phase"
        yield "            return"
    yield "        for callback, seen in zip(self.watched, self.seen, strict=False):"
    yield "            callback.__dict__.update(seen)"
    if best:
        yield "            if self.best and isinstance(callback, keras.callbacks.EarlyStopping):"
        yield "                callback.best_weights = self.best"
    yield f"        self.seen{', self.best' if best else ''} = {'[], []' if best else '[]'}"


def _on_epoch_end(plan: TrainingPlan, several: bool, watches: bool, best: bool) -> Iterator[str]:
    yield "    def on_epoch_end(self, epoch, logs=None) -> None:"
    phase = '"phase": self.phase, ' if several else ""
    yield f'        self.history.append({{{phase}"epoch": epoch + 1, **(logs or {{}})}})'
    yield "        # After an epoch that ends training early, none is left."
    yield '        self.epoch = self.params["epochs"] if self.model.stop_training else epoch + 1'
    yield from first_alone(plan)
    if watches:
        yield "        held = [vars(callback) for callback in self.watched]"
        yield "        seen = [{name: each[name] for name in SEEN if name in each} for each in held]"
    place = "self.phase, self.epoch" if several else "self.epoch"
    yield f"        progress = json.dumps([self.made_with, {place}, self.history{', seen' if watches else ''}])"
    arrays = "*state(self.model), progress=progress"
    if best:
        yield '        kept = (each["best_weights"] for each in held if each.get("best_weights"))'
        yield '        best = {f"best_{n}": array for n, array in enumerate(next(kept, []))}'
        arrays += ", **best"
    yield _WRITE.strip("\n")
    yield f"            np.savez(temporary, {arrays})"
    yield _WRITTEN.strip("\n")


def _all_callbacks(plan: TrainingPlan) -> list[LayerValue]:
    settings = [phase.settings.get("callbacks") for phase in plan.phases]
    return [value for setting in settings if setting for value in setting.value or ()]


def _watches(plan: TrainingPlan) -> bool:
    """Whether a callback decides by what it has seen in earlier epochs."""
    return any(decides(value) for value in _all_callbacks(plan))


def _keeps_best(plan: TrainingPlan) -> bool:
    """Whether `EarlyStopping` holds the best weights of all epochs."""
    return any(value.args.get("restore_best_weights") for value in _all_callbacks(plan))
