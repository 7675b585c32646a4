"""The server as an editor meets it: over standard input and output."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

pytestmark = pytest.mark.slow

URI = "file:///work/spec.arch"
WRONG = "# 🙂\nmodel M {\n    input x: float32[4]\n    Dnese(2)\n}\n"


@pytest_lsp.fixture(
    params=["neovim", "visual_studio_code", "emacs"],
    config=ClientServerConfig(server_command=[sys.executable, "-m", "archlang", "lsp"]),
)
async def client(lsp_client: LanguageClient, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    capabilities = client_capabilities(request.param)
    result = await lsp_client.initialize_session(lsp.InitializeParams(capabilities=capabilities))
    agreed = result.capabilities.position_encoding or lsp.PositionEncodingKind.Utf16
    setattr(lsp_client, "agreed", getattr(agreed, "value", agreed))  # noqa: B010
    yield
    await lsp_client.shutdown_session()


async def published(client: LanguageClient) -> list[lsp.Diagnostic]:
    """The diagnostics that come next."""
    await client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return list(client.diagnostics[URI])


def opened(client: LanguageClient, text: str) -> None:
    client.text_document_did_open(
        lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(URI, "arch", 1, text))
    )


@pytest.mark.asyncio
async def test_diagnostics_follow_what_is_typed(client: LanguageClient) -> None:
    opened(client, WRONG)
    (problem,) = await published(client)
    assert problem.code == "E0201"
    assert problem.range == lsp.Range(lsp.Position(3, 4), lsp.Position(3, 9))
    assert problem.code_description is not None
    assert problem.code_description.href.endswith("errors.md#e0201")

    actions = await client.text_document_code_action_async(
        lsp.CodeActionParams(
            lsp.TextDocumentIdentifier(URI), problem.range, lsp.CodeActionContext([problem])
        )
    )
    assert actions is not None
    (action,) = actions
    assert isinstance(action, lsp.CodeAction)
    assert action.edit is not None
    assert action.edit.changes is not None
    (edit,) = action.edit.changes[URI]
    assert (edit.range, edit.new_text) == (problem.range, "Dense")

    client.text_document_did_change(
        lsp.DidChangeTextDocumentParams(
            lsp.VersionedTextDocumentIdentifier(2, URI),
            [lsp.TextDocumentContentChangePartial(edit.range, edit.new_text)],
        )
    )
    while await published(client):
        pass


@pytest.mark.asyncio
async def test_characters_of_all_widths(client: LanguageClient) -> None:
    """Each client counts columns in units of its own; all mean the same word."""
    line = 'let a = "é漢🙂" + bad\n'
    opened(client, line)
    problem = next(p for p in await published(client) if p.code == "E0201")
    prefix = line[: line.index("bad")]
    widths = {"utf-8": len(prefix.encode()), "utf-16": len(prefix) + 1, "utf-32": len(prefix)}
    assert problem.range.start.character == widths[getattr(client, "agreed")]  # noqa: B009


@pytest.mark.asyncio
async def test_a_closed_document_has_no_problems(client: LanguageClient) -> None:
    opened(client, WRONG)
    assert await published(client)
    client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(URI)))
    while await published(client):
        pass
