"""Code actions: quick fixes of diagnostics, one that mends all, and refactorings."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types as lsp

from archlang.language_server.features.fixes import all_fixes, quick_fixes
from archlang.language_server.features.refactoring import EXTRACT, IMPORTS, INLINE, REWRITE
from archlang.language_server.features.refactorings import refactorings
from archlang.language_server.protocol import Converter
from archlang.language_server.server import ArchServer

FIX_ALL = "source.fixAll.archlang"
_KINDS = (lsp.CodeActionKind.QuickFix.value, FIX_ALL, EXTRACT, INLINE, REWRITE, IMPORTS)


def register(server: ArchServer) -> None:
    """Register code actions."""

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions(code_action_kinds=list(_KINDS)),
    )
    def _actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        uri = params.text_document.uri
        found = server.ask(uri, lambda convert: _found(convert, params)) or []
        # By itself: a bug in one must not hide the fixes.
        return found + (server.ask(uri, lambda convert: _rewritten(convert, params)) or [])


def _rewritten(convert: Converter, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """The refactorings of the range; imports are sorted only when that is asked for."""
    wanted = params.context.only
    moved = params.context.trigger_kind == lsp.CodeActionTriggerKind.Automatic
    if moved and not wanted and params.range.start == params.range.end:
        return []  # nobody has asked yet, and trying refactorings costs
    found = refactorings(
        convert.analysis,
        convert.offset(params.range.start),
        convert.offset(params.range.end),
        lambda text: convert.project.tried(params.text_document.uri, text),
        lambda kind: _asked(kind, wanted) if wanted else kind != IMPORTS,
    )
    return [
        lsp.CodeAction(each.title, kind=each.kind, edit=convert.edits(each.edits)) for each in found
    ]


def _found(convert: Converter, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    wanted = params.context.only
    actions: list[lsp.CodeAction] = []
    if _asked(lsp.CodeActionKind.QuickFix, wanted):
        start = convert.offset(params.range.start)
        end = convert.offset(params.range.end)
        for each in quick_fixes(convert.analysis, start, end):
            place = convert.analysis.place
            edits = [(place(edit.span), edit.text) for edit in each.fix.edits]
            actions.append(
                lsp.CodeAction(
                    each.fix.title[:1].upper() + each.fix.title[1:],
                    kind=lsp.CodeActionKind.QuickFix,
                    diagnostics=[convert.diagnostic(each.diagnostic)],
                    is_preferred=each.preferred,
                    edit=convert.edits(edits),
                )
            )
    if wanted and _asked(FIX_ALL, wanted):
        edits = all_fixes(convert.analysis)
        if edits:
            actions.append(
                lsp.CodeAction("Mend all that has one fix", kind=FIX_ALL, edit=convert.edits(edits))
            )
    return actions


def _asked(kind: str, wanted: Sequence[lsp.CodeActionKind | str] | None) -> bool:
    """Whether the client wants actions of a kind; one word stands for all below it."""
    if not wanted:
        return True
    return any(kind == str(each) or kind.startswith(f"{each}.") for each in map(str, wanted))
