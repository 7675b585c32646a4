"""Definition, references, highlights and renaming."""

from __future__ import annotations

from typing import TypeVar

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from archlang.language_server.features.names import definition, highlights, references
from archlang.language_server.features.rename import CannotRename, renamable, rename
from archlang.language_server.protocol import Converter
from archlang.language_server.server import ArchServer

T = TypeVar("T")


def register(server: ArchServer) -> None:
    """Register what is asked about names."""

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def _definition(params: lsp.DefinitionParams) -> lsp.Location | list[lsp.LocationLink] | None:
        return server.ask(
            params.text_document.uri, lambda convert: _definition_at(server, convert, params)
        )

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def _references(params: lsp.ReferenceParams) -> list[lsp.Location]:
        def found(convert: Converter) -> list[lsp.Location]:
            spans = references(
                convert.project,
                convert.analysis,
                convert.offset(params.position),
                declaration=params.context.include_declaration,
            )
            return [lsp.Location(convert.uri(s.path), convert.placed(s)) for s in spans]

        return server.ask(params.text_document.uri, found) or []

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def _highlight(params: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight]:
        def found(convert: Converter) -> list[lsp.DocumentHighlight]:
            return [
                lsp.DocumentHighlight(
                    convert.placed(span),
                    lsp.DocumentHighlightKind.Write if binds else lsp.DocumentHighlightKind.Read,
                )
                for span, binds in highlights(convert.analysis, convert.offset(params.position))
            ]

        return server.ask(params.text_document.uri, found) or []

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def _prepare(params: lsp.PrepareRenameParams) -> lsp.Range | None:
        def found(convert: Converter) -> lsp.Range | CannotRename:
            try:
                offset = convert.offset(params.position)
                return convert.placed(renamable(convert.project, convert.analysis, offset).span)
            except CannotRename as problem:
                return problem

        return _or_refuse(server.ask(params.text_document.uri, found))

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def _rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        def found(convert: Converter) -> lsp.WorkspaceEdit | CannotRename:
            try:
                offset = convert.offset(params.position)
                renaming = rename(convert.project, convert.analysis, offset, params.new_name)
            except CannotRename as problem:
                return problem
            return convert.edits(renaming.edits)

        return _or_refuse(server.ask(params.text_document.uri, found))


def _or_refuse(answer: T | CannotRename | None) -> T | None:
    if isinstance(answer, CannotRename):
        raise JsonRpcException(str(answer), lsp.LSPErrorCodes.RequestFailed.value)
    return answer


def _definition_at(
    server: ArchServer, convert: Converter, params: lsp.DefinitionParams
) -> lsp.Location | list[lsp.LocationLink] | None:
    found = definition(convert.analysis, convert.offset(params.position))
    if found is None:
        return None
    origin, target = found
    where = convert.placed(target)
    # With a link, the whole of an import's path is underlined, not only a word of it.
    capabilities = server.client_capabilities.text_document
    if capabilities and capabilities.definition and capabilities.definition.link_support:
        uri = convert.uri(target.path)
        return [lsp.LocationLink(uri, where, where, convert.placed(origin))]
    return lsp.Location(convert.uri(target.path), where)
