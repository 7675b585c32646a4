"""By what `--resume` notices that it is not given the examples that training began with.

Arrays are hashed as they stand in memory. Of examples that are read one by one, which may be many
gigabytes, the folder is: names and sizes of its files; a single file of texts is hashed whole, as
it is read once anyway.
"""

from __future__ import annotations

from archlang.backends.python.training.layout import Group, call, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.tasks.model import DataSpec

_ARRAYS = '''
def fingerprint(examples: tuple) -> str:
    """Say how many examples there are, with a hash of all that they hold."""
    arrays = [np.asarray(array) for array in keras.tree.flatten(examples)]
    value = 0
    for array in arrays:
        value = zlib.crc32(f"{array.shape} {array.dtype}".encode(), value)
        value = zlib.crc32(CONTENTS, value)
    return f"{len(arrays[0]):,} examples, hash {value:08x}"
'''

_FOLDER = '''
def fingerprint(examples: Examples, folder: Path) -> str:
    """Say how many examples there are, with a hash of the names and sizes of their files."""
    files = [file for file in sorted(folder.rglob("[!.]*")) if file.is_file()]
    sizes = [f"{file.relative_to(folder).as_posix()} {file.stat().st_size}" for file in files]
    value = zlib.crc32(os.fsencode("\\n".join(sizes)))
    return f"{int(examples.cardinality()):,} examples, hash {value:08x}"
'''

_FILE = '''
def fingerprint(examples: Examples, path: Path) -> str:
    """Say how many examples there are, with a hash of their file."""
    value = 0
    with path.open("rb") as file:
        for line in file:
            value = zlib.crc32(line, value)
    return f"{int(examples.cardinality()):,} examples, hash {value:08x}"
'''

_FOLDERS = ("image_folder", "text_folder")


def add_fingerprint(plan: TrainingPlan, parts: Parts) -> None:
    """`fingerprint`, for the calls that `expected_lines` makes."""
    parts.imports.add("import zlib")
    if plan.streams:
        assert plan.data is not None
        in_folder = plan.data.source in _FOLDERS
        parts.imports |= {"import os"} if in_folder else set()
        parts.function("fingerprint", _FOLDER if in_folder else _FILE)
        return
    parts.imports |= {"import keras", "import numpy as np"}
    contents = "np.ascontiguousarray(array).data"
    if _holds_objects(plan):
        contents = f"repr(array.tolist()).encode() if array.dtype == object else {contents}"
    parts.function("fingerprint", _ARRAYS.replace("CONTENTS", contents))


def expected_lines(plan: TrainingPlan, batch_size: str) -> list[str]:
    """The lines of `main` behind which a training goes on only as it began; `batch_size` is what
    the command line gives.
    """
    three = plan.has_test and bool(plan.validation)
    validation = "validation" if three else "held_out" if plan.validation else None
    sets: list[tuple[str, str | Group]] = [("training_set", _fingerprint(plan, "training", None))]
    if validation is not None and (not plan.streams or isinstance(plan.validation, DataSpec)):
        given = _fingerprint(plan, validation, "validation")
        sets.append(("validation_set", given))
    settings = [("seed", "arguments.seed"), ("batch_size", batch_size)]
    return statement("", call("checkpoint.expect", *settings, *sets), indent=3)


def _fingerprint(plan: TrainingPlan, examples: str, split: str | None) -> Group:
    if not plan.streams:
        return call("fingerprint", examples)
    if split is None:
        return call("fingerprint", examples, "arguments.data")
    return call("fingerprint", examples, f"{split.upper()}_DATA")


def _holds_objects(plan: TrainingPlan) -> bool:
    """Whether some arrays are of strings, which are objects in memory."""
    texts = any(declared.dtype == "string" for declared in plan.task.given)
    return texts or (plan.generated is not None and plan.generated.args["text"] is not None)
