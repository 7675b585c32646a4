"""Loops, forks, lists and recursion, unrolled."""

from __future__ import annotations

import pytest

from tests.graph.elaborating import graph, names, problem, problems, shape, stack


def test_what_flows_is_carried_through_a_loop() -> None:
    body = "for n in [16, 32] { Dense(n) }"
    assert shape(stack(body)) == "[32]"
    assert graph(stack(body)).params == 8 * 16 + 16 + 16 * 32 + 32


def test_names_are_carried_from_round_to_round() -> None:
    text = stack(
        "Dense(8) as state", "repeat 3 {", "    [state, _] -> Add as state", "    _", "}", "state"
    )
    assert len(graph(text).nodes) == 5


@pytest.mark.parametrize(("count", "layers"), [("0", 0), ("3", 3), ("1 + 1", 2)])
def test_repeat(count: str, layers: int) -> None:
    assert len(names(stack(f"repeat {count} {{ Dense(8) }}", "ReLU"))) == layers + 1


@pytest.mark.parametrize("count", ["-1", "1.5", "True", '"a"'])
def test_repeat_needs_a_whole_number(count: str) -> None:
    assert problem(stack(f"repeat {count} {{ Dense(8) }}", "ReLU")).code == "E0701"


def test_a_fork_starts_every_branch_from_what_flows() -> None:
    assert shape(stack("[_, Dense(3), Dense(4) -> Dense(5)] -> Concatenate")) == "[16]"


def test_a_comprehension_of_branches() -> None:
    assert shape(stack("[Dense(n) for n in range(1, 5) if n != 2] -> Concatenate")) == "[8]"


def test_a_mismatch_shows_each_branch() -> None:
    found = problem(stack("[Dense(3), Dense(4)] -> Add"))
    assert [label.text for label in found.labels] == ["[3] here", "[4] here"]


def test_the_way_to_a_problem_in_a_block_is_told() -> None:
    block = "block Join(n) { [_, Dense(n)] -> Add }\n"
    found = problem(stack("for n in [8, 9] { Join(n) }", before=block))
    assert found.notes == ("in `Join(9)`, second round of the loop",)


def test_lists_gather_tensors() -> None:
    text = stack(
        "let skips = []",
        "for n in [4, 2] {",
        "    Dense(n) as skips[]",
        "}",
        "for skip in reversed(skips) {",
        "    [_, skip] -> Concatenate",
        "}",
    )
    assert shape(text) == "[8]"
    assert shape(text.replace("reversed(skips)", "skips[:1]")) == "[6]"


def test_a_gathered_list_flows() -> None:
    text = stack("let all = []", "repeat 3 { Dense(8) as all[] }", "all -> Add")
    assert len(graph(text).nodes) == 5


def test_an_empty_list_holds_no_tensor() -> None:
    assert (
        problem(stack("let all = []", "repeat 0 { Dense(8) as all[] }", "all -> Add")).code
        == "E0322"
    )


def test_a_block_may_use_itself_with_an_end() -> None:
    block = "block Tree(depth) { if depth > 0 { [Tree(depth - 1), Tree(depth - 1)] -> Add } else { Dense(2) } }\n"
    assert len([n for n in names(stack("Tree(3)", before=block)) if "dense" in n]) == 8


def test_a_block_without_an_end_is_one_problem() -> None:
    block = "block Tree(depth) { [Tree(depth + 1), Tree(depth + 1)] -> Add }\n"
    found = problem(stack("Tree(0)", before=block))
    assert (found.code, found.label) == ("E0803", "60 levels deep")


def test_blocks_that_use_each_other_without_end() -> None:
    blocks = "block A { B }\nblock B { A }\n"
    assert problem(stack("A", before=blocks)).code == "E0803"


def test_too_many_layers() -> None:
    found = problem(stack("repeat 300 { repeat 300 { ReLU } }"))
    assert found.code in ("E0804", "E0802")


def test_choices_are_made_when_compiling() -> None:
    block = "block B(deep) { Dense(8) -> (Dense(8) if deep else _) }\n"
    assert names(stack("B(True) -> B(False)", before=block)) == [
        "b_1_dense_1",
        "b_1_dense_2",
        "b_2_dense_1",
    ]


def test_a_choice_may_ask_for_the_shape() -> None:
    body = "if shape(_)[-1] == 8 { Dense(3) } else { Dense(4) }"
    assert shape(stack(body)) == "[3]"
    assert shape(stack(body, input="float32[9]")) == "[4]"


def test_a_length_that_only_run_time_knows_decides_nothing() -> None:
    text = stack(
        "if shape(_)[1] == 3 { ReLU } else { Flatten }", "Dense(2)", input="float32[time, 4]"
    )
    assert [p.code for p in problems(text)][:1] == ["E0701"]


def test_a_block_that_ends_in_a_list_has_several_results() -> None:
    block = "block Two { [Dense(2), Dense(3)] }\n"
    assert shape(stack("Two as a, b", "[a, b] -> Concatenate", before=block)) == "[5]"
    assert (
        problem(stack("Two as a, b, c", "[a, b, c] -> Concatenate", before=block)).code == "E0321"
    )
