"""Compiling, fitting, evaluating, saving."""

from __future__ import annotations

from collections.abc import Sequence

from archlang.backends.python.literals import literal
from archlang.backends.python.training.adapting import add_adapt
from archlang.backends.python.training.checkpoints import (
    add_checkpoint,
    first_epoch,
    fit_callbacks,
    keeps,
)
from archlang.backends.python.training.distribution import spreading
from archlang.backends.python.training.fingerprints import add_fingerprint
from archlang.backends.python.training.generating import perplexity
from archlang.backends.python.training.label_weights import (
    add_weighted_losses,
    loss_of,
    weighs_labels,
)
from archlang.backends.python.training.layout import Group, call, listing, mapping, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan, ignored, kind_of
from archlang.backends.python.training.pretrained import add_start_from, start_lines
from archlang.backends.python.training.saying import matches_exactly
from archlang.backends.python.training.sequences import (
    LOAD_WORDS,
    SAVE_WITH_WORDS,
    learns_words,
)
from archlang.backends.python.training.streams import batched
from archlang.backends.python.training.unfreezing import (
    add_unfreezing,
    unfreezes,
    unfreezing_lines,
)
from archlang.backends.python.training.untrained import add_name_untrained, named
from archlang.backends.python.training.values import python_value
from archlang.shapes.rule import LayerValue
from archlang.tasks.model import OutputSpec, PhaseSpec
from archlang.tasks.settings import DEFAULT_BATCH_SIZE, DEFAULT_EPOCHS

_EVALUATE = '''
def evaluate(model, examples: Examples) -> dict[str, float]:
    """Print the loss and the metrics on examples that the model has not been trained on."""
UNPACKED    results = model.evaluate(EVALUATED, verbose=0, return_dict=True)
FURTHER    for name, value in results.items():
        print(f"{name}: {value:.4f}")
    return results
'''

_REPLACING = '''
@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a file under another name, and rename it once it is whole."""
    temporary = path.with_stem(f"{path.stem}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise SystemExit(f"{path} can't be written: {error}") from error
    finally:
        temporary.unlink(missing_ok=True)
'''

_SAVE = '''
def save(model, path: Path) -> None:
    """Write the model; an interrupted write leaves an earlier one as it was."""
    with replacing(path) as temporary:
        model.save(temporary)
    print(f"saved {path}")
'''

# What Keras raises for a file that is cut off, or not its own, has many types.
_LOAD = '''
def load(path: Path):
    """Read a trained model."""
    if not path.is_file():
        raise SystemExit(f"there is no trained model at {path}: run `train` first")
    try:
READ
    except Exception as error:
        reason = str(error).partition("\\n")[0]
        raise SystemExit(f"{path} can't be read as a model: {reason}") from error
    return model
'''

_READ = "        model = keras.models.load_model(path)\n"

# What is written in Python needs no `get_config` if it is compiled anew.
_READ_CUSTOM = """\
        model = keras.models.load_model(path, compile=False)
        compile_model(model, keras.optimizers.Adam())
"""


def add_training(plan: TrainingPlan, parts: Parts) -> None:
    """`train`, `evaluate`, `save` and `load`."""
    parts.imports |= {
        "import keras",
        "from collections.abc import Iterator",
        "from contextlib import contextmanager",
        "from pathlib import Path",
    }
    if plan.adapted_layers:
        add_adapt(plan, parts)
    custom = _custom_objectives(plan)
    parts.imports |= {f"from {plan.modules[name]} import {name}" for name in custom}
    if plan.pretrained:
        add_start_from(plan, parts)
    if unfreezes(plan):
        add_unfreezing(plan, parts)
    add_weighted_losses(plan, parts)
    add_name_untrained(plan, parts)
    if _has_compile(plan):
        _add_compile(plan, parts)
    parts.function("replacing", _REPLACING)
    if keeps(plan):
        add_fingerprint(plan, parts)
        add_checkpoint(plan, parts)
    _add_train(plan, parts)
    if perplexity(plan):
        parts.imports.add("import numpy as np")
    parts.function("evaluate", _evaluate(plan))
    parts.function("save", SAVE_WITH_WORDS if learns_words(plan) else _SAVE)
    read = (_READ_CUSTOM if custom else _READ) + (LOAD_WORDS if learns_words(plan) else "")
    parts.function("load", _LOAD.replace("READ\n", read))


