"""Inputs that are strings: from columns, from arrays, from the lines of a text file."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.layout import Group, call, flat, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.backends.python.training.targets import add_helper
from archlang.shapes.spec import Shape

_AS_TEXTS = '''
def as_texts(name: str, array: np.ndarray, shape: SHAPE) -> np.ndarray:
    """Check that values are strings, and give them their shape."""
    wrong = [value for value in array.ravel().tolist() if not isinstance(value, str)]
    if wrong:
        raise SystemExit(f"{name}: expected strings, found {wrong[0]!r}")
    array = fit_shape(name, array, shape)
    empty = (array == "").all(axis=tuple(range(1, array.ndim)))
    if empty.any():
        raise SystemExit(f"{name}: example {empty.argmax()} has no text")
    return array.astype(object)
'''

_READ_LINES = '''
def read_lines(path: Path) -> list[str]:
    """Read the texts of a file, one a line."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SystemExit(f"{path} can't be read as a text: {error}") from error
    texts = [line for line in lines if line.strip()]
    if not texts:
        raise SystemExit(f"{path} holds no text")
    return texts
'''


def column_texts(parts: Parts, columns: list[str], dims: Shape) -> str | Group:
    """Python that picks columns of texts from `table`."""
    names = literal(columns[0] if len(dims) == 0 else columns)
    folded = f".reshape({', '.join(['-1', *map(str, dims)])})" if len(dims) > 1 else ""
    return held(parts, f"table[{names}].to_numpy(object){folded}", dims)


def array_texts(parts: Parts, name: str, array: str, dims: Shape, *, fixed: bool) -> str | Group:
    """Python that checks an array of texts and gives them their shape."""
    sizes = "tuple[int, ...]" if fixed else "tuple[int | None, ...]"
    add_helper(parts, "as_texts", _AS_TEXTS.replace("SHAPE", sizes))
    shape = literal(tuple(dim if isinstance(dim, int) else None for dim in dims))
    return held(parts, call("as_texts", literal(name), array, shape), dims)


def line_texts(parts: Parts, dims: Shape) -> str | Group:
    """Python that reads the lines of the text file `path`."""
    add_helper(parts, "read_lines", _READ_LINES)
    parts.imports |= {"from pathlib import Path", "import numpy as np"}
    column = "[:, None]" if dims else ""
    return held(parts, f"np.array(read_lines(path), object){column}", dims)


def held(parts: Parts, texts: str | Group, dims: Shape) -> str | Group:
    """Texts as Keras takes them: arrays where an example is one string, else tensors."""
    if not dims:
        return texts
    parts.imports.add("import tensorflow as tf")
    return call("tf.constant", flat(texts))


def add_reader_of_lines(plan: TrainingPlan, parts: Parts, what: str, other: str | Group) -> None:
    """`load_inputs` for files of one text a line, and for files that `other` reads."""
    declared = plan.task.given[0]
    lines = [
        "def load_inputs(path: Path) -> Inputs:",
        f'    """Read examples without targets: a text a line, or {what}."""',
        '    if path.suffix == ".txt":',
        *statement("return ", line_texts(parts, declared.dims), indent=2),
        *statement("return ", other),
    ]
    parts.function("load_inputs", lines)
