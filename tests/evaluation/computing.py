"""Computing an expression as a constant of a file."""

from __future__ import annotations

from typing import Any

from archlang import api
from archlang.diagnostics import Diagnostic
from archlang.evaluation.evaluator import Evaluator
from archlang.source import Source


def computed(expression: str, before: str = "") -> tuple[Any, list[Diagnostic]]:
    """The value of an expression and what is wrong with it; `before` are declarations above it."""
    checked = api.check(Source("test.arch", f"{before}\nlet value = {expression}\n"))
    broken = [problem for problem in checked.diagnostics if problem.code < "E0206"]
    assert not broken, broken
    found: list[Diagnostic] = []
    evaluator = Evaluator(checked.program, {}, found.append)
    return evaluator.symbol(checked.program.module.names["value"]), found


def value(expression: str, before: str = "") -> Any:
    """The value of an expression that has one."""
    result, problems = computed(expression, before)
    assert not problems, problems
    return result


def refusal(expression: str, before: str = "") -> Diagnostic:
    """The one problem of an expression that has no value."""
    _, problems = computed(expression, before)
    assert len(problems) == 1, problems
    return problems[0]
