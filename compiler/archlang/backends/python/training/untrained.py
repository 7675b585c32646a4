"""Outputs without a loss, beside outputs with one: Keras wants them named among the targets."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.layout import mapping, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan


def untrained(plan: TrainingPlan) -> list[str]:
    """The names of the outputs that have no loss, where others have one."""
    if not plan.outputs:
        return []
    return [output.name for output in plan.task.outputs if output.kind is None]


def add_name_untrained(plan: TrainingPlan, parts: Parts) -> None:
    """`name_untrained`, where there is something to name."""
    names = untrained(plan)
    if not names:
        return
    parts.function(
        "name_untrained",
        [
            "def name_untrained(x, y, *weights) -> tuple:",
            '    """Give outputs without a loss an empty target, as Keras wants it."""',
            *statement("empty = ", mapping([(literal(name), "None") for name in names])),
            "    return x, {**y, **empty}, *({**w, **empty} for w in weights)",
        ],
    )


def named(plan: TrainingPlan, examples: str, *, optional: bool = False) -> str:
    """The examples with all outputs named, as an expression; `optional` ones may be None."""
    if not untrained(plan):
        return examples
    if plan.streams:
        return f"{examples}.map(name_untrained)"
    return (
        f"{examples} and name_untrained(*{examples})"
        if optional
        else (f"name_untrained(*{examples})")
    )
