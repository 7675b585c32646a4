"""What a spec asks of training that this version can't do yet: said by `check`, and refused when a script is wanted."""

from __future__ import annotations

from dataclasses import replace

from archlang.diagnostics import Diagnostic, Severity
from archlang.graph.interfaces import placed
from archlang.graph.model import Graph
from archlang.source import Span
from archlang.tasks.not_there_yet import pending


def pending_problems(graph: Graph) -> list[Diagnostic]:
    """Warnings, each at the setting, source, input or output at fault."""
    found: list[Diagnostic] = []
    for place, problem in pending(graph.task, graph.train):
        span = _place(graph, place, problem.argument)
        found.append(replace(placed(problem, span), severity=Severity.WARNING))
    return found


def _place(graph: Graph, place: str, argument: str | None) -> Span:
    kind, _, name = place.partition(" ")
    if kind == "data" and graph.task.data is not None:
        return graph.task.data.spans.get(argument or "", graph.task.data.span)
    for declared in (*graph.task.inputs, *graph.task.outputs):
        if kind in ("input", "output") and declared.name == name:
            return declared.span
    if graph.train is not None:
        settings = dict(graph.train.settings)
        for phase in graph.train.phases:
            if kind == "phase" and phase.name == name:
                settings = dict(phase.settings)
        if argument in settings:
            return settings[argument].span
    return graph.span
