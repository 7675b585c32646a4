"""What a language model is to go on with: texts or ids from files that `predict` is given."""

from __future__ import annotations

from archlang.backends.python.training.layout import flat
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.backends.python.training.sequences import array_target, text_layer
from archlang.backends.python.training.targets import add_helper

DECODED = '''
def decoded(path: Path, number: int, line: bytes) -> str:
    """Decode a line of a file; what is not UTF-8 ends the program."""
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise SystemExit(f"{path}: line {number} is not UTF-8: {error}") from error
'''

SKIP_MARK = '''
def skip_mark(file: BinaryIO) -> int:
    """Skip the mark with which some editors begin a text, and say how long it is."""
    if file.read(3) == b"\\xef\\xbb\\xbf":
        return 3
    file.seek(0)
    return 0
'''

_TEXTS = '''
def load_inputs(path: Path) -> list[str]:
    """Read texts to go on with, a text a line."""
    if not path.is_file():
        raise SystemExit(f"{path} is not there; it should be a text file, a text a line")
    with path.open("rb") as file:
        skip_mark(file)
        texts = [
            decoded(path, number, line).rstrip("\\r\\n")
            for number, line in enumerate(file, start=1)
        ]
    if not texts:
        raise SystemExit(f"{path} is empty; it should hold a text to go on with a line")
    return texts
'''

_IDS = '''
def load_inputs(path: Path) -> np.ndarray:
    """Read sequences to go on with from an .npy file, with padding of 0 behind them."""
    if not path.is_file():
        raise SystemExit(f"{path} is not there; it should be an .npy file of sequences")
    sequences = SEQUENCES
    if not len(sequences):
        raise SystemExit(f"{path} holds no sequences to go on with")
    return sequences
'''


def add_decoding(parts: Parts) -> None:
    """`decoded` and `skip_mark`, for files that are read in bytes."""
    parts.imports |= {"from pathlib import Path", "from typing import BinaryIO"}
    add_helper(parts, "decoded", DECODED)
    add_helper(parts, "skip_mark", SKIP_MARK)


def prompt_files(plan: TrainingPlan) -> str:
    """What files a language model goes on with."""
    if text_layer(plan) is not None:
        return "text files, a text to go on with a line"
    return ".npy files of sequences to go on with"


def add_prompts(plan: TrainingPlan, parts: Parts, read_array: str) -> None:
    """`load_inputs` of a language model; `read_array` is the text of a function of this name."""
    assert plan.generated is not None
    parts.imports |= {"from pathlib import Path", "import numpy as np"}
    if text_layer(plan) is not None:
        add_decoding(parts)
        parts.function("load_inputs", _TEXTS)
        return
    add_helper(parts, "read_array", read_array)
    sequences = array_target(plan, parts, plan.generated, "read_array(path)")
    parts.function("load_inputs", _IDS.replace("SEQUENCES", flat(sequences)))
