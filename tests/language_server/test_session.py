"""A session as somebody types it, faster than anybody can: over standard input and output, a character at a time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest

pytestmark = pytest.mark.slow

SPEC = """\
# A session. 🙂 \f \u2028 lines end where the protocol says.
from "std/unet.arch" import DoubleConv

let width = 16
let unused = 3

task Pets {
    input image: float32[32, 32, 3]
    output kind: classification(4)
    data = npz("pets.npz")
}

# A residual block; 'quotes" in comments are no strings.
block Residual(filters, strides=1) {
    [
        Conv2D(filters, 3, strides=strides, padding=same, use_bias=False)
            -> BatchNormalization -> ReLU
            -> Conv2D(filters, 3, padding=same, use_bias=False)
            -> BatchNormalization,
        Conv2D(filters, 1, strides=strides, use_bias=False),
    ] -> Add -> ReLU
}

model Net for Pets {
    Rescaling(1 / 255)
    DoubleConv(width)
    for filters in [width, 2 * width] {
        Residual(filters, strides=2)
        repeat 2 { Residual(filters) }
    }
    GlobalAveragePooling2D
    Dropout(rate=0.3)
    head
}

model Wrong for Pets {
    Conv2D(8, 3, padding="sane")
    Dnese(10)
    [_, Conv2D(4, 40)] -> Concatenate
    Flatten
    head
}

model Recurrent {
    input x: float32[10, 4]
    output y: regression
    LSTM(width, return_sequences=True)
    LSTM(width) as last
    [last, last] -> Add
    LSTM(4)
    Dense(width, activation=relu)
    Dropout(0.2)
    head
}

train Net {
    optimizer = Adam(1e-3)
    epochs = 3
    batch_size = 16
}
"""
# Asked after every so many characters, which are no multiples of each other.
ASKED = {
    "textDocument/completion": 3,
    "textDocument/hover": 5,
    "textDocument/inlayHint": 7,
    "textDocument/semanticTokens/full": 11,
    "textDocument/signatureHelp": 13,
    "textDocument/codeLens": 17,
    "textDocument/documentSymbol": 19,
    "textDocument/foldingRange": 23,
}


class Editor:
    """A client that writes without waiting for answers."""

    def __init__(self, uri: str, stderr: Path) -> None:
        self.uri = uri
        self.count = 0
        self.seen: list[dict[str, Any]] = []
        with stderr.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "archlang", "lsp"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.reader = Thread(target=self._read, daemon=True)
        self.reader.start()

    def notify(self, method: str, **params: Any) -> None:
        self._write({"method": method, "params": params})

    def ask(self, method: str, **params: Any) -> int:
        self.count += 1
        self._write({"id": self.count, "method": method, "params": params})
        return self.count

    def published(self) -> list[dict[str, Any]]:
        """The diagnostics that have come, each time."""
        method = "textDocument/publishDiagnostics"
        return [m["params"] for m in tuple(self.seen) if m.get("method") == method]

    def wait_for(self, version: int) -> None:
        """Wait until the diagnostics of a version have come."""
        end = monotonic() + 300
        while not any(each.get("version") == version for each in self.published()):
            assert monotonic() < end, f"no diagnostics of version {version}"
            sleep(0.05)

    def finish(self) -> int:
        """Shut the server down; its exit code. All that it has said has been seen then."""
        self.ask("shutdown")
        self.notify("exit")
        code = self.process.wait(300)
        self.reader.join(60)
        return code

    def _write(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _read(self) -> None:
        out = self.process.stdout
        assert out is not None
        while True:
            length = 0
            while (line := out.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not length:
                return
            self.seen.append(json.loads(out.read(length)))


def typed(editor: Editor, *, with_requests: bool) -> None:
    """Type the spec, a character at a time, in units of UTF-16; opening brackets close themselves and are typed over."""
    line = character = 0
    for version, char in enumerate(SPEC, 2):
        at = {"line": line, "character": character}
        editor.notify(
            "textDocument/didChange",
            textDocument={"uri": editor.uri, "version": version},
            contentChanges=[{"range": {"start": at, "end": at}, "text": char}],
        )
        if char == "\n":
            line, character = line + 1, 0
        else:
            character += len(char.encode("utf-16-le")) // 2
        if with_requests:
            for method, every in ASKED.items():
                if version % every == 0:
                    here = {"line": line, "character": character}
                    number = editor.ask(
                        method,
                        textDocument={"uri": editor.uri},
                        position=here,
                        range={"start": {"line": max(0, line - 30), "character": 0}, "end": here},
                    )
                    if version % 2:
                        editor.notify("$/cancelRequest", id=number)


@pytest.mark.parametrize("stale", [False, True], ids=["plain client", "client that asks again"])
def test_typing_a_spec_as_fast_as_can_be(tmp_path: Path, stale: bool) -> None:
    path = tmp_path / "session.arch"
    editor = Editor(path.as_uri(), tmp_path / "stderr.txt")
    general = (
        {"staleRequestSupport": {"cancel": True, "retryOnContentModified": []}} if stale else {}
    )
    editor.ask("initialize", processId=None, rootUri=None, capabilities={"general": general})
    editor.notify("initialized")
    document = {"uri": editor.uri, "languageId": "arch", "version": 1, "text": ""}
    editor.notify("textDocument/didOpen", textDocument=document)
    typed(editor, with_requests=True)
    last = editor.ask(
        "textDocument/hover",
        textDocument={"uri": editor.uri},
        position={"line": SPEC[: SPEC.index("LSTM")].count("\n"), "character": 6},
    )
    editor.wait_for(len(SPEC) + 1)
    assert editor.finish() == 0

    answers = {m["id"]: m for m in editor.seen if "id" in m and "method" not in m}
    assert set(answers) == set(range(1, editor.count + 1))
    # Cancelled (-32800), or about a text that has changed (-32801); nothing else may be refused.
    refused = {m["error"]["code"] for m in answers.values() if "error" in m}
    assert refused <= ({-32800, -32801} if stale else {-32800})
    assert "LSTM" in json.dumps(answers[last]["result"])
    assert not [m for m in editor.seen if m.get("method", "").startswith("window/")]
    assert (tmp_path / "stderr.txt").read_text("utf-8") == ""

    published = editor.published()
    assert published[-1]["version"] == len(SPEC) + 1
    # Of strokes that came while the server was at work, only the last was checked.
    assert len(published) < len(SPEC)
    assert told(published[-1]["diagnostics"]) == checked(path)


def told(diagnostics: list[dict[str, Any]]) -> set[tuple[str, int, int, str]]:
    """Codes, places and messages of what the server has published."""
    return {
        (
            each["code"],
            each["range"]["start"]["line"],
            each["range"]["start"]["character"],
            each["message"].split("\n")[0],
        )
        for each in diagnostics
    }


def checked(path: Path) -> set[tuple[str, int, int, str]]:
    """The same from `archc check`."""
    path.write_text(SPEC, "utf-8")
    command = [sys.executable, "-m", "archlang", "check", str(path), "--format", "json"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    found: set[tuple[str, int, int, str]] = set()
    for each in json.loads(done.stdout)["diagnostics"]:
        at = each["start"]
        # Columns of the command count code points; no line with a problem has others than of one unit before it.
        found.add((each["code"], at["line"] - 1, at["column"] - 1, each["message"]))
    assert len({code for code, *_ in found}) >= 3
    return found
