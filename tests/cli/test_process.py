"""`archc` as a process: exit codes, streams, what never reaches a user."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def archc(*arguments: str, code: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `archc`; `code` is run before it in the same process."""
    start = f"{code}\nfrom archlang.cli import main\nmain()"
    command = [sys.executable, "-c", start] if code else [sys.executable, "-m", "archlang"]
    return subprocess.run(
        [*command, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "compiler"), **environment},
        check=False,
    )


FAIL = """
import archlang.api
def fail(path): raise {0}
archlang.api.read = fail
"""


def test_version_imports_little() -> None:
    code = "import atexit, sys; atexit.register(lambda: print(*sorted(sys.modules)))"
    done = archc("--version", code=code)
    assert done.returncode == 0
    version, modules = done.stdout.splitlines()
    assert version.startswith("archc ")
    heavy = {
        "lark",
        "jsonschema",
        "keras",
        "tensorflow",
        "numpy",
        "archlang.api",
        "archlang.syntax",
    }
    assert not heavy & set(modules.split())


def test_a_bug_is_a_paragraph_and_no_traceback() -> None:
    done = archc("check", "a.arch", code=FAIL.format("KeyError('\\x1b[31m')"))
    assert done.returncode == 70
    assert done.stdout == ""
    assert done.stderr.startswith("archc: internal error: KeyError: ")
    assert "This is a bug in archc" in done.stderr
    assert "ARCHC_TRACEBACK=1 archc check a.arch" in done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
    done = archc("check", "a.arch", code=FAIL.format("KeyError('x')"), ARCHC_TRACEBACK="1")
    assert "Traceback" in done.stderr


def test_recursion_and_interrupts() -> None:
    assert archc("check", "a", code=FAIL.format("RecursionError()")).returncode == 70
    done = archc("check", "a", code=FAIL.format("KeyboardInterrupt"))
    assert (done.returncode, done.stderr.strip()) == (130, "interrupted")


def test_a_closed_pipe_is_quiet() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "archlang", "error"],
        stdout=writer,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "compiler")},
        check=False,
    )
    os.close(writer)
    assert done.stderr == b""
    assert done.returncode == 128 + signal.SIGPIPE


def on_terminal(path: Path, **environment: str) -> str:
    """What `archc check` prints when its standard output is a terminal."""
    master, slave = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "archlang", "check", str(path)],
        stdout=slave,
        env={
            **{k: v for k, v in os.environ.items() if k != "NO_COLOR"},
            "TERM": "xterm",
            "PYTHONPATH": str(ROOT / "compiler"),
            **environment,
        },
        check=False,
    )
    os.close(slave)
    pieces: list[bytes] = []
    try:
        while piece := os.read(master, 4096):
            pieces.append(piece)
    except OSError:
        # Linux says so when all writers are gone.
        pass
    os.close(master)
    return b"".join(pieces).decode()


def test_colours_are_for_terminals(tmp_path: Path) -> None:
    spec = tmp_path / "a.arch"
    spec.write_text("model M {\n    Dnese(10)\n}\n")
    assert "\x1b[31m" in on_terminal(spec)
    assert "\x1b[" not in on_terminal(spec, NO_COLOR="1")
    assert "\x1b[" not in on_terminal(spec, TERM="dumb")
    done = archc("check", str(spec))
    assert done.returncode == 1
    assert "error[" in done.stdout
    assert "\x1b[" not in done.stdout
