"""Reading examples from NumPy files."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.function_source import add_function_call
from archlang.backends.python.training.layout import Group, call, mapping, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan, ignored, kind_of, weighted
from archlang.backends.python.training.prompts import add_prompts
from archlang.backends.python.training.sequences import array_target
from archlang.backends.python.training.strings import add_reader_of_lines, array_texts
from archlang.backends.python.training.targets import (
    add_helper,
    checked,
    encoded,
    has_class_targets,
    one_each,
)
from archlang.shapes.spec import Shape
from archlang.tasks.data_fit import input_specs
from archlang.tasks.model import InputSpec, OutputSpec

_READ_ARRAYS = '''
def read_arrays(path: Path, keys: list[str]) -> dict[str, np.ndarray]:
    """Read arrays of equally many examples from an .npz file."""
    if not path.is_file():
        raise SystemExit(
            f"{path} is not there; it should be an .npz file with the arrays "
            f"{', '.join(keys)}"
        )
    try:
        with np.load(path) as file:
            missing = [key for key in keys if key not in file]
            if missing:
                raise SystemExit(
                    f"{path} has no array {missing[0]!r}; it has {', '.join(file)}"
                )
            arrays = {key: file[key] for key in keys}
    except (EOFError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise SystemExit(f"{path} is no .npz file of arrays: {error}") from error
    equally_many(path, arrays)
    return arrays
'''

_EQUALLY_MANY = '''
def equally_many(source: Path | str, arrays: dict[str, np.ndarray]) -> None:
    """Check that arrays have equally many examples, and that there are some."""
    counts = {key: len(np.atleast_1d(array)) for key, array in arrays.items()}
    if len(set(counts.values())) > 1:
        found = ", ".join(f"{count} of {key}" for key, count in counts.items())
        raise SystemExit(f"{source}: examples are not equally many: {found}")
    if 0 in counts.values():
        raise SystemExit(f"{source} holds no examples")
'''

_READ_ARRAY = '''
def read_array(path: Path) -> np.ndarray:
    """Read an array from an .npy file."""
    try:
        with path.open("rb") as file:
            return np.lib.format.read_array(file)
    except (OSError, ValueError) as error:
        raise SystemExit(f"{path} is no .npy file that can be read: {error}") from error
'''

_FIT_FIXED = '''
def fit_shape(name: str, array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Give examples their shape: axes of size 1 come and go, flat ones are folded."""
    found = array.shape[1:]
    same = [n for n in found if n != 1] == [n for n in shape if n != 1]
    flat = 1 in (len(found), len(shape)) and math.prod(found) == math.prod(shape)
    if array.ndim == 0 or not (same or flat):
        raise SystemExit(
            f"{name}: an example should have the shape {shape}, but has {found}"
        )
    return array.reshape(len(array), *shape)
'''

_FIT_VARIABLE = '''
def fit_shape(
    name: str, array: np.ndarray, shape: tuple[int | None, ...]
) -> np.ndarray:
    """Give examples their shape, in which None is any length."""
    if array.ndim == len(shape) and shape[-1:] == (1,):
        array = array[..., None]
    found = array.shape[1:]
    fits = array.ndim > 0 and len(found) == len(shape)
    if not fits or any(n not in (None, m) for n, m in zip(shape, found, strict=True)):
        raise SystemExit(
            f"{name}: an example should have the shape {shape}, but has {found}"
        )
    return array
'''

_AS_NUMBERS = '''
def as_numbers(
    name: str, array: np.ndarray, shape: SHAPE, dtype: str
) -> np.ndarray:
    """Check that values are finite numbers, and give them shape and dtype."""
    if array.dtype.kind not in "biuf":
        raise SystemExit(f"{name}: expected numbers, found {array.flat[:1].tolist()[0]!r}")
    array = fit_shape(name, array, shape)
    if not np.isfinite(array).all():
        example = np.argwhere(~np.isfinite(array))[0][0]
        raise SystemExit(f"{name}: example {example} has a missing or infinite value")
