"""Random models until there were enough of them, and the disagreements among them shrunk to small specs."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.differential.models import Outcome, ask
from tests.differential.mutations import specs
from tests.differential.spec_tree import Spec, smaller, text

_SHRINKING = 400
_BEGINS = 100


@dataclass
class Counts:
    """What a run has seen."""

    verdicts: Counter[str] = field(default_factory=Counter[str])
    disagreements: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


def shrink(spec: Spec, outcome: Outcome, *, most: int = _SHRINKING) -> tuple[Spec, Outcome]:
    """A small spec with a disagreement of the same kind."""
    tried = 0
    better = True
    while better and tried < most:
        better = False
        for less in smaller(spec):
            tried += 1
            if tried > most:
                break
            if len(text(less)) >= len(text(spec)):
                continue
            try:
                found = ask(less, run=outcome.kind == "run")
            except Exception:  # a smaller spec that breaks otherwise is no smaller case of this one
                continue
            if found.problem is not None and _sort(found) == _sort(outcome):
                spec, outcome, better = less, found, True
                break
    return spec, outcome


def _sort(outcome: Outcome) -> tuple[object, ...]:
    """What a smaller spec has in common with a larger one: the verdict, and how Keras's answer begins."""
    return outcome.verdict, outcome.kind, (outcome.problem or "")[:_BEGINS]


def disagreements(
    count: int,
    seed: int | str,
    *,
    until: float | None = None,
    say: Callable[[str], None] | None = None,
) -> Counts:
    """Random models until there were `count` of them, or the clock says so."""
    import keras

    counts = Counts()
    number = 0
    models = 0
    while models < count and (until is None or time.monotonic() < until):
        number += 1
        rng = random.Random(f"{seed}/{number}")
        for spec in specs(rng):
            models += 1
            outcome = ask(spec, run=rng.random() < 0.15)
            counts.verdicts[outcome.verdict + (" as nonsense" if outcome.nonsense else "")] += 1
            if outcome.problem is not None:
                small, found = shrink(spec, outcome)
                counts.disagreements.append((text(small), found.problem or ""))
                if say is not None:
                    say(f"{text(small)}{found.problem}\n")
        if number % 40 == 0:
            keras.utils.clear_session()
    return counts
