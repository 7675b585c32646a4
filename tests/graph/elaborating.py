"""Elaborating a spec written in a test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archlang import api
from archlang.diagnostics import Diagnostic
from archlang.graph.model import Graph
from archlang.source import Source


def graphs(text: str, overrides: Mapping[str, Any] | None = None) -> dict[str, Graph]:
    """The graphs of a spec without errors, by model."""
    checked = api.check(Source("test.arch", text), overrides=overrides)
    assert checked.ok, [problem.message for problem in checked.diagnostics]
    return checked.graphs


def graph(text: str, overrides: Mapping[str, Any] | None = None) -> Graph:
    """The graph of the last model of a spec without errors."""
    return list(graphs(text, overrides).values())[-1]


def problems(text: str) -> list[Diagnostic]:
    """Errors and warnings of a spec."""
    found = api.check(Source("test.arch", text)).diagnostics
    return [problem for problem in found if not problem.code.startswith("N")]


def problem(text: str) -> Diagnostic:
    """The one error or warning of a spec."""
    found = problems(text)
    assert len(found) == 1, found
    return found[0]


def stack(*lines: str, input: str = "float32[8]", before: str = "", output: str = "") -> str:
    """A model of one input with a body; what it ends on is its output."""
    head = [f"input x: {input}", *([f"output {output}"] if output else [])]
    return f"{before}model M {{\n    " + "\n    ".join((*head, *lines)) + "\n}\n"


def names(text: str, overrides: Mapping[str, Any] | None = None) -> list[str]:
    """The layers' names of the last model, in order."""
    return [layer.name for layer in graph(text, overrides).layers]


def shape(text: str, output: str = "output") -> str:
    """The shape of an output of the last model, as messages write it."""
    return str(graph(text).outputs[output].spec)
