"""The server: the open documents, and diagnostics that follow what is typed.

An edit only marks its document; a moment later, if no other edit has come, it is checked and its diagnostics are sent. A request in between
checks at once what it asks about, so that every answer is about the last version. Nothing that goes wrong in one document stops the server.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from archlang.language_server.documents import Encoding
from archlang.language_server.project import Project
from archlang.language_server.protocol import Converter, Locator
from archlang.version import __version__

DEBOUNCE = 0.04
"""How many seconds after the last edit diagnostics are made."""

_log = logging.getLogger(__name__)

T = TypeVar("T")


class ArchServer(LanguageServer):
    """A language server for `.arch` files."""

    def __init__(self) -> None:
        super().__init__("archlang", __version__, max_workers=1)  # pyright: ignore[reportUnknownMemberType]
        self.project = Project()
        self._waiting: dict[str, asyncio.Task[None]] = {}

    # ---------------------------------------------------------------------- asking

    def ask(self, uri: str, question: Callable[[Converter], T]) -> T | None:
        """The answer to a question about the last version of a document; None if there is none, or if a bug of
        ours keeps us from it.
        """
        try:
            analysis = self.project.analysis(uri)
            if analysis is None:
                return None
            return question(Converter(self.project, analysis))
        except Exception:
            _log.exception("a question about %s failed", uri)
            return None

    def ask_project(self, question: Callable[[Locator], T]) -> T | None:
        """The answer to a question about all specs of the project; None if a bug of ours keeps us from it."""
        try:
            return question(Locator(self.project))
        except Exception:
            _log.exception("a question about the project failed")
            return None

    # ---------------------------------------------------------------------- diagnostics

    def check_soon(self, uri: str) -> None:
        """Check a document, and those that import it, when no more edits come."""
        for each in self.project.changed(uri):
            waiting = self._waiting.pop(each, None)
            if waiting is not None:
                waiting.cancel()
            self._waiting[each] = asyncio.ensure_future(self._check_later(each))

    async def _check_later(self, uri: str) -> None:
        await asyncio.sleep(DEBOUNCE)
        self._waiting.pop(uri, None)
        self.check_now(uri)

    def check_now(self, uri: str) -> None:
        """Check a document and send its diagnostics."""
        document = self.project.document(uri)
        if document is None:
            return
        found = self.ask(
            uri, lambda convert: [convert.diagnostic(d) for d in convert.analysis.diagnostics]
        )
        if found is None:
            return
        found.sort(key=lambda d: (d.range.start.line, d.range.start.character))
        self.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(uri, found, version=document.version)
        )

    def forget(self, uri: str) -> None:
        """A document is closed: nothing is said of it any more."""
        waiting = self._waiting.pop(uri, None)
        if waiting is not None:
            waiting.cancel()
        self.project.close(uri)
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))

    # ---------------------------------------------------------------------- pygls

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Errors of ours go to the log, not into the user's face."""
        _log.error("in the server: %s", error, exc_info=error)

    def use_encoding(self) -> None:
        """Count as the client and pygls have agreed on."""
        agreed = self.workspace.position_encoding
        value = agreed.value if isinstance(agreed, lsp.PositionEncodingKind) else agreed
        self.project.encoding = Encoding(value or "utf-16")


def make_server() -> ArchServer:
    """A server with all its handlers."""
    from archlang.language_server.handlers import register_all

    server = ArchServer()
    register_all(server)
    return server
