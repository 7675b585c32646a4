"""Messages from the client: read as they come by a thread, so that the server knows which wait while it works.

What waits makes work stale: a request that has been cancelled is not begun, a question about how to show a text that has been
changed meanwhile is not answered, and a check stops for what has come.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from threading import Thread
from typing import Any, BinaryIO

from archlang.narrowing import is_dict

_log = logging.getLogger(__name__)

Message = Mapping[str, Any]

_LENGTH = re.compile(rb"^content-length:[ \t]*(\d+)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_HEADERS_END = b"\r\n\r\n"
_CHUNK = 1 << 16


class Inbox:
    """The messages that have come and have not been handled."""

    def __init__(self) -> None:
        self._waiting: deque[Message] = deque()
        self._arrived = asyncio.Event()
        self._ended = False

    def listen(self, stream: BinaryIO) -> None:
        """Begin to read from a stream, in a thread that ends with the process."""
        loop = asyncio.get_running_loop()
        # Reading without the stream's buffer: at exit, Python can't wait for a thread that holds it.
        number = stream.fileno()

        def read() -> None:
            try:
                for message in messages(lambda: os.read(number, _CHUNK)):
                    self._waiting.append(message)
                    loop.call_soon_threadsafe(self._arrived.set)
            except OSError as problem:
                _log.warning("the client can't be read from: %s", problem)
            self._ended = True
            loop.call_soon_threadsafe(self._arrived.set)

        Thread(target=read, name="reader", daemon=True).start()

    @property
    def waits(self) -> bool:
        """Whether there is a message to handle."""
        return bool(self._waiting)

    @property
    def ended(self) -> bool:
        """Whether the client has gone and all that it said has been handled."""
        return self._ended and not self._waiting

    def take(self) -> Message:
        """The next message."""
        return self._waiting.popleft()

    async def arrival(self, seconds: float | None = None) -> bool:
        """Wait until there is a message, or the client has gone; False if there is none after some seconds."""
        while not self._waiting and not self._ended:
            self._arrived.clear()
            if not self._waiting and not self._ended:
                try:
                    await asyncio.wait_for(self._arrived.wait(), seconds)
                except TimeoutError:
                    return False
        return True

    def cancels(self, request: object) -> bool:
        """Whether the client has cancelled a request already."""
        return any(
            m.get("method") == "$/cancelRequest" and _field(m, "params", "id") == request
            for m in tuple(self._waiting)
        )

    def changes(self, uri: object) -> bool:
        """Whether another edit of a document waits."""
        return any(
            m.get("method") == "textDocument/didChange"
            and _field(m, "params", "textDocument", "uri") == uri
            for m in tuple(self._waiting)
        )


def messages(read: Callable[[], bytes]) -> Iterator[Message]:
    """The messages in a stream, until it ends; what is no message is logged and passed over."""
    buffer = b""
    while True:
        end = buffer.find(_HEADERS_END)
        if end < 0:
            more = read()
            if not more:
                return
            buffer += more
            continue
        length = _LENGTH.search(buffer[:end].replace(b"\r\n", b"\n"))
        buffer = buffer[end + len(_HEADERS_END) :]
        if length is None:
            _log.error("a message without its length")
            continue
        chunks, missing = [buffer], int(length[1]) - len(buffer)
        while missing > 0:
            more = read()
            if not more:
                return
            chunks.append(more)
            missing -= len(more)
        buffer = b"".join(chunks)
        body, buffer = buffer[: int(length[1])], buffer[int(length[1]) :]
        try:
            message: object = json.loads(body)
        except ValueError as problem:
            _log.error("a message that is not JSON: %s", problem)
            continue
        if is_dict(message):
            yield message
        else:
            _log.error("a message that is no object")


def document_of(message: Message) -> object:
    """The URI of the document that a message is about, if it is about one."""
    return _field(message, "params", "textDocument", "uri")


def _field(message: object, *names: str) -> object:
    for name in names:
        if not is_dict(message):
            return None
        message = message.get(name)
    return message
