"""The data sources of `data = SOURCE(…)`: their arguments, and whether the data fits the task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from keyword import iskeyword
from typing import Any

from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.records import record
from archlang.tasks import checks
from archlang.tasks.data_fit import (
    check_columns,
    check_numbers,
    check_set,
    trained_outputs,
)
from archlang.tasks.data_sets import KERAS_SET_ARGUMENTS, KERAS_SETS, SKLEARN_SETS, DataSet
from archlang.tasks.image_data import check_pictures
from archlang.tasks.model import DataSpec, TaskSpec
from archlang.tasks.problem import Problem
from archlang.tasks.series_data import WINDOW, check_series, series_window
from archlang.tasks.text_data import check_pairs, check_text, check_text_folder

SAMPLE_WEIGHT = "sample_weight"
CSV_OPTIONS = (WINDOW, "separator", "decimal")


@record
class Source:
    """A kind of data source.

    `first` is what its one positional argument is, `options` its own keywords. `maps` says whether
    keywords map inputs and outputs to columns or keys. `ready` is False for what this version can't
    read yet. `streams` says that scripts read its examples one by one and never hold them all.
    """

    name: str
    doc: str
    first: str
    options: tuple[str, ...] = ()
    maps: bool = True
    ready: bool = True
    streams: bool = False


SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        Source("csv", "A table with a header line.", "the path of the file", CSV_OPTIONS),
        Source("npz", "Arrays in a NumPy archive, one a key.", "the path of the file"),
        Source("sklearn", "A data set of scikit-learn.", "the name of the data set"),
        Source("keras", "A data set of Keras.", "the name of the data set", maps=False),
        Source(
            "image_folder",
            "Pictures, a folder for every class.",
            "the path of the folder",
            streams=True,
        ),
        Source(
            "text_folder",
            "Texts, a folder for every class.",
            "the path of the folder",
            maps=False,
            streams=True,
        ),
        Source(
            "text_file",
            "A text, for language models.",
            "the path of the file",
            ("window",),
            maps=False,
            streams=True,
        ),
        Source(
            "text_pairs",
            "Pairs of texts with a tab between them.",
            "the path of the file",
            maps=False,
            streams=True,
        ),
        Source("python", "A function that gives arrays.", '`"package.module:function"`'),
    )
}


def data_set(data: DataSpec) -> DataSet | None:
    """The built-in data set that a source names, if it names one."""
    sets = {"sklearn": SKLEARN_SETS, "keras": KERAS_SETS}.get(data.source)
    name = data.args[0] if data.args else None
    return sets.get(name) if sets is not None and isinstance(name, str) else None


def options_of(data: DataSpec, task: TaskSpec) -> tuple[str, ...]:
    """The keywords that are a source's own; of a table, only those that no input or output is named."""
    if data.source == "keras":
        return KERAS_SET_ARGUMENTS.get(str(data.args[0]), ()) if data.args else ()
    source = SOURCES.get(data.source)
    names = {value.name for value in (*task.inputs, *task.outputs)}
    return () if source is None else tuple(o for o in source.options if o not in names)


def mapping(data: DataSpec, task: TaskSpec) -> dict[str, Any]:
    """What maps names to columns or keys; the source's own options are left out."""
    options = options_of(data, task)
    return {name: value for name, value in data.kwargs.items() if name not in options}


def csv_option(data: DataSpec | None, task: TaskSpec, name: str, default: str) -> str:
    """`separator` or `decimal` of a CSV file."""
    if data is None or data.source != "csv" or name not in options_of(data, task):
        return default
    return data.kwargs.get(name, default)


def columns(data: DataSpec, task: TaskSpec) -> dict[str, str | list[str]]:
    """The column or key, or several, of every input and output; by default the one of the same
    name.

    In the tables of scikit-learn the targets stand last, so that the only output need not be
    mapped.
    """
    found: dict[str, str | list[str]] = {}
    mapped = mapping(data, task)
    for value in (*task.given, *task.outputs):
        given = mapped.get(value.name, value.name)
        found[value.name] = given if isinstance(given, str) else list(given)
    known, trained = data_set(data), trained_outputs(task)
    if known is not None and len(trained) == 1 and trained[0].name not in mapped:
        last = list(known.columns[-known.targets :])
        found[trained[0].name] = last[0] if len(last) == 1 else last
    for output in trained:
        if output.kind == "reconstruction" and task.given:
            found[output.name] = found.get(output.args["of"] or "", found[task.given[0].name])
    return found


def check_data(task: TaskSpec, data: DataSpec | None = None) -> list[Problem]:
    """What is wrong with a task's data, or with another source for it (`validation = csv(…)`)."""
    data = data or task.data
    if data is None:
        return []
    source = SOURCES.get(data.source)
    if source is None:
        help = (
            did_you_mean(nearest(data.source, SOURCES))
            or f"sources are {checks.quoted(list(SOURCES))}"
        )
        return [Problem("E0530", None, f"there is no data source `{data.source}`", help)]
    return (
        _check_first(source, data)
        or _check_keywords(source, data, task)
        or _check_fit(source, data, task)
    )


