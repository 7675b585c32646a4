"""Messages from bytes, and what waiting messages say of those before them."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archlang.language_server.transport import Inbox, document_of, messages


def packed(message: object) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def read(data: bytes, sizes: list[int] | None = None) -> list[Any]:
    """The messages in bytes that come in pieces of some sizes."""
    pieces: list[bytes] = []
    for size in sizes or []:
        pieces.append(data[:size])
        data = data[size:]
    pieces = [piece for piece in [*pieces, data] if piece]
    return list(messages(lambda: pieces.pop(0) if pieces else b""))


@given(st.lists(st.dictionaries(st.text(), st.text())), st.lists(st.integers(1, 50)))
def test_messages_come_in_any_pieces(sent: list[dict[str, str]], sizes: list[int]) -> None:
    assert read(b"".join(map(packed, sent)), sizes) == sent


def test_other_headers_are_read_over() -> None:
    data = b"content-type: x; charset=utf-8\r\ncontent-length: 8\r\n\r\n" + b'{"a": 1}'
    assert read(data) == [{"a": 1}]


def test_what_is_no_message_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    wrong = b"Content-Length: 3\r\n\r\n{a}" + b"Length: 3\r\n\r\n" + packed([1])
    with caplog.at_level(logging.ERROR):
        assert read(wrong + packed({"id": 1})) == [{"id": 1}]
    assert len(caplog.records) == 3


def test_an_end_in_the_middle_ends_it() -> None:
    assert read(packed({"id": 1}) + packed({"id": 2})[:-1]) == [{"id": 1}]


def test_what_waits_makes_earlier_work_stale() -> None:
    async def session() -> None:
        inbox = Inbox()
        incoming, outgoing = os.pipe()
        with open(incoming, "rb") as stream:
            inbox.listen(stream)
            assert not await inbox.arrival(0.01)
            hover = {
                "id": 7,
                "method": "textDocument/hover",
                "params": {"textDocument": {"uri": "a"}},
            }
            change = {"method": "textDocument/didChange", "params": {"textDocument": {"uri": "a"}}}
            cancel = {"method": "$/cancelRequest", "params": {"id": 7}}
            with open(outgoing, "wb") as client:
                client.write(packed(hover) + packed(change) + packed(cancel))
            while not inbox.cancels(7):
                await asyncio.sleep(0.01)
            assert document_of(inbox.take()) == "a"
            assert inbox.changes("a")
            assert not inbox.changes("b")
            assert not inbox.cancels(8)
            assert inbox.take() == change
            assert inbox.take() == cancel
            assert await inbox.arrival(5)
            while not inbox.ended:
                await asyncio.sleep(0.01)

    asyncio.run(session())
