"""`archlang/python`, a request of our own: the script that a spec makes, with the places of its lines.

Asked with `{textDocument: {uri}, position?, model?}`; the answer is `{model, models, text, lines, problem}`, where `lines` are
`{line, uri, range}`, and either `text` or `problem` is null.
"""

from __future__ import annotations

from typing import Any

from lsprotocol import types as lsp

from archlang.language_server.features.scripts import model_at, models, script_of
from archlang.language_server.protocol import Converter
from archlang.language_server.server import ArchServer


def register(server: ArchServer) -> None:
    """Register the request."""

    @server.feature("archlang/python")
    def _python(params: Any) -> dict[str, Any] | None:
        return server.ask(params.textDocument.uri, lambda convert: _answer(convert, params))


def _answer(convert: Converter, params: Any) -> dict[str, Any]:
    analysis = convert.analysis
    model = model_at(analysis, offset_in(convert, params), getattr(params, "model", None))
    answer: dict[str, Any] = {"model": model, "models": models(analysis), "text": None, "lines": []}
    if model is None:
        return {**answer, "problem": "the spec has no model"}
    script = script_of(analysis, model)
    lines = [
        {"line": row, "uri": convert.uri(span.path), "range": plain(convert.placed(span))}
        for row, span in sorted(script.lines.items())
    ]
    return {**answer, "text": script.text, "lines": lines, "problem": script.problem}


def offset_in(convert: Converter, params: Any) -> int | None:
    """The offset of the position in a request of our own, if it has one."""
    position = getattr(params, "position", None)
    if position is None:
        return None
    return convert.offset(lsp.Position(int(position.line), int(position.character)))


def plain(of: lsp.Range) -> dict[str, Any]:
    """A range as JSON."""
    return {
        "start": {"line": of.start.line, "character": of.start.character},
        "end": {"line": of.end.line, "character": of.end.character},
    }