def _check_first(source: Source, data: DataSpec) -> list[Problem]:
    if not data.args:
        help = f"write `{source.name}(…)` with {source.first}"
        return [Problem("E0532", None, f"`{source.name}` needs {source.first}", help)]
    if len(data.args) > 1:
        message = f"`{source.name}` takes one argument without a name, {source.first}"
        return [Problem("E0532", "1", message, "name the others")]
    first: Any = data.args[0]  # pyright: ignore[reportGeneralTypeIssues]
    if not isinstance(first, str) or not first:
        return [
            Problem("E0532", "0", f"`{source.name}` takes {source.first}, not {checks.show(first)}")
        ]
    if source.name == "python" and not _names_function(first):
        message = f'`python` takes a function as `"package.module:function"`, not "{first}"'
        return [Problem("E0532", "0", message)]
    sets: Mapping[str, DataSet] | None = {"sklearn": SKLEARN_SETS, "keras": KERAS_SETS}.get(
        source.name
    )
    if sets is None or first in sets:
        return []
    help = did_you_mean(nearest(first, sets)) or f"there are {checks.quoted(list(sets))}"
    title = "scikit-learn" if source.name == "sklearn" else "Keras"
    return [Problem("E0531", "0", f"{title} has no data set `{first}`", help)]


def _check_keywords(source: Source, data: DataSpec, task: TaskSpec) -> list[Problem]:
    options = options_of(data, task)
    # What is not trained, and what an input says already, is not read.
    read = [output for output in trained_outputs(task) if output.kind != "reconstruction"]
    names = [value.name for value in (*task.given, *read)]
    allowed = [*options, *([*names, SAMPLE_WEIGHT] if source.maps else [])]
    problems: list[Problem] = []
    for name, value in data.kwargs.items():
        if name not in allowed:
            problems.append(_unknown_keyword(source, data, name, allowed))
        elif name in options:
            check = _OPTION_CHECKS.get(name, checks.anything)
            expected = check(value)
            if expected is not None:
                problems.append(Problem("E0532", name, checks.complaint(name, expected, value)))
            elif name == "decimal" and value == csv_option(data, task, "separator", ","):
                message = f"`{value}` can't separate both columns and decimals"
                problems.append(Problem("E0532", name, message, 'add `separator=";"`'))
        elif name == SAMPLE_WEIGHT and not isinstance(value, str):
            problems.append(
                Problem("E0532", name, checks.complaint(name, "a column's name", value))
            )
        elif not _is_mapping(value):
            expected = (
                "a column's name or a list of them"
                if source.name != "npz"
                else "a key or a list of them"
            )
            problems.append(Problem("E0532", name, checks.complaint(name, expected, value)))
    return problems


def _unknown_keyword(source: Source, data: DataSpec, name: str, allowed: list[str]) -> Problem:
    call = f"{source.name}({data.args[0]})" if source.name in ("keras", "sklearn") else source.name
    message = f"`{name}` is no argument of `{call}`"
    if source.maps:
        message += ", and no input or output of the task"
    help = did_you_mean(nearest(name, allowed))
    if help is None and allowed:
        help = f"there are {checks.quoted(allowed)}"
    return Problem("E0532", name, message, help, at_name=True)


def _check_fit(source: Source, data: DataSpec, task: TaskSpec) -> list[Problem]:
    if source.name == "text_pairs":
        return check_pairs(task)
    if source.name == "text_file":
        return check_text(task, data)
    if source.name == "text_folder":
        return check_text_folder(task)
    found = data_set(data)
    mapped = mapping(data, task)
    if source.name == "image_folder":
        return check_pictures(task, data)
    if found is not None and not mapped:
        return check_set(found, data, task)
    if found is not None:
        return (
            check_numbers(found, task)
            or _check_set_columns(found, mapped)
            or check_columns(columns(data, task), mapped, task)
        )
    window = series_window(data)
    if window is not None:
        if SAMPLE_WEIGHT in data.kwargs:
            message = "the windows of a series have no `sample_weight`"
            return [Problem("E0532", SAMPLE_WEIGHT, message, "leave it out")]
        return check_series(columns(data, task), mapped, task, window)
    return check_columns(columns(data, task), mapped, task) if source.name == "csv" else []


def _check_set_columns(found: DataSet, mapped: Mapping[str, Any]) -> list[Problem]:
    for name, value in mapped.items():
        for column in [value] if isinstance(value, str) else value:
            if column not in found.columns:
                message = f'{found.title} have no column "{column}"'
                help = did_you_mean(nearest(column, found.columns))
                return [
                    Problem(
                        "E0532",
                        name,
                        message,
                        help or f"columns are {checks.quoted(found.columns)}",
                    )
                ]
    return []


def _names_function(text: str) -> bool:
    """Whether a text is `package.module:function` in letters that Python takes."""
    module, colon, function = text.partition(":")
    names = [*module.split("."), function]
    return bool(colon) and all(name.isidentifier() and not iskeyword(name) for name in names)


def _separator(value: Any) -> str | None:
    one = (
        isinstance(value, str)
        and len(value) == 1
        and not value.isalnum()
        and value not in "\"'\r\n"
    )
    return None if one else "one character that is no letter or digit"


def _is_mapping(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value)
    return checks.is_list(value) and len(value) > 0 and all(isinstance(item, str) for item in value)


_OPTION_CHECKS: dict[str, Callable[[Any], str | None]] = {
    "num_words": checks.optional(checks.positive_int),
    "skip_top": checks.natural,
    "maxlen": checks.optional(checks.positive_int),
    "start_char": checks.optional(checks.natural),
    "oov_char": checks.optional(checks.natural),
    "index_from": checks.natural,
    "test_split": checks.between_0_and_1,
    "label_mode": checks.one_of("fine", "coarse"),
    "version": checks.one_of("large", "small"),
    "window": checks.positive_int,
    "separator": _separator,
    "decimal": checks.one_of(",", "."),
}
