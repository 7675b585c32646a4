"""Inlay hints."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as lsp

from archlang.language_server.features.hints import Hint, hints
from archlang.language_server.protocol import Converter
from archlang.language_server.server import ArchServer
from archlang.narrowing import is_dict

NAMES_OPTION = "argumentNames"
"""In the client's initialization options: whether positional arguments are shown with their names."""


def register(server: ArchServer) -> None:
    """Register hints."""
    options: dict[str, Any] = {}

    @server.feature(lsp.INITIALIZE)
    def _options(params: lsp.InitializeParams) -> None:
        given: object = params.initialization_options
        if is_dict(given):
            options.update(given)
        elif given is not None:
            # pygls makes objects of what clients send as JSON.
            options[NAMES_OPTION] = getattr(given, NAMES_OPTION, False)

    @server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
    def _hints(params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
        def found(convert: Converter) -> list[lsp.InlayHint]:
            start, end = convert.offset(params.range.start), convert.offset(params.range.end)
            names = options.get(NAMES_OPTION) is True
            shown = hints(convert.analysis, start, end, arguments=names)
            return [_converted(convert, hint) for hint in shown]

        return server.ask(params.text_document.uri, found) or []


def _converted(convert: Converter, hint: Hint) -> lsp.InlayHint:
    return lsp.InlayHint(
        convert.position(hint.offset),
        hint.text,
        kind=lsp.InlayHintKind.Parameter if hint.before else lsp.InlayHintKind.Type,
        tooltip=hint.details or None,
        padding_left=not hint.before,
    )
