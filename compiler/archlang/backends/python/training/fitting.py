"""Compiling, fitting, evaluating, saving."""

from __future__ import annotations

from collections.abc import Sequence

from archlang.backends.python.literals import literal
from archlang.backends.python.training.layout import Group, call, listing, mapping, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan, ignored, kind_of
from archlang.backends.python.training.pretrained import add_start_from, start_lines
from archlang.backends.python.training.unfreezing import (
    add_unfreezing,
    unfreezes,
    unfreezing_lines,
)
from archlang.backends.python.training.values import python_value
from archlang.shapes.rule import LayerValue
from archlang.tasks.model import OutputSpec, PhaseSpec
from archlang.tasks.settings import DEFAULT_BATCH_SIZE, DEFAULT_EPOCHS

_EVALUATE = '''
def evaluate(model, examples: Examples) -> dict[str, float]:
    """Print the loss and the metrics on examples that the model has not been trained on."""
    UNPACKED = examples
    results = model.evaluate(EVALUATED, verbose=0, return_dict=True)
    for name, value in results.items():
        print(f"{name}: {value:.4f}")
    return results
'''

_SAVE = '''
def save(model, path: Path) -> None:
    """Write the model; an interrupted write leaves an earlier one as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.stem}.partial.keras")
    model.save(temporary)
    temporary.replace(path)
    print(f"saved {path}")
'''

_LOAD = '''
def load(path: Path):
    """Read a trained model."""
    if not path.is_file():
        raise SystemExit(f"there is no trained model at {path}: run `train` first")
    return keras.models.load_model(path)
'''

# What is written in Python needs no `get_config` if it is compiled anew.
_LOAD_CUSTOM = '''
def load(path: Path):
    """Read a trained model."""
    if not path.is_file():
        raise SystemExit(f"there is no trained model at {path}: run `train` first")
    model = keras.models.load_model(path, compile=False)
    compile_model(model, keras.optimizers.Adam())
    return model
'''

_ADAPT = '''
def adapt(model, x: Inputs) -> None:
    """Show the training examples to the layers that learn from them before training."""
    for name in NAMES:
        layer = model.get_layer(name)
        before = keras.Model(model.inputs, layer.input)
        layer.adapt(before.predict_on_batch(x))
'''


def add_training(plan: TrainingPlan, parts: Parts) -> None:
    """`train`, `evaluate`, `save` and `load`."""
    parts.imports |= {"import keras", "from pathlib import Path"}
    if plan.adapted_layers:
        parts.function("adapt", _ADAPT.replace("NAMES", literal(list(plan.adapted_layers))))
    custom = _custom_objectives(plan)
    parts.imports |= {f"from {plan.modules[name]} import {name}" for name in custom}
    if plan.pretrained:
        add_start_from(plan, parts)
    if unfreezes(plan):
        add_unfreezing(plan, parts)
    if _has_compile(plan):
        _add_compile(plan, parts)
    _add_train(plan, parts)
    weighted = plan.has_weights
    unpacked = "x, y, weights" if weighted else "x, y"
    evaluated = "x, y, sample_weight=weights" if weighted else "x, y"
    text = _EVALUATE.replace("UNPACKED", unpacked).replace("EVALUATED", evaluated)
    parts.function("evaluate", text)
    parts.function("save", _SAVE)
    parts.function("load", _LOAD_CUSTOM if custom else _LOAD)


def has_validation(plan: TrainingPlan) -> bool:
    """Whether `train` takes examples to validate on."""
    return bool(plan.validation)


def default_epochs(plan: TrainingPlan) -> str | None:
    """The epochs as Python; None where phases differ."""
    return _common(plan, "epochs", DEFAULT_EPOCHS)


def default_batch_size(plan: TrainingPlan) -> str | None:
    """The batch size as Python; None where phases differ."""
    return _common(plan, "batch_size", DEFAULT_BATCH_SIZE)


def _common(plan: TrainingPlan, name: str, default: int) -> str | None:
    if name == "epochs" and len(plan.phases) > 1:
        return None
    values = {_setting(plan, phase, name) or literal(default) for phase in plan.phases}
    return values.pop() if len(values) == 1 else None


def _add_train(plan: TrainingPlan, parts: Parts) -> None:
    # Weights of classes make triples of pairs.
    arguments = ["model", "training: tuple" if plan.weighs_by_class else "training: Examples"]
    if has_validation(plan):
        arguments.append("validation: Examples" + ("" if plan.data else " | None = None"))
    epochs, batch_size = default_epochs(plan), default_batch_size(plan)
    arguments.append("epochs: int" + (f" = {epochs}" if epochs else " | None = None"))
    arguments.append("batch_size: int" + (f" = {batch_size}" if batch_size else " | None = None"))
    signature = Group("def train(", tuple(("", argument) for argument in arguments), ")")
    lines = statement("", signature, " -> None:", indent=0)
    if plan.train.phases:
        lines.append(f'    """Fit the model in {len(plan.phases)} phases, one after the other."""')
    else:
        lines.append('    """Compile the model and fit it."""')
    weighted = plan.has_weights or plan.weighs_by_class
    lines.append(f"    {'x, y, weights' if weighted else 'x, y'} = training")
    lines += start_lines(plan)
    if plan.adapted_layers:
        lines.append("    adapt(model, x)")
    for phase in plan.phases:
        lines += _phase(plan, parts, phase)
    parts.function("train", lines)


