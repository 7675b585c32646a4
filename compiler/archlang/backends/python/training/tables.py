"""Reading examples from tables: CSV files, and scikit-learn's sets with mapped columns."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.csv_files import add_read_table, decimal_mark
from archlang.backends.python.training.layout import Group, listing, mapping, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan, kind_of
from archlang.backends.python.training.prompts import add_prompts
from archlang.backends.python.training.series import add_series_reader, rows_of
from archlang.backends.python.training.strings import add_reader_of_lines, column_texts
from archlang.backends.python.training.targets import (
    add_helper,
    checked,
    encoded,
    has_class_targets,
    labels_of,
)
from archlang.shapes.spec import Shape
from archlang.tasks.data_fit import input_specs
from archlang.tasks.model import InputSpec, OutputSpec

_NUMBERS = '''
def numbers(table: pd.DataFrame, columns: list[str], dtype: str) -> np.ndarray:
    """Stack columns of numbers; anything else in them ends the program."""
    values = table[columns].apply(pd.to_numeric, errors="coerce").to_numpy("float64")
    wrong = WRONG
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        path = PATH
        found = str(table[columns[column]].iloc[row])
        raise SystemExit(
            f"{path}: row {row + 1} should hold KIND "
            f"in column {columns[column]!r}, but there is {found!r}"
        )
    return values.astype(dtype)
'''


_WITH_COMMAS = """\
    texts = table[columns].astype(str).replace(",", ".", regex=True)
    values = texts.apply(pd.to_numeric, errors="coerce").to_numpy("float64")
"""


def add_table_reader(plan: TrainingPlan, parts: Parts) -> None:
    """`load_data`, `load_inputs` and what they need."""
    parts.imports |= {"from pathlib import Path", "import numpy as np", "import pandas as pd"}
    inputs = [column for declared in plan.task.given for column in _listed(plan, declared.name)]
    targets = [column for output in plan.outputs for column in _listed(plan, output.name)]
    if plan.weight_column is not None:
        targets.append(plan.weight_column)
    parts.constant("INPUT_COLUMNS", _column_list("INPUT_COLUMNS", inputs))
    names = [declared.name for declared in plan.task.given if declared.dtype == "string"]
    names += [plan.generated.name] if plan.generated is not None else []
    names += [o.name for o in plan.outputs if has_class_targets(o) and _are_padded(labels_of(o))]
    texts = [column for name in names for column in _listed(plan, name)]
    if texts:
        parts.constant("TEXT_COLUMNS", _column_list("TEXT_COLUMNS", texts))
    rows = rows_of(plan)
    has_numbers = _has_numbers(rows)
    add_read_table(plan, parts, has_texts=bool(texts), has_numbers=has_numbers)
    if has_numbers:
        _add_numbers(rows, parts)
    _add_inputs(rows, parts)
    _add_targets(rows, parts)
    if plan.window is not None:
        parts.constant("TARGET_COLUMNS", _column_list("TARGET_COLUMNS", targets))
        add_series_reader(plan, parts)
        return
    _add_load_data(plan, parts, targets)
    _add_load_inputs(plan, parts)


def _are_padded(labels: list[str] | None) -> bool:
    """Whether labels would be others if they were read as numbers: `007`."""
    return any(label.isdigit() and label != str(int(label)) for label in labels or ())


def _has_numbers(plan: TrainingPlan) -> bool:
    """Whether any column is read as numbers."""
    if plan.weight_column is not None or any(i.dtype != "string" for i in plan.task.given):
        return True
    return not all(
        has_class_targets(output) and isinstance(plan.columns[output.name], str)
        for output in plan.outputs
    )


def _add_load_inputs(plan: TrainingPlan, parts: Parts) -> None:
    if not plan.task.given:
        add_prompts(plan, parts, "")
        return
    read = "inputs_of(read_table(path, INPUT_COLUMNS))"
    if plan.takes_lines:
        add_reader_of_lines(plan, parts, "a CSV file", read)
        return
    parts.function(
        "load_inputs",
        f'''
def load_inputs(path: Path) -> Inputs:
    """Read examples without targets from a CSV file."""
    return {read}
''',
    )


def _add_numbers(plan: TrainingPlan, parts: Parts) -> None:
    whole = any(declared.dtype.startswith(("int", "uint")) for declared in plan.task.given)
    wrong = "~np.isfinite(values)"
    if whole:
        wrong += " | (np.issubdtype(dtype, np.integer) & (values % 1 != 0))"
    kind = "a number"
    # A set of scikit-learn is a table without a file.
    path = 'table.attrs["path"]' if plan.has_file else 'table.attrs.get("path", "the data")'
    text = _NUMBERS.replace("WRONG", wrong).replace("PATH", path)
    if decimal_mark(plan) == ",":
        text = text.replace(
            '    values = table[columns].apply(pd.to_numeric, errors="coerce").to_numpy("float64")\n',
            _WITH_COMMAS,
        )
    if whole:
        kind = "{kind}"
        text = text.replace(
            "    if wrong",
            '    kind = "a whole number" if "int" in dtype else "a number"\n    if wrong',
        )
        text = text.replace(
            "np.issubdtype(dtype, np.integer) & (values % 1 != 0)",
            '("int" in dtype) & (values % 1 != 0)',
        )
    add_helper(parts, "numbers", text.replace("KIND", kind))


def _add_inputs(plan: TrainingPlan, parts: Parts) -> None:
    lines = ["def inputs_of(table: pd.DataFrame) -> Inputs:", '    """Pick the model\'s inputs."""']
    values = [(i.name, _input(plan, parts, i)) for i in plan.task.given]
    if plan.one_input:
        declared = plan.task.given[0]
        only: str | Group = values[0][1]
        if declared.dtype != "string":
            only = _numbers(plan, declared.name, declared.dims, declared.dtype, "INPUT_COLUMNS")
        lines += statement("return ", only)
    else:
        lines += statement("return ", mapping([(literal(name), value) for name, value in values]))
    parts.function("inputs_of", lines)


