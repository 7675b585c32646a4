"""`main`: the command line of a script."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.fitting import default_batch_size, default_epochs
from archlang.backends.python.training.layout import call, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.tasks.model import DataSpec
from archlang.tasks.settings import DEFAULT_SEED

# How many held-out examples `predict` shows when it is given no file.
_SHOWN = 5

_FILE_KINDS = {"table": "CSV files", "arrays": ".npz files", "array": ".npy files"}


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
    parts.function("parse_arguments", _parse_arguments(plan))
    parts.function("main", _main(plan) if plan.data else _main_without_data(plan))


def predicts_from(plan: TrainingPlan) -> str:
    """What files of examples to predict are: `table`, `arrays` or `array`."""
    if plan.reads == "table":
        return "table"
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
    kind = _FILE_KINDS[predicts_from(plan)]
    files = f"for predict: {kind} of examples"
    if plan.data:
        files += "; without any, a few held-out ones"
    add(literal("files"), ("nargs", '"*"'), ("type", "Path"), ("help", literal(files)))
    epochs, size = default_epochs(plan), default_batch_size(plan)
    add(
        literal("--epochs"),
        ("type", "int"),
        *([("default", epochs)] if epochs else [("help", '"of every phase"')]),
    )
    add(literal("--batch-size"), ("type", "int"), *([("default", size)] if size else []))
    if plan.has_file:
        add(
            literal("--data"),
            ("type", "Path"),
            ("default", "DATA"),
            ("help", '"the file of examples"'),
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
    return [
        *lines,
        "    # Options may stand before, between and after files.",
        "    arguments = parser.parse_intermixed_args()",
        '    if arguments.files and arguments.command != "predict":',
        '        parser.error(f"{arguments.command} takes no files")',
        '    if arguments.save.suffix != ".keras":',
        '        parser.error("the trained model needs a name that ends in .keras")',
        "    return arguments",
    ]


def _main(plan: TrainingPlan) -> list[str]:
    load = _load_splits(plan)
    three = plan.has_test and bool(plan.validation)
    given = "training, validation, held_out" if three else "training, held_out"
    last = "*_, held_out"
    validation = ["validation" if three else "held_out"] if plan.validation else []
    train = call(
        "train", "model", "training", *validation, "arguments.epochs", "arguments.batch_size"
    )
    shown = f"slice({_SHOWN})"
    examples = f"take(held_out, {shown})"
    predict = f"x, y = {examples}" if not plan.has_weights else f"x, y, _ = {examples}"
    return [
        "def main() -> None:",
        '    """Do what the command line says."""',
        "    arguments = parse_arguments()",
        *_begin(plan),
        '    if arguments.command == "train":',
        *statement(f"{given} = ", load, indent=2),
        "        model = build_model()",
        *statement("", train, indent=2),
        "        evaluate(model, held_out)",
        "        save(model, arguments.save)",
        '    elif arguments.command == "evaluate":',
        "        model = load(arguments.save)",
        *statement(f"{last} = ", load, indent=2),
        "        evaluate(model, held_out)",
        '    elif arguments.command == "predict":',
        "        model = load(arguments.save)",
        "        for file in arguments.files:",
        "            predict(model, load_inputs(file))",
        "        if not arguments.files:",
        *statement(f"{last} = ", load, indent=3),
        f"            {predict}",
        "            predict(model, x, y)",
        "    else:",
        "        build_model().summary()",
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
        "        for file in arguments.files:",
        "            predict(model, load_inputs(file))",
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


def _load_splits(plan: TrainingPlan) -> str:
    arguments = ["arguments.data"] if plan.has_file else []
    shares = [
        value for value in (plan.validation, plan.test) if not isinstance(value, DataSpec) and value
    ]
    arguments += ["arguments.seed"] if shares else []
    return f"load_splits({', '.join(arguments)})"
