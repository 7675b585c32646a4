"""Training on several devices, or on several machines, with `tf.distribute`."""

from __future__ import annotations

from archlang.backends.python.training.layout import call, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan

# A device without examples in the last batch would make the loss of all of them NaN.
_SPREAD = '''
def spread(examples, *batch_sizes: int) -> Any:
    """Leave out the few examples that the devices can't share evenly."""
    devices = tf.distribute.get_strategy().num_replicas_in_sync
    for size in batch_sizes:
        if size % devices:
            raise SystemExit(f"{devices} devices can't share batches of {size} evenly")
'''

_SPREAD_ARRAYS = """\
    count = len(keras.tree.flatten(examples)[0]) // devices * devices
    return keras.tree.map_structure(lambda array: array[:count], examples)
"""

_SPREAD_STREAM = """\
    count = int(examples.cardinality()) // devices * devices
    return examples.take(count)
"""

# Keras 3.15 fails twice in `fit` under this strategy (keras-team/keras#20585): it averages what a
# step gives over the first axis, which a single number lacks, and it builds a model that was made
# in the scope on a batch that is spread over workers. Variables have to be made in the scope.
_BUILD_FOR_WORKERS = '''
def build_for_workers(strategy) -> keras.Model:
    """Build the model so that Keras can fit it on several workers."""
    with strategy.scope():
        built = build_model()
    # Made outside of the scope, else Keras wants to build it on a batch of all workers.
    model = keras.Model(built.input, built.output, name=built.name)

    def with_axis(step):
        # Keras averages over workers along the first axis, which single numbers lack.
        return lambda data: {name: value[None] for name, value in step(data).items()}

    model.train_step = with_axis(model.train_step)
    model.test_step = with_axis(model.test_step)
    return model
'''


def strategy(plan: TrainingPlan) -> str | None:
    """`mirrored`, `multi_worker`, or nothing."""
    setting = plan.setting("strategy")
    return None if setting is None or plan.data is None else setting.value


def add_distribution(plan: TrainingPlan, parts: Parts) -> None:
    """`spread`, and `build_for_workers` where workers are processes."""
    if strategy(plan) is None:
        return
    parts.imports |= {"import keras", "import tensorflow as tf", "from typing import Any"}
    parts.function("spread", _SPREAD + (_SPREAD_STREAM if plan.streams else _SPREAD_ARRAYS))
    if strategy(plan) == "multi_worker":
        parts.function("build_for_workers", _BUILD_FOR_WORKERS)


def spreading(plan: TrainingPlan, sizes: list[str], *, validates: bool) -> list[str]:
    """The lines of `train` that fit the examples to the devices."""
    if strategy(plan) is None:
        return []
    lines = statement("training = ", call("spread", "training", *dict.fromkeys(sizes)))
    return [*lines, "    validation = spread(validation)"] if validates else lines


def first_alone(plan: TrainingPlan) -> list[str]:
    """The lines at which workers but the first leave a callback's method before it writes."""
    if strategy(plan) != "multi_worker":
        return []
    return [
        "        if not tf.distribute.get_strategy().extended.should_checkpoint:",
        "            return  # the first worker writes for all",
    ]


def make_strategy(plan: TrainingPlan) -> list[str]:
    """The line that makes the strategy, right after the command line is read."""
    name = {"mirrored": "MirroredStrategy", "multi_worker": "MultiWorkerMirroredStrategy"}
    chosen = strategy(plan)
    return [] if chosen is None else [f"strategy = tf.distribute.{name[chosen]}()"]


def building_and_training(plan: TrainingPlan, train: list[str]) -> list[str]:
    """Building, training, saving, evaluating; `train` are the lines of the call."""
    chosen = strategy(plan)
    if chosen is None:
        return [
            "model = build_model()",
            *train,
            "save(model, arguments.save)",
            "evaluate(model, held_out)",
        ]
    inner = [f"    {line}" for line in train]
    if chosen == "mirrored":
        building = ["with strategy.scope():", "    model = build_model()", *inner]
    else:
        building = [
            "model = build_for_workers(strategy)",
            "with strategy.scope():",
            *inner,
            "if not strategy.extended.should_checkpoint:",
            "    return  # the first worker writes for all",
        ]
    return [
        *building,
        "save(model, arguments.save)",
        "model = load(arguments.save)  # on one device again",
        "evaluate(model, held_out)",
    ]


def lost_worker(plan: TrainingPlan) -> list[str]:
    """What a worker does when another one is gone."""
    if strategy(plan) != "multi_worker":
        return []
    return [
        "except (tf.errors.UnavailableError, tf.errors.AbortedError) as error:",
        "    # The others can't go on without it, nor take it back.",
        "    raise SystemExit(",
        '        f"another worker is gone; start all again with --resume ({checkpoint.path})"',
        "    ) from error",
    ]
