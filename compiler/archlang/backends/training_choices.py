"""What was chosen for training, and why: settings, what is held out, and phases; for `archc explain`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from archlang.evaluation.values import Selector, show
from archlang.graph.model import Graph, Layer
from archlang.graph.selectors import selected
from archlang.tasks.model import DataSpec, PhaseSpec, TaskSpec, TrainSpec
from archlang.tasks.monitors import (
    has_test_split,
    phases_of,
    validation_of,
)
from archlang.tasks.series_data import series_window
from archlang.tasks.settings import DEFAULT_BATCH_SIZE, DEFAULT_EPOCHS, DEFAULT_SEED

_WRITTEN = ("Written in `train`.",)

# What there is nothing to say about where it is not written.
_FURTHER = ("callbacks", "mixed_precision", "jit_compile", "strategy", "save")


@dataclass(frozen=True)
class Choice:
    """One thing that was chosen: what it is for, what was taken, and the reasons."""

    topic: str
    chosen: str
    reasons: tuple[str, ...]


def explained_training(graph: Graph) -> list[tuple[str, tuple[Choice, ...]]]:
    """The choices about training, then those about each phase if there are any, with titles."""
    train = graph.train or TrainSpec({})
    about = [("training", (*_settings(train), *_held_out(graph.task, train)))]
    if train.phases:
        about.append(("phases", tuple(_phases(graph, train))))
    return about


def _settings(train: TrainSpec) -> Iterator[Choice]:
    defaults = [
        ("optimizer", "Adam()", "Adam works without tuning on most problems."),
        ("epochs", str(DEFAULT_EPOCHS), "The default."),
        ("batch_size", str(DEFAULT_BATCH_SIZE), "Keras's default."),
        ("seed", str(DEFAULT_SEED), "Weights, shuffling and splits are the same in every run."),
    ]
    for name, value, reason in defaults:
        if name in train.settings:
            yield Choice(name, show(train.settings[name].value), _WRITTEN)
        elif name != "epochs" or not train.phases:
            yield Choice(name, value, (reason,))
    for name in _FURTHER:
        if name in train.settings:
            yield Choice(name, show(train.settings[name].value), _WRITTEN)


def _held_out(task: TaskSpec, train: TrainSpec) -> Iterator[Choice]:
    written = train.settings.get("validation")
    value, has_test = validation_of(task, train), has_test_split(task, train)
    if written is not None and written.value == value:
        reason = _WRITTEN[0]
    elif written is not None:
        reason = (
            "Written is 0, but without a test split something has to be held out to evaluate on."
        )
    elif value and has_test:
        reason = "By default, since a callback watches figures on what is validated on."
    elif value:
        reason = "By default: some examples have to be held out to evaluate on, and there is no test split."
    else:
        reason = "By default, since there is a test split to evaluate on and no callback watches figures of a validation."
    yield Choice("validation", _shown(value), (reason, *_drawn(task, value)))
    test = train.settings.get("test")
    if test is not None and test.value:
        yield Choice("test", _shown(test.value), (*_WRITTEN, *_drawn(task, test.value)))
        evaluated = ("the test split", "Training never sees it.")
    elif has_test:
        evaluated = ("the data set's own test split", "Figures in the literature are on it.")
    else:
        evaluated = ("the validation split", "No test split is set; `test = 0.2` sets one aside.")
    yield Choice("evaluated on", evaluated[0], (evaluated[1],))
    window = series_window(task.data)
    if window is not None:
        reason = "The last part is held out, so that nothing of what is forecast was trained on."
        yield Choice("split", f"in time, windows of {window} rows", (reason,))


def _shown(value: float | DataSpec) -> str:
    if not isinstance(value, DataSpec):
        return f"{value:g}" if value else "none"
    arguments = [show(argument) for argument in value.args]
    arguments += [f"{name}={show(argument)}" for name, argument in value.kwargs.items()]
    return f"{value.source}({', '.join(arguments)})"


def _drawn(task: TaskSpec, value: float | DataSpec) -> tuple[str, ...]:
    """How a share of the examples is picked."""
    if isinstance(value, DataSpec) or not value or series_window(task.data) is not None:
        return ()
    if task.data is not None and task.data.source == "text_file":
        return ("The last part of the text: windows beside each other are alike.",)
    return ("Drawn with the seed, so that every run holds out the same examples.",)


def _phases(graph: Graph, train: TrainSpec) -> Iterator[Choice]:
    frozen = [layer.name for layer in graph.layers if not layer.trainable]
    for number, phase in enumerate(phases_of(train)):
        reasons: list[str] = []
        if phase.settings.get("unfreeze") is None:
            if number == 0 and frozen:
                reasons.append(
                    f"{_names(frozen)} {_keep(frozen)} and the others learn from what comes out."
                )
            elif number:
                reasons.append("It unfreezes nothing: what has trained goes on.")
        reasons += _unfrozen(graph, phase)
        if number:
            reasons.append("Weights stay as the phase before left them; the optimizer starts anew.")
        yield Choice(phase.name or "first", _phase(phase), tuple(reasons))


def _phase(phase: PhaseSpec) -> str:
    def value(name: str, default: Any) -> Any:
        setting = phase.settings.get(name)
        return default if setting is None or setting.value is None else setting.value

    optimizer = phase.settings.get("optimizer")
    epochs, size = value("epochs", DEFAULT_EPOCHS), value("batch_size", DEFAULT_BATCH_SIZE)
    shown = "Adam()" if optimizer is None else show(optimizer.value)
    return f"{epochs} epoch{'s' if epochs != 1 else ''}, batches of {size}, {shown}"


def _unfrozen(graph: Graph, phase: PhaseSpec) -> Iterator[str]:
    """A sentence for each selector, and one on batch normalization if it is among what they select."""
    setting = phase.settings.get("unfreeze")
    items = cast("list[Any]", setting.value) if setting is not None and setting.value else []
    normalizes = False
    for item in items:
        name = item.layer if isinstance(item, Selector) else str(item)
        layers = selected(graph, name)
        normalizes |= any(map(_normalizes, layers))
        if isinstance(item, Selector) and item.kind == "last":
            count = f"{item.at} layers" if item.at != 1 else "layer"
            what = f"the last {count} with weights of `{name}`"
        elif isinstance(item, Selector):
            what = f"the layers of `{name}` behind `{item.at}`"
        elif len(layers) == 1:
            what = f"`{name}`{_parameters(layers)}"
        else:
            what = f"the {len(layers)} layers of `{name}`{_parameters(layers)}"
        yield f"From here on it trains {what}."
    moves = phase.settings.get("batch_norm")
    if moves is not None and moves.value is True:
        yield "`batch_norm = True`: batch normalization updates its statistics too."
    elif normalizes:
        yield (
            "Batch normalization stays in inference mode: the statistics of a few batches would spoil "
            "what the layers behind it have learned."
        )


def _parameters(layers: list[Layer]) -> str:
    """How many parameters layers have, where that is known of all."""
    counts = [layer.params for layer in layers]
    known = [count for count in counts if count is not None]
    return f", {sum(known):,} parameters" if len(known) == len(counts) else ""


def _normalizes(layer: Layer) -> bool:
    inner = layer.graph.layers if layer.graph is not None else ()
    parts = [part.kind for part in layer.inner or ()]
    return "BatchNormalization" in (layer.class_name, *parts) or any(map(_normalizes, inner))


def _names(names: list[str]) -> str:
    shown = [f"`{name}`" for name in names]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _keep(names: list[str]) -> str:
    return "keeps its weights," if len(names) == 1 else "keep their weights,"
