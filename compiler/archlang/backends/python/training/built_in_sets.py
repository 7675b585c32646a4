"""Loading the data sets of scikit-learn and Keras, whose shapes and classes are known."""

from __future__ import annotations

from math import prod

from archlang.backends.python.literals import literal
from archlang.backends.python.training.arrays import add_single_input_reader
from archlang.backends.python.training.layout import call, flat, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.backends.python.training.targets import checked
from archlang.shapes.spec import Shape
from archlang.tasks.data_sources import mapping as mapped


def add_set_reader(plan: TrainingPlan, parts: Parts) -> None:
    """`load_data`, and `load_inputs` for examples to predict."""
    assert plan.data is not None
    parts.imports.add("import numpy as np")
    if plan.data.source == "sklearn":
        _add_sklearn(plan, parts)
    else:
        _add_keras(plan, parts)
    add_single_input_reader(plan, parts)


def _add_sklearn(plan: TrainingPlan, parts: Parts) -> None:
    assert plan.data_set is not None
    loader = plan.data_set.loader
    parts.imports.add(f"from sklearn.datasets import {loader}")
    y = "_" if plan.outputs[0].kind == "reconstruction" else "y"
    lines = ["def load_data() -> Examples:"]
    if loader.startswith("load_"):
        lines += [
            f'    """Read {plan.data_set.title} that come with scikit-learn."""',
            f"    x, {y} = {loader}(return_X_y=True)",
        ]
    else:
        lines += [
            f'    """Read {plan.data_set.title}, which scikit-learn downloads once."""',
            "    try:",
            f"        x, {y} = {loader}(return_X_y=True)",
            "    except OSError as error:",
            *_not_loaded(plan),
        ]
    assert plan.data_set.dims is not None
    # The loaders give each example flat, pictures too.
    parts.function("load_data", lines + _converted(plan, parts, (prod(plan.data_set.dims),)))


def _add_keras(plan: TrainingPlan, parts: Parts) -> None:
    assert plan.data is not None
    assert plan.data_set is not None
    name = plan.data_set.name
    columns = mapped(plan.data, plan.task)
    options = {key: value for key, value in plan.data.kwargs.items() if key not in columns}
    loading = call(
        f"keras.datasets.{name}.load_data", *((k, literal(v)) for k, v in options.items())
    )
    parts.function(
        "load_data",
        [
            "def load_data() -> tuple[Examples, Examples]:",
            f'    """Read {plan.data_set.title}, to train on and to test."""',
            "    try:",
            *statement("training, test = ", loading, indent=2),
            "    except Exception as error:  # Keras raises just this where a download fails.",
            *_not_loaded(plan),
            "    return prepare(*training), prepare(*test)",
        ],
    )
    lines = [
        "def prepare(x: np.ndarray, y: np.ndarray) -> Examples:",
        '    """Bring examples to the shapes and dtypes of the model."""',
    ]
    if plan.data_set.dims is None:
        declared = plan.task.given[0]
        length = declared.dims[0]
        arguments = [("maxlen", str(length))] if isinstance(length, int) else []
        if declared.dtype != "int32":
            arguments.append(("dtype", literal(declared.dtype)))
        padded = call("keras.utils.pad_sequences", "x", *arguments)
        lines += statement("x = ", padded)
        lines.append(f"    return x, {_by_name(plan, _targets(plan))}")
    else:
        lines += _converted(plan, parts, plan.data_set.dims)
    parts.function("prepare", lines)


def _converted(plan: TrainingPlan, parts: Parts, found: tuple[int, ...]) -> list[str]:
    declared = plan.task.given[0]
    x = f"np.asarray(x, {literal(declared.dtype)}){_reshaped(found, declared.dims)}"
    if plan.outputs[0].kind == "reconstruction":
        target = flat(checked(parts, plan.outputs[0], "x"))
        return [f"    x = {x}", f"    return x, {_by_name(plan, target)}"]
    return [f"    return {x}, {_by_name(plan, _targets(plan))}"]


def _by_name(plan: TrainingPlan, target: str) -> str:
    """The target, named where the model has outputs beside the one that is trained."""
    return target if plan.one_output else f"{{{literal(plan.outputs[0].name)}: {target}}}"


def _reshaped(found: tuple[int, ...], wanted: Shape) -> str:
    if len(found) == len(wanted):
        return ""
    if all(isinstance(dim, int) for dim in wanted):
        return f".reshape({', '.join(['-1', *map(str, wanted)])})"
    return "[..., None]"


def _targets(plan: TrainingPlan) -> str:
    output = plan.outputs[0]
    assert plan.data_set is not None
    if output.kind == "classification":
        # CIFAR's class numbers come as a column.
        column = ".reshape(-1)" if plan.data_set.name.startswith("cifar") else ""
        if output.args["one_hot"]:
            return f'np.eye({output.args["classes"]}, dtype="float32")[y{column}]'
        return f'np.asarray(y, "int32"){column}'
    columns = output.args.get("targets", 1)
    shaped = "" if plan.data_set.targets > 1 else f".reshape(-1, {columns})"
    return f'np.asarray(y, "float32"){shaped}'


def _not_loaded(plan: TrainingPlan) -> list[str]:
    assert plan.data_set is not None
    return [
        "        raise SystemExit(",
        f'            f"{plan.data_set.title} could not be loaded: {{error}}"',
        "        ) from error",
    ]
