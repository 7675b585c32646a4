"""Reading texts from a folder for every class, file by file as training goes on."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.class_folders import (
    END_IF,
    add_class_folders,
    class_output,
    class_target,
)
from archlang.backends.python.training.layout import flat
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.backends.python.training.streams import StreamSource
from archlang.backends.python.training.strings import held

_FIND_FILES = '''
def find_files(folder: Path) -> list[str]:
    """List the .txt files in a folder and below it; other and hidden files do not count."""
    found, empty = [], []
    for path in sorted(folder.rglob("*.txt")):
        if path.name.startswith("."):
            continue
        if path.stat().st_size == 0:
            empty.append(f"{path} is empty")
        found.append(str(path))
    end_if(empty)
    return found
'''

_READ = '''
def read(path, number):
    """Read a text; its target is its class."""
    text = tf.io.read_file(path)
    # Fails at what is not UTF-8.
    text = tf.strings.unicode_transcode(text, "UTF-8", "UTF-8", errors="strict")
    # Some editors begin a file with a mark that is no text.
    text = tf.strings.regex_replace(text, "^\\ufeff", "")
    return TEXT, TARGET
'''

_READ_TEXT = '''
def read_text(path: Path) -> str:
    """Read a whole file as one text."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SystemExit(f"{path} can't be read as a text: {error}") from error
    if not text.strip():
        raise SystemExit(f"{path} holds no text")
    return text
'''

_LOAD_INPUTS = '''
def load_inputs(path: Path) -> Inputs:
    """Read a text, as a batch of one."""
    return BATCH
'''

_CHECK_FILES = '''
def check_files(folder: Path) -> None:
    """End the program if there are texts that cannot be read, and name them."""
    damaged = []
    for path in find_examples(folder)[0]:
        try:
            read_text(Path(path))
        except SystemExit as end:
            damaged.append(str(end))
    end_if(damaged)
'''


def _add(plan: TrainingPlan, parts: Parts) -> None:
    """`find_examples`, `read`, `load_inputs`, `check_files`."""
    parts.imports |= {"from pathlib import Path", "import numpy as np", "import tensorflow as tf"}
    dims = plan.task.given[0].dims
    parts.function("end_if", END_IF)
    parts.function("find_files", _FIND_FILES)
    add_class_folders(plan, parts, "texts")
    output = class_output(plan)
    target = class_target(output, "number")
    if not plan.one_output:
        target = f"{{{literal(output.name)}: {target}}}"
    text = "text[None]" if dims else "text"
    parts.function("read", _READ.replace("TEXT", text).replace("TARGET", target))
    parts.function("read_text", _READ_TEXT)
    batch = (
        "np.array([[read_text(path)]], object)" if dims else "np.array([read_text(path)], object)"
    )
    parts.function("load_inputs", _LOAD_INPUTS.replace("BATCH", flat(held(parts, batch, dims))))
    parts.function("check_files", _CHECK_FILES)


TEXT_FOLDER = StreamSource(
    _add,
    data="the folder of texts",
    files="text files, each one example",
    one_each=True,
    checks_files=True,
)
