"""A check with a memory says what a check without one says."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlang import api
from archlang.graph.model import Graph, specs
from archlang.incremental import Memory
from archlang.incremental.parts import split
from archlang.source import Source

ROOT = Path(__file__).resolve().parents[2]
SPECS = [
    *sorted((ROOT / "specs").glob("*.arch")),
    *sorted((ROOT / "tests/conformance/right").glob("*.arch")),
    *sorted((ROOT / "tests/backends/python/features").glob("*.arch")),
]
# What someone types, a stroke or a word at a time.
STROKES = (
    " ", "\n", "\n\n", "x", "3", "(", ")", "{", "}", "[", "->", ",", "# c\n", "Dense(3)\n", "let a = 1\n",
    "model Z {\n    input x: float32[4]\n    Dense(2)\n}\n", '"', "head\n",
)  # fmt: skip


def said(checked: api.Checked, memory: Memory | None = None) -> set[tuple[object, ...]]:
    found: set[tuple[object, ...]] = set()
    for problem in checked.diagnostics:
        span = problem.span if memory is None else memory.place(problem.span)
        found.add((problem.code, problem.message, span, problem.help, problem.notes))
    return found


def drawn(graph: Graph) -> list[tuple[object, ...]]:
    return [(node.kind, node.name, specs(node.outputs), node.macs) for node in graph.nodes]


def test_parts_join_to_the_text() -> None:
    for path in SPECS:
        text = path.read_text("utf-8")
        assert "".join(split(text)) == text


def test_a_part_is_a_declaration_with_its_comments() -> None:
    first = "# The file.\n\nlet a = 1\n"
    block = "# A block.\n# Two lines.\nblock B {\n    Dense(a)\n}\n\n"
    model = "model M {\nlet inside = 2\n    input x: float32[3]\n    B\n}\n"
    assert split(first + block + model) == [first, block, model]


def test_an_open_bracket_stays_in_its_part() -> None:
    broken = "block B {\n    Dense((3\n"
    model = "model M {\n    input x: float32[3]\n}\n"
    assert split(broken + model) == [broken, model]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_fresh_memory_changes_nothing(path: Path) -> None:
    source = api.read(str(path))
    memory = Memory()
    checked, plain = api.check(source, memory=memory), api.check(source)
    assert said(checked, memory) == said(plain)
    assert {n: drawn(g) for n, g in checked.graphs.items()} == {
        n: drawn(g) for n, g in plain.graphs.items()
    }


@given(st.sampled_from(SPECS), st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_after_edits_it_says_the_same(path: Path, seed: int) -> None:
    random = Random(seed)
    text = path.read_text("utf-8")
    memory = Memory()
    api.check(Source(str(path), text), memory=memory)
    for _ in range(6):
        at = random.randrange(len(text) + 1)
        cut = random.choice((0, 0, 0, 1, 5, 40))
        text = text[:at] + random.choice(STROKES) + text[at + cut :]
        source = Source(str(path), text)
        checked, plain = api.check(source, memory=memory), api.check(source)
        for problem in checked.diagnostics:
            assert 0 <= memory.place(problem.span).start <= len(text)
        # Mistakes in the syntax may be told in other words where they reach beyond a declaration.
        if not any(problem.code.startswith("E01") for problem in plain.diagnostics):
            assert said(checked, memory) == said(plain)


def test_what_has_not_changed_is_kept() -> None:
    task = "task T {\n    input x: float32[4]\n    output y: regression\n}\n"
    block = "block B {\n    Dense(3)\n}\n"
    first = "model First for T {\n    head\n}\n"
    second = "model Second for T {\n    B\n    head\n}\n"
    memory = Memory()

    def graphs(*parts: str) -> dict[str, Graph]:
        return api.check(Source("s.arch", "\n".join(parts)), memory=memory).graphs

    before = graphs(task, block, first, second)
    # A block that only the second model uses.
    after = graphs(task, block.replace("3", "5"), first, second)
    assert after["First"] is before["First"]
    assert after["Second"] is not before["Second"]
    # A comment above it, and a task that both use.
    assert graphs(task, block, "# A comment.\n", first, second)["First"] is before["First"]
    changed = graphs(task.replace("4", "6"), block, first, second)
    assert changed["First"] is not before["First"]


def test_a_change_above_moves_places() -> None:
    model = "model M {\n    input x: float32[4]\n    Dnese(2)\n}\n"
    memory = Memory()
    api.check(Source("s.arch", model), memory=memory)
    text = "# One more line.\n\nlet unused = 1\n\n" + model
    checked = api.check(Source("s.arch", text), memory=memory)
    (problem,) = [p for p in checked.diagnostics if p.is_error]
    span = memory.place(problem.span)
    assert text[span.start : span.end] == "Dnese"
    assert memory.span_at(span.start, span.end) == problem.span


def test_an_imported_file_that_changes_is_seen(tmp_path: Path) -> None:
    blocks, spec = tmp_path / "blocks.arch", tmp_path / "spec.arch"
    text = 'from "blocks.arch" import B\n\nmodel M {\n    input x: float32[4]\n    B\n}\n'
    spec.write_text(text, "utf-8")
    memory = Memory()
    shapes: list[object] = []
    for units in (3, 5):
        blocks.write_text(f"block B {{ Dense({units}) }}\n", "utf-8")
        checked = api.check(api.read(str(spec)), memory=memory)
        (tensor,) = checked.graphs["M"].outputs.values()
        shapes.append(tensor.spec.shape)
    assert shapes == [(None, 3), (None, 5)]
