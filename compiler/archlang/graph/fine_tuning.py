"""A warning where pretrained weights are trained on at the speed at which new ones are."""

from __future__ import annotations

from collections.abc import Mapping

from archlang.catalogue import load
from archlang.diagnostics import Diagnostic, Label, warning
from archlang.graph.model import Graph
from archlang.shapes.rule import LayerValue
from archlang.tasks.model import SettingSpec


def high_rates(graph: Graph) -> list[Diagnostic]:
    """A warning for each phase that unfreezes layers at the learning rate of the first phase."""
    train = graph.train
    if train is None or not train.phases:
        return []
    # What stands above the phases is a phase of its own if it says for how long.
    first = train.settings if "epochs" in train.settings else train.phases[0].settings
    later = train.phases if "epochs" in train.settings else train.phases[1:]
    usual = _rate(first)
    found: list[Diagnostic] = []
    for phase in later:
        rate = _rate(phase.settings)
        unfreeze = phase.settings.get("unfreeze")
        if unfreeze is None or rate is None or usual is None or rate < usual:
            continue
        optimizer = phase.settings.get("optimizer")
        found.append(
            warning(
                "W1308",
                f"the phase `{phase.name}` trains unfrozen layers at a learning rate of {rate:g}",
                unfreeze.span,
                label="unfrozen here",
                labels=(Label(optimizer.span, f"{rate:g}"),) if optimizer is not None else (),
                notes=(f"the first phase has {usual:g}",),
                help=f"a tenth or less is usual: `optimizer = Adam({usual / 100:g})`",
            )
        )
    return found


def _rate(settings: Mapping[str, SettingSpec]) -> float | None:
    """The learning rate of an optimizer, None where it is a schedule."""
    setting = settings.get("optimizer")
    value = "adam" if setting is None else setting.value
    args: Mapping[str, object] = {}
    if isinstance(value, LayerValue):
        args, value = value.args, value.name
    catalogue = load()
    entry = next(
        (
            catalogue.get("optimizers", name)
            for name in catalogue.names("optimizers")
            if name.lower() == str(value).lower()
        ),
        None,
    )
    rate = args.get("learning_rate", entry.defaults().get("learning_rate") if entry else None)
    return float(rate) if isinstance(rate, int | float) else None
