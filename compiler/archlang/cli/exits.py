"""The exit codes of `archc`, and the exception that says that it was used wrongly."""

from __future__ import annotations

import click

PROBLEMS = 1
WRONG_USE = 2
BUG = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED = 130  # as shells have it: 128 + SIGINT
PIPE_CLOSED = 141  # 128 + SIGPIPE


class WrongUse(click.ClickException):
    """A missing file, an unknown model, an unreadable value: nothing that a spec could mend."""

    exit_code = WRONG_USE
