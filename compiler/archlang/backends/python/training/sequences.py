"""Teacher forcing: a generated output's target, and what the model is given of its own past.

The examples of a script hold neither: both are made of the target as the data has it (ids, or a
string that the layer `TEXT` turns into ids) right before fitting and evaluating, by `with_past`.
"""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.layout import Group, call, mapping, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan
from archlang.backends.python.training.strings import array_texts
from archlang.backends.python.training.targets import add_helper
from archlang.backends.python.training.values import python_value
from archlang.shapes.rule import LayerValue
from archlang.tasks.model import OutputSpec

_TEXT_OF = '''
def text_of(ids: np.ndarray) -> str:
    """Turn ids into the text that they stand for."""
    words = TEXT.get_vocabulary()
    return SEPARATOR.join(words[n] for n in ids if 0 < n < len(words))
'''

# One file holds both, so that an interrupted write can't leave the words of another model.
_AS_SEQUENCES = '''
def as_sequences(name: str, values: np.ndarray, vocab: int) -> np.ndarray:
    """Check that targets are rows of ids, with padding of 0 behind them alone."""
    if values.ndim != 2 or values.dtype.kind not in "iu":
        raise SystemExit(
            f"{name}: expected a row of whole numbers for each example, "
            f"found {values.dtype} of shape {values.shape}"
        )
    wrong = (values < 0) | (values >= vocab)RESERVED
    if wrong.any():
        example, step = np.argwhere(wrong)[0]
        raise SystemExit(
            f"{name}: example {example} holds {values[example, step]}, but "
            f"MEANT"
        )
    gap = (values[:, :-1] == 0) & (values[:, 1:] != 0)
    if gap.any():
        example = np.argwhere(gap)[0][0]
        raise SystemExit(f"{name}: example {example} has padding before its end")
    return values.astype("int32")
'''

SAVE_WITH_WORDS = '''
def save(model, path: Path) -> None:
    """Write the model and its words; an interrupted write leaves an earlier one as it was."""
    with replacing(path) as temporary:
        model.save(temporary)
        # A .keras file is a zip archive, and may hold more than Keras reads.
        with zipfile.ZipFile(temporary, "a") as archive:
            archive.writestr(VOCABULARY, json.dumps(TEXT.get_vocabulary()))
    print(f"saved {path}")
'''

LOAD_WORDS = """\
        with zipfile.ZipFile(path) as archive:
            if VOCABULARY not in archive.namelist():
                raise SystemExit(f"{path} holds no {VOCABULARY}: run `train` again")
            TEXT.set_vocabulary(json.loads(archive.read(VOCABULARY)))
"""

_ADAPT_TEXT = '''
def adapt_text(examples: Examples) -> None:
    """Learn the words that the model generates from the training examples."""
    TEXT.adapt(TARGETS)
'''


def text_layer(plan: TrainingPlan) -> LayerValue | None:
    """The layer that turns generated texts into ids; None where the data holds ids."""
    return None if plan.generated is None else plan.generated.args["text"]


def learns_words(plan: TrainingPlan) -> bool:
    """Whether the words of generated texts come from the training examples."""
    text = text_layer(plan)
    return text is not None and text.args.get("vocabulary") is None


def ends(plan: TrainingPlan) -> bool:
    """Whether targets are followed by the id that ends a sequence."""
    assert plan.generated is not None
    return plan.generated.args["end"] is not None and not plan.in_order


def add_text(plan: TrainingPlan, parts: Parts) -> None:
    """`TEXT`, `START` and `END`, where the spec speaks of them."""
    text = text_layer(plan)
    if plan.generated is None:
        return
    if text is not None:
        parts.imports.add("from keras import layers")
        lines = statement("TEXT = ", python_value(text), indent=0)
        parts.constant("TEXT", "\n".join(lines))
        if learns_words(plan):
            parts.imports |= {"import json", "import zipfile"}
            parts.constant("VOCABULARY", 'VOCABULARY = "vocabulary.json"')
    for name in ("start", "end"):
        number = plan.generated.args[name]
        if number is not None and name.upper() not in parts.names:
            parts.constant(name.upper(), f"{name.upper()} = {literal(number)}")


def array_target(plan: TrainingPlan, parts: Parts, output: OutputSpec, values: str) -> str | Group:
    """Python that checks targets of a generation in an array: ids, or texts."""
    if output.args["text"] is not None:
        return array_texts(parts, output.name, values, (), fixed=False)
    reserved = [name for name in ("start", "end") if output.args[name] is not None]
    tests = "".join(f" | (values == {name.upper()})" for name in reserved)
    meant = "ids go from 0 to {vocab - 1}"
    if reserved:
        meant += f", and the spec's {' and '.join(reserved)} not among them"
    text = _AS_SEQUENCES.replace("RESERVED", tests).replace("MEANT", meant)
    add_helper(parts, "as_sequences", text)
    return call("as_sequences", literal(output.name), values, literal(output.args["vocab"]))