def _phase(plan: TrainingPlan, parts: Parts, phase: PhaseSpec) -> list[str]:
    """Unfreeze, compile and fit."""
    lines: list[str] = []
    for name in ("optimizer", "epochs", "batch_size", "callbacks"):
        if name in phase.settings:
            parts.imports |= plan.imports_of(phase.settings[name].expr)
    optimizer = _setting(plan, phase, "optimizer") or "keras.optimizers.Adam()"
    if phase.name and len(plan.phases) > 1:
        lines += ["", f"    # Phase {phase.name}."]
    lines += unfreezing_lines(plan, phase)
    if _has_compile(plan):
        lines += statement("", call("compile_model", "model", optimizer))
    else:
        lines += statement(
            "", call("model.compile", ("optimizer", optimizer), *_compiled(plan, phase))
        )
    if unfreezes(plan):
        lines += statement("", call("show_trained", "model", literal(phase.name or "first")))
    arguments: list[str | tuple[str, str | Group]] = ["x", "y"]
    if plan.has_weights or plan.weighs_by_class:
        arguments.append(("sample_weight", "weights"))
    if has_validation(plan):
        arguments.append(("validation_data", "validation"))
    epochs, size = _setting(plan, phase, "epochs"), _setting(plan, phase, "batch_size")
    epochs = epochs or literal(DEFAULT_EPOCHS)
    arguments.append(("epochs", "epochs" if default_epochs(plan) else f"epochs or {epochs}"))
    size = size or literal(DEFAULT_BATCH_SIZE)
    arguments.append(
        ("batch_size", "batch_size" if default_batch_size(plan) else f"batch_size or {size}")
    )
    class_weight = plan.outputs[0].args.get("class_weight")
    if class_weight is not None and not plan.weighs_by_class:
        arguments.append(("class_weight", _class_weight(class_weight)))
    callbacks = _setting(plan, phase, "callbacks")
    if callbacks not in (None, "[]"):
        assert callbacks is not None
        arguments.append(("callbacks", callbacks))
    return lines + statement("", call("model.fit", *arguments))


def _has_compile(plan: TrainingPlan) -> bool:
    """Whether compiling is a function: where it happens more than once."""
    return len(plan.phases) > 1 or bool(_custom_objectives(plan))


def _custom_objectives(plan: TrainingPlan) -> list[str]:
    """The losses and metrics that are written in Python."""
    values = [
        value
        for output in plan.outputs
        for value in (kind_of(output).loss(output), *kind_of(output).metrics(output))
    ]
    return [value.name for value in values if value.kind == "python"]


def _add_compile(plan: TrainingPlan, parts: Parts) -> None:
    compiling = call("model.compile", ("optimizer", "optimizer"), *_compiled(plan, plan.phases[0]))
    parts.function(
        "compile_model",
        [
            "def compile_model(model, optimizer) -> None:",
            f'    """{_compile_doc(plan)}"""',
            *statement("", compiling),
        ],
    )


def _compile_doc(plan: TrainingPlan) -> str:
    if unfreezes(plan):
        return "Compile the model for its task; what was unfrozen trains only after this."
    return "Compile the model for its task."


def _compiled(plan: TrainingPlan, phase: PhaseSpec) -> list[tuple[str, str | Group]]:
    """The arguments of `compile` after the optimizer."""
    found: list[tuple[str, str | Group]] = []
    losses = [(output, python_value(kind_of(output).loss(output))) for output in plan.outputs]
    found.append(("loss", losses[0][1] if plan.one_output else _by_name(losses)))
    if any(output.args.get("weight", 1) != 1 for output in plan.outputs) and not plan.one_output:
        weights = [(output, literal(output.args.get("weight", 1))) for output in plan.outputs]
        found.append(("loss_weights", _by_name(weights)))
    for argument, masked in (("metrics", False), ("weighted_metrics", True)):
        chosen = [
            (output, _metrics(output)) for output in plan.outputs if _masked(output) is masked
        ]
        chosen = [(output, metrics) for output, metrics in chosen if metrics.items]
        if chosen:
            found.append((argument, chosen[0][1] if plan.one_output else _by_name(chosen)))
    jit_compile = _setting(plan, phase, "jit_compile")
    if jit_compile is not None:
        found.append(("jit_compile", jit_compile))
    return found


def _metrics(output: OutputSpec) -> Group:
    metrics: tuple[LayerValue, ...] = kind_of(output).metrics(output)
    return listing([python_value(metric) for metric in metrics])


def _masked(output: OutputSpec) -> bool:
    return ignored(output) is not None


def _class_weight(weights: list[float]) -> str:
    return literal(dict(enumerate(weights)))


def _by_name(pairs: Sequence[tuple[OutputSpec, str | Group]]) -> Group:
    return mapping([(literal(output.name), value) for output, value in pairs])


def _setting(plan: TrainingPlan, phase: PhaseSpec, name: str) -> str | None:
    setting = phase.settings.get(name)
    return None if setting is None or setting.value is None else plan.python(setting.expr)
