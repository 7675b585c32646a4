"""Warnings about names, and what is left unsaid behind an error."""

from __future__ import annotations

import pytest

from tests.semantics.resolving import codes, in_model, only, resolved


@pytest.mark.parametrize(
    ("before", "lines", "what"),
    [
        ("let width = 3\n", ("Dense(4)",), "constant `width`"),
        ("block B { Dense(4) }\n", ("Dense(4)",), "block `B`"),
        ("block B(n, m) { Dense(n) }\n", ("B(4, 5)",), "parameter `m`"),
        ("", ("Dense(4) as a", "_"), "tensor `a`"),
        ("", ("let n = 3", "Dense(4)"), "constant `n`"),
        ("", ("let all = []", "Dense(4)"), "list `all`"),
        ("", ("shared s = Dense(4)", "Dense(4)"), "shared layer `s`"),
        ("", ("learned w: float32[4]", "x -> Dense(4)"), "learned tensor `w`"),
        ('from "near.arch" import Near\n', ("Dense(4)",), "import `Near`"),
    ],
)
def test_unused_names(before: str, lines: tuple[str, ...], what: str) -> None:
    files = {"near.arch": "block Near { Dense(4) }\n"}
    problem = only(in_model(*lines, before=before), files)
    assert (problem.code, problem.message) == ("W1201", f"{what} is never used")


def test_loop_variables_inputs_and_outputs_may_stay_unused() -> None:
    assert codes(in_model("for i in range(3) { Dense(8) }", "Dense(4) as y")) == []


def test_a_library_file_has_no_unused_blocks() -> None:
    assert codes("let width = 3\nblock B { Dense(4) }\n") == []


def test_a_dimension_almost_like_a_constant() -> None:
    text = "let width = 8\nmodel M {\n    input x: float32[widht]\n    output y: float32[4]\n    Dense(width)\n}\n"
    problem = only(text)
    assert (problem.code, problem.help) == ("W1202", "did you mean `width`?")


def test_no_warnings_beside_errors() -> None:
    assert codes(in_model("Dnese(4)", before="let width = 3\n")) == ["E0201"]


def test_names_that_a_broken_statement_binds_are_not_reported() -> None:
    text = in_model("Dense(8,, 4) as hidden", "hidden -> Dense(4)")
    _, problems = resolved(text)
    assert problems == []


def test_names_of_a_broken_declaration_are_not_reported() -> None:
    text = "block Broken(n { Dense(n) }\n" + in_model("Broken(4)")
    _, problems = resolved(text)
    assert problems == []


def test_other_unknown_names_are_reported_beside_syntax_errors() -> None:
    text = in_model("Dense(8,, 4) as hidden", "hidden -> Dnese(4)")
    assert codes(text) == ["E0201"]


def test_arguments_of_an_unknown_layer_are_not_looked_at_twice() -> None:
    assert codes(in_model("Dnese(unknwon, 4, activtion=rulu)")) == ["E0201"]
