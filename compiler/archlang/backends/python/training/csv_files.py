"""Reading a CSV file into a table, of which every row has been checked to have all its fields."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.backends.python.training.targets import add_helper
from archlang.tasks.data_sources import csv_option

_READ_TABLE = '''
def read_table(path: Path, columns: list[str]) -> pd.DataFrame:
    """Read a CSV file; a column or a value that is missing ends the program."""
    if not path.is_file():
        raise SystemExit(
            f"{path} is not there; it should be a CSV file with the columns "
            f"{', '.join(columns)}"
        )
    try:
        fields = count_fields(path, columns)
        # Only an empty field is a missing value: "NA" and "None" may be labels.
        table = pd.read_csv(
            path,
ARGUMENTS            index_col=False,
            usecols=range(fields),
            keep_default_na=False,
            na_values=[""],
            skipinitialspace=True,
        )
    except (ValueError, csv.Error) as error:
        raise SystemExit(f"{path} is no CSV file: {error}") from error
    if table.empty:
        raise SystemExit(f"{path} holds no examples")
    for column in columns:
        missing = table[column].isna().to_numpy()
        if missing.any():
            raise SystemExit(
                f"{path}: row {missing.argmax() + 1} has no value in column {column!r}"
            )
    return table
'''

# pandas takes the first column of rows with a field too many for an index, and fills short rows.
_COUNT_FIELDS = '''
def count_fields(path: Path, columns: list[str]) -> int:
    """Count the columns of a CSV file; a row with more or fewer fields ends the program."""
    csv.field_size_limit(2**31 - 1)
    names: list[str] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, skipinitialspace=True)
        for row in rows:
            if row in ([], [""]):
                continue
            if not names:
                names = row
                check_columns(path, names, columns)
            # A row may end in separators with nothing behind them.
            if len(row) < len(names) or any(row[len(names) :]):
                raise SystemExit(
                    f"{path}: line {rows.line_num} has {len(row)} fields, "
                    f"but the header has {len(names)}"
                )
    return len(names)
'''

_CHECK_COLUMNS = '''
def check_columns(path: Path, names: list[str], columns: list[str]) -> None:
    """Check that the header of a CSV file names all columns, and each once."""
    for column in columns:
        if column not in names:
            found = ", ".join(names)
            marks = [mark for mark in ";\t|" if mark in found and len(names) == 1]
            hint = f": set separator={marks[0]!r} in the spec" if marks else ""
            raise SystemExit(f"{path} has no column {column!r}; it has {found}{hint}")
        if names.count(column) > 1:
            raise SystemExit(f"{path} has several columns {column!r}")
'''


_KEEP_PATH = """\
    # What is wrong with a number is said with the name of its file.
    table.attrs["path"] = path
    return table
"""


def decimal_mark(plan: TrainingPlan) -> str:
    """What stands before the decimals of numbers in a CSV file."""
    return csv_option(plan.data, plan.task, "decimal", ".")


def add_read_table(plan: TrainingPlan, parts: Parts, *, has_texts: bool, has_numbers: bool) -> None:
    """`read_table`, and what checks a file before; texts are read from `TEXT_COLUMNS`."""
    parts.imports |= {"import csv", "from pathlib import Path", "import pandas as pd"}
    separator = csv_option(plan.data, plan.task, "separator", ",")
    counting, arguments = _COUNT_FIELDS, ""
    if separator != ",":
        arguments = f"            sep={literal(separator)},\n"
        delimiter = f"csv.reader(file, delimiter={literal(separator)}, "
        counting = counting.replace("csv.reader(file, ", delimiter)
    if has_texts:
        # What looks like a number in a column of texts is text.
        arguments += "            dtype=dict.fromkeys(TEXT_COLUMNS, str),\n"
    add_helper(parts, "check_columns", _CHECK_COLUMNS)
    add_helper(parts, "count_fields", counting)
    reading = _READ_TABLE.replace("ARGUMENTS", arguments)
    if has_numbers:
        reading = reading.replace("    return table\n", _KEEP_PATH)
    add_helper(parts, "read_table", reading)
