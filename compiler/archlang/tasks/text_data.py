"""Whether a task is one that pairs of texts, or a text, have examples for."""

from __future__ import annotations

from archlang.tasks.model import DataSpec, TaskSpec
from archlang.tasks.problem import Problem


def check_pairs(task: TaskSpec) -> list[Problem]:
    """Whether a task turns one text into another, which is what `text_pairs` has examples of."""
    if len(task.given) != 1 or task.given[0].dtype != "string":
        strings = [f"`{declared.name}`" for declared in task.given if declared.dtype == "string"]
        message = "`text_pairs` fills one input with the first text of a line"
        if len(task.given) != 1:
            named = ", ".join(f"`{declared.name}`" for declared in task.given) or "none"
            message += f", but the inputs to fill are {named}"
        elif not strings:
            declared = task.given[0]
            message += f", but `{declared.name}` takes {declared.dtype}"
        return [Problem("E0533", None, message, "declare one input as `string[]`")]
    return _check_generated("text_pairs", "the second text of a line", task)


def check_text(task: TaskSpec, data: DataSpec) -> list[Problem]:
    """Whether a task goes on with a text, which is what `text_file` has examples of."""
    if task.given:
        message = (
            f"`text_file` is for language models, and has nothing to fill `{task.given[0].name}` "
            "with"
        )
        return [Problem("E0533", None, message, "declare no input but the shifted one")]
    if "window" not in data.kwargs:
        message = "`text_file` needs the length of an example"
        help = "`window=N`, in the characters or words that the output's text is split into"
        return [Problem("E0532", None, message, help)]
    return _check_generated("text_file", "a piece of the text", task)


def check_text_folder(task: TaskSpec) -> list[Problem]:
    """Whether a task puts one text into one of several classes, which have a folder each."""
    given = task.given
    if len(given) != 1:
        message = f"a folder of texts fills one input, but the task has {len(given)}"
        return [Problem("E0533", None, message, "columns of a `csv` fill several")]
    if given[0].dtype != "string" or given[0].dims not in ((), (1,)):
        sizes = f"[{', '.join(map(str, given[0].dims))}]"
        message = f"a text is one string, but `{given[0].name}` is {given[0].dtype}{sizes}"
        help = f"declare `input {given[0].name}: string[]`; `TextVectorization` makes numbers of it"
        return [Problem("E0533", None, message, help)]
    outputs = [output for output in task.outputs if output.kind is not None]
    classes = [o for o in outputs if o.kind in ("classification", "binary_classification")]
    if len(outputs) == 1 and classes:
        return []
    if classes:
        message = (
            f"a folder says one thing of its texts, but `{outputs[0].name}` and "
            f"`{outputs[1].name}` need two"
        )
        return [Problem("E0533", None, message, "columns of a `csv` say several")]
    kind = outputs[0].kind if outputs else None
    what = f"a {kind.replace('_', ' ')}" if kind else "a plain tensor"
    message = f"folders of texts hold no targets for {what}"
    return [Problem("E0533", None, message, "a `csv` has a column for each output")]


def _check_generated(source: str, target: str, task: TaskSpec) -> list[Problem]:
    outputs = [output for output in task.outputs if output.kind is not None]
    texts = [output for output in outputs if output.args.get("text") is not None]
    if not outputs or (len(outputs) == 1 and texts):
        return []
    if len(outputs) != 1:
        message = f"`{source}` has one target an example, but the task has {len(outputs)} outputs"
        return [Problem("E0533", None, message)]
    message = f"the target is {target}, but `{outputs[0].name}` generates no text"
    return [
        Problem("E0533", None, message, "write `generation(text=TextVectorization(max_tokens=N))`")
    ]