def _input(plan: TrainingPlan, parts: Parts, declared: InputSpec) -> str | Group:
    if declared.dtype == "string":
        return column_texts(parts, _listed(plan, declared.name), declared.dims)
    return _numbers(plan, declared.name, declared.dims, declared.dtype)


def _add_targets(plan: TrainingPlan, parts: Parts) -> None:
    lines = ["def targets_of(table: pd.DataFrame) -> Targets:", '    """Pick the targets."""']
    values = [(output.name, _target(plan, parts, output)) for output in plan.outputs]
    if plan.one_output:
        lines += statement("return ", values[0][1])
    else:
        lines += statement("return ", mapping([(literal(name), value) for name, value in values]))
    parts.function("targets_of", lines)


def _target(plan: TrainingPlan, parts: Parts, output: OutputSpec) -> str | Group:
    columns = plan.columns[output.name]
    if output.kind == "generation":
        return f"table[{literal(columns)}].to_numpy(object)"
    if has_class_targets(output) and isinstance(columns, str):
        return encoded(plan, parts, output, f"table[{literal(columns)}].to_numpy()")
    target = kind_of(output).target(output, input_specs(plan.task))
    values = _numbers(plan, output.name, target.dims, target.dtype)
    return checked(parts, output, values)


def _add_load_data(plan: TrainingPlan, parts: Parts, targets: list[str]) -> None:
    if plan.has_file:
        parts.constant("TARGET_COLUMNS", _column_list("TARGET_COLUMNS", targets))
        lines = [
            "def load_data(path: Path) -> Examples:",
            '    """Read the examples."""',
            "    table = read_table(path, INPUT_COLUMNS + TARGET_COLUMNS)",
        ]
    else:
        assert plan.data_set is not None
        loader = plan.data_set.loader
        parts.imports |= {f"from sklearn.datasets import {loader}", "from typing import Any"}
        lines = [
            "def load_data() -> Examples:",
            f'    """Read {plan.data_set.title} that come with scikit-learn."""',
            "    # The annotations of scikit-learn do not tell this apart from a tuple.",
            f"    data: Any = {loader}(as_frame=True)",
            "    table = data.frame",
        ]
    lines += _returned(plan)
    parts.function("load_data", lines)


def _returned(plan: TrainingPlan) -> list[str]:
    if plan.weight_column is None:
        return ["    return inputs_of(table), targets_of(table)"]
    weight = f'numbers(table, [{literal(plan.weight_column)}], "float32")[:, 0]'
    if plan.one_output:
        return [
            f"    weights = {weight}",
            "    return inputs_of(table), targets_of(table), weights",
        ]
    return [
        f"    weights = {weight}",
        "    y = targets_of(table)",
        "    return inputs_of(table), y, dict.fromkeys(y, weights)",
    ]


def _numbers(
    plan: TrainingPlan, name: str, dims: Shape, dtype: str, columns: str | None = None
) -> str:
    names = columns or literal(_listed(plan, name))
    text = f"numbers(table, {names}, {literal(dtype)})"
    if len(dims) == 1:
        return text
    return f"{text}.reshape({', '.join(['-1', *map(str, dims)])})"


def _listed(plan: TrainingPlan, name: str) -> list[str]:
    columns = plan.columns[name]
    return [columns] if isinstance(columns, str) else columns


def _column_list(name: str, columns: list[str]) -> str:
    return "\n".join(
        statement(f"{name} = ", listing([literal(column) for column in columns]), indent=0)
    )
