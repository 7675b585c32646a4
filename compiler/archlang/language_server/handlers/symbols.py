"""The outline, the search for declarations, folding, growing selections, links to files."""

from __future__ import annotations

from lsprotocol import types as lsp

from archlang.language_server.features.folding import folds, selections
from archlang.language_server.features.links import links
from archlang.language_server.features.names import specs
from archlang.language_server.features.symbols import (
    SymbolHere,
    SymbolKind,
    document_symbols,
    workspace_symbols,
)
from archlang.language_server.project import uri_of
from archlang.language_server.protocol import Converter, Locator
from archlang.language_server.server import ArchServer

_KINDS = {
    SymbolKind.CONSTANT: lsp.SymbolKind.Constant,
    SymbolKind.TASK: lsp.SymbolKind.Interface,
    SymbolKind.INPUT: lsp.SymbolKind.Field,
    SymbolKind.OUTPUT: lsp.SymbolKind.Field,
    SymbolKind.DATA: lsp.SymbolKind.File,
    SymbolKind.MODEL: lsp.SymbolKind.Class,
    SymbolKind.BLOCK: lsp.SymbolKind.Struct,
    SymbolKind.LAYER: lsp.SymbolKind.Object,
    SymbolKind.TENSOR: lsp.SymbolKind.Variable,
    SymbolKind.FUNCTION: lsp.SymbolKind.Function,
    SymbolKind.TRAIN: lsp.SymbolKind.Event,
    SymbolKind.PHASE: lsp.SymbolKind.Event,
}
_MOST_FOUND = 500


def register(server: ArchServer) -> None:
    """Register what shows how a spec is made up."""

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def _outline(
        params: lsp.DocumentSymbolParams,
    ) -> list[lsp.DocumentSymbol] | list[lsp.SymbolInformation]:
        def found(
            convert: Converter,
        ) -> list[lsp.DocumentSymbol] | list[lsp.SymbolInformation]:
            symbols = document_symbols(convert.analysis)
            if _nests(server):
                return [_symbol(convert, each) for each in symbols]
            return [_flat(convert, each) for each in symbols]

        return server.ask(params.text_document.uri, found) or []

    @server.feature(lsp.WORKSPACE_SYMBOL)
    def _search(params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol]:
        def found(where: Locator) -> list[lsp.WorkspaceSymbol]:
            project = where.project
            symbols = workspace_symbols(project.beside, specs(project), params.query)
            return [
                lsp.WorkspaceSymbol(where.placed_location(each.span), each.name, _KINDS[each.kind])
                for each in symbols[:_MOST_FOUND]
            ]

        return server.ask_project(found) or []

    @server.feature(lsp.TEXT_DOCUMENT_FOLDING_RANGE)
    def _folding(params: lsp.FoldingRangeParams) -> list[lsp.FoldingRange]:
        def found(convert: Converter) -> list[lsp.FoldingRange]:
            return [
                lsp.FoldingRange(fold.first, fold.last, kind=lsp.FoldingRangeKind(fold.kind))
                for fold in folds(convert.analysis)
            ]

        return server.ask(params.text_document.uri, found) or []

    @server.feature(lsp.TEXT_DOCUMENT_SELECTION_RANGE)
    def _selection(params: lsp.SelectionRangeParams) -> list[lsp.SelectionRange]:
        def found(convert: Converter) -> list[lsp.SelectionRange]:
            return [_grown(convert, convert.offset(each)) for each in params.positions]

        return server.ask(params.text_document.uri, found) or []

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_LINK, lsp.DocumentLinkOptions())
    def _links(params: lsp.DocumentLinkParams) -> list[lsp.DocumentLink]:
        def found(convert: Converter) -> list[lsp.DocumentLink]:
            return [
                lsp.DocumentLink(
                    convert.placed(link.span),
                    target=convert.uri(link.path)
                    if link.path.endswith(".arch")
                    else uri_of(link.path),
                )
                for link in links(convert.analysis, convert.project.folders)
            ]

        return server.ask(params.text_document.uri, found) or []


def _nests(server: ArchServer) -> bool:
    """Whether the client takes symbols inside symbols."""
    capabilities = server.client_capabilities.text_document
    outline = capabilities.document_symbol if capabilities is not None else None
    return outline is not None and outline.hierarchical_document_symbol_support is True


def _symbol(convert: Converter, symbol: SymbolHere) -> lsp.DocumentSymbol:
    return lsp.DocumentSymbol(
        symbol.name,
        _KINDS[symbol.kind],
        convert.range(symbol.span),
        convert.range(symbol.selection),
        detail=symbol.detail or None,
        children=[_symbol(convert, each) for each in symbol.inside],
    )


def _flat(convert: Converter, symbol: SymbolHere) -> lsp.SymbolInformation:
    return lsp.SymbolInformation(
        convert.location(symbol.selection), symbol.name, _KINDS[symbol.kind]
    )


def _grown(convert: Converter, offset: int) -> lsp.SelectionRange:
    ranges = [convert.placed(span) for span in selections(convert.analysis, offset)]
    grown: lsp.SelectionRange | None = None
    for each in reversed(ranges):
        grown = lsp.SelectionRange(each, grown)
    assert grown is not None  # the whole file is around any offset
    return grown
