"""Runs a generated script in this process, as if it had been started by itself.

    python starting.py SCRIPT.py [ARGUMENT...]

An interrupt while libraries are imported, which takes seconds, ends the process without a word: a
traceback out of the middle of TensorFlow helps nobody. From then on the script handles interrupts.
Nothing of archlang is imported. Modules come from PYTHONPATH and what is installed, not from the
folder of the script, which is a temporary one and may have the name of any module.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import runpy
import signal
import sys
from pathlib import Path


def main() -> None:
    """Import what the script imports, and run it."""
    script, *arguments = sys.argv[1:]
    sys.argv = [script, *arguments]
    del sys.path[0]  # neither a module beside this file nor the script may stand in for another
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    for name in imported(Path(script).read_text("utf-8")):
        # What is missing, the script says itself.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    signal.signal(signal.SIGINT, handler)
    runpy.run_path(script, run_name="__main__")


def imported(text: str) -> list[str]:
    """The modules that a script imports at its top."""
    found: list[str] = []
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Import):
            found += [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            found.append(statement.module)
    return found


if __name__ == "__main__":
    main()
