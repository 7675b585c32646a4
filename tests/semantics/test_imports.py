"""Imports between files."""

from __future__ import annotations

from tests.semantics.resolving import codes, in_model, only, resolved

NEAR = "block Near(n) { Dense(n) }\n"


def test_paths_are_relative_to_the_file_that_imports() -> None:
    files = {
        "parts/a.arch": 'from "deep/b.arch" import B\nblock A { B }\n',
        "parts/deep/b.arch": 'from "../../near.arch" import Near\nblock B { Near(4) }\n',
        "near.arch": NEAR,
    }
    program, problems = resolved('from "parts/a.arch" import A\n' + in_model("A"), files)
    assert not problems
    assert set(program.modules) == {"test.arch", *files}


def test_a_file_is_read_once() -> None:
    read: list[str] = []

    class Files(dict[str, str]):
        def get(self, key: str, default: object = None) -> str | None:  # type: ignore[override]
            read.append(key)
            return super().get(key)

    files = Files(
        {"a.arch": 'from "near.arch" import Near\nblock A { Near(4) }\n', "near.arch": NEAR}
    )
    text = 'from "a.arch" import A\nfrom "near.arch" import Near\n' + in_model("A -> Near(4)")
    assert codes(text, files) == []
    assert sorted(read) == ["a.arch", "near.arch"]


def test_a_cycle_is_printed() -> None:
    files = {
        "a.arch": 'from "b.arch" import B\nblock A { B }\n',
        "b.arch": 'from "test.arch" import M\nblock B { Dense(4) }\n',
    }
    problem = only('from "a.arch" import A\n' + in_model("A"), files)
    assert problem.code == "E0602"
    assert problem.span.path == "b.arch"
    assert problem.notes == ("test.arch -> a.arch -> b.arch -> test.arch",)


def test_a_file_may_not_import_itself() -> None:
    assert codes('from "test.arch" import B\nblock B { Dense(4) }\n') == ["E0602"]


def test_a_file_that_is_not_there_is_one_problem() -> None:
    problem = only('from "none.arch" import Gone, Lost\n' + in_model("Gone -> Lost(3)"))
    assert (problem.code, problem.notes) == ("E0601", ("looked for none.arch",))


def test_only_arch_files_are_read() -> None:
    assert codes(
        'from "secret.txt" import A\n' + in_model("A"), {"secret.txt": "block A { Dense(4) }"}
    ) == ["E0601"]


def test_a_missing_name_gets_the_nearest() -> None:
    problem = only('from "near.arch" import Neat\n' + in_model("Neat(4)"), {"near.arch": NEAR})
    assert (problem.code, problem.help) == ("E0603", "did you mean `Near`?")


def test_the_library_lists_what_it_has() -> None:
    problem = only('from "std/nothing_like_it.arch" import A\n' + in_model("A"))
    assert problem.code == "E0601"
    assert "`std/resnet.arch`" in str(problem.help)


def test_an_imported_name_may_not_be_declared_too() -> None:
    text = 'from "near.arch" import Near\nblock Near(n) { Dense(n) }\n' + in_model("Near(4)")
    assert codes(text, {"near.arch": NEAR}) == ["E0202"]


def test_problems_in_imported_files_have_their_place_there() -> None:
    text = 'from "bad.arch" import Bad\n' + in_model("Bad")
    problem = only(text, {"bad.arch": "block Bad { Dnese(4) }\n"})
    assert (problem.code, problem.span.path) == ("E0201", "bad.arch")
