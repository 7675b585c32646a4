"""Whatever stands in a spec, checking gives diagnostics and no traceback, in bounded time."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest

from archlang import api
from archlang.source import Source

ROOT = Path(__file__).resolve().parents[2]
SPECS = sorted(
    [*(ROOT / "specs").rglob("*.arch"), *(ROOT / "tests/conformance/right").glob("*.arch")]
)
TOKEN = re.compile(r'\w+|"[^"]*"|->|\*\*|//|[^\w\s]|\n')
ODD = [
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "_",
    "input",
    "as",
    "for",
    "if",
    "=",
    "not",
    "None",
    "-1",
    "0",
    "1e400",
    "~",
    "é",
    '"',
    ":",
    ",",
]

BODIES = {
    "deep parentheses": "Dense(" + "(" * 3000 + "1" + ")" * 3000 + ")",
    "deep forks": "[" * 500 + "_" + "]" * 500,
    "long flow": " -> ".join(["Dense(8)"] * 500),
    "loops of loops": "repeat 1000 {\nrepeat 1000 {\nrepeat 1000 {\nDense(8)\n}\n}\n}",
    "empty loops": "repeat 100000 {\nrepeat 100000 {\n\n}\n}",
    "comprehension": "let a = [i for i in range(1000) for j in range(1000) if False]\nDense(len(a))",
    "long text": 'Dense(8, name="a" * 10 ** 9)',
    "huge number": "Dense(10 ** 10 ** 10)",
    "names": "repeat 2 {\nDense(8, name=a)\n}",
    "single equals": "require params = 5",
    "not": "require params not 5",
    "empty range": "for i in range(0, 10, 0) {\nDense(8)\n}",
    "empty minimum": "Dense(min([]))",
    "null character": "Dense(8)\0",
}


def spec(body: str, before: str = "") -> Source:
    lines = f"model M {{\ninput x: float32[8, 4]\noutput y: classification(3)\n{body}\nFlatten -> head\n}}\n"
    return Source("odd.arch", before + lines)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_odd_bodies(body: str) -> None:
    start = time.perf_counter()
    api.check(spec(body))
    assert time.perf_counter() - start < 60


@pytest.mark.parametrize(
    "before",
    [
        "block T(n) {\nT(n + 1)\nT(n + 1)\n}\n",
        "block T(n) {\nU(n)\n}\nblock U(n) {\nT(n)\n}\n",
    ],
)
def test_endless_recursion_is_one_error(before: str) -> None:
    assert [d.code for d in api.check(spec("T(1)", before)).diagnostics] == ["E0803"]


def test_chains_of_constants() -> None:
    chain = "let a0 = 2\n" + "".join(f"let a{i + 1} = a{i} + 1\n" for i in range(300))
    assert not api.check(spec("Dense(a300)", chain)).ok


def test_nested_blocks() -> None:
    block = "block T(n) {\nif n > 0 {\nrepeat 1 {\n[{\n[_, ({\nT(n - 1)\n} if n > 0 else _)] -> Add\n}, _] -> Add\n}\n}\n}\n"
    assert api.check(spec("T(50)", block)).ok


@pytest.mark.parametrize("seed", range(200))
def test_damaged_specs(seed: int) -> None:
    chance = random.Random(seed)
    path = chance.choice(SPECS)
    text = path.read_text("utf-8")
    for _ in range(chance.choice([1, 1, 2, 3])):
        found = chance.choice(list(TOKEN.finditer(text)))
        change = chance.choice(["", chance.choice(ODD), f"{found.group()} {found.group()}"])
        text = text[: found.start()] + change + text[found.end() :]
    api.check(Source(str(path), text))
