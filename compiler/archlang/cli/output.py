"""Printing: diagnostics as text or JSON, colours where a person looks on."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from archlang.diagnostics import Diagnostic
    from archlang.source import Source


def wants_colour(stream: IO[str]) -> bool:
    """Colours are for terminals, unless NO_COLOR (no-color.org) or a dumb one asks for none."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def show_diagnostics(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source], *, err: bool
) -> None:
    """Print all diagnostics for people; nothing if there are none."""
    if not diagnostics:
        return
    from archlang.diagnostics.text import render

    stream = sys.stderr if err else sys.stdout
    text = render(diagnostics, sources, colour=wants_colour(stream))
    click.echo(text, nl=False, err=err)


def show_json(document: Any) -> None:
    """Print a document on standard output."""
    import json

    click.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
