"""What a phase unfreezes: the functions that do it, their calls, and what the script prints of it."""

from __future__ import annotations

from typing import Any, cast

from archlang.backends.python.literals import literal
from archlang.backends.python.training.layout import call, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.evaluation.values import Selector
from archlang.tasks.model import PhaseSpec

# Keras overrides `training=False` where a model is called in a functional graph: only what is not
# trainable runs in inference mode (`keras_facts.md`). Every inner layer is set by itself: setting
# `trainable` of a nested model to what it is already does not reach the layers in it.
_UNFREEZE = '''
def unfreeze(layer, batch_norm: bool = False) -> None:
    """Let a layer, and all inside it, train from the next `compile` on.

    Batch normalization stays in inference mode: the statistics of a few batches would
    spoil what the layers behind it have learned.
    """
    for inner in layer._flatten_layers():
        statistics = isinstance(inner, layers.BatchNormalization)
        inner.trainable = batch_norm or not statistics
'''

_UNFREEZE_BLOCK = '''
def unfreeze_block(model, name: str, batch_norm: bool = False) -> None:
    """Let the layers of a block train."""
    for layer in model.layers:
        if layer.name.startswith(f"{name}_"):
            unfreeze(layer, batch_norm)
'''

_UNFREEZE_SOME = '''
def unfreeze_some(backbone, chosen: list, batch_norm: bool = False) -> None:
    """Let some layers of a nested model train, the others staying as they are."""
    if not backbone.trainable:
        backbone.trainable = True  # and so is everything in it
        for layer in backbone.layers:
            layer.trainable = False
    for layer in chosen:
        unfreeze(layer, batch_norm)
'''

_UNFREEZE_LAST = '''
def unfreeze_last(backbone, count: int, batch_norm: bool = False) -> None:
    """Let the last layers that have weights train."""
    chosen = [layer for layer in backbone.layers if layer.weights][-count:]
    unfreeze_some(backbone, chosen, batch_norm)
'''

_UNFREEZE_AFTER = '''
def unfreeze_after(backbone, name: str, batch_norm: bool = False) -> None:
    """Let the layers after a named one train."""
    names = [layer.name for layer in backbone.layers]
    unfreeze_some(backbone, backbone.layers[names.index(name) + 1 :], batch_norm)
'''

_SHOW_TRAINED = '''
def show_trained(model, phase: str) -> None:
    """Print what a phase trains."""
    trained = [layer for layer in model.layers if layer.trainable_weights]
    total = count_weights(model)
    print(f"phase {phase}: {len(trained)} layers train, {total:,} parameters")
    for layer in trained:
        inner = getattr(layer, "layers", [])
        part = sum(bool(each.trainable_weights) for each in inner)
        of = f" in {part} of its {len(inner)} layers" if inner else ""
        resting = any(
            isinstance(each, layers.BatchNormalization) and not each.trainable
            for each in inner
        )
        of += "; batch normalization stays in inference mode" if resting else ""
        print(f"  {layer.name}: {count_weights(layer):,}{of}")
'''

_COUNT_WEIGHTS = '''
def count_weights(layer) -> int:
    """How many parameters of a layer train."""
    return sum(math.prod(weight.shape) for weight in layer.trainable_weights)
'''


def unfreezes(plan: TrainingPlan) -> bool:
    """Whether any phase unfreezes anything."""
    return any(_selectors(phase) for phase in plan.phases)


def add_unfreezing(plan: TrainingPlan, parts: Parts) -> None:
    """The functions that the phases call, those among them that are needed."""
    chosen = [item for phase in plan.phases for item in _selectors(phase)]
    kinds = {_kind(plan, item) for item in chosen}
    parts.imports |= {"import math", "from keras import layers"}
    parts.function("unfreeze", _UNFREEZE)
    if "block" in kinds:
        parts.function("unfreeze_block", _UNFREEZE_BLOCK)
    if kinds & {"last", "after"}:
        parts.function("unfreeze_some", _UNFREEZE_SOME)
    if "last" in kinds:
        parts.function("unfreeze_last", _UNFREEZE_LAST)
    if "after" in kinds:
        parts.function("unfreeze_after", _UNFREEZE_AFTER)
    parts.function("count_weights", _COUNT_WEIGHTS)
    parts.function("show_trained", _SHOW_TRAINED)


def unfreezing_lines(plan: TrainingPlan, phase: PhaseSpec) -> list[str]:
    """The calls that a phase begins with."""
    moves = phase.settings.get("batch_norm")
    further = [("batch_norm", "True")] if moves is not None and moves.value is True else []
    lines: list[str] = []
    for item in _selectors(phase):
        name = item.layer if isinstance(item, Selector) else str(item)
        kind = _kind(plan, item)
        layer = f"model.get_layer({literal(name)})"
        if kind == "block":
            made = call("unfreeze_block", "model", literal(name), *further)
        elif isinstance(item, Selector):
            made = call(f"unfreeze_{kind}", layer, literal(item.at), *further)
        else:
            made = call("unfreeze", layer, *further)
        lines += statement("", made)
    return lines


def _kind(plan: TrainingPlan, item: Any) -> str:
    if isinstance(item, Selector):
        return item.kind
    return "block" if item in plan.block_uses else "layer"


def _selectors(phase: PhaseSpec) -> list[Any]:
    setting = phase.settings.get("unfreeze")
    return list(cast("list[Any]", setting.value)) if setting is not None and setting.value else []
