"""`python -m tests.differential --minutes 60`: random layers, ops and models, for as long as wanted.

Prints every disagreement as it is found, layers and models as specs, and in the end the counts.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

KINDS = ("layers", "ops", "models")
# How many cases are put to Keras between two looks at the clock.
_PORTION = {"layers": 100, "ops": 200, "models": 40}


@dataclass
class Tally:
    """What was asked of one kind."""

    verdicts: Counter[str] = field(default_factory=Counter[str])
    found: list[str] = field(default_factory=list[str])

    def add(self, verdict: str, problem: str | None) -> None:
        self.verdicts[verdict] += 1
        if problem is not None:
            self.found.append(problem)
            print(problem, end="\n\n", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run; the exit code says whether there was a disagreement."""
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--kind", choices=(*KINDS, "all"), default="all")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    kinds = KINDS if options.kind == "all" else (options.kind,)
    _quiet()
    tallies = {kind: Tally() for kind in kinds}
    end = time.monotonic() + 60 * options.minutes
    portion = 0
    while time.monotonic() < end:
        for kind in kinds:
            _ASK[kind](tallies[kind], _PORTION[kind], f"{options.seed}/{portion}")
            if time.monotonic() >= end:
                break
        portion += 1
    for kind, tally in tallies.items():
        told = ", ".join(f"{count} {verdict}" for verdict, count in tally.verdicts.most_common())
        print(f"{kind}: {tally.verdicts.total()} cases ({told}), {len(tally.found)} disagreements")
    return 1 if any(tally.found for tally in tallies.values()) else 0


def _layers(tally: Tally, count: int, seed: str) -> None:
    from tests.differential import layers

    for case in layers.cases(random.Random(seed), count):
        tally.add(*layers.ask(case))


def _ops(tally: Tally, count: int, seed: str) -> None:
    from tests.differential import ops

    found = ops.disagreements(count, seed=random.Random(seed).randrange(2**31))
    tally.verdicts["asked"] += count
    for case, problem in found:
        tally.add("asked", f"{case}\n    {problem}")
    tally.verdicts["asked"] -= len(found)


def _models(tally: Tally, count: int, seed: str) -> None:
    from tests.differential import model_runs

    counts = model_runs.disagreements(count, seed)
    tally.verdicts += counts.verdicts
    for spec, problem in counts.disagreements:
        tally.found.append(spec)
        print(spec + problem, end="\n\n", flush=True)


_ASK: dict[str, Callable[[Tally, int, str], None]] = {
    "layers": _layers,
    "ops": _ops,
    "models": _models,
}


def _quiet() -> None:
    """TensorFlow and Keras have much to say about wrong models."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.simplefilter("ignore")


if __name__ == "__main__":
    sys.exit(main())
