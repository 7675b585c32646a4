"""Examples that are files, in a folder for every class: pictures and texts."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.backends.python.training.targets import labels_name, labels_of
from archlang.tasks.model import OutputSpec

_FIND = '''
def find_examples(folder: Path) -> Keys:
    """List the NOUN in the folders of the classes, with the numbers of the classes."""
    paths: list[str] = []
    numbers: list[int] = []
    for number, name in enumerate(class_names(folder)):
        found = find_files(folder / name)
        if not found:
            raise SystemExit(f"{folder / name} holds no NOUN")
        paths += found
        numbers += [number] * len(found)
    return np.array(paths), np.array(numbers, "int32")
'''

_LABELLED = '''
def class_names(folder: Path) -> list[str]:
    """Check that there is a folder for each label, and no other."""
    if not folder.is_dir():
        raise SystemExit(
            f"{folder} is not there; it should hold a folder of NOUN for each of "
            f"{', '.join(LABELS)}"
        )
    found = folders_in(folder)
    for name in LABELS:
        if name not in found:
            there = ", ".join(found) or "no folder"
            raise SystemExit(f"{folder} has no folder {name!r}; it has {there}")
    for name in found:
        if name not in LABELS:
            raise SystemExit(
                f"{folder / name} is none of the classes {', '.join(LABELS)}"
            )
    return LABELS
'''

_NUMBERED = '''
def class_names(folder: Path) -> list[str]:
    """Name the classes as their folders are named, in alphabetical order."""
    if not folder.is_dir():
        raise SystemExit(
            f"{folder} is not there; it should hold COUNT folders of NOUN, one a class"
        )
    found = folders_in(folder)
    if len(found) != COUNT:
        there = ", ".join(found) or "none"
        raise SystemExit(
            f"{folder} should hold COUNT folders, one a class, but has {len(found)}: {there}"
        )
    return found
'''

_FOLDERS_IN = '''
def folders_in(folder: Path) -> list[str]:
    """Name the folders in a folder, hidden ones left out."""
    return sorted(
        item.name
        for item in folder.iterdir()
        if item.is_dir() and not item.name.startswith(".")
    )
'''


END_IF = '''
def end_if(problems: list[str]) -> None:
    """End the program with what is wrong, if anything is: twenty lines of it."""
    more = [f"and {len(problems) - 20} more"] if len(problems) > 20 else []
    if problems:
        raise SystemExit("\\n".join(problems[:20] + more))
'''


def add_class_folders(plan: TrainingPlan, parts: Parts, noun: str) -> None:
    """`find_examples` for a folder of folders; `find_files(folder: Path) -> list[str]` must be there.

    Keys are the paths and, as int32, the numbers of the classes: in the order of the labels, or of
    the alphabet if the output has none. `noun` says what the files are, in the plural.
    """
    parts.imports |= {"from pathlib import Path", "import numpy as np"}
    output = class_output(plan)
    parts.function("folders_in", _FOLDERS_IN)
    if labels_of(output) is None:
        text = _NUMBERED.replace("COUNT", str(output.args["classes"]))
    else:
        text = _LABELLED.replace("LABELS", labels_name(plan, output))
    parts.function("class_names", text.replace("NOUN", noun))
    parts.function("find_examples", _FIND.replace("NOUN", noun))


def class_output(plan: TrainingPlan) -> OutputSpec:
    """The output whose classes the folders are."""
    kinds = ("classification", "binary_classification")
    return next(output for output in plan.outputs if output.kind in kinds)


def class_target(output: OutputSpec, number: str) -> str:
    """The target of one example as TensorFlow computes it from the number of its class."""
    if output.kind == "binary_classification":
        return f"tf.reshape(tf.cast({number}, tf.float32), [1])"
    if output.args.get("one_hot"):
        return f"tf.one_hot({number}, {literal(output.args['classes'])})"
    return number
