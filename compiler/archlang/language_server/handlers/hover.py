"""Hover."""

from __future__ import annotations

from lsprotocol import types as lsp

from archlang.language_server.features.hover import hover
from archlang.language_server.protocol import Converter
from archlang.language_server.server import ArchServer


def register(server: ArchServer) -> None:
    """Register hover."""

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def _hover(params: lsp.HoverParams) -> lsp.Hover | None:
        return server.ask(
            params.text_document.uri, lambda convert: _found(convert, params.position)
        )


def _found(convert: Converter, position: lsp.Position) -> lsp.Hover | None:
    found = hover(convert.analysis, convert.offset(position))
    if found is None:
        return None
    content = lsp.MarkupContent(lsp.MarkupKind.Markdown, found.text)
    return lsp.Hover(content, convert.range(found.span))
