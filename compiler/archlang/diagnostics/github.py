"""Diagnostics as workflow commands of GitHub Actions, which shows them beside the changed lines.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archlang.diagnostics.model import Diagnostic, Severity
from archlang.diagnostics.ordering import ordered
from archlang.source import Position, Source

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def to_commands(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]) -> str:
    """A line for each diagnostic; columns count from 1, the last one included."""
    return "".join(f"{_command(d, sources)}\n" for d in ordered(diagnostics, sources))


def _command(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> str:
    span = diagnostic.span
    source = sources.get(span.path)
    start = end = Position(1, 1)
    if source is not None:
        start = source.position(min(span.start, len(source.text)))
        end = source.position(min(span.end, len(source.text)))
    place = {"file": span.path, "line": start.line, "endLine": end.line}
    # GitHub takes columns only where they are on one line.
    if start.line == end.line:
        place |= {"col": start.column, "endColumn": max(start.column, end.column - 1)}
    place["title"] = diagnostic.code
    message = diagnostic.message
    if diagnostic.help:
        message += f"\nhelp: {diagnostic.help}"
    properties = ",".join(f"{name}={_property(value)}" for name, value in place.items())
    return f"::{_LEVELS[diagnostic.severity]} {properties}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")
