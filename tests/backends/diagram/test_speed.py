"""Pictures follow what is typed, and come out for models of a thousand layers too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

from archlang import api
from archlang.source import Source

ROOT = Path(__file__).parents[3]
MODELS: dict[str, str] = {
    "a chain": "\n".join(f"Dense({number % 7 + 1})" for number in range(1000)),
    "residuals": "\n".join("[Dense(8) -> ReLU -> Dense(8), _] -> Add" for _ in range(250)),
    "a wide fork": f"[{', '.join(['Dense(8)'] * 1000)}] -> Add",
    "skips over everything": "\n".join(
        [*(f"Dense(8) as s{n}" for n in range(330))]
        + [f"Dense(8) as t{n}\n[t{n}, s{329 - n}] -> Add" for n in range(330)]
    ),
    "all to all": "let all = []\nx as all[]\n"
    "for i in range(60) { all -> Concatenate -> Dense(8) as all[] }\nall -> Concatenate",
}


def seconds(call: Callable[[], object]) -> float:
    """The least time of three calls, in seconds of the processor."""
    found: list[float] = []
    for _ in range(3):
        start = process_time()
        call()
        found.append(process_time() - start)
    return min(found)


def test_resnet50_is_drawn_while_it_is_typed() -> None:
    checked = api.check(api.read(str(ROOT / "specs" / "resnet50.arch")))
    # 0.02 s on the machine where this was written.
    assert seconds(lambda: api.diagram(checked, "ResNet50")) < 0.1


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_a_thousand_layers(name: str) -> None:
    checked = api.check(Source("m.arch", f"model M {{\ninput x: float32[8]\n{MODELS[name]}\n}}\n"))
    assert checked.ok
    start = process_time()
    found = api.diagram(checked, "M")
    # Not over 0.8 s there.
    assert process_time() - start < 3
    assert found.text.count('class="node') == len(checked.graphs["M"].nodes) + 1


@pytest.mark.slow
def test_rounds_in_thousands_are_one() -> None:
    text = "model M {\ninput x: float32[8]\nrepeat 2000 { [Dense(8) -> ReLU, _] -> Add }\n}\n"
    checked = api.check(Source("m.arch", text))
    assert len(checked.graphs["M"].nodes) == 6001
    found = api.diagram(checked, "M").text
    assert "×2000" in found
    assert found.count('class="node') == 5
