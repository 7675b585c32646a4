"""A spec that imports another is checked anew when that one changes, is closed or comes to be."""

from __future__ import annotations

from archlang.language_server.project import Project

USES = 'from "b.arch" import Wide\n\nmodel M {\n    input x: float32[4]\n    Wide\n}\n'
BLOCK = "block Wide {\n    Dense(9)\n}\n"
A, B = "file:///nowhere/a.arch", "file:///nowhere/b.arch"


def problems(project: Project) -> list[str]:
    analysis = project.analysis(A)
    assert analysis is not None
    return [problem.code for problem in analysis.checked.diagnostics]


def test_a_file_that_comes_to_be_changes_and_goes() -> None:
    project = Project()
    project.open(A, USES, 1)
    missing = problems(project)
    assert missing
    project.open(B, BLOCK, 1)
    assert A in project.changed(B)
    assert problems(project) == []
    project.open(B, BLOCK.replace("Wide", "Broad"), 2)
    assert A in project.changed(B)
    assert problems(project)
    project.open(B, BLOCK, 3)
    assert A in project.changed(B)
    assert problems(project) == []
    project.close(B)
    assert problems(project) == missing
