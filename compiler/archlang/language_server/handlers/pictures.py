"""`archlang/picture`, a request of our own: a model as SVG, with the places of its parts.

Asked with `{textDocument: {uri}, position?, model?}`; the answer is `{model, models, svg, places, problem}`, where `places` are
`{id, uri, range}`, `id` being that of an element of the SVG. `problem` says what is wrong with the spec, if anything is; without a
graph `svg` is null.
"""

from __future__ import annotations

from typing import Any

from archlang.language_server.features.pictures import picture_of
from archlang.language_server.features.scripts import model_at, models
from archlang.language_server.handlers.scripts import offset_in, plain
from archlang.language_server.protocol import Converter
from archlang.language_server.server import ArchServer


def register(server: ArchServer) -> None:
    """Register the request."""

    @server.feature("archlang/picture")
    def _picture(params: Any) -> dict[str, Any] | None:
        return server.ask(params.textDocument.uri, lambda convert: _answer(convert, params))


def _answer(convert: Converter, params: Any) -> dict[str, Any]:
    analysis = convert.analysis
    model = model_at(analysis, offset_in(convert, params), getattr(params, "model", None))
    answer: dict[str, Any] = {"model": model, "models": models(analysis), "svg": None, "places": []}
    if model is None:
        return {**answer, "problem": "the spec has no model"}
    picture = picture_of(analysis, model)
    if picture is None:
        return {**answer, "problem": f"{model} can't be drawn as it stands"}
    places = [
        {"id": spot.id, "uri": convert.uri(spot.file), "range": plain(convert.placed(span))}
        for spot in picture.spots
        for span in spot.spans
    ]
    count = sum(problem.is_error for problem in analysis.checked.diagnostics)
    problem = None if not count else f"the spec has {count} error{'s' if count > 1 else ''}"
    return {**answer, "svg": picture.text, "places": places, "problem": problem}
