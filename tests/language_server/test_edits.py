"""Edits as messages of the protocol: what comes through pygls is what the client has."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlang.language_server.documents import Encoding
from archlang.language_server.server import ArchServer, make_server

# Ends of lines for Python but not for the protocol, and characters of one to four bytes.
ALPHABET = "ab #\n\r\v\f\x1c\x85\u2028é漢🙂"
TEXTS = st.text(ALPHABET, max_size=20)
URI = "file:///work/spec.arch"


class Nowhere:
    """Where the server writes to."""

    def write(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        pass


def say(server: ArchServer, method: str, params: dict[str, Any], **more: Any) -> None:
    """Give the server a message."""
    protocol: Any = server.protocol
    message = {"jsonrpc": "2.0", "method": method, "params": params, **more}
    protocol.handle_message(protocol.structure_message(message))


@cache
def started(encoding: Encoding) -> ArchServer:
    """A server that counts as a client wants it."""
    server = make_server()
    server.protocol.set_writer(Nowhere())
    general = {"positionEncodings": [encoding.value]}
    say(server, "initialize", {"capabilities": {"general": general}}, id=1)
    say(server, "initialized", {})
    return server


def width(text: str, encoding: Encoding) -> int:
    match encoding:
        case Encoding.UTF8:
            return len(text.encode())
        case Encoding.UTF16:
            return len(text.encode("utf-16-le")) // 2
        case Encoding.UTF32:
            return len(text)


def position(text: str, offset: int, encoding: Encoding) -> dict[str, int]:
    """The position of an offset, by what the protocol says of lines."""
    before = text[:offset].replace("\r\n", "\n\0").replace("\r", "\n").replace("\n\0", "\r\n")
    line = before.count("\n")
    return {"line": line, "character": width(before[before.rfind("\n") + 1 :], encoding)}


@pytest.mark.parametrize("encoding", list(Encoding))
@given(text=TEXTS, edits=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99), TEXTS)))
@settings(max_examples=150, deadline=None)
def test_a_document_stays_the_clients(
    encoding: Encoding, text: str, edits: list[tuple[int, int, str]]
) -> None:
    server = started(encoding)
    document = {"uri": URI, "languageId": "arch", "version": 1, "text": text}
    say(server, "textDocument/didOpen", {"textDocument": document})
    for version, (first, second, new) in enumerate(edits, 2):
        start, end = sorted(offset % (len(text) + 1) for offset in (first, second))
        # Inside `\r\n` there is no place that a client could mean.
        if any(text[at - 1 : at + 1] == "\r\n" for at in (start, end)):
            continue
        places = {
            "start": position(text, start, encoding),
            "end": position(text, end, encoding),
        }
        say(
            server,
            "textDocument/didChange",
            {
                "textDocument": {"uri": URI, "version": version},
                "contentChanges": [{"range": places, "text": new}],
            },
        )
        text = text[:start] + new + text[end:]
        known = server.project.document(URI)
        assert known is not None
        assert known.text == text
    say(server, "textDocument/didClose", {"textDocument": {"uri": URI}})
    assert server.project.document(URI) is None
