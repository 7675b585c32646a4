"""What goes wrong when a model is built."""

from __future__ import annotations

import re

from archlang.diagnostics import Diagnostic, error
from archlang.graph.model import Frame
from archlang.graph.refusals import path_notes
from archlang.source import Span

_MOST = 400
# What Keras puts before the message of an error that it passes on.
_AROUND = re.compile(r"^Exception encountered when calling|Error encountered:$")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class BuildError(ValueError):
    """Keras refuses a model that `check` accepts, or something outside the spec is missing.

    `diagnostic` has the place in the spec.
    """

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__("; ".join((diagnostic.message, *diagnostic.notes)))
        self.diagnostic = diagnostic


def build_error(
    code: str,
    message: str,
    span: Span,
    *,
    path: tuple[Frame, ...] = (),
    cause: BaseException | None = None,
    help: str | None = None,
) -> BuildError:
    """A BuildError at a place in the spec; `cause` is what Keras or the layer's own code says."""
    notes = path_notes(path)
    if cause is not None:
        notes = (said_by(cause), *notes)
    return BuildError(error(code, message, span, notes=notes, help=help))


def said_by(cause: BaseException) -> str:
    """What an exception says, on one line, with its class; of Keras's long messages the first paragraph."""
    paragraphs = _COLOUR.sub("", str(cause)).strip().split("\n\n")
    while len(paragraphs) > 1 and _AROUND.search(paragraphs[0]):
        del paragraphs[0]
    text = " ".join(paragraphs[0].split())
    if len(text) > _MOST:
        text = text[: _MOST - 1] + "…"
    return f"{type(cause).__name__}: {text}" if text else type(cause).__name__
