"""What a problem in a spec is: a code, a place, a message, and a way out."""

from __future__ import annotations

from enum import StrEnum

from archlang.records import record
from archlang.source import Span


class Severity(StrEnum):
    """How grave a diagnostic is. Only an error keeps a spec from compiling."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@record
class Label:
    """A further place that has to do with the problem, and what to say under it."""

    span: Span
    text: str


@record
class Edit:
    """Replace what `span` covers with `text`; an empty span inserts."""

    span: Span
    text: str


@record
class Fix:
    """A change of the source that mends the problem; `title` is an imperative sentence."""

    title: str
    edits: tuple[Edit, ...]


@record
class Diagnostic:
    """One problem.

    `message` says what is wrong in the user's words, lower case, without a full stop; `label` says it
    again in a few words under the carets; `labels` are other places involved; `notes` are facts
    (the call path among them); `help` says how to mend it; `fixes` does so.
    """

    code: str
    severity: Severity
    message: str
    span: Span
    label: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None
    fixes: tuple[Fix, ...] = ()

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


def error(
    code: str,
    message: str,
    span: Span,
    *,
    label: str = "",
    labels: tuple[Label, ...] = (),
    notes: tuple[str, ...] = (),
    help: str | None = None,
    fixes: tuple[Fix, ...] = (),
) -> Diagnostic:
    """An error diagnostic; see `Diagnostic` for the parts."""
    return Diagnostic(code, Severity.ERROR, message, span, label, labels, notes, help, fixes)


def warning(
    code: str,
    message: str,
    span: Span,
    *,
    label: str = "",
    labels: tuple[Label, ...] = (),
    notes: tuple[str, ...] = (),
    help: str | None = None,
    fixes: tuple[Fix, ...] = (),
) -> Diagnostic:
    """A warning diagnostic; see `Diagnostic` for the parts."""
    return Diagnostic(code, Severity.WARNING, message, span, label, labels, notes, help, fixes)


def replace(title: str, span: Span, text: str) -> Fix:
    """A fix of one edit."""
    return Fix(title, (Edit(span, text),))
