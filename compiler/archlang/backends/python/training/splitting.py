"""Setting examples aside: what is trained on, validated on and held out."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.layout import Group, call, mapping, statement
from archlang.backends.python.training.other_sources import other_plans, reading_call
from archlang.backends.python.training.plan import (
    Parts,
    TrainingPlan,
    ignored,
    kind_of,
    weighs_classes,
    weighted,
)
from archlang.backends.python.training.series import split_of_series
from archlang.backends.python.training.streams import (
    add_stream_functions,
    add_stream_types,
    streamed,
)
from archlang.tasks.model import DataSpec, OutputSpec

_SPLIT = '''
def split(examples: Examples, fraction: float, seed: int) -> tuple[Examples, Examples]:
    """Set a fraction of the examples aside, chosen by a seeded permutation."""
    count = COUNT
    order = np.random.default_rng(seed).permutation(count)
    aside = round(count * fraction)
    if not 0 < aside < count:
        raise SystemExit(f"{count} examples are too few to set {fraction:.0%} aside")
    return take(examples, order[aside:]), take(examples, order[:aside])
'''


def add_types(plan: TrainingPlan, parts: Parts) -> None:
    """What inputs, targets and examples are, for annotations."""
    arrays = "dict[str, np.ndarray]"
    array = "tf.Tensor" if plan.tensor_inputs else "np.ndarray"
    inputs = arrays.replace("]", " | tf.Tensor]") if plan.tensor_inputs else arrays
    if plan.tensor_inputs:
        parts.imports.add("import tensorflow as tf")
    parts.imports.add("import numpy as np")
    parts.constant("Inputs", f"Inputs = {array if plan.one_input else inputs}")
    parts.constant("Targets", f"Targets = {'np.ndarray' if plan.one_output else arrays}")
    if plan.streams:
        add_stream_types(plan, parts)
        return
    weights = ", Targets" if plan.has_weights else ""
    parts.constant("Examples", f"Examples = tuple[Inputs, Targets{weights}]")


def add_splits(plan: TrainingPlan, parts: Parts) -> None:
    """`load_splits`, which gives the examples to train on, perhaps those to validate on, and those
    held out.
    """
    if not plan.streams:
        add_take(plan, parts)
    for name in ("validation", "test"):
        value = plan.validation if name == "validation" else plan.test
        if isinstance(value, DataSpec):
            if not other_plans(plan).get(name, plan).has_file:
                continue
            parts.imports.add("from pathlib import Path")
            path = literal(value.args[0])
            parts.constant(f"{name.upper()}_DATA", f"{name.upper()}_DATA = Path({path})")
        elif value:
            parts.constant(name.upper(), f"{name.upper()} = {literal(value)}")
    if plan.streams:
        add_stream_functions(plan, parts)
        parts.function("load_splits", _load_splits(plan))
        return
    if _share(plan.validation) or _share(plan.test):
        count = (
            "len(examples[1])"
            if plan.one_output
            else f"len(examples[1][{literal(plan.outputs[0].name)}])"
        )
        series = plan.window is not None
        text = split_of_series(plan, count) if series else _SPLIT.replace("COUNT", count)
        parts.function("split", text)
    if plan.weighs_by_class:
        _add_weigh(plan, parts)
    parts.function("load_splits", _load_splits(plan))


def needs_seed(plan: TrainingPlan) -> bool:
    """Whether what `load_splits` gives depends on the seed."""
    if plan.window is not None:
        return False
    return plan.streams or _share(plan.validation) or _share(plan.test)


def add_take(plan: TrainingPlan, parts: Parts) -> None:
    """`take`, which picks some of the examples."""
    each = {"x": plan.one_input, "y": plan.one_output}
    if plan.has_weights:
        each["weights"] = plan.one_output
    picked = [
        f"{name}[index]" if single else f"{{key: array[index] for key, array in {name}.items()}}"
        for name, single in each.items()
    ]
    if plan.tensor_inputs:
        # Tensors are not indexed by arrays.
        picked[0] = _picked_tensors(plan)
    lines = [
        "def take(examples: Examples, index: np.ndarray | slice) -> Examples:",
        '    """Pick some of the examples."""',
        f"    {', '.join(each)} = examples",
    ]
    if plan.tensor_inputs:
        first = "y" if plan.one_output else f"y[{literal(plan.outputs[0].name)}]"
        lines.append(f"    places = np.arange(len({first}))[index]")
    for name, text in zip(each, picked, strict=True):
        if text.startswith("{"):
            lines += statement(f"{name} = ", text)
    returned = [
        name if text.startswith("{") else text for name, text in zip(each, picked, strict=True)
    ]
    parts.function("take", [*lines, f"    return {', '.join(returned)}"])


def _picked_tensors(plan: TrainingPlan) -> str:
    if plan.one_input:
        return "tf.gather(x, places)"
    return "{key: tf.gather(values, places) for key, values in x.items()}"


def _load_splits(plan: TrainingPlan) -> list[str]:
    parts_given = [
        "training",
        *(["validation"] if plan.has_test and plan.validation else []),
        "held_out",
    ]
    arguments = ["path: Path"] if plan.has_file else []
    arguments += ["seed: int"] if needs_seed(plan) else []
    result = f"tuple[{', '.join(['Examples'] * len(parts_given))}]"
    said = {
        2: "the examples to train on and those held out",
        3: "the examples to train on, to validate on and held out",
    }
    lines = [
        f"def load_splits({', '.join(arguments)}) -> {result}:",
        f'    """Read {said[len(parts_given)]}."""',
    ]
    lines += _splitting(plan)
    if plan.streams:
        return [*lines, f"    return {', '.join(streamed(plan, part) for part in parts_given)}"]
    if plan.weighs_by_class:
        parts_given[0] = "weigh(training)"
    # What one split gives can be returned as it is.
    whole = f"    {', '.join(parts_given)} = "
    if lines[-1].startswith(whole):
        return [*lines[:-1], f"    return {lines[-1].removeprefix(whole)}"]
    return [*lines, f"    return {', '.join(parts_given)}"]


def _splitting(plan: TrainingPlan) -> list[str]:
    read = "find_examples" if plan.streams else "load_data"
    load = f"{read}(path)" if plan.has_file else f"{read}()"
    seed = "" if plan.in_order else ", seed"
    lines: list[str] = []
    # First what is held out …
    if plan.comes_split:
        lines.append(f"    training, held_out = {load}")
    elif isinstance(plan.test, DataSpec):
        lines += [f"    training = {load}", f"    held_out = {reading_call(plan, 'test')}"]
    elif plan.test:
        lines.append(f"    training, held_out = split({load}, TEST{seed})")
    elif isinstance(plan.validation, DataSpec):
        return [f"    training = {load}", f"    held_out = {reading_call(plan, 'validation')}"]
    else:
        return [f"    training, held_out = split({load}, VALIDATION{seed})"]
    # … then, from the rest, what is validated on.
    if isinstance(plan.validation, DataSpec):
        lines.append(f"    validation = {reading_call(plan, 'validation')}")
    elif plan.validation:
        rest = " / (1 - TEST)" if _share(plan.test) else ""
        lines.append(f"    training, validation = split(training, VALIDATION{rest}{seed})")
    return lines


def _add_weigh(plan: TrainingPlan, parts: Parts) -> None:
    given = "x, y, weights" if plan.has_weights else "x, y"
    lines = [
        "def weigh(examples: tuple) -> tuple:",
        '    """Let every example count as its class does."""',
        f"    {given}{', *_' if not plan.has_weights else ''} = examples",
    ]
    each: list[tuple[str, str | Group]] = []
    for output in plan.outputs:
        key = literal(output.name)
        y = "y" if plan.one_output else f"y[{key}]"
        before = ("weights" if plan.one_output else f"weights[{key}]") if plan.has_weights else None
        weights = output.args.get("class_weight") if weighs_classes(output) else None
        ones = weighted(output, plan.task, f'np.ones(len({y}), "float32")')
        text: str | Group = ones if before is None else before
        if weights is not None:
            factors = f'np.array({literal(list(weights))}, "float32")'
            picked = call("np.take", factors, *_classes(output, y))
            text = picked if before is None else call("np.multiply", before, picked)
        each.append((key, text))
    value = each[0][1] if plan.one_output else mapping(each)
    lines += statement("weights = ", value)
    lines.append("    return x, y, weights")
    parts.imports.add("import numpy as np")
    parts.function("weigh", lines)


def _classes(output: OutputSpec, y: str) -> list[str | tuple[str, str]]:
    """The classes of targets, as arguments of `np.take`."""
    if output.args.get("one_hot"):
        return [f"{y}.argmax(-1)"]
    if kind_of(output).weighs_metrics:
        # Targets that count for nothing are no classes, and have the weight 0 already.
        return [y, ("mode", literal("clip"))] if ignored(output) is not None else [y]
    return [f"{y}.astype(int).reshape(-1)"]


def _share(value: float | DataSpec) -> bool:
    return not isinstance(value, DataSpec) and value > 0
