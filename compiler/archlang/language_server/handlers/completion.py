"""Completion and signature help."""

from __future__ import annotations

import posixpath
from typing import Any

from lsprotocol import types as lsp

from archlang.language_server.features import completion, signature_help
from archlang.language_server.features.completion_items import Files, Item
from archlang.language_server.features.documentation import of_key
from archlang.language_server.project import path_of
from archlang.language_server.protocol import Converter
from archlang.language_server.server import ArchServer

_KINDS: dict[str, lsp.CompletionItemKind] = {
    "class": lsp.CompletionItemKind.Class,
    "function": lsp.CompletionItemKind.Function,
    "module": lsp.CompletionItemKind.Module,
    "variable": lsp.CompletionItemKind.Variable,
    "constant": lsp.CompletionItemKind.Constant,
    "argument": lsp.CompletionItemKind.Property,
    "value": lsp.CompletionItemKind.EnumMember,
    "keyword": lsp.CompletionItemKind.Keyword,
    "snippet": lsp.CompletionItemKind.Snippet,
    "file": lsp.CompletionItemKind.File,
    "folder": lsp.CompletionItemKind.Folder,
    "type": lsp.CompletionItemKind.TypeParameter,
    "task": lsp.CompletionItemKind.Interface,
    "field": lsp.CompletionItemKind.Field,
}


def register(server: ArchServer) -> None:
    """Register completion, the documentation of its items, and signature help."""

    @server.feature(
        lsp.TEXT_DOCUMENT_COMPLETION,
        lsp.CompletionOptions(trigger_characters=list(completion.TRIGGERS), resolve_provider=True),
    )
    def _complete(params: lsp.CompletionParams) -> lsp.CompletionList:
        uri = params.text_document.uri
        snippets = _takes_snippets(server)
        found = server.ask(uri, lambda convert: _completed(convert, uri, params.position, snippets))
        return found or lsp.CompletionList(is_incomplete=False, items=[])

    @server.feature(lsp.COMPLETION_ITEM_RESOLVE)
    def _resolve(item: lsp.CompletionItem) -> lsp.CompletionItem:
        data: Any = item.data
        if isinstance(data, dict) and item.documentation is None:
            uri, key = str(data.get("uri", "")), str(data.get("key", ""))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
            text = server.ask(uri, lambda convert: of_key(convert.analysis, key))
            if text:
                item.documentation = lsp.MarkupContent(lsp.MarkupKind.Markdown, text)
        return item

    @server.feature(
        lsp.TEXT_DOCUMENT_SIGNATURE_HELP,
        lsp.SignatureHelpOptions(
            trigger_characters=list(signature_help.TRIGGERS),
            retrigger_characters=list(signature_help.RETRIGGERS),
        ),
    )
    def _signature(params: lsp.SignatureHelpParams) -> lsp.SignatureHelp | None:
        return server.ask(
            params.text_document.uri, lambda convert: _signed(convert, params.position)
        )


def _takes_snippets(server: ArchServer) -> bool:
    document = server.client_capabilities.text_document
    asked = document.completion if document is not None else None
    item = asked.completion_item if asked is not None else None
    return bool(item is not None and item.snippet_support)


def _completed(
    convert: Converter, uri: str, position: lsp.Position, snippets: bool
) -> lsp.CompletionList:
    analysis = convert.analysis
    # Data is looked for where `archc run` would be started: in the folders that are open, and beside the spec.
    roots = (*convert.project.folders, posixpath.dirname(path_of(uri)) or ".")
    files = Files(convert.project.read_text, roots)
    found = completion.completions(analysis, convert.offset(position), files)
    replaced = _on_one_line(convert.range(found.replaced), position)
    items = [
        _item(convert, uri, item, index, replaced, snippets)
        for index, item in enumerate(found.items)
        if snippets or item.kind != "snippet"
    ]
    return lsp.CompletionList(is_incomplete=False, items=items)


def _on_one_line(found: lsp.Range, position: lsp.Position) -> lsp.Range:
    """What is replaced has to stand in the cursor's line."""
    if found.start.line != position.line or found.end.line != position.line:
        return lsp.Range(position, position)
    return found


def _item(
    convert: Converter,
    uri: str,
    item: Item,
    index: int,
    replaced: lsp.Range,
    snippets: bool,
) -> lsp.CompletionItem:
    as_snippet = item.snippet and snippets
    text = item.insert if item.insert is not None and (as_snippet or not item.snippet) else None
    further = [lsp.TextEdit(convert.placed(span), new) for span, new in item.edits]
    again = lsp.Command("Suggest", "editor.action.triggerSuggest") if item.parted else None
    return lsp.CompletionItem(
        item.label,
        kind=_KINDS[item.kind],
        detail=item.detail or None,
        documentation=lsp.MarkupContent(lsp.MarkupKind.Markdown, item.doc)
        if item.doc and not item.key
        else None,
        tags=[lsp.CompletionItemTag.Deprecated] if item.deprecated else None,
        sort_text=f"{index:04}",
        filter_text=item.label,
        text_edit=lsp.TextEdit(replaced, item.label if text is None else text),
        insert_text_format=lsp.InsertTextFormat.Snippet
        if as_snippet
        else lsp.InsertTextFormat.PlainText,
        insert_text_mode=lsp.InsertTextMode.AdjustIndentation if as_snippet else None,
        additional_text_edits=further or None,
        command=again,
        data={"uri": uri, "key": item.key} if item.key else None,
    )


def _signed(convert: Converter, position: lsp.Position) -> lsp.SignatureHelp | None:
    found = signature_help.signature_help(convert.analysis, convert.offset(position))
    if found is None:
        return None
    parameters = [
        lsp.ParameterInformation(
            # By its text: offsets would have to be counted in UTF-16, whatever was agreed on.
            found.label[part.start : part.end],
            lsp.MarkupContent(lsp.MarkupKind.Markdown, part.doc),
        )
        for part in found.parts
    ]
    # An index beyond the last parameter lights none of them up.
    active = len(parameters) if found.active is None else found.active
    doc = lsp.MarkupContent(lsp.MarkupKind.Markdown, found.doc) if found.doc else None
    signature = lsp.SignatureInformation(found.label, doc, parameters, active)
    return lsp.SignatureHelp([signature], 0, active)