def _evaluate(plan: TrainingPlan) -> str:
    exact = '    results["exact_match"] = exact_match(model, examples)\n'
    further = perplexity(plan) + (exact if matches_exactly(plan) else "")
    return _evaluated(plan).replace("FURTHER", further)


def _evaluated(plan: TrainingPlan) -> str:
    if plan.generated is not None and not plan.streams:
        unpacked = "    x, y, weights = with_past(*examples)\n"
        evaluated = "x, y, sample_weight=weights"
        return _EVALUATE.replace("UNPACKED", unpacked).replace("EVALUATED", evaluated)
    given = "x, y, weights" if plan.has_weights else "x, y"
    evaluated = "x, y, sample_weight=weights" if plan.has_weights else "x, y"
    unpacked = f"    {given} = {named(plan, 'examples')}\n"
    if plan.streams:
        unpacked, evaluated = "", batched(plan, named(plan, "examples"))
    return _EVALUATE.replace("UNPACKED", unpacked).replace("EVALUATED", evaluated)


def has_validation(plan: TrainingPlan) -> bool:
    """Whether `train` takes examples to validate on."""
    return bool(plan.validation)


def default_epochs(plan: TrainingPlan) -> str | None:
    """The epochs as Python; None where phases differ."""
    return _common(plan, "epochs", DEFAULT_EPOCHS)


def default_batch_size(plan: TrainingPlan) -> str | None:
    """The batch size as Python; None where phases differ."""
    return _common(plan, "batch_size", DEFAULT_BATCH_SIZE)


def batch_size_of(plan: TrainingPlan, phase: PhaseSpec) -> str:
    """The batch size of a phase, inside `train`."""
    size = setting_of(plan, phase, "batch_size") or literal(DEFAULT_BATCH_SIZE)
    return "batch_size" if default_batch_size(plan) else f"batch_size or {size}"


def _common(plan: TrainingPlan, name: str, default: int) -> str | None:
    if name == "epochs" and len(plan.phases) > 1:
        return None
    values = {setting_of(plan, phase, name) or literal(default) for phase in plan.phases}
    return values.pop() if len(values) == 1 else None


def _add_train(plan: TrainingPlan, parts: Parts) -> None:
    # Weights of classes make triples of pairs.
    tuples = plan.weighs_by_class and not plan.streams
    arguments = ["model", "training: tuple" if tuples else "training: Examples"]
    if has_validation(plan):
        arguments.append("validation: Examples" + ("" if plan.data else " | None = None"))
    if keeps(plan):
        arguments.append("checkpoint: Checkpoint")
    epochs, batch_size = default_epochs(plan), default_batch_size(plan)
    arguments.append("epochs: int" + (f" = {epochs}" if epochs else " | None = None"))
    arguments.append("batch_size: int" + (f" = {batch_size}" if batch_size else " | None = None"))
    signature = Group("def train(", tuple(("", argument) for argument in arguments), ")")
    lines = statement("", signature, " -> None:", indent=0)
    if plan.train.phases:
        lines.append(f'    """Fit the model in {len(plan.phases)} phases, one after the other."""')
    else:
        lines.append('    """Compile the model and fit it."""')
    sizes = [batch_size_of(plan, phase) for phase in plan.phases]
    lines += spreading(plan, sizes, validates=has_validation(plan))
    weighted = plan.has_weights or plan.weighs_by_class
    if learns_words(plan):
        lines.append("    adapt_text(training)")
    if plan.generated is not None and not plan.streams:
        if plan.adapted_layers:
            lines.append("    adapt(model, training[0])")
        lines.append("    x, y, weights = with_past(*training)")
    elif not plan.streams:
        given = "x, y, weights" if weighted else "x, y"
        lines.append(f"    {given} = {named(plan, 'training')}")
    lines += start_lines(plan)
    if plan.adapted_layers and (plan.generated is None or plan.streams):
        lines.append(f"    adapt(model, {'training' if plan.streams else 'x'})")
    if plan.streams:
        lines += [
            "    for _ in checkpoint.history:",
            "        next(iter(training))  # takes up the order of an epoch that is over",
        ]
    for phase in plan.phases:
        lines += _phase(plan, parts, phase)
    parts.function("train", lines)


