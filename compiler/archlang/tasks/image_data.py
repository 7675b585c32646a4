"""Whether a task's inputs and outputs can be filled with pictures, and from which folders.

`image_folder` reads pictures in one of three ways. If an output is a class, the folder holds a
folder for every class. If there are masks, or several inputs, it holds a folder for each of them,
and pictures belong together by name. One input alone takes the pictures of the folder itself.
"""

from __future__ import annotations

from archlang.tasks.data_fit import input_specs
from archlang.tasks.model import DataSpec, InputSpec, OutputSpec, TaskSpec
from archlang.tasks.problem import Problem
from archlang.tasks.registry import KINDS

CLASS_KINDS = ("classification", "binary_classification")
_KINDS = (*CLASS_KINDS, "segmentation", "reconstruction")
_CHANNELS = (1, 3, 4)


def class_outputs(task: TaskSpec) -> list[OutputSpec]:
    """The outputs that name a class."""
    return [output for output in task.outputs if output.kind in CLASS_KINDS]


def folders_of_pictures(task: TaskSpec, data: DataSpec) -> dict[str, str]:
    """The subfolder of each input and of each output with masks; `` is the folder itself.

    Empty if the folders are classes.
    """
    if class_outputs(task):
        return {}
    names = [declared.name for declared in task.inputs]
    names += [output.name for output in task.outputs if output.kind == "segmentation"]
    if len(names) == 1 and names[0] not in data.kwargs:
        return {names[0]: ""}
    return {name: str(data.kwargs.get(name, name)) for name in names}


def check_pictures(task: TaskSpec, data: DataSpec) -> list[Problem]:
    """What pictures can't fill."""
    problems = [p for declared in task.inputs for p in _check_input(declared)]
    for output in task.outputs:
        problems += _check_output(output, task)
    return problems or _check_folders(task, data)


def _check_input(declared: InputSpec) -> list[Problem]:
    shown = f"`{declared.name}` is {declared.dtype}[{', '.join(map(str, declared.dims))}]"
    example = f"declare `input {declared.name}: float32[64, 64, 3]`, or another size"
    if declared.dtype == "string" or len(declared.dims) != 3:
        message = f"a picture has height, width and channels, but {shown}"
        return [Problem("E0533", None, message, example)]
    if not all(isinstance(size, int) for size in declared.dims):
        message = f"pictures are brought to the size of their input, but {shown}"
        return [Problem("E0533", None, message, example)]
    if declared.dims[2] not in _CHANNELS:
        message = f"pictures have 1, 3 or 4 channels, but {shown}"
        help = "write 1 for grey, 3 for colour, 4 for colour with transparency"
        return [Problem("E0533", None, message, help)]
    return []


def _check_output(output: OutputSpec, task: TaskSpec) -> list[Problem]:
    if output.kind is None or output.kind not in KINDS:
        return []
    if output.kind not in _KINDS:
        message = f"folders of pictures hold no targets for a {output.kind.replace('_', ' ')}"
        help = "name the pictures and their targets in `python(…)`, or give arrays in an `npz`"
        return [Problem("E0533", None, message, help)]
    if output.kind != "segmentation":
        return []
    size = KINDS[output.kind].target(output, input_specs(task)).dims
    if all(isinstance(length, int) for length in size):
        return []
    message = f"the size of the masks `{output.name}` is not clear: the inputs differ in size"
    return [Problem("E0533", None, message)]


def _check_folders(task: TaskSpec, data: DataSpec) -> list[Problem]:
    named = class_outputs(task)
    folders = folders_of_pictures(task, data)
    if len(named) > 1 or (named and any(o.kind == "segmentation" for o in task.outputs)):
        message = (
            f"a folder says one thing of its pictures, but `{task.outputs[0].name}` and "
            f"`{task.outputs[1].name}` need two"
        )
        return [Problem("E0533", None, message)]
    if named and len(task.inputs) > 1:
        message = f"folders of classes hold one picture an example, not {len(task.inputs)}"
        return [Problem("E0533", None, message)]
    for name, value in data.kwargs.items():
        if named:
            message = (
                f"`{named[0].name}` is a class, whose pictures stand in a folder of its name; "
                f"`{name}` is not mapped"
            )
            return [Problem("E0532", name, message, "leave it out", at_name=True)]
        if name not in folders:
            message = f"`{name}` has no pictures of its own, and no folder"
            return [Problem("E0532", name, message, "leave it out", at_name=True)]
        if not isinstance(value, str):
            return [Problem("E0532", name, f"`{name}` takes the name of one folder")]
    return []