def add_sequences(plan: TrainingPlan, parts: Parts) -> None:
    """`text_of`, `adapt_text` and `with_past`."""
    if plan.generated is None:
        return
    text = text_layer(plan)
    if text is not None:
        separator = '""' if text.args.get("split") == "character" else '" "'
        parts.imports.add("import numpy as np")
        parts.function("text_of", _TEXT_OF.replace("SEPARATOR", separator))
    if learns_words(plan):
        parts.function("adapt_text", _ADAPT_TEXT.replace("TARGETS", _targets(plan)))
    parts.function("with_past", _with_past(plan))


def _targets(plan: TrainingPlan) -> str:
    if not plan.streams:
        return "examples[1]"
    if not plan.task.given:
        return "examples.batch(256)"
    return "examples.map(lambda x, y: y).batch(256)"


def _with_past(plan: TrainingPlan) -> list[str]:
    """`with_past`: of a batch of a stream as tensors, else of all examples as arrays."""
    output = plan.generated
    assert output is not None
    given = [name for name, there in (("x", _has_x(plan)), ("y", True)) if there]
    given += ["weights"] if plan.weight_column is not None else []
    if plan.streams:
        given = [f"{name}: tf.Tensor" for name in given]
    lines = [
        f"def with_past({', '.join(given)}):",
        '    """Show the model what comes before each step; padding counts for nothing."""',
    ]
    lines += _ids(plan) + (_streamed(plan) if plan.streams else _arrays(plan))
    past = [
        (literal(declared.name), "past")
        for declared in plan.task.inputs
        if declared.shifted is not None
    ]
    filled = [(literal(d.name), _given_value(plan, d.name)) for d in plan.task.given]
    inputs: str | Group = mapping([*filled, *past])
    if len(plan.task.inputs) == 1:
        inputs = filled[0][1] if filled else "past"
    weights = (
        'tf.cast(target != 0, "float32")' if plan.streams else '(target != 0).astype("float32")'
    )
    if plan.weight_column is not None:
        weights += " * weights[:, None]"
    if isinstance(inputs, Group):
        return [*lines, *statement("inputs = ", inputs), f"    return inputs, target, {weights}"]
    return [*lines, f"    return {inputs}, target, {weights}"]


def _has_x(plan: TrainingPlan) -> bool:
    return bool(plan.task.given) or not plan.streams


def _given_value(plan: TrainingPlan, name: str) -> str:
    return "x" if plan.one_input else f"x[{literal(name)}]"


def _ids(plan: TrainingPlan) -> list[str]:
    if text_layer(plan) is None:
        return []
    if plan.streams:
        return ['    y = tf.cast(TEXT(y), "int32")']
    return ['    y = np.asarray(TEXT(y), "int32")']


def _arrays(plan: TrainingPlan) -> list[str]:
    start, end = _is_shifted(plan), ends(plan)
    one = '    one = np.zeros((len(y), 1), "int32")'
    put = "    target[np.arange(len(y)), np.count_nonzero(y, axis=1){less}] = END"
    if start and end:
        return [
            one,
            "    past = np.concatenate([one + START, y], axis=1)",
            "    target = np.concatenate([y, one], axis=1)",
            put.format(less=""),
        ]
    if start:
        return [
            one,
            "    past = np.concatenate([one + START, y[:, :-1]], axis=1)",
            "    target = y",
        ]
    if end:
        return [
            one,
            "    past, target = y, np.concatenate([y[:, 1:], one], axis=1)",
            put.format(less=" - 1"),
        ]
    return ["    past, target = y[:, :-1], y[:, 1:]"]


def _streamed(plan: TrainingPlan) -> list[str]:
    # Streams are of texts, which have a start.
    lines = ["    start = tf.fill([tf.shape(y)[0], 1], START)"]
    if not ends(plan):
        return [
            *lines,
            "    past, target = tf.concat([start, y[:, :-1]], axis=1), y",
        ]
    return [
        *lines,
        "    past = tf.concat([start, y], axis=1)",
        "    length = tf.math.count_nonzero(y, axis=1)",
        '    end = tf.one_hot(length, tf.shape(past)[1], END, 0, dtype="int32")',
        "    target = tf.pad(y, [[0, 0], [0, 1]]) + end",
    ]


def _is_shifted(plan: TrainingPlan) -> bool:
    assert plan.generated is not None
    return plan.generated.args["start"] is not None
