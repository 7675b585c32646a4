"""What scripts share that read examples one by one, as `tf.data` pipelines.

In memory there is only what examples are found by: `Keys`, a tuple of equally long arrays, such as
the paths of pictures and the numbers of their classes. Keys are split and shuffled; what they stand
for is read in `.map(read)`, example by example, as training goes on.

To add a source, write a module with a `StreamSource`, list it in `stream_sources.py`, and set
`streams=True` and `ready=True` in `archlang.tasks.data_sources`. Its `add` defines in the script

- `find_examples(path: Path) -> Keys`: the keys of all examples below a path, in an order that does
  not depend on the machine. What is missing ends the program with a sentence. Arrays of paths or
  texts may be of any dtype that `tf.data.Dataset.from_tensor_slices` takes;
- `read(…)`: a function of one key, an argument an array of `Keys`, as tensors. It gives `(x, y)`, or
  `(x, y, weights)` where `plan.has_weights`; x, y and weights are dicts where `plan.one_input`,
  `plan.one_output` are False. It is traced by `tf.data`;
- `load_inputs(path: Path) -> Inputs`: the examples of a file that `predict` is given, as arrays with
  a batch axis (dicts where `plan.one_input` is False).

Streams are then split (`split` of keys), shuffled and read (`stream`), weighed by class (`weigh`),
adapted to (`adapting.py`), trained and evaluated on (`fitting.py`), and predicted from (`answering.py`) alike. Where
an input or a target has a length that is not fixed, batches are padded with 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archlang.backends.python.literals import literal
from archlang.backends.python.training.layout import Group, call, mapping, statement
from archlang.backends.python.training.plan import (
    Parts,
    TrainingPlan,
    ignored,
    weighs_classes,
    weighted,
)
from archlang.tasks.model import DataSpec, OutputSpec


@dataclass(frozen=True)
class StreamSource:
    """What a source of streams adds to a script; see the module's docstring.

    `data` says what `--data` names, `files` what files `predict` takes. `one_each` says that every
    such file is one example, whose answer then stands behind the file's name. `checks_files` says
    that `add` also defines `check_files(path: Path)`, which ends the program with a sentence about
    the first file that can't be read; it is called when reading has failed.
    """

    add: Callable[[TrainingPlan, Parts], None]
    data: str
    files: str
    one_each: bool = False
    checks_files: bool = False


_SPLIT = '''
def split(keys: Keys, fraction: float, seed: int) -> tuple[Keys, Keys]:
    """Set a fraction of the examples aside, chosen by a seeded permutation."""
    count = len(keys[0])
    order = np.random.default_rng(seed).permutation(count)
    aside = round(count * fraction)
    if not 0 < aside < count:
        raise SystemExit(f"{count} examples are too few to set {fraction:.0%} aside")
    rest = tuple(array[order[aside:]] for array in keys)
    return rest, tuple(array[order[:aside]] for array in keys)
'''

_SPLIT_IN_ORDER = '''
def split(keys: Keys, fraction: float) -> tuple[Keys, Keys]:
    """Set the last part of the examples aside."""
    count = len(keys[0])
    kept = count - round(count * fraction)
    if not 0 < kept < count:
        raise SystemExit(f"{count} examples are too few to set {fraction:.0%} aside")
    return tuple(array[:kept] for array in keys), tuple(array[kept:] for array in keys)
'''

_STREAM = '''
def stream(keys: Keys, seed: int | None = None) -> Examples:
    """Read examples one by one; with a seed, in another order in every epoch."""
    examples = tf.data.Dataset.from_tensor_slices(keys)
    if seed is not None:
        # Only keys wait in the buffer, so that it holds all.
        shuffled = examples.shuffle(len(keys[0]), seed=seed)
        # Keras makes iterators that it does not use; in here they take up no order.
        examples = tf.data.Dataset.range(1).flat_map(lambda _: shuffled)
        examples = examples.apply(tf.data.experimental.assert_cardinality(len(keys[0])))
    return examples.map(read, num_parallel_calls=tf.data.AUTOTUNE)
'''

# How many examples `evaluate` gives to the model at once, as `model.evaluate` does by itself.
_EVALUATED_AT_ONCE = "32"


def add_stream_types(plan: TrainingPlan, parts: Parts) -> None:
    """What keys and examples are, for annotations."""
    parts.imports |= {"import numpy as np", "import tensorflow as tf"}
    parts.constant("Keys", "Keys = tuple[np.ndarray, ...]")
    parts.constant("Examples", "Examples = tf.data.Dataset")


def add_stream_functions(plan: TrainingPlan, parts: Parts) -> None:
    """`split`, `stream`, and `weigh` where classes have weights."""
    shares = [
        value for value in (plan.validation, plan.test) if not isinstance(value, DataSpec) and value
    ]
    if shares:
        parts.function("split", _SPLIT_IN_ORDER if plan.in_order else _SPLIT)
    parts.function("stream", _STREAM)
    if plan.weighs_by_class:
        _add_weigh(plan, parts)


def streamed(plan: TrainingPlan, split: str) -> str:
    """The examples of a split as an expression; those to train on arrive shuffled."""
    if split != "training":
        return f"stream({split})"
    training = "stream(training, seed)"
    return f"{training}.map(weigh)" if plan.weighs_by_class else training


def batched(
    plan: TrainingPlan, examples: str, size: str = _EVALUATED_AT_ONCE, *, ahead: bool = False
) -> str:
    """Examples in batches as an expression; `ahead` reads the next while one is trained on."""
    batch = f"{examples}.{'padded_batch' if plan.pads_batches else 'batch'}({size})"
    if plan.generated is not None:
        # Only in a batch are sequences padded to one length.
        batch = f"{examples}.batch({size}).map(with_past)"
    return f"{batch}.prefetch(tf.data.AUTOTUNE)" if ahead else batch


def _add_weigh(plan: TrainingPlan, parts: Parts) -> None:
    given = "x, y, weights" if plan.has_weights else "x, y"
    lines = [
        f"def weigh({given}):",
        '    """Let an example count as its class does."""',
    ]
    each = [(literal(output.name), _weight(plan, output)) for output in plan.outputs]
    lines += statement("weights = ", each[0][1] if plan.one_output else mapping(each))
    parts.function("weigh", [*lines, "    return x, y, weights"])


def _weight(plan: TrainingPlan, output: OutputSpec) -> str | Group:
    key = literal(output.name)
    y = "y" if plan.one_output else f"y[{key}]"
    before = ("weights" if plan.one_output else f"weights[{key}]") if plan.has_weights else None
    weights = output.args.get("class_weight") if weighs_classes(output) else None
    if weights is None:
        return before or weight_of_one(plan, output)
    number = f"tf.argmax({y}, -1)" if output.args.get("one_hot") else f"tf.cast({y}, tf.int32)"
    if output.kind == "binary_classification":
        number += "[0]"
    if ignored(output) is not None:
        # Targets that count for nothing are no classes, and have the weight 0 already.
        number = f"tf.clip_by_value({number}, 0, {len(weights) - 1})"
    picked = call("tf.gather", literal(list(map(float, weights))), number)
    return picked if before is None else call("tf.multiply", before, picked)


def weight_of_one(plan: TrainingPlan, output: OutputSpec) -> str:
    """The weight 1, with the axes that Keras needs beside the batch."""
    axes = weighted(output, plan.task, "").count("None")
    return f"tf.ones({[1] * axes})" if axes else "1.0"
