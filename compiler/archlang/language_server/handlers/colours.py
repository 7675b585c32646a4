"""Semantic tokens."""

from __future__ import annotations

from functools import cache
from itertools import count

from lsprotocol import types as lsp

from archlang.language_server.features.colours import MODIFIERS, TYPES, colours
from archlang.language_server.protocol import Converter
from archlang.language_server.server import ArchServer

_TYPES = {name: index for index, name in enumerate(TYPES)}
_MODIFIERS = {name: 1 << index for index, name in enumerate(MODIFIERS)}


def register(server: ArchServer) -> None:
    """Register semantic tokens: of all of a file, what has changed in it, and of a range."""
    legend = lsp.SemanticTokensLegend(list(TYPES), list(MODIFIERS))
    numbers = count(1)
    # What the client has, by document: the number of the answer, and the answer.
    sent: dict[str, tuple[str, list[int]]] = {}

    def full(uri: str) -> list[int] | None:
        return server.ask(uri, lambda convert: _encoded(convert, 0, len(convert.analysis.text)))

    def remembered(uri: str, data: list[int]) -> str:
        number = str(next(numbers))
        sent[uri] = (number, data)
        return number

    @server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, legend)
    def _full(params: lsp.SemanticTokensParams) -> lsp.SemanticTokens | None:
        uri = params.text_document.uri
        data = full(uri)
        return None if data is None else lsp.SemanticTokens(data, remembered(uri, data))

    @server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA)
    def _delta(
        params: lsp.SemanticTokensDeltaParams,
    ) -> lsp.SemanticTokens | lsp.SemanticTokensDelta | None:
        uri = params.text_document.uri
        number, before = sent.get(uri, ("", []))
        data = full(uri)
        if data is None:
            return None
        now = remembered(uri, data)
        if number != params.previous_result_id:
            return lsp.SemanticTokens(data, now)
        return lsp.SemanticTokensDelta(_difference(before, data), now)

    @server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE)
    def _range(params: lsp.SemanticTokensRangeParams) -> lsp.SemanticTokens | None:
        def found(convert: Converter) -> lsp.SemanticTokens:
            start, end = convert.offset(params.range.start), convert.offset(params.range.end)
            return lsp.SemanticTokens(_encoded(convert, start, end))

        return server.ask(params.text_document.uri, found)


def _encoded(convert: Converter, start: int, end: int) -> list[int]:
    """Five numbers a word, its place counted from the word before, as the protocol wants them."""
    data: list[int] = []
    line = character = 0
    lines, encoding = convert.analysis.lines, convert.encoding
    for colour in colours(convert.analysis, start, end):
        at = lines.place(colour.start, encoding)
        if at.line != line:
            character = 0
        data += (
            at.line - line,
            at.character - character,
            lines.units(colour.start, colour.end, encoding),
            _TYPES[colour.type],
            _bits(colour.modifiers),
        )
        line, character = at.line, at.character
    return data


@cache
def _bits(modifiers: tuple[str, ...]) -> int:
    return sum(_MODIFIERS[name] for name in modifiers)


def _difference(before: list[int], after: list[int]) -> list[lsp.SemanticTokensEdit]:
    """One edit, of what lies between what both begin and end with."""
    shortest = min(len(before), len(after))
    start = 0
    while start < shortest and before[start] == after[start]:
        start += 1
    end = 0
    while end < shortest - start and before[-1 - end] == after[-1 - end]:
        end += 1
    removed, new = len(before) - start - end, after[start : len(after) - end]
    return [lsp.SemanticTokensEdit(start, removed, new)] if removed or new else []