def _phase(plan: TrainingPlan, parts: Parts, phase: PhaseSpec) -> list[str]:
    """Unfreeze, compile and fit."""
    lines: list[str] = []
    for name in ("optimizer", "epochs", "batch_size", "callbacks"):
        if name in phase.settings:
            parts.imports |= plan.imports_of(phase.settings[name].expr)
    optimizer = setting_of(plan, phase, "optimizer") or "keras.optimizers.Adam()"
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
    arguments = _fitted(plan, phase)
    class_weight = plan.outputs[0].args.get("class_weight")
    labels = weighs_labels(plan.outputs[0])
    if class_weight is not None and not plan.weighs_by_class and not labels:
        arguments.append(("class_weight", _class_weight(class_weight)))
    callbacks = setting_of(plan, phase, "callbacks")
    if keeps(plan):
        arguments.append(("callbacks", fit_callbacks(plan, phase)))
    elif callbacks not in (None, "[]"):
        assert callbacks is not None
        arguments.append(("callbacks", callbacks))
    return lines + statement("", call("model.fit", *arguments))


def _fitted(plan: TrainingPlan, phase: PhaseSpec) -> list[str | tuple[str, str | Group]]:
    """The first arguments of `fit`: examples, epochs, the size of batches."""
    epochs = setting_of(plan, phase, "epochs") or literal(DEFAULT_EPOCHS)
    epochs = "epochs" if default_epochs(plan) else f"epochs or {epochs}"
    size = batch_size_of(plan, phase)
    arguments: list[str | tuple[str, str | Group]] = ["x", "y"]
    if plan.streams:
        arguments = [batched(plan, named(plan, "training"), size, ahead=True)]
    elif plan.has_weights or plan.weighs_by_class or plan.generated is not None:
        arguments.append(("sample_weight", "weights"))
    if has_validation(plan):
        validation = named(plan, "validation", optional=not plan.data)
        if plan.streams:
            validation = batched(plan, validation, size)
        elif plan.generated is not None:
            validation = "with_past(*validation)"
        arguments.append(("validation_data", validation))
    arguments.append(("epochs", epochs))
    if keeps(plan):
        arguments.append(("initial_epoch", first_epoch(plan, phase, epochs)))
    if plan.streams:
        # Keras warns that it can't shuffle a stream, which arrives shuffled.
        return [*arguments, ("shuffle", "False")]
    return [*arguments, ("batch_size", size)]


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
    losses = [(output, loss_of(plan, output)) for output in plan.outputs]
    found.append(("loss", losses[0][1] if plan.one_output else _by_name(losses)))
    if any(output.args.get("weight", 1) != 1 for output in plan.outputs) and not plan.one_output:
        weights = [(output, literal(output.args.get("weight", 1))) for output in plan.outputs]
        found.append(("loss_weights", _by_name(weights)))
    for argument, weighted in (("metrics", False), ("weighted_metrics", True)):
        chosen = [(output, _metrics(output, weighted)) for output in plan.outputs]
        chosen = [(output, metrics) for output, metrics in chosen if metrics.items]
        if chosen:
            found.append((argument, chosen[0][1] if plan.one_output else _by_name(chosen)))
    jit_compile = setting_of(plan, phase, "jit_compile")
    if jit_compile is not None:
        found.append(("jit_compile", jit_compile))
    return found


def _metrics(output: OutputSpec, weighted: bool) -> Group:
    """The metrics of an output that leave padding out by weights, or those that do not."""
    metrics: tuple[LayerValue, ...] = kind_of(output).metrics(output)
    chosen = [metric for metric in metrics if _is_weighted(output, metric) is weighted]
    return listing([python_value(metric) for metric in chosen])


def _is_weighted(output: OutputSpec, metric: LayerValue) -> bool:
    # `MeanIoU` would round weights down to whole numbers, so it leaves padding out by itself.
    return ignored(output) is not None and "ignore_class" not in metric.args


def _class_weight(weights: list[float]) -> str:
    return literal(dict(enumerate(weights)))


def _by_name(pairs: Sequence[tuple[OutputSpec, str | Group]]) -> Group:
    return mapping([(literal(output.name), value) for output, value in pairs])


def setting_of(plan: TrainingPlan, phase: PhaseSpec, name: str) -> str | None:
    """A setting of a phase as Python."""
    setting = phase.settings.get(name)
    return None if setting is None or setting.value is None else plan.python(setting.expr)
