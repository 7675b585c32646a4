"""`main`: the command line of a script."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.checkpoints import keeps
from archlang.backends.python.training.distribution import (
    building_and_training,
    lost_worker,
    make_strategy,
)
from archlang.backends.python.training.fingerprints import expected_lines
from archlang.backends.python.training.fitting import (
    default_batch_size,
    default_epochs,
    setting_of,
)
from archlang.backends.python.training.generating import (
    OPTIONS,
    SEARCH_CHECKS,
    SEARCH_OPTIONS,
)
from archlang.backends.python.training.layout import call, statement
from archlang.backends.python.training.masks import KEEP_INPUTS, writes_masks
from archlang.backends.python.training.other_sources import other_plans
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.backends.python.training.plots import plotting
from archlang.backends.python.training.prompts import prompt_files
from archlang.backends.python.training.saying import continues, generates, shown_lines
from archlang.backends.python.training.splitting import needs_seed
from archlang.backends.python.training.stream_sources import stream_source
from archlang.backends.python.training.streams import batched
from archlang.tasks.model import DataSpec
from archlang.tasks.settings import DEFAULT_BATCH_SIZE, DEFAULT_SEED

# How many held-out examples `predict` shows when it is given no file.
_SHOWN = 5

_FILE_KINDS = {"table": "CSV files", "arrays": ".npz files", "array": ".npy files"}

_POSITIVE = '''
def positive(text: str) -> int:
    """Read a whole number from 1 on."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number
'''


def add_summary_only(parts: Parts) -> None:
    """A `main` for a model that has nothing to train for."""
    parts.function(
        "main",
        '''
def main() -> None:
    """Print the layers of the model."""
    build_model().summary()
