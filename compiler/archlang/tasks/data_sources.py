"""The data sources of `data = SOURCE(…)`: their arguments, and whether the data fits the task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.records import record
from archlang.tasks import checks
from archlang.tasks.data_fit import check_columns, check_set
from archlang.tasks.data_sets import KERAS_SET_ARGUMENTS, KERAS_SETS, SKLEARN_SETS, DataSet
from archlang.tasks.model import DataSpec, TaskSpec
from archlang.tasks.problem import Problem

SAMPLE_WEIGHT = "sample_weight"


@record
class Source:
    """A kind of data source.

    `first` is what its one positional argument is, `options` its own keywords. `maps` says whether
    keywords map inputs and outputs to columns or keys. `ready` is False for what this version can't
    read yet.
    """

    name: str
    doc: str
    first: str
    options: tuple[str, ...] = ()
    maps: bool = True
    ready: bool = True


SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        Source("csv", "A table with a header line.", "the path of the file"),
        Source("npz", "Arrays in a NumPy archive, one a key.", "the path of the file"),
        Source("sklearn", "A data set of scikit-learn.", "the name of the data set"),
        Source("keras", "A data set of Keras.", "the name of the data set", maps=False),
        Source(
            "image_folder",
            "Pictures, a folder for every class.",
            "the path of the folder",
            ready=False,
        ),
        Source(
            "text_folder", "Texts, a folder for every class.", "the path of the folder", ready=False
        ),
        Source(
            "text_file",
            "A text, for language models.",
            "the path of the file",
            ("window",),
            ready=False,
        ),
        Source(
            "text_pairs",
            "Pairs of texts with a tab between them.",
            "the path of the file",
            ready=False,
        ),
        Source(
            "python", "A function that gives arrays.", '`"package.module:function"`', ready=False
        ),
    )
}


def data_set(data: DataSpec) -> DataSet | None:
    """The built-in data set that a source names, if it names one."""
    sets = {"sklearn": SKLEARN_SETS, "keras": KERAS_SETS}.get(data.source)
    name = data.args[0] if data.args else None
    return sets.get(name) if sets is not None and isinstance(name, str) else None


def mapping(data: DataSpec) -> dict[str, Any]:
    """What maps names to columns or keys; the source's own options are left out."""
    options = (
        KERAS_SET_ARGUMENTS.get(str(data.args[0]), ())
        if data.source == "keras" and data.args
        else ()
    )
    return {name: value for name, value in data.kwargs.items() if name not in options}


def columns(data: DataSpec, task: TaskSpec) -> dict[str, str | list[str]]:
    """The column or key, or several, of every input and output; by default the one of the same
    name.

    In the tables of scikit-learn the targets stand last, so that the only output need not be
    mapped.
    """
    found: dict[str, str | list[str]] = {}
    mapped = mapping(data)
    for value in (*task.inputs, *task.outputs):
        given = mapped.get(value.name, value.name)
        found[value.name] = given if isinstance(given, str) else list(given)
    known = data_set(data)
    if known is not None and len(task.outputs) == 1 and task.outputs[0].name not in mapped:
        last = list(known.columns[-known.targets :])
        found[task.outputs[0].name] = last[0] if len(last) == 1 else last
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
    sets: Mapping[str, DataSet] | None = {"sklearn": SKLEARN_SETS, "keras": KERAS_SETS}.get(
        source.name
    )
    if sets is None or first in sets:
        return []
    help = did_you_mean(nearest(first, sets)) or f"there are {checks.quoted(list(sets))}"
    title = "scikit-learn" if source.name == "sklearn" else "Keras"
    return [Problem("E0531", "0", f"{title} has no data set `{first}`", help)]


def _check_keywords(source: Source, data: DataSpec, task: TaskSpec) -> list[Problem]:
    options = source.options
    if source.name == "keras":
        options = KERAS_SET_ARGUMENTS.get(data.args[0], ())
    names = [value.name for value in (*task.inputs, *task.outputs)]
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
    found = data_set(data)
    mapped = mapping(data)
    if found is not None and not mapped:
        return check_set(found, data, task)
    if found is not None:
        return _check_set_columns(found, mapped) or check_columns(columns(data, task), mapped, task)
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
}
