"""What a name means where it stands."""

from __future__ import annotations

import pytest

from archlang.semantics.program import SymbolRef, VariableRef, Word
from archlang.syntax import tree as t
from tests.semantics.resolving import codes, in_model, only, resolved


def test_a_name_bound_inside_stays_inside() -> None:
    problem = only(in_model("repeat 2 {", "    Dense(8) as inner", "}", "inner -> Dense(4)"))
    assert (problem.code, problem.message) == ("E0201", "unknown tensor `inner`")


@pytest.mark.parametrize(
    "head",
    ["repeat 2 {", "for i in range(2) {", "if True {", "{"],
    ids=["repeat", "for", "if", "group"],
)
def test_as_of_a_name_from_outside_binds_it_again(head: str) -> None:
    text = in_model(
        "Dense(8) as state",
        head,
        "    state -> Dense(8) as state",
        "    _",
        "}",
        "state -> Dense(4)",
    )
    program, problems = resolved(text)
    assert not problems, problems
    (variables,) = program.tables.variables.values()
    states = [variable for variable in variables if variable.name == "state"]
    assert len(states) == 1
    assert states[0].rebound


def test_branches_of_a_fork_do_not_see_each_others_names() -> None:
    text = in_model("[Dense(4) -> { Dense(4) as a }, a -> Dense(4)] -> Add")
    assert "E0201" in codes(text)


def test_comprehension_variables_are_gone_behind_it() -> None:
    assert codes(in_model("let sizes = [i for i in range(3)]", "Dense(sizes[i])")) == ["E0201"]


def test_underscore_discards() -> None:
    text = in_model("LSTM(4, return_state=True) as _, h, _", "h")
    assert codes(text.replace("float32[8]", "float32[3, 8]")) == []


@pytest.mark.parametrize(
    ("bound", "again"),
    [
        ("shared enc = Dense(8)", "enc -> Dense(8) as enc"),
        ("let names = []", "Dense(8) as names"),
    ],
)
def test_as_does_not_take_names_of_other_kinds(bound: str, again: str) -> None:
    assert "E0209" in codes(in_model(bound, again, "_ -> Dense(4)"))


def test_a_name_is_declared_once() -> None:
    assert codes("block A { Dense(1) }\nblock A { Dense(2) }\n") == ["E0202"]
    assert codes("block A(n, n) { Dense(n) }\n") == ["E0202"]
    assert "E0202" in codes(in_model("let a = 1", "let a = 2", "Dense(a)"))


def test_words_are_those_that_keras_lists() -> None:
    program, problems = resolved(in_model("Dense(4, activation=relu, name=last)"))
    assert not problems
    words = {r.text for r in program.tables.names.values() if isinstance(r, Word)}
    assert words == {"relu", "last"}


def test_a_constant_of_a_words_name_has_two_meanings() -> None:
    text = in_model("Dense(4, activation=relu)", before="let relu = 3\n")
    program, problems = resolved(text)
    (problem,) = [p for p in problems if p.code == "E0204"]
    assert text[problem.span.start : problem.span.end] == "relu"
    assert problem.fixes[0].edits[0].text == '"relu"'
    assert [label.text for label in problem.labels] == ["the constant"]
    assert program.module.names["relu"].uses == 1


def test_parameters_of_blocks_take_the_words_of_what_they_are_passed_on_to() -> None:
    blocks = (
        "block Inner(act, size) { Dense(size, activation=act) }\n"
        "block Outer(act=relu, other=tanh) { Inner(act if True else other, 4) }\n"
    )
    assert codes(blocks + in_model("Outer(gelu) -> Outer(other=selu)")) == []
    problem = only(blocks + in_model("Outer(gellu)"))
    assert (problem.code, problem.help) == ("E0201", "did you mean `gelu`?")
    assert codes(blocks + in_model("Inner(relu, same)")) == ["E0201"]


def test_blocks_that_pass_words_round_in_a_circle_are_no_problem() -> None:
    blocks = (
        "block A(act, n) { if n > 0 { B(act, n - 1) } else { Dense(4, activation=act) } }\n"
        "block B(act, n) { A(act, n) }\n"
    )
    assert codes(blocks + in_model("A(relu, 2)")) == []


def test_a_files_own_name_comes_before_keras() -> None:
    program, problems = resolved("block Dense(n) { Conv1D(n, 1) }\n" + in_model("Dense(4)"))
    assert [p.code for p in problems] == ["N1203"]
    symbols = [r.symbol.name for r in program.tables.names.values() if isinstance(r, SymbolRef)]
    assert symbols == ["Dense"]


def test_inputs_are_variables_of_the_model() -> None:
    program, problems = resolved(in_model("x -> Dense(4)"))
    assert not problems
    (model,) = [d for d in program.declarations() if isinstance(d, t.Model)]
    used = [r.variable for r in program.tables.names.values() if isinstance(r, VariableRef)]
    assert used == [program.tables.inputs[model]["x"]]
