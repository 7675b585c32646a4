"""Opening, changing, saving and closing documents; files that change on disk."""

from __future__ import annotations

from lsprotocol import types as lsp

from archlang.language_server.documents import Change, Place
from archlang.language_server.project import path_of
from archlang.language_server.server import ArchServer


def register(server: ArchServer) -> None:
    """Register what keeps the server's documents those of the editor."""

    @server.feature(lsp.INITIALIZED)
    def _initialized(params: lsp.InitializedParams) -> None:
        server.use_encoding()
        server.project.folders = [path_of(uri) for uri in server.workspace.folders]

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def _open(params: lsp.DidOpenTextDocumentParams) -> None:
        server.use_encoding()
        item = params.text_document
        server.project.open(item.uri, item.text, item.version)
        server.check_soon(item.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def _change(params: lsp.DidChangeTextDocumentParams) -> None:
        document = server.project.document(params.text_document.uri)
        if document is None:
            return
        document.apply(
            [_converted(change) for change in params.content_changes], params.text_document.version
        )
        server.check_soon(document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def _save(params: lsp.DidSaveTextDocumentParams) -> None:
        server.check_soon(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def _close(params: lsp.DidCloseTextDocumentParams) -> None:
        server.forget(params.text_document.uri)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def _watched(params: lsp.DidChangeWatchedFilesParams) -> None:
        for change in params.changes:
            server.check_soon(change.uri)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def _folders(params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        server.project.folders = [path_of(uri) for uri in server.workspace.folders]


def _converted(change: lsp.TextDocumentContentChangeEvent) -> Change:
    if isinstance(change, lsp.TextDocumentContentChangePartial):
        start, end = change.range.start, change.range.end
        return Change(
            Place(start.line, start.character), Place(end.line, end.character), change.text
        )
    return Change(None, None, change.text)
