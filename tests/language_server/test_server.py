"""The server as an editor meets it: over standard input and output."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
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
    action = actions[0]
    assert isinstance(action, lsp.CodeAction)
    assert action.kind == lsp.CodeActionKind.QuickFix
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


# ---------------------------------------------------------------------------------------- one round trip a feature

SPEC = """\
# 🙂 A spec.
from "std/unet.arch" import DoubleConv

task Pets {
    input image: float32[32, 32, 3]
    output mask: segmentation(classes=3)
    data = npz("pets.npz")
}

model Net for Pets {
    DoubleConv(8) as found
    found -> head
}
"""
DOCUMENT = lsp.TextDocumentIdentifier(URI)


def position(word: str) -> lsp.Position:
    """Where a word of SPEC begins. All before it in its line is ASCII."""
    before = SPEC[: SPEC.index(word)]
    return lsp.Position(before.count("\n"), len(before) - before.rfind("\n") - 1)


@pytest.mark.asyncio
async def test_names(client: LanguageClient) -> None:
    opened(client, SPEC)
    params = lsp.DefinitionParams(DOCUMENT, position("DoubleConv(8)"))
    found = await client.text_document_definition_async(params)
    (target,) = found if isinstance(found, list) else [found]
    assert target is not None
    uri = target.target_uri if isinstance(target, lsp.LocationLink) else target.uri
    assert uri.endswith("/std/unet.arch")

    at = position("found")
    references = await client.text_document_references_async(
        lsp.ReferenceParams(lsp.ReferenceContext(False), DOCUMENT, at)
    )
    assert list(references or ()) == [lsp.Location(URI, _range(11, 4, 9))]
    highlights = await client.text_document_document_highlight_async(
        lsp.DocumentHighlightParams(DOCUMENT, at)
    )
    assert [(h.range, h.kind) for h in highlights or ()] == [
        (_range(10, 21, 26), lsp.DocumentHighlightKind.Write),
        (_range(11, 4, 9), lsp.DocumentHighlightKind.Read),
    ]


@pytest.mark.asyncio
async def test_renaming(client: LanguageClient) -> None:
    opened(client, SPEC)
    at = position("found")
    prepared = await client.text_document_prepare_rename_async(
        lsp.PrepareRenameParams(DOCUMENT, at)
    )
    assert prepared == _range(10, 21, 26)
    edit = await client.text_document_rename_async(lsp.RenameParams(DOCUMENT, at, new_name="x"))
    assert edit is not None
    assert edit.changes is not None
    assert [(e.range, e.new_text) for e in edit.changes[URI]] == [
        (_range(10, 21, 26), "x"),
        (_range(11, 4, 9), "x"),
    ]
    with pytest.raises(JsonRpcException, match="word of the language"):
        await client.text_document_rename_async(lsp.RenameParams(DOCUMENT, at, new_name="head"))
    library = position("DoubleConv(8)")
    with pytest.raises(JsonRpcException, match="ships with the compiler"):
        await client.text_document_prepare_rename_async(lsp.PrepareRenameParams(DOCUMENT, library))


@pytest.mark.asyncio
async def test_hints_and_lenses(client: LanguageClient) -> None:
    opened(client, SPEC)
    hints = await client.text_document_inlay_hint_async(
        lsp.InlayHintParams(DOCUMENT, lsp.Range(lsp.Position(10, 0), lsp.Position(10, 50)))
    )
    # Two convolutions without biases and their batch normalizations: 27 * 8 + 4 * 8 + 72 * 8 + 4 * 8, or with biases.
    (hint,) = hints or ()
    assert isinstance(hint.label, str)
    assert hint.label.startswith("[32, 32, 8] ")
    assert hint.position == lsp.Position(10, 26)
    found = await client.text_document_code_lens_async(lsp.CodeLensParams(DOCUMENT))
    commands = [lens.command for lens in found or () if lens.command is not None]
    assert commands[0].title.split(" ")[1] == "parameters"
    assert [(c.title, c.command, list(c.arguments or ())) for c in commands[1:]] == [
        ("Run", "archlang.run", [URI, "Net"]),
        ("Compile", "archlang.compile", [URI, "Net"]),
        ("Show picture", "archlang.showPicture", [URI, "Net"]),
    ]


@pytest.mark.asyncio
async def test_the_outline_and_what_folds(client: LanguageClient) -> None:
    opened(client, SPEC)
    symbols = await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(DOCUMENT))
    assert [symbol.name for symbol in symbols or ()] == ["Pets", "Net"]
    search = await client.workspace_symbol_async(lsp.WorkspaceSymbolParams("net"))
    assert [(s.name, s.location.uri) for s in search or ()] == [("Net", URI)]
    folds = await client.text_document_folding_range_async(lsp.FoldingRangeParams(DOCUMENT))
    assert [(fold.start_line, fold.end_line) for fold in folds or ()] == [(3, 6), (9, 11)]
    (grown,) = (
        await client.text_document_selection_range_async(
            lsp.SelectionRangeParams(DOCUMENT, [position("found")])
        )
        or ()
    )
    assert grown.range == _range(10, 21, 26)
    assert grown.parent is not None
    (link,) = await client.text_document_document_link_async(lsp.DocumentLinkParams(DOCUMENT)) or ()
    assert link.range == _range(1, 6, 19)
    assert (link.target or "").endswith("/std/unet.arch")


@pytest.mark.asyncio
async def test_semantic_tokens_and_what_changes_in_them(client: LanguageClient) -> None:
    opened(client, SPEC)
    full = await client.text_document_semantic_tokens_full_async(lsp.SemanticTokensParams(DOCUMENT))
    assert full is not None
    # `DoubleConv` in line 1, column 28, ten letters: a class (2) without modifiers.
    assert list(full.data[:5]) == [1, 28, 10, 2, 0]
    assert full.result_id is not None
    same = await client.text_document_semantic_tokens_full_delta_async(
        lsp.SemanticTokensDeltaParams(DOCUMENT, full.result_id)
    )
    assert isinstance(same, lsp.SemanticTokensDelta)
    assert list(same.edits) == []
    end = lsp.Position(12, 0)
    client.text_document_did_change(
        lsp.DidChangeTextDocumentParams(
            lsp.VersionedTextDocumentIdentifier(2, URI),
            [lsp.TextDocumentContentChangePartial(lsp.Range(end, end), "    ReLU\n")],
        )
    )
    assert same.result_id is not None
    changed = await client.text_document_semantic_tokens_full_delta_async(
        lsp.SemanticTokensDeltaParams(DOCUMENT, same.result_id)
    )
    assert isinstance(changed, lsp.SemanticTokensDelta)
    now = list(full.data)
    for edit in changed.edits:
        now[edit.start : edit.start + edit.delete_count] = edit.data or []
    # `ReLU`, a line below the last word, at its fifth column: a type (1) of Keras's (4).
    assert now == [*full.data, 1, 4, 4, 1, 4]
    part = await client.text_document_semantic_tokens_range_async(
        lsp.SemanticTokensRangeParams(DOCUMENT, lsp.Range(lsp.Position(12, 0), lsp.Position(13, 0)))
    )
    assert part is not None
    assert list(part.data) == [12, 4, 4, 1, 4]


@pytest.mark.asyncio
async def test_formatting(client: LanguageClient) -> None:
    text = "let a=1\nlet b=2\n"
    opened(client, text)
    options = lsp.FormattingOptions(2, insert_spaces=False)
    edits = await client.text_document_formatting_async(
        lsp.DocumentFormattingParams(DOCUMENT, options)
    )
    assert [edit.new_text for edit in edits or ()] == ["let a = 1\nlet b = 2\n"]
    edits = await client.text_document_range_formatting_async(
        lsp.DocumentRangeFormattingParams(DOCUMENT, _range(1, 0, 3), options)
    )
    assert [(e.range, e.new_text) for e in edits or ()] == [(_range(1, 0, 7), "let b = 2")]
    client.text_document_did_change(
        lsp.DidChangeTextDocumentParams(
            lsp.VersionedTextDocumentIdentifier(2, URI),
            [lsp.TextDocumentContentChangeWholeDocument("model M {\n\n}\n")],
        )
    )
    edits = await client.text_document_on_type_formatting_async(
        lsp.DocumentOnTypeFormattingParams(DOCUMENT, lsp.Position(1, 0), "\n", options)
    )
    assert [(e.range, e.new_text) for e in edits or ()] == [(_range(1, 0, 0), "    ")]


@pytest.mark.asyncio
async def test_completion_and_its_documentation(client: LanguageClient) -> None:
    opened(client, SPEC.replace("found -> head", "found -> Conv2D(8, 3, pad"))
    end = lsp.Position(11, len("    found -> Conv2D(8, 3, pad"))
    found = await client.text_document_completion_async(lsp.CompletionParams(DOCUMENT, end))
    assert isinstance(found, lsp.CompletionList)
    names = [item.label for item in found.items]
    assert names[:3] == ["strides=", "padding=", "dilation_rate="]
    item = found.items[1]
    assert isinstance(item.text_edit, lsp.TextEdit)
    assert item.text_edit == lsp.TextEdit(_range(11, end.character - 3, end.character), "padding=")
    assert item.documentation is None
    resolved = await client.completion_item_resolve_async(item)
    assert isinstance(resolved.documentation, lsp.MarkupContent)
    assert resolved.documentation.value.startswith("**padding** of `Conv2D`")


@pytest.mark.asyncio
async def test_hover(client: LanguageClient) -> None:
    opened(client, SPEC)
    found = await client.text_document_hover_async(
        lsp.HoverParams(DOCUMENT, position("DoubleConv(8)"))
    )
    assert found is not None
    assert found.range == _range(10, 4, 14)
    assert isinstance(found.contents, lsp.MarkupContent)
    assert found.contents.kind == lsp.MarkupKind.Markdown
    assert found.contents.value.startswith(
        "**DoubleConv** · float32[32, 32, 3] → float32[32, 32, 8] · "
    )


@pytest.mark.asyncio
async def test_signature_help(client: LanguageClient) -> None:
    opened(client, SPEC.replace("found -> head", "found -> Dense(8, "))
    at = lsp.Position(11, len("    found -> Dense(8, "))
    found = await client.text_document_signature_help_async(lsp.SignatureHelpParams(DOCUMENT, at))
    assert found is not None
    (signature,) = found.signatures
    assert signature.label.startswith("Dense(units, activation=None, ")
    assert found.active_parameter == signature.active_parameter == 1
    assert signature.parameters is not None
    assert signature.parameters[1].label == "activation=None"


@pytest.mark.asyncio
async def test_refactorings_are_code_actions(client: LanguageClient) -> None:
    opened(client, SPEC)
    at = position("DoubleConv(8)")

    async def asked(*only: str) -> dict[str, lsp.CodeAction]:
        context = lsp.CodeActionContext([], only=list(only) or None)
        found = await client.text_document_code_action_async(
            lsp.CodeActionParams(DOCUMENT, lsp.Range(at, at), context)
        )
        return {each.title: each for each in found or () if isinstance(each, lsp.CodeAction)}

    actions = await asked()
    assert sorted(actions) == [
        "Add a `train` section",
        "Inline block `DoubleConv` here",
        "Name the argument of `DoubleConv`",
    ]
    assert list(await asked("refactor.inline")) == ["Inline block `DoubleConv` here"]
    named = actions["Name the argument of `DoubleConv`"]
    assert named.kind == "refactor.rewrite"
    assert named.edit is not None
    assert named.edit.changes is not None
    assert [(e.range, e.new_text) for e in named.edit.changes[URI]] == [
        (_range(10, 15, 15), "filters=")
    ]


def _range(line: int, start: int, end: int) -> lsp.Range:
    return lsp.Range(lsp.Position(line, start), lsp.Position(line, end))
