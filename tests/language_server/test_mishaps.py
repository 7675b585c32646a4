"""What goes wrong in one document stays there, and never reaches the user as a popup."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from archlang import api
from archlang.language_server.server import ArchServer, make_server

GOOD, BAD = "file:///work/good.arch", "file:///work/bad.arch"
TEXT = "model M {\n    input x: float32[4]\n    Dnese(2)\n}\n"


class Wire:
    """What the server has written."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    def write(self, data: bytes) -> None:
        self.messages.append(json.loads(data.partition(b"\r\n\r\n")[2]))

    def close(self) -> None:
        pass


def say(server: ArchServer, method: str, params: dict[str, Any], **more: Any) -> None:
    protocol: Any = server.protocol
    message = {"jsonrpc": "2.0", "method": method, "params": params, **more}
    protocol.handle_message(protocol.structure_message(message))


def test_a_bug_in_the_compiler(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    check = api.check

    def broken(source: Any, **options: Any) -> Any:
        if "bad" in source.path:
            raise ZeroDivisionError("a bug")
        return check(source, **options)

    monkeypatch.setattr(api, "check", broken)
    server, wire = make_server(), Wire()
    server.protocol.set_writer(wire)
    say(server, "initialize", {"capabilities": {}}, id=1)
    for uri in (BAD, GOOD):
        document = {"uri": uri, "languageId": "arch", "version": 1, "text": TEXT}
        say(server, "textDocument/didOpen", {"textDocument": document})
    with caplog.at_level(logging.ERROR):
        while server.check_next():
            pass
        at = {"line": 2, "character": 6}
        for number, uri in enumerate((BAD, GOOD), 2):
            params = {"textDocument": {"uri": uri}, "position": at}
            say(server, "textDocument/hover", params, id=number)
            params = {"textDocument": {"uri": uri}, "options": {"tabSize": 4, "insertSpaces": True}}
            say(server, "textDocument/formatting", params, id=number + 10)
    told = {
        m["params"]["uri"]: m["params"]["diagnostics"]
        for m in wire.messages
        if "uri" in m.get("params", {})
    }
    assert set(told) == {GOOD}
    assert [each["code"] for each in told[GOOD]] == ["E0201"]
    # Every question has an answer, none of them an error, and nothing pops up.
    answers = {m["id"]: m for m in wire.messages if "id" in m}
    assert set(answers) == {1, 2, 3, 12, 13}
    assert not [m for m in wire.messages if "error" in m or "window/" in m.get("method", "")]
    assert any("a bug" in str(record.exc_info) for record in caplog.records)

    # Mended, the document is served again.
    monkeypatch.setattr(api, "check", check)
    say(server, "textDocument/didSave", {"textDocument": {"uri": BAD}})
    assert server.check_next()
    assert wire.messages[-1]["params"]["uri"] == BAD


def test_messages_that_make_no_sense() -> None:
    server, wire = make_server(), Wire()
    server.protocol.set_writer(wire)
    say(server, "initialize", {"capabilities": {}}, id=1)
    change = {
        "range": {"start": {"line": 9, "character": 9}, "end": {"line": 0, "character": 0}},
        "text": "x",
    }
    unknown = {"uri": "file:///work/unknown.arch", "version": 2}
    say(server, "textDocument/didChange", {"textDocument": unknown, "contentChanges": [change]})
    say(server, "textDocument/didClose", {"textDocument": unknown})
    document = {"uri": GOOD, "languageId": "arch", "version": 1, "text": ""}
    say(server, "textDocument/didOpen", {"textDocument": document})
    say(
        server,
        "textDocument/didChange",
        {"textDocument": {"uri": GOOD, "version": 2}, "contentChanges": [change]},
    )
    say(server, "archlang/unknown", {})
    known = server.project.document(GOOD)
    assert known is not None
    assert known.text == "x"
    assert not [m for m in wire.messages if "window/" in m.get("method", "")]


def test_a_name_that_can_not_be_is_an_answer_and_no_mishap(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server, wire = make_server(), Wire()
    server.protocol.set_writer(wire)
    say(server, "initialize", {"capabilities": {}}, id=1)
    document = {"uri": GOOD, "languageId": "arch", "version": 1, "text": TEXT}
    say(server, "textDocument/didOpen", {"textDocument": document})
    at = {"line": 0, "character": 6}
    params = {"textDocument": {"uri": GOOD}, "position": at, "newName": "head"}
    with caplog.at_level(logging.ERROR):
        say(server, "textDocument/rename", params, id=2)
    assert "word of the language" in wire.messages[-1]["error"]["message"]
    assert caplog.records == []
