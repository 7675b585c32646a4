"""`validation = SOURCE(…)` and `test = SOURCE(…)`: examples that are not taken from the data."""

from __future__ import annotations

from archlang.tasks.data_sources import SAMPLE_WEIGHT, SOURCES, check_data
from archlang.tasks.model import DataSpec, TaskSpec
from archlang.tasks.problem import Problem


def held_out_source(source: DataSpec, task: TaskSpec) -> DataSpec:
    """The source with the keywords that hold for it: if it has none, those of the task's data."""
    data = task.data
    if data is None or source.kwargs or source.source != data.source:
        return source
    return DataSpec(source.source, source.args, data.kwargs, source.span, source.spans)


def check_held_out(name: str, source: DataSpec, task: TaskSpec) -> list[Problem]:
    """What is wrong with a source for `validation` or `test`."""
    data = task.data
    if source.source not in SOURCES:
        return check_data(task, source)
    if data is None or data.source not in SOURCES:
        # Without data nothing is trained, and nothing held out; a wrong one has been reported.
        return []
    return _disagree(name, source, data) or check_data(task, held_out_source(source, task))


def _disagree(name: str, source: DataSpec, data: DataSpec) -> list[Problem]:
    if source.source == "keras":
        message = f"the data sets of Keras come split, and can't be `{name}` alone"
        help = f"make `keras({', '.join(map(str, source.args))})` the task's data, or take a file"
        return [Problem("E0522", None, message, help)]
    streams = SOURCES[source.source].streams
    if source.source != data.source and (streams or SOURCES[data.source].streams):
        message = (
            f"the data is read from `{data.source}`, but `{name}` from `{source.source}`; what is "
            "held in memory and what is read piece by piece can't be mixed"
            if streams != SOURCES[data.source].streams
            else f"the data is read from `{data.source}`, but `{name}` from `{source.source}`"
        )
        return [Problem("E0522", None, message, f"give `{name}` as `{data.source}(…)` too")]
    if not source.kwargs and source.source == data.source:
        return []
    weighted = SAMPLE_WEIGHT in data.kwargs
    if weighted != (SAMPLE_WEIGHT in source.kwargs):
        has, lacks = (
            ("the data has", f"`{name}` lacks") if weighted else (f"`{name}` has", "the data lacks")
        )
        message = f"{has} a `{SAMPLE_WEIGHT}`, which {lacks}"
        return [Problem("E0522", None, message, "give weights to all examples, or to none")]
    return []
