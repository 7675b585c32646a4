"""How many layer calls a second are checked, by the shape rules and by Keras's own symbolic call.

    python benchmarks/layer_checks.py

The same random calls of layers of all families (as `tests/differential` draws them, those that Keras takes) are put to
the rule alone, to `check` as a whole spec each, and to Keras: the layer made and called on `KerasTensor`s, without ever
making its weights, and `compute_output_spec` of a layer that is made already. Times are the processor's, the best of
several rounds.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
warnings.simplefilter("ignore")

from archlang import api  # noqa: E402
from archlang.shapes.rule import LayerCall, apply  # noqa: E402
from archlang.shapes.spec import TensorSpec  # noqa: E402
from archlang.source import Source  # noqa: E402
from tests.differential import layers, live_keras, single_case, single_layers  # noqa: E402
from tests.differential.spec_level import NotWritable  # noqa: E402
from tests.shapes.oracle import defaults  # noqa: E402

Asked = tuple[single_case.Case, Source, LayerCall]


def drawn(count: int, seed: int) -> list[Asked]:
    """Calls that Keras and the checker take, each as a case, a spec and a call of the rule."""
    rng = random.Random(seed)
    found: list[Asked] = []
    while len(found) < count:
        case = layers.open_batch(single_layers.random_case(rng))
        try:
            source = Source("spec.arch", layers.written(case).text())
        except NotWritable:
            continue
        if live_keras.symbolic(case).error is None and api.check(source).ok:
            args = defaults(case.layer) | {
                k: live_keras.layer_value(v) for k, v in case.args.items()
            }
            inputs = live_keras.mapped(case.inputs, lambda t: TensorSpec(t.shape, t.dtype))
            found.append((case, source, LayerCall(case.layer, args, inputs, case.call_args or {})))
    return found


def rate(asked: list[Asked], rounds: int, ask: Callable[[int, Asked], Any]) -> float:
    """Calls a second of the processor's time, in the best round."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for index, one in enumerate(asked):
            ask(index, one)
        best = min(best, time.process_time() - start)
    return len(asked) / best


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=1000, help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    options = parser.parse_args()
    asked = drawn(options.calls, options.seed)
    made = [live_keras.made_layer(case) for case, _, _ in asked]

    def spec_alone(index: int, one: Asked) -> None:
        case = one[0]
        tensors = live_keras.mapped(case.inputs, live_keras.keras_tensor)
        made[index].compute_output_spec(tensors, **(case.call_args or {}))

    rates = {
        "the shape rule alone": rate(asked, options.rounds, lambda _, one: apply(one[2])),
        "`check` of a spec of one layer": rate(
            asked, options.rounds, lambda _, one: api.check(one[1])
        ),
        "Keras: layer made and called on a `KerasTensor`": rate(
            asked, options.rounds, lambda _, one: live_keras.symbolic(one[0])
        ),
        "Keras: `compute_output_spec` of a layer that is made": rate(
            asked, options.rounds, spec_alone
        ),
    }
    rule = rates["the shape rule alone"]
    print(f"{len(asked)} calls of {len({case.layer for case, _, _ in asked})} layers")
    print("| asked | calls a second | the rule is faster by |")
    print("| --- | ---: | ---: |")
    for name, found in rates.items():
        print(f"| {name} | {found:,.0f} | {rule / found:,.1f} |")


if __name__ == "__main__":
    main()