WHOLE    return array.astype(dtype)
'''
_WHOLE = """\
    if "int" in dtype and (array % 1 != 0).any():
        raise SystemExit(f"{name}: expected whole numbers, found fractions")
"""


def add_array_reader(plan: TrainingPlan, parts: Parts) -> None:
    """`load_data` and `load_inputs` for an .npz file."""
    _imports(parts)
    _add_keys(plan, parts)
    add_array_inputs(plan, parts)
    targets = [_target(plan, parts, output) for output in plan.outputs]
    lines = [
        "def load_data(path: Path) -> Examples:",
        '    """Read the examples."""',
        "    arrays = read_arrays(path, INPUT_KEYS + TARGET_KEYS)",
    ]
    if plan.calls_function:
        add_function_call(plan, parts, _target_keys(plan))
        lines = [
            "def load_data() -> Examples:",
            '    """Get the examples."""',
            "    arrays = call_function()",
        ]
    if plan.one_output:
        lines += statement("y = ", targets[0])
    else:
        pairs = zip(plan.outputs, targets, strict=True)
        lines += statement(
            "y = ", mapping([(literal(output.name), target) for output, target in pairs])
        )
    if plan.has_weights:
        lines += _weights(plan, parts)
    lines.append(f"    return inputs_of(arrays), y{', weights' if plan.has_weights else ''}")
    parts.function("load_data", lines)


def add_array_inputs(plan: TrainingPlan, parts: Parts) -> None:
    """`inputs_of` and `load_inputs` for an .npz file."""
    _imports(parts)
    if "INPUT_KEYS" not in parts.names:
        keys = [declared.name for declared in plan.task.given]
        parts.constant("INPUT_KEYS", f"INPUT_KEYS = {literal(keys)}")
    parts.imports.add("import zipfile")
    add_helper(parts, "equally_many", _EQUALLY_MANY)
    add_helper(parts, "read_arrays", _READ_ARRAYS)
    add_conversions(plan, parts)
    lines = [
        "def inputs_of(arrays: dict[str, np.ndarray]) -> Inputs:",
        '    """Pick the model\'s inputs."""',
    ]
    values = [
        (
            literal(declared.name),
            _input(plan, parts, declared, _picked(plan, declared.name)),
        )
        for declared in plan.task.given
    ]
    lines += statement("return ", values[0][1] if plan.one_input else mapping(values))
    parts.function("inputs_of", lines)
    if not plan.task.given:
        add_prompts(plan, parts, _READ_ARRAY)
        return
    read = "inputs_of(read_arrays(path, INPUT_KEYS))"
    if plan.takes_lines:
        add_reader_of_lines(plan, parts, "an .npz file", read)
        return
    parts.function(
        "load_inputs",
        f'''
def load_inputs(path: Path) -> Inputs:
    """Read examples without targets from an .npz file."""
    return {read}
