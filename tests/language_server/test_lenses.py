"""Code lenses: the line above each model and block."""

from __future__ import annotations

import random

import pytest

from archlang.language_server.features.lenses import lenses, memory, scaled
from tests.language_server.specs import SPECS, cut_up, opened

SPEC = """\
task T {
    input x: float32[4]
    output y: regression
    data = csv("x.csv")
}

block Unit(width) {
    Dense(width, use_bias=False)
}

block Never {
    Dense(3)
}

model Net for T {
    Unit(8) -> Unit(16)
    repeat 2 { frozen Unit(16) }
    BatchNormalization
    head
}

model Part {
    input x: float32[4]
    shared unit = Unit(2)
    unit
}

model Same = Net
"""


def shown(text: str) -> str:
    _, analysis = opened(text)
    titles: dict[str, list[str]] = {}
    for lens in lenses(analysis):
        command = f" ({lens.command} {lens.model})" if lens.command else ""
        titles.setdefault(analysis.slice(lens.span), []).append(lens.title + command)
    return "\n".join(f"{name}: {' | '.join(parts)}" for name, parts in titles.items())


def test_models_and_blocks() -> None:
    # Unit: 4 * 8 = 32, 8 * 16 = 128, twice 16 * 16 = 256 (frozen); batch normalization 4 * 16 = 64, half of it trained; the head
    # 16 + 1 = 17. Multiply-adds: each number of a Dense kernel once, and what the compiler counts for normalization.
    params = 32 + 128 + 2 * 256 + 64 + 17
    trained = 32 + 128 + 32 + 17
    text = shown(SPEC)
    lines = dict(line.split(": ", 1) for line in text.splitlines())
    assert list(lines) == ["Unit", "Net", "Part", "Same"]
    assert lines["Unit"] == (
        "4 uses: 32 parameters, 32 multiply-adds, 128 B … 8 parameters, 8 multiply-adds, 32 B"
    )
    size, run, compile_, picture = lines["Net"].split(" | ")
    assert size.startswith(f"{params} parameters ({trained} trained), ")
    assert size.endswith(f", {memory(4 * params)}")
    assert (run, compile_, picture) == (
        "Run (archlang.run Net)",
        "Compile (archlang.compile Net)",
        "Show picture (archlang.showPicture Net)",
    )
    # A model without a loss can't be run.
    assert lines["Part"] == (
        "8 parameters, 8 multiply-adds, 32 B"
        " | Compile (archlang.compile Part) | Show picture (archlang.showPicture Part)"
    )
    assert lines["Same"] == lines["Net"].replace(" Net)", " Same)")


def test_half_precision_weights_take_half() -> None:
    text = "model M {\n    input x: float32[4]\n    Dense(8, dtype=float16)\n}\n"
    assert "40 parameters" in shown(text)
    assert "160 B" in shown(text.replace(", dtype=float16", ""))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999_999, "999,999"),
        (1_000_000, "1.00 M"),
        (3_860_000_000, "3.86 G"),
        (10**13, "10.0 T"),
    ],
)
def test_large_numbers(number: int, text: str) -> None:
    assert scaled(number) == text


@pytest.mark.parametrize(
    ("bytes_", "text"),
    [(12, "12 B"), (1024, "1.00 KB"), (25_636_712 * 4, "97.8 MB"), (1024**3 * 200, "200 GB")],
)
def test_memory(bytes_: int, text: str) -> None:
    assert memory(bytes_) == text


def test_anything_may_be_asked_of_broken_text() -> None:
    draw = random.Random(19)
    for path in SPECS:
        text = cut_up(path.read_text("utf-8"), draw)
        _, analysis = opened(text, str(path))
        for lens in lenses(analysis):
            assert lens.title
            assert analysis.slice(lens.span).isidentifier()
