"""Code lenses. What they do (`archlang.run` …) is done by the editor's extension, which is given the file and the model."""

from __future__ import annotations

from lsprotocol import types as lsp

from archlang.language_server.features.lenses import Lens, lenses
from archlang.language_server.protocol import Converter
from archlang.language_server.server import ArchServer


def register(server: ArchServer) -> None:
    """Register code lenses."""

    @server.feature(lsp.TEXT_DOCUMENT_CODE_LENS, lsp.CodeLensOptions())
    def _lenses(params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
        uri = params.text_document.uri

        def found(convert: Converter) -> list[lsp.CodeLens]:
            return [_converted(convert, lens, uri) for lens in lenses(convert.analysis)]

        return server.ask(uri, found) or []


def _converted(convert: Converter, lens: Lens, uri: str) -> lsp.CodeLens:
    arguments = [uri, lens.model] if lens.command is not None else None
    command = lsp.Command(lens.title, lens.command or "", arguments=arguments)
    return lsp.CodeLens(convert.range(lens.span), command=command)
