"""Reading pairs of texts, a pair a line with a tab between them, line by line as training goes on."""

from __future__ import annotations

from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.backends.python.training.prompts import add_decoding
from archlang.backends.python.training.streams import StreamSource

# What both sources of texts need: a piece of a file, by where it stands.
READ_PIECE = '''
def read_piece(path: bytes, start: int, stop: int) -> bytes:
    """Read the bytes of a file from one place to another."""
    with open(path, "rb") as file:
        file.seek(start)
        return file.read(stop - start)
'''

_FIND = '''
def find_examples(path: Path) -> Keys:
    """Find where every pair of a file begins and ends; a bad line ends the program."""
    if not path.is_file():
        raise SystemExit(
            f"{path} is not there; it should be a text file with a pair a line, "
            "a tab between its texts"
        )
    starts, stops = [], []
    with path.open("rb") as file:
        place = skip_mark(file)
        for number, line in enumerate(file, start=1):
            check_pair(path, number, line)
            starts.append(place)
            stops.append(place + len(line.rstrip(b"\\r\\n")))
            place += len(line)
    if not starts:
        raise SystemExit(f"{path} holds no pairs")
    return np.full(len(starts), str(path).encode()), np.array(starts), np.array(stops)
'''

_CHECK_PAIR = '''
def check_pair(path: Path, number: int, line: bytes) -> None:
    """Check that a line is two texts with a tab between them."""
    texts = decoded(path, number, line).rstrip("\\r\\n").split("\\t")
    if texts == [""]:
        raise SystemExit(f"{path}: line {number} is empty")
    if len(texts) != 2:
        found = "no tab" if len(texts) == 1 else f"{len(texts) - 1} tabs"
        raise SystemExit(
            f"{path}: line {number} should be two texts with a tab between them, "
            f"but has {found}"
        )
    if not all(text.strip() for text in texts):
        side = "behind" if texts[0].strip() else "before"
        raise SystemExit(f"{path}: line {number} has no text {side} its tab")
'''

_READ = '''
def read(path: tf.Tensor, start: tf.Tensor, stop: tf.Tensor):
    """Read a pair of texts."""
    line = tf.numpy_function(read_piece, [path, start, stop], tf.string)
    source, target = tf.unstack(tf.strings.split(tf.reshape(line, []), "\\t"), num=2)
    return SOURCE, target
'''

_LOAD_INPUTS = '''
def load_inputs(path: Path) -> Inputs:
    """Read texts without targets, a text a line."""
    if not path.is_file():
        raise SystemExit(f"{path} is not there; it should be a text file, a text a line")
    texts = []
    with path.open("rb") as file:
        skip_mark(file)
        for number, line in enumerate(file, start=1):
            text = decoded(path, number, line).rstrip("\\r\\n")
            if text.strip():
                texts.append(text)
    if not texts:
        raise SystemExit(f"{path} holds no texts")
    return np.array(texts, dtype=objectSHAPE)
'''


def _add(plan: TrainingPlan, parts: Parts) -> None:
    parts.imports |= {
        "from pathlib import Path",
        "import numpy as np",
        "import tensorflow as tf",
    }
    # A text may be declared as one string, or as a vector of one.
    vector = bool(plan.task.given[0].dims)
    add_decoding(parts)
    parts.function("check_pair", _CHECK_PAIR)
    parts.function("find_examples", _FIND)
    parts.function("read_piece", READ_PIECE)
    parts.function("read", _READ.replace("SOURCE", "source[None]" if vector else "source"))
    parts.function(
        "load_inputs",
        _LOAD_INPUTS.replace("objectSHAPE)", "object).reshape(-1, 1)" if vector else "object)"),
    )


TEXT_PAIRS = StreamSource(
    _add,
    data="the file of pairs, a pair a line with a tab between its texts",
    files="text files, a text a line",
)
