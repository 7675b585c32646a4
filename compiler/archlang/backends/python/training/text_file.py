"""Reading a text for a language model, window by window as training goes on."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.backends.python.training.prompts import add_decoding, add_prompts
from archlang.backends.python.training.sequences import text_layer
from archlang.backends.python.training.streams import StreamSource
from archlang.backends.python.training.text_pairs import READ_PIECE

_MISSING = """\
    if not path.is_file():
        raise SystemExit(f"{path} is not there; it should be a text file")
"""

_FOUND = """\
    if len(starts) < 2:
        raise SystemExit(f"{path} is too short: it holds {count} UNITS")
    stops = [*starts[1:], place]
    return np.full(len(starts), str(path).encode()), np.array(starts), np.array(stops)
"""

_FIND_CHARACTERS = '''
def find_examples(path: Path) -> Keys:
    """Find where every window of a text begins and ends."""
MISSING    starts, count = [], 0
    with path.open("rb") as file:
        place = skip_mark(file)
        for number, line in enumerate(file, start=1):
            for character in decoded(path, number, line):
                if count % WINDOW == 0:
                    starts.append(place)
                count += 1
                place += len(character.encode())
FOUND'''

_FIND_WORDS = '''
def find_examples(path: Path) -> Keys:
    """Find where every window of a text begins and ends."""
MISSING    starts, count = [], 0
    with path.open("rb") as file:
        place = skip_mark(file)
        for number, line in enumerate(file, start=1):
            decoded(path, number, line)
            for word in re.finditer(rb"\\S+", line):
                if count % WINDOW == 0:
                    starts.append(place + word.start())
                count += 1
            place += len(line)
FOUND'''

_READ = '''
def read(path: tf.Tensor, start: tf.Tensor, stop: tf.Tensor) -> tf.Tensor:
    """Read a window of the text."""
    return tf.reshape(tf.numpy_function(read_piece, [path, start, stop], tf.string), [])
'''


def _add(plan: TrainingPlan, parts: Parts) -> None:
    assert plan.data is not None
    text = text_layer(plan)
    assert text is not None
    parts.imports |= {
        "from pathlib import Path",
        "import numpy as np",
        "import tensorflow as tf",
    }
    characters = text.args.get("split") == "character"
    parts.constant("WINDOW", f"WINDOW = {literal(plan.data.kwargs['window'])}")
    if not characters:
        parts.imports.add("import re")
    find = _FIND_CHARACTERS if characters else _FIND_WORDS
    found = _FOUND.replace("UNITS", "characters" if characters else "words")
    add_decoding(parts)
    parts.function("find_examples", find.replace("MISSING", _MISSING).replace("FOUND", found))
    parts.function("read_piece", READ_PIECE)
    parts.function("read", _READ)
    add_prompts(plan, parts, "")


TEXT_FILE = StreamSource(
    _add,
    data="the text",
    files="text files, a text to go on with a line",
)
