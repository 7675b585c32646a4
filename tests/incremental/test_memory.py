"""A check with a memory says what a check without one says."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlang import api
from archlang.graph.model import Graph, specs
from archlang.incremental import Interrupted, Memory
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


@pytest.mark.slow
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


TASK = "task T {\n    input x: float32[4]\n    output y: regression\n}\n"


def model(name: str, step: str = "Dense(2)") -> str:
    return f"model {name} for T {{\n    {step}\n    head\n}}\n"


def checks(memory: Memory, *parts: str) -> api.Checked:
    return api.check(Source("s.arch", "\n".join(parts)), memory=memory)


def test_training_of_one_model_is_nothing_to_others() -> None:
    memory = Memory()
    train = "train First {\n    epochs = 1\n}\n"
    before = checks(memory, TASK, model("First"), model("Second"), train).graphs
    after = checks(memory, TASK, model("First"), model("Second"), train.replace("1", "2")).graphs
    assert after["Second"] is before["Second"]
    assert after["First"] is not before["First"]
    for_all = checks(memory, TASK, model("First"), model("Second"), train.replace(" First", ""))
    assert for_all.graphs["Second"] is not before["Second"]


def test_an_edit_that_is_taken_back_finds_what_was_there() -> None:
    memory = Memory()
    constant = "let width = 3\n"
    parts = TASK, model("First", "Dense(width)")
    before = checks(memory, constant, *parts).graphs["First"]
    for typed in ("let width = 32\n", "let width = 3 \n"):
        assert checks(memory, typed, *parts).graphs["First"] is not before
    assert checks(memory, constant, *parts).graphs["First"] is before


def test_what_was_found_beside_a_mistake_is_found_again_without_it() -> None:
    # What can't be read elsewhere keeps problems from being reported, and they are reported once it can.
    memory = Memory()
    block = "block B {\n    Dense(3\n}\n"
    wrong = model("First", "Conv2D(3, 3)")
    checks(memory, TASK, block, wrong, model("Second", "B"))
    now = checks(memory, TASK, block.replace("3", "3)"), wrong, model("Second", "B"))
    plain = api.check(now.source)
    assert said(now, memory) == said(plain)
    assert any(problem.is_error for problem in now.diagnostics)


def test_names_that_come_and_go() -> None:
    memory = Memory()
    user = model("First", "Dense(width)")
    for declared in (
        "",
        "let width = 3\n",
        "block width { Dense(3) }\n",
        "let width = 4\n",
        "",
        "let widt = 4\n",
    ):
        now = checks(memory, declared, TASK, user)
        assert said(now, memory) == said(api.check(now.source))


def test_a_constant_that_is_almost_a_dimension() -> None:
    memory = Memory()
    task = "task T {\n    input x: float32[lenght, 4]\n    output y: regression\n}\n"
    user = model("First", "GlobalAveragePooling1D")
    assert not [p for p in checks(memory, task, user).diagnostics if p.code == "W1202"]
    now = checks(memory, "let length = 3\n", task, user)
    assert [p.code for p in now.diagnostics if p.code == "W1202"] == ["W1202"]


def test_a_check_that_is_told_to_stop_goes_on_where_it_was() -> None:
    memory = Memory()
    parts = [TASK, *(model(f"M{index}") for index in range(4))]
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked == 3

    memory.stop = stop
    with pytest.raises(Interrupted):
        checks(memory, *parts)
    memory.stop = None
    before = checks(memory, *parts)
    assert asked == 3
    assert set(before.graphs) == {"M0", "M1", "M2", "M3"}
    # Stopped again and again, it forgets nothing of what is still good.
    memory.stop = lambda: True
    for index in range(10):
        with pytest.raises(Interrupted):
            checks(memory, *parts[:-1], model("M3", f"Dense({index + 10})"))
    memory.stop = None
    assert checks(memory, *parts).graphs["M0"] is before.graphs["M0"]


def test_an_import_that_was_broken_and_mended_again() -> None:
    path = ROOT / "specs/dates_transformer.arch"
    text = path.read_text("utf-8")
    broken = text.replace("std/transformer.arch", "std/transformer.arc")
    assert broken != text
    memory = Memory()
    for each in (text, broken, text, broken, text):
        source = Source(str(path), each)
        assert said(api.check(source, memory=memory), memory) == said(api.check(source))


def test_copies_of_a_model_have_problems_of_their_own() -> None:
    first = "model M {\n    input x: float32[4]\n    Dense(2)\n}\n\n"
    second = "model M {\n    input x: float32[4]\n    Dense(2) -> Conv2D(3, 3)\n}\n\n"
    memory = Memory()
    for text in (first + second, second + first, first + first, first + second + second):
        source = Source("m.arch", text)
        assert said(api.check(source, memory=memory), memory) == said(api.check(source))
