"""Where the command begins and ends: each way out has an exit code, none shows a traceback."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from archlang.cli.app import archc
from archlang.cli.exits import BUG, INTERRUPTED

_BUG = """\
archc: internal error: {name}: {message}

This is a bug in archc, not in your spec. Please report it with the spec, the command that you ran
and what `ARCHC_TRACEBACK=1 {command}` prints.\
"""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `archc` with the arguments of the process, and exit."""
    # A command makes many objects that live until it ends; looking through them for garbage, again
    # and again and once more at the end, took a tenth of a check.
    gc.set_threshold(100_000, 20, 20)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows its escape; a lone surrogate is no crash.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    code = _run(arguments)
    gc.freeze()
    sys.exit(code)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result = archc.main(
            None if arguments is None else list(arguments),
            prog_name="archc",
            standalone_mode=False,
        )
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except Exception as problem:
        if os.environ.get("ARCHC_TRACEBACK"):
            raise
        _report(problem, sys.argv[1:] if arguments is None else arguments)
        return BUG
    # Outside standalone mode, click gives the code of `ctx.exit` back as the result.
    return result if isinstance(result, int) else 0


def _report(problem: Exception, arguments: Sequence[str]) -> None:
    import shlex

    from archlang.diagnostics.cells import safe

    message = safe(str(problem))[:300] or "no message"
    command = safe(shlex.join(["archc", *arguments]))
    text = _BUG.format(name=type(problem).__name__, message=message, command=command)
    click.echo(text, err=True)