''',
    )


def add_prompt_reader(plan: TrainingPlan, parts: Parts) -> None:
    """`load_inputs` for what a language model without data is to go on with."""
    add_prompts(plan, parts, _READ_ARRAY)


def add_single_input_reader(plan: TrainingPlan, parts: Parts) -> None:
    """`load_inputs` for an .npy file: the one input of examples to predict."""
    _imports(parts)
    add_helper(parts, "read_array", _READ_ARRAY)
    add_conversions(plan, parts)
    declared = plan.task.given[0]
    if plan.takes_lines:
        read = _input(plan, parts, declared, "read_array(path)")
        add_reader_of_lines(plan, parts, "an .npy file", read)
        return
    lines = [
        "def load_inputs(path: Path) -> Inputs:",
        '    """Read examples without targets from an .npy file."""',
        "    array = read_array(path)",
        *statement("return ", _input(plan, parts, declared, "array")),
    ]
    parts.function("load_inputs", lines)


def add_conversions(plan: TrainingPlan, parts: Parts) -> None:
    """`fit_shape` and `as_numbers`, with what this task's shapes and dtypes need."""
    if _fixed(plan):
        parts.imports.add("import math")
    add_helper(parts, "fit_shape", _FIT_FIXED if _fixed(plan) else _FIT_VARIABLE)
    if not _has_numbers(plan):
        return
    whole = any("int" in declared.dtype for declared in plan.task.given)
    size = "int" if _fixed(plan) else "int | None"
    text = _AS_NUMBERS.replace("SHAPE", f"tuple[{size}, ...]")
    add_helper(parts, "as_numbers", text.replace("WHOLE", _WHOLE if whole else ""))


def _has_numbers(plan: TrainingPlan) -> bool:
    """Whether any array is read as numbers."""
    if any(declared.dtype != "string" for declared in plan.task.given):
        return True
    if plan.reads != "arrays":
        return False
    classes = [has_class_targets(output) for output in plan.outputs]
    return plan.weight_column is not None or not all(classes)


def _input(plan: TrainingPlan, parts: Parts, declared: InputSpec, array: str) -> str | Group:
    if declared.dtype == "string":
        return array_texts(parts, declared.name, array, declared.dims, fixed=_fixed(plan))
    return _numbers(declared.name, array, declared.dims, declared.dtype)


def _imports(parts: Parts) -> None:
    parts.imports |= {"from pathlib import Path", "import numpy as np"}


def _fixed(plan: TrainingPlan) -> bool:
    shapes = [declared.dims for declared in plan.task.given]
    if plan.reads == "arrays":
        inputs = input_specs(plan.task)
        shapes += [kind_of(output).target(output, inputs).dims for output in plan.outputs]
    return all(isinstance(dim, int) for dims in shapes for dim in dims)


def _add_keys(plan: TrainingPlan, parts: Parts) -> None:
    inputs = [key for declared in plan.task.given for key in _keys(plan, declared.name)]
    targets = _target_keys(plan)
    if plan.weight_column is not None:
        targets.append(plan.weight_column)
    parts.constant("INPUT_KEYS", f"INPUT_KEYS = {literal(inputs)}")
    parts.constant("TARGET_KEYS", f"TARGET_KEYS = {literal(list(dict.fromkeys(targets)))}")


def _target_keys(plan: TrainingPlan) -> list[str]:
    keys = [key for output in plan.outputs for key in _keys(plan, output.name)]
    return list(dict.fromkeys(keys))


def _target(plan: TrainingPlan, parts: Parts, output: OutputSpec) -> str | Group:
    values = _picked(plan, output.name)
    target = kind_of(output).target(output, input_specs(plan.task))
    if output.kind == "reconstruction":
        values = _picked(
            plan, plan.task.given[0].name if output.args["of"] is None else output.args["of"]
        )
    if output.kind == "generation":
        return array_target(plan, parts, output, values)
    if has_class_targets(output) and (
        output.args.get("one_hot") or not kind_of(output).weighs_metrics
    ):
        return encoded(plan, parts, output, one_each(parts, output, values))
    if has_class_targets(output):
        fitted = call("fit_shape", literal(output.name), values, _shape(target.dims))
        return encoded(plan, parts, output, fitted)
    return checked(parts, output, _numbers(output.name, values, target.dims, target.dtype))


def _weights(plan: TrainingPlan, parts: Parts) -> list[str]:
    """One array of weights, or one for each output."""
    lines: list[str] = []
    column = plan.weight_column
    if column is not None:
        lines += statement(
            "weights = ", _numbers(column, f"arrays[{literal(column)}]", (), "float32")
        )
    each: list[tuple[str, str]] = []
    for output in plan.outputs:
        target = "y" if plan.one_output else f"y[{literal(output.name)}]"
        mask = ignored(output)
        given = "weights" if column is not None else f'np.ones(len({target}), "float32")'
        text = weighted(output, plan.task, given)
        if mask is not None:
            masked = f'({target} != {literal(mask)}).astype("float32")'
            text = masked if column is None else f"{masked} * {text}"
        each.append((literal(output.name), text))
    if plan.one_output:
        return lines if each[0][1] == "weights" else [*lines, *statement("weights = ", each[0][1])]
    return lines + statement("weights = ", mapping(each))


def _numbers(name: str, array: str, dims: Shape, dtype: str) -> Group:
    return call("as_numbers", literal(name), array, _shape(dims), literal(dtype))


def _picked(plan: TrainingPlan, name: str) -> str:
    keys = _keys(plan, name)
    if len(keys) == 1 and not isinstance(plan.columns.get(name), list):
        return f"arrays[{literal(keys[0])}]"
    return f"np.stack([{', '.join(f'arrays[{literal(key)}]' for key in keys)}], axis=-1)"


def _keys(plan: TrainingPlan, name: str) -> list[str]:
    reconstructed = {o.name: o.args["of"] for o in plan.outputs if o.kind == "reconstruction"}
    if name in reconstructed:
        return _keys(plan, reconstructed[name] or plan.task.given[0].name)
    keys = plan.columns.get(name, name)
    return [keys] if isinstance(keys, str) else keys


def _shape(dims: Shape) -> str:
    return literal(tuple(dim if isinstance(dim, int) else None for dim in dims))
