"""Inlay hints: the source with the hints in it, behind `⟶`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from archlang.language_server.features.hints import hints
from tests.language_server.specs import SPECS, cut_up, opened


def hinted(text: str, **others: str) -> str:
    """The lines that have hints, with them."""
    _, analysis = opened(text, **others)
    shown = {
        analysis.lines.line_of(hint.offset): hint.text for hint in hints(analysis, 0, len(text))
    }
    lines = text.splitlines()
    return "\n".join(f"{lines[number].strip()} ⟶ {shown[number]}" for number in sorted(shown))


def test_a_stack() -> None:
    # 3 * 3 * 1 * 32 + 32 weights; the pooling and Flatten have none; 13 * 13 * 32 * 10 + 10.
    assert (
        hinted("""\
task T {
    input image: float32[28, 28, 1]
    output digit: classification(10)
}

model M for T {
    Conv2D(32, 3)   # a comment
    MaxPooling2D(2) -> Flatten as flat
    flat -> head
}
""")
        == """\
Conv2D(32, 3)   # a comment ⟶ [26, 26, 32] 320
MaxPooling2D(2) -> Flatten as flat ⟶ [5408]
flat -> head ⟶ [10] 54,090"""
    )


def test_the_hint_stands_behind_the_code_and_before_a_comment() -> None:
    text = "model M {\n    input x: float32[4]\n    Dense(2)  # why\n}\n"
    _, analysis = opened(text)
    (hint,) = hints(analysis, 0, len(text))
    assert text[: hint.offset].endswith("Dense(2)")


def test_lines_of_a_flow_and_branches_of_a_fork() -> None:
    assert (
        hinted("""\
model M {
    input x: float32[4]
    Dense(8)
        -> Dense(16) -> Dense(4)
    [
        Dense(3),
        Dense(5) -> Dense(
            2,
        ),
    ] -> Concatenate -> Dense(1)
    {
        Dense(7)
    }
}
""")
        == """\
Dense(8) ⟶ [8] 40
-> Dense(16) -> Dense(4) ⟶ [4] 212
Dense(3), ⟶ [3] 15
Dense(5) -> Dense( ⟶ [5] 25
), ⟶ [2] 12
] -> Concatenate -> Dense(1) ⟶ [1] 6
Dense(7) ⟶ [7] 14
} ⟶ [7]"""
    )


def test_loops_show_the_first_and_the_last_round() -> None:
    assert (
        hinted("""\
model M {
    input x: float32[4]
    for width in [8, 16, 32] {
        Dense(width)
    }
    repeat 2 { Dense(32) }
}
""")
        == """\
Dense(width) ⟶ [8] 40 … [32] 544
repeat 2 { Dense(32) } ⟶ 2 × [32] 1,056"""
    )


def test_blocks_show_each_place_of_use() -> None:
    text = """\
block Twice(width) {
    Dense(width) -> Dense(width)
}

model A {
    input x: float32[4]
    Twice(8) -> Twice(2)
}

model B {
    input x: float32[4]
    repeat 2 { Twice(4) }
}
"""
    assert hinted(text).splitlines()[0] == (
        "Dense(width) -> Dense(width) ⟶ 3 uses: [8] 112; [2] 24; 2 × [4] 40"
    )
    _, analysis = opened(text)
    details = hints(analysis, 0, len(text))[0].details
    assert details.splitlines() == [
        "Twice(8) in line 7: [8] 112",
        "Twice(2) in line 7: [2] 24",
        "round 1, Twice(4) in line 12: [4] 40",
        "round 2, Twice(4) in line 12: [4] 40",
    ]


def test_many_uses_are_kept_short() -> None:
    uses = " -> ".join(f"One({width})" for width in range(1, 7))
    text = f"block One(n) {{\n    Dense(n)\n}}\n\nmodel M {{\n    input x: float32[1]\n    {uses}\n}}\n"
    assert hinted(text).splitlines()[0] == "Dense(n) ⟶ 6 uses: [1] 2 … [6] 36"


def test_dtypes_that_are_not_float32_several_results_and_learned_tensors() -> None:
    assert (
        hinted("""\
