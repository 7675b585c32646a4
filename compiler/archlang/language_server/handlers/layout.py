"""Formatting: all of a file, a range, and the line that is being typed."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types as lsp

from archlang.language_server.features.layout import Edit, indentation, layout, layout_of_range
from archlang.language_server.protocol import Converter
from archlang.language_server.server import ArchServer


def register(server: ArchServer) -> None:
    """Register formatting. Its options are not looked at: there is one layout."""

    @server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    def _all(params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit] | None:
        return server.ask(
            params.text_document.uri, lambda convert: _edits(convert, layout(convert.analysis))
        )

    @server.feature(lsp.TEXT_DOCUMENT_RANGE_FORMATTING)
    def _range(params: lsp.DocumentRangeFormattingParams) -> list[lsp.TextEdit] | None:
        def found(convert: Converter) -> list[lsp.TextEdit]:
            start, end = convert.offset(params.range.start), convert.offset(params.range.end)
            return _edits(convert, layout_of_range(convert.analysis, start, end))

        return server.ask(params.text_document.uri, found)

    @server.feature(
        lsp.TEXT_DOCUMENT_ON_TYPE_FORMATTING,
        lsp.DocumentOnTypeFormattingOptions("\n", more_trigger_character=["}"]),
    )
    def _typed(params: lsp.DocumentOnTypeFormattingParams) -> list[lsp.TextEdit] | None:
        def found(convert: Converter) -> list[lsp.TextEdit]:
            return _edits(convert, indentation(convert.analysis, convert.offset(params.position)))

        return server.ask(params.text_document.uri, found)


def _edits(convert: Converter, edits: Iterable[Edit]) -> list[lsp.TextEdit]:
    return [lsp.TextEdit(convert.placed(span), text) for span, text in edits]
