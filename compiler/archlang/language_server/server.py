"""The server: the open documents, and diagnostics that follow what is typed.

An edit only marks its document; as soon as no message waits, it is checked and its diagnostics are sent. So a stroke is checked at once,
and of many edits in a row only the last. A request in between checks at once what it asks about, so that every answer is about
the last version. Nothing that goes wrong in one document stops the server.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import Any, BinaryIO, TypeVar

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.io_ import StdoutWriter
from pygls.lsp.server import LanguageServer

from archlang.incremental import Interrupted
from archlang.language_server.documents import Encoding
from archlang.language_server.project import Project
from archlang.language_server.protocol import Converter, Locator
from archlang.language_server.transport import Inbox, Message, document_of
from archlang.version import __version__

PATIENCE = 0.5
"""For how many seconds a check gives way to what else comes; then it is made."""

PAUSE = 0.2
"""After how many seconds without a message what has come lately is swept."""
QUIET = 1.0
"""After how many more memory is swept as a whole."""
MOST_UNSWEPT = 1000

# Questions about how to show a text: once it has been changed, they will be asked again.
_SHOWN = frozenset(
    {
        lsp.TEXT_DOCUMENT_CODE_LENS,
        lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT,
        lsp.TEXT_DOCUMENT_DOCUMENT_LINK,
        lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL,
        lsp.TEXT_DOCUMENT_FOLDING_RANGE,
        lsp.TEXT_DOCUMENT_INLAY_HINT,
        lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
        lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA,
        lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE,
    }
)

_TEXTS = (
    lsp.TEXT_DOCUMENT_DID_OPEN,
    lsp.TEXT_DOCUMENT_DID_CHANGE,
    lsp.TEXT_DOCUMENT_DID_CLOSE,
)

_log = logging.getLogger(__name__)

T = TypeVar("T")


class ArchServer(LanguageServer):
    """A language server for `.arch` files."""

    def __init__(self) -> None:
        super().__init__("archlang", __version__, max_workers=1)  # pyright: ignore[reportUnknownMemberType]
        # pygls would keep texts of its own, by lines that are not those of the protocol, and shift the places of edits in ours.
        protocol: Any = self.protocol
        for method in _TEXTS:
            protocol.fm.builtin_features.pop(method)
        self.project = Project()
        # Documents to check, and since when.
        self._marked: dict[str, float] = {}
        self._inbox: Inbox | None = None
        self._unswept = 0

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
        """Check a document, and those that import it, when no message waits."""
        for each in self.project.changed(uri):
            self._marked.setdefault(each, monotonic())

    def check_next(self) -> bool:
        """Check a document that was marked; False if there is none."""
        if not self._marked:
            return False
        uri, since = next(iter(self._marked.items()))
        try:
            self._check(uri, lambda: self._is_asked() and monotonic() - since < PATIENCE)
        except Interrupted:
            # It stays marked; what has been found so far is kept.
            return True
        self._marked.pop(uri, None)
        return True

    def _is_overdue(self) -> bool:
        """Whether a document has waited long enough for its check, whatever else comes."""
        since = next(iter(self._marked.values()), None)
        return since is not None and monotonic() - since > PATIENCE

    def _is_asked(self) -> bool:
        return self._inbox is not None and self._inbox.waits

    def _check(self, uri: str, stop: Callable[[], bool]) -> None:
        """Check a document and send its diagnostics; `Interrupted` where `stop` says so."""
        document = self.project.document(uri)
        if document is None:
            return
        try:
            self.project.analysis(uri, stop)
        except Interrupted:
            raise
        except Exception:
            _log.exception("the check of %s failed", uri)
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
        self._marked.pop(uri, None)
        self.project.close(uri)
        self.check_soon(uri)  # those that import it
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))

    # ---------------------------------------------------------------------- messages

    def start_io(self, stdin: BinaryIO | None = None, stdout: BinaryIO | None = None) -> None:
        """Serve a client over standard input and output until it goes."""
        stop = self._stop_event = Event()
        # A collection of more than the youngest objects takes longer than a check: it waits until nobody types.
        gc.set_threshold(20_000, 30, 1_000_000)
        self.protocol.set_writer(StdoutWriter(stdout or sys.stdout.buffer))  # pyright: ignore[reportUnknownMemberType]
        try:
            asyncio.run(self._serve(stdin or sys.stdin.buffer, stop))
        except BrokenPipeError:
            _log.info("the client has gone")
        except (KeyboardInterrupt, SystemExit):
            pass
        finally:
            self.shutdown()

    async def _serve(self, stdin: BinaryIO, stop: Event) -> None:
        inbox = self._inbox = Inbox()
        inbox.listen(stdin)
        while not (inbox.ended or stop.is_set()):
            if inbox.waits and not self._is_overdue():
                self._take(inbox.take(), inbox)
                self._unswept += 1
            elif not self.check_next():
                await self._rest(inbox)
            if self._unswept > MOST_UNSWEPT:
                self._sweep()
            # Room for what the handlers of pygls have begun.
            await asyncio.sleep(0)

    async def _rest(self, inbox: Inbox) -> None:
        """Wait for a message, and sweep memory meanwhile."""
        if not self._unswept:
            await inbox.arrival()
        elif not await inbox.arrival(PAUSE):
            gc.collect(1)
            if not await inbox.arrival(QUIET):
                self._sweep()

    def _sweep(self) -> None:
        """Free what earlier versions have left behind."""
        gc.collect()
        self._unswept = 0

    def _take(self, message: Message, inbox: Inbox) -> None:
        """Handle a message, unless it is stale."""
        number = message.get("id")
        method = message.get("method")
        if number is not None and method is not None:
            if inbox.cancels(number):
                return self._refuse(number, lsp.LSPErrorCodes.RequestCancelled, "cancelled")
            stale = method in _SHOWN and inbox.changes(document_of(message))
            if stale and self._asks_again():
                return self._refuse(number, lsp.LSPErrorCodes.ContentModified, "the text changed")
        if method == lsp.CANCEL_REQUEST:
            return None  # of a request that has been answered
        try:
            protocol: Any = self.protocol
            protocol.handle_message(protocol.structure_message(dict(message)))
        except BrokenPipeError:
            raise
        except Exception as problem:
            self.report_server_error(problem, JsonRpcException)
        return None

    def _asks_again(self) -> bool:
        """Whether the client knows what to do with an answer that its text has changed."""
        general = self.client_capabilities.general
        return general is not None and general.stale_request_support is not None

    def _refuse(self, number: Any, code: lsp.LSPErrorCodes, why: str) -> None:
        protocol: Any = self.protocol
        protocol._send_response(number, error=lsp.ResponseError(code.value, why))

    # ---------------------------------------------------------------------- pygls

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Errors of ours go to the log, not into the user's face."""
        if _is_refusal(error):
            return
        _log.error("in the server: %s", error, exc_info=error)

    def use_encoding(self) -> None:
        """Count as the client and pygls have agreed on."""
        agreed = self.workspace.position_encoding
        value = agreed.value if isinstance(agreed, lsp.PositionEncodingKind) else agreed
        self.project.encoding = Encoding(value or "utf-16")


def _is_refusal(error: object) -> bool:
    """Whether an error is an answer of ours: what was asked for can't be done, and why."""
    code = error.code if isinstance(error, JsonRpcException) else None
    return code == lsp.LSPErrorCodes.RequestFailed.value


def _is_mishap(record: logging.LogRecord) -> bool:
    return record.exc_info is None or not _is_refusal(record.exc_info[1])


def make_server() -> ArchServer:
    """A server with all its handlers."""
    from archlang.language_server.handlers import register_all

    # pygls logs every error that it answers with.
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_is_mishap)
    server = ArchServer()
    register_all(server)
    return server
