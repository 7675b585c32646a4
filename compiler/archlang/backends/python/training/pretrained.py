"""Nested models that start from trained weights."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.layout import call, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.graph.pretrained import Pretrained

_START_FROM = '''
def start_from(layer, path: Path, name: str, advice: str) -> None:
    """Give a layer the weights that it has in a trained model."""
    if not path.is_file():
        raise SystemExit(f"{path} is not there: {advice}")
    try:
        trained: Any = keras.models.load_model(path, compile=False)
        source = trained if trained.name == name else trained.get_layer(name)
        layer.set_weights(source.get_weights())
    except Exception as error:
        reason = str(error).partition("\\n")[0]
        message = f"{path} does not hold the weights of {name} as it is here: {advice}"
        raise SystemExit(f"{message} ({reason})") from None
'''

# A file of weights alone has those of the nested model.
_OR_WEIGHTS = """
        if path.name.endswith(".weights.h5"):
            layer.load_weights(path)
            return
"""

_FILE_ADVICE = "it should be the saved model that the weights come from"


def add_start_from(plan: TrainingPlan, parts: Parts) -> None:
    """The function that copies weights."""
    parts.imports |= {"import keras", "from pathlib import Path", "from typing import Any"}
    text = _START_FROM
    if any(each.file.endswith(".weights.h5") for each in plan.pretrained):
        text = text.replace("\n    try:\n", f"\n    try:{_OR_WEIGHTS}")
    parts.function("start_from", text)


def start_lines(plan: TrainingPlan) -> list[str]:
    """The calls that training begins with, each for one nested model."""
    lines: list[str] = []
    for each in plan.pretrained:
        layer = "model" + "".join(f".get_layer({literal(name)})" for name in each.path)
        path = f"Path({literal(each.file)})"
        made = call("start_from", layer, path, literal(each.inner), literal(_advice(plan, each)))
        lines += statement("", made)
    return lines


def _advice(plan: TrainingPlan, each: Pretrained) -> str:
    if each.trained is None:
        return _FILE_ADVICE
    command = f"archc run --model {each.trained} {plan.spec_name}"
    return f"train {each.trained} first ({command})"
