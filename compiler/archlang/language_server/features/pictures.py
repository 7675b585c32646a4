"""The picture of a model, and where its parts are written."""

from __future__ import annotations

from archlang.backends.diagram import Diagram, diagram
from archlang.language_server.analysis import Analysis


def picture_of(analysis: Analysis, model: str) -> Diagram | None:
    """The picture of a model as far as it could be elaborated, without links; None where there is no graph.

    Its spots are placed, and the errors of the spec are marked in it.
    """
    graph = analysis.graphs.get(model)
    if graph is None:
        return None
    sources = analysis.checked.sources
    return diagram(
        graph,
        sources,
        program=analysis.program,
        links=dict.fromkeys(sources, ""),
        place=analysis.place,
        problems=analysis.checked.diagnostics,
    )