''',
    )


def add_main(plan: TrainingPlan, parts: Parts) -> None:
    """`parse_arguments` and `main`."""
    parts.imports |= {"import argparse", "import keras", "from pathlib import Path"}
    if keeps(plan):
        parts.imports.add("import signal")
    parts.function("positive", _POSITIVE)
    parts.function("parse_arguments", _parse_arguments(plan))
    lines = _main(plan) if plan.data else _main_without_data(plan)
    if plan.streams and stream_source(plan).checks_files:
        lines = _reporting_files(plan, parts, lines)
    parts.function("main", lines)


def predicts_from(plan: TrainingPlan) -> str:
    """What files of examples to predict are: `table`, `arrays`, `array` or `stream`."""
    if plan.reads in ("table", "stream"):
        return plan.reads
    return "arrays" if plan.reads == "arrays" or not plan.one_input else "array"


def _parse_arguments(plan: TrainingPlan) -> list[str]:
    lines = [
        "def parse_arguments() -> argparse.Namespace:",
        '    """Read the command line."""',
        *statement(
            "parser = ",
            call(
                "argparse.ArgumentParser",
                ("description", literal(f"Train and use {plan.model_name}.")),
            ),
        ),
    ]

    def add(*arguments: str | tuple[str, str]) -> None:
        lines.extend(statement("", call("parser.add_argument", *arguments)))

    commands = '["train", "evaluate", "predict", "summary"]'
    add(literal("command"), ("nargs", '"?"'), ("choices", commands), ("default", '"train"'))
    if plan.streams:
        files = f"for predict: {stream_source(plan).files}"
    else:
        kind = _FILE_KINDS[predicts_from(plan)]
        files = f"for predict: {kind} of examples"
        if plan.takes_lines:
            files = f"for predict: {kind} of examples, or .txt files with one a line"
        if continues(plan):
            files = f"for predict: {prompt_files(plan)}"
    if plan.data:
        files += "; without any, a few held-out ones"
    add(literal("files"), ("nargs", '"*"'), ("type", "Path"), ("help", literal(files)))
    epochs, size = default_epochs(plan), default_batch_size(plan)
    add(
        literal("--epochs"),
        ("type", "positive"),
        *([("default", epochs)] if epochs else [("help", '"of every phase"')]),
    )
    add(literal("--batch-size"), ("type", "positive"), *([("default", size)] if size else []))
    if plan.has_file:
        add(
            literal("--data"),
            ("type", "Path"),
            ("default", "DATA"),
            ("help", literal(stream_source(plan).data if plan.streams else "the file of examples")),
        )
    saved = plan.setting("save")
    path = saved.value if saved is not None and saved.value else f"{plan.model_name}.keras"
    add(
        literal("--save"),
        ("type", "Path"),
        ("default", f"Path({literal(path)})"),
        ("help", '"the trained model"'),
    )
    seed = plan.setting("seed")
    value = DEFAULT_SEED if seed is None or seed.value is None else seed.value
    add(literal("--seed"), ("type", "int"), ("default", literal(value)))
    if keeps(plan):
        resume = '"go on where a training was interrupted"'
        add(literal("--resume"), ("action", '"store_true"'), ("help", resume))
        without = '"draw no pictures of the training"'
        add(literal("--no-plots"), ("action", '"store_true"'), ("help", without))
    if generates(plan):
        for option, arguments in SEARCH_OPTIONS.items():
            add(literal(option), *arguments.items())
    return [
        *lines,
        "    # Options may stand before, between and after files.",
        "    arguments = parser.parse_intermixed_args()",
        '    if arguments.files and arguments.command != "predict":',
        '        parser.error(f"{arguments.command} takes no files")',
        '    if arguments.save.suffix != ".keras":',
        '        parser.error("the trained model needs a name that ends in .keras")',
        *(SEARCH_CHECKS if generates(plan) else []),
        "    return arguments",
    ]


def _main(plan: TrainingPlan) -> list[str]:
    load = _load_splits(plan)
    three = plan.has_test and bool(plan.validation)
    given = "training, validation, held_out" if three else "training, held_out"
    last = "*_, held_out"
    validation = ["validation" if three else "held_out"] if plan.validation else []
    options = ("arguments.epochs", "arguments.batch_size")
    train = call("train", "model", "training", *validation, "checkpoint", *options)
    training = [line[12:] for line in statement("", train, indent=3)]
    shown = f"take(held_out, slice({_SHOWN}))"
    if plan.streams:
        shown = f"next({batched(plan, 'held_out', str(_SHOWN))}.as_numpy_iterator())"
    example = "x, y, _" if plan.has_weights else "x, y"
    truth = "y"
    if plan.streams and plan.takes_lines:
        # Keras takes no arrays of bytes, which texts would be.
        shown = f"next(iter({batched(plan, 'held_out', str(_SHOWN))}))"
        truth = "y.numpy()"
        if not plan.one_output:
            truth = "{name: values.numpy() for name, values in y.items()}"
    predict = f"{example} = {shown}"
    calling = call("predict", "model", "x", truth)
    shown_examples = [f"            {predict}", *statement("", calling, indent=3)]
    if generates(plan):
        shown_examples = shown_lines(plan)
    one_each = plan.streams and plan.one_input and stream_source(plan).one_each
    further = ", file=file" if one_each else ", **options" if generates(plan) else ""
    return [
        "def main() -> None:",
        '    """Do what the command line says."""',
        "    arguments = parse_arguments()",
        *_begin(plan),
        '    if arguments.command == "train":',
        *(f"        {line}" for line in make_strategy(plan)),
        "        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C",
        "        checkpoint = Checkpoint(arguments.save, arguments.resume)",
        "        try:",
        *statement(f"{given} = ", load, indent=3),
        *expected_lines(plan, _batch_size(plan)),
        *(f"            {line}" for line in building_and_training(plan, training)),
        "            if not arguments.no_plots:",
        *(f"                {line}" for line in plotting(plan)),
        "            checkpoint.path.unlink(missing_ok=True)",
        "        except KeyboardInterrupt:",
        "            checkpoint.interrupted()",
        *(f"        {line}" for line in lost_worker(plan)),
        '    elif arguments.command == "evaluate":',
        "        model = load(arguments.save)",
        *statement(f"{last} = ", load, indent=2),
        "        evaluate(model, held_out)",
        '    elif arguments.command == "predict":',
        "        model = load(arguments.save)",
        *(KEEP_INPUTS if writes_masks(plan) else []),
        *(OPTIONS if generates(plan) else []),
        "        for file in arguments.files:",
        f"            predict(model, load_inputs(file){further})",
        "        if not arguments.files:",
        *statement(f"{last} = ", load, indent=3),
        *shown_examples,
        "    else:",
        "        build_model().summary()",
    ]


def _reporting_files(plan: TrainingPlan, parts: Parts, main: list[str]) -> list[str]:
    """`main` with its commands in a function: if reading fails in one, the file is looked for."""
    parts.imports.add("import tensorflow as tf")
    first = next(n for n, line in enumerate(main) if line.startswith("    if arguments.command"))
    parts.function(
        "run",
        [
            "def run(arguments: argparse.Namespace) -> None:",
            '    """Train, evaluate, predict, or show the model."""',
            *main[first:],
        ],
    )
    return [
        *main[:first],
        "    try:",
        "        run(arguments)",
        "    except tf.errors.OpError:",
        "        # TensorFlow does not say which file it could not read.",
        *_checks(plan),
        "        raise",
    ]


def _checks(plan: TrainingPlan) -> list[str]:
    folders = ["arguments.data"]
    for name, value in (("validation", plan.validation), ("test", plan.test)):
        if isinstance(value, DataSpec) and name not in other_plans(plan):
            folders.append(f"{name.upper()}_DATA")
    if len(folders) == 1:
        return ["        check_files(arguments.data)"]
    return [
        f"        for folder in ({', '.join(folders)}):",
        "            check_files(folder)",
    ]


def _main_without_data(plan: TrainingPlan) -> list[str]:
    message = f"{plan.spec_name} names no data to train and evaluate on: add `data = …` to its task"
    return [
        "def main() -> None:",
        '    """Do what the command line says."""',
        "    arguments = parse_arguments()",
        *_begin(plan),
        '    if arguments.command == "summary":',
        "        build_model().summary()",
        '    elif arguments.command == "predict" and arguments.files:',
        "        model = load(arguments.save)",
        *(OPTIONS if generates(plan) else []),
        "        for file in arguments.files:",
        f"            predict(model, load_inputs(file){', **options' if generates(plan) else ''})",
        "    else:",
        *statement("raise ", call("SystemExit", literal(message)), indent=2),
    ]


def _begin(plan: TrainingPlan) -> list[str]:
    lines = ["    keras.utils.set_random_seed(arguments.seed)"]
    precision = plan.setting("mixed_precision")
    if precision is not None and precision.value:
        policy = precision.value if isinstance(precision.value, str) else "mixed_float16"
        lines.append(f"    keras.config.set_dtype_policy({literal(policy)})")
    return lines


def _batch_size(plan: TrainingPlan) -> str:
    """What the size of batches is, or the sizes in phases that differ."""
    if default_batch_size(plan):
        return "arguments.batch_size"
    sizes = (setting_of(plan, phase, "batch_size") for phase in plan.phases)
    own = ", ".join(size or literal(DEFAULT_BATCH_SIZE) for size in sizes)
    return f"arguments.batch_size or [{own}]"


def _load_splits(plan: TrainingPlan) -> str:
    arguments = ["arguments.data"] if plan.has_file else []
    arguments += ["arguments.seed"] if needs_seed(plan) else []
    return f"load_splits({', '.join(arguments)})"