model M {
    input x: float32[7, 4]
    learned query: float32[2, 4]
    x -> LSTM(3, return_state=True) as out, h, c
    out -> ops.cast("int32") as whole
    [whole, whole]
}
""")
        == """\
learned query: float32[2, 4] ⟶ [2, 4] 8
x -> LSTM(3, return_state=True) as out, h, c ⟶ [3], [3], [3] 96
out -> ops.cast("int32") as whole ⟶ int32[3]
[whole, whole] ⟶ int32[3], int32[3]"""
    )


def test_variants_do_not_show_in_the_body_that_they_vary() -> None:
    text = """\
model M(width=2) {
    input x: float32[4]
    Dense(width)
}

model Wide = M(width=64)
"""
    assert hinted(text) == "Dense(width) ⟶ [2] 10"


def test_shared_layers_count_once() -> None:
    text = """\
block Unit {
    Dense(3)
}

model M {
    input x: float32[3]
    shared unit = Unit
    unit
    unit
}
"""
    assert hinted(text) == "Dense(3) ⟶ [3] 12\nunit ⟶ [3] 12\nunit ⟶ [3]"


def test_hints_end_where_shapes_are_not_known() -> None:
    assert (
        hinted("""\
model M {
    input x: float32[28, 28, 1]
    Conv2D(32, 3)
    Conv2D(32, 50)
    Dense(3)
}

model N {
    input x: float32[4]
    Dense(3)
    Dnese(4)
    Dense(5)
}
""")
        == "Conv2D(32, 3) ⟶ [26, 26, 32] 320\nDense(3) ⟶ [3] 15"
    )


def test_hints_inside_a_statement_that_is_being_typed() -> None:
    assert "Dense(3) ⟶ [3] 15" in hinted(
        "model M {\n    input x: float32[4]\n    Dense(3)\n    Dense(\n"
    )


def test_only_what_is_seen_is_told() -> None:
    text = "model M {\n    input x: float32[4]\n    Dense(3)\n    Dense(2)\n}\n"
    _, analysis = opened(text)
    start = text.index("Dense(2)")
    assert [hint.text for hint in hints(analysis, start, start + 8)] == ["[2] 8"]


def test_names_of_arguments() -> None:
    text = "model M {\n    input x: float32[8, 1]\n    Conv1D(2, 3, padding=same)\n}\n"
    _, analysis = opened(text)
    before = [hint for hint in hints(analysis, 0, len(text), arguments=True) if hint.before]
    assert [(hint.text, text[hint.offset]) for hint in before] == [
        ("filters=", "2"),
        ("kernel_size=", "3"),
    ]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_hints_of_a_model_add_up_to_its_parameters(path: Path) -> None:
    """Where each line is passed once, every layer is told on one line."""
    _, analysis = opened(path.read_text("utf-8"), str(path))
    for name, graph in analysis.graphs.items():
        declared = [d for d in analysis.program.models if d.name.id == name]
        span = analysis.place(declared[0].span)
        told = [h.text for h in hints(analysis, span.start, span.end)]
        if graph.params is None or any("…" in t or "×" in t or "?" in t for t in told):
            continue
        if declared[0].name.span == graph.span:
            counts = [t.rpartition("] ")[2].replace(",", "") for t in told]
            assert sum(int(c) for c in counts if c.isdigit()) == graph.params


def test_anything_may_be_asked_of_broken_text() -> None:
    draw = random.Random(7)
    for path in SPECS * 2:
        text = cut_up(path.read_text("utf-8"), draw)
        _, analysis = opened(text, str(path))
        for hint in hints(analysis, 0, len(text), arguments=True):
            assert 0 <= hint.offset <= len(text)
