"""Diagnostics as text for people:

error[E0312]: `Add` needs inputs of one shape, but its branches end in different ones
  --> specs/resnet.arch:14:10
   |
14 |     ] -> Add -> ReLU
   |          ^^^ cannot add [28, 28, 512] and [56, 56, 256]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from archlang.diagnostics.cells import safe, safe_lines
from archlang.diagnostics.fixes import draw_fix
from archlang.diagnostics.model import Diagnostic, Fix, Severity
from archlang.diagnostics.ordering import ordered
from archlang.diagnostics.snippet import Mark, Row, draw
from archlang.source import Source, Span

# Takes a text and the name of a part (`error`, `gutter`, …), gives the text with its colours.
Paint = Callable[[str, str], str]

_COLOURS: dict[str, dict[str, object]] = {
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "note": {"fg": "green", "bold": True},
    "message": {"bold": True},
    "gutter": {"fg": "bright_blue"},
    "label": {"fg": "bright_blue", "bold": True},
    "help": {"fg": "cyan", "bold": True},
    "fix": {"fg": "green", "bold": True},
    "removed": {"fg": "red", "bold": True},
}


def render(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source], *, colour: bool = False
) -> str:
    """All diagnostics, sorted, with a closing line that counts them; nothing for none."""
    if not diagnostics:
        return ""
    paint = _paint if colour else _plain
    told = ordered(diagnostics, sources)
    parts = [_one(diagnostic, sources, paint) for diagnostic in told]
    parts.append(_summary(told, paint))
    return "\n\n".join(parts) + "\n"


def count(diagnostics: Sequence[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    words: list[str] = []
    for severity in Severity:
        number = sum(diagnostic.severity is severity for diagnostic in diagnostics)
        if number:
            words.append(f"{number} {severity}{'s' if number > 1 else ''}")
    return ", ".join(words)


def _summary(diagnostics: Sequence[Diagnostic], paint: Paint) -> str:
    paths = list(dict.fromkeys(diagnostic.span.path for diagnostic in diagnostics))
    place = safe(paths[0]) if len(paths) == 1 else f"{len(paths)} files"
    return paint(f"{count(diagnostics)} in {place}", "message")


def _one(diagnostic: Diagnostic, sources: Mapping[str, Source], paint: Paint) -> str:
    """One diagnostic without a line break at its end."""
    severity = diagnostic.severity.value
    code = f"[{diagnostic.code}]" if diagnostic.code else ""
    header = paint(severity + code, severity) + paint(": " + safe(diagnostic.message), "message")
    snippets = _snippets(diagnostic, sources)
    fixes = [(fix, _fix_rows(fix, sources)) for fix in diagnostic.fixes]
    numbers = [
        row.number
        for rows in [*(rows for _, rows in snippets), *(r for _, found in fixes for _, r in found)]
        for row in rows
        if row.number is not None
    ]
    gutter = _Gutter(len(str(max(numbers, default=1))), severity, paint)

    lines = [header]
    for index, (span, rows) in enumerate(snippets):
        lines += gutter.snippet("-->" if index == 0 else ":::", _where(span, sources), rows)
    if diagnostic.notes:
        lines.append(gutter.bar())
        for note in diagnostic.notes:
            lines += gutter.note(note)
    lines += _help(diagnostic, fixes, sources, gutter, paint)
    return "\n".join(lines)


def _snippets(
    diagnostic: Diagnostic, sources: Mapping[str, Source]
) -> list[tuple[Span, list[Row]]]:
    """What to show of each file: the one with the main span first."""
    by_path: dict[str, list[Mark]] = {}
    main = Mark(diagnostic.span, "^", "main", diagnostic.label)
    for mark in [main, *(Mark(la.span, "-", "label", la.text) for la in diagnostic.labels)]:
        by_path.setdefault(mark.span.path, []).append(mark)
    found: list[tuple[Span, list[Row]]] = []
    for path, marks in by_path.items():
        source = sources.get(path)
        rows = draw(source, marks) if source is not None else []
        found.append((marks[0].span, rows))
    return found


def _fix_rows(fix: Fix, sources: Mapping[str, Source]) -> list[tuple[Span, list[Row]]]:
    paths = dict.fromkeys(edit.span.path for edit in fix.edits)
    return [
        (next(e.span for e in fix.edits if e.span.path == path), draw_fix(sources[path], fix))
        for path in paths
        if path in sources
    ]


def _help(
    diagnostic: Diagnostic,
    fixes: list[tuple[Fix, list[tuple[Span, list[Row]]]]],
    sources: Mapping[str, Source],
    gutter: _Gutter,
    paint: Paint,
) -> list[str]:
    """The way out, with the first fix under it; every further fix under its own title."""
    lines: list[str] = []
    first = diagnostic.help or (fixes[0][0].title if fixes else None)
    if first is None:
        return lines
    lines += _titled(first, paint)
    for index, (fix, shown) in enumerate(fixes):
        if index:
            lines += _titled(f"or {fix.title[:1].lower()}{fix.title[1:]}", paint)
        for span, rows in shown:
            if span.path == diagnostic.span.path:
                lines += [gutter.bar(), *(gutter.row(row) for row in rows)]
            else:
                lines += gutter.snippet(":::", _where(span, sources), rows)
    return lines


def _titled(text: str, paint: Paint) -> list[str]:
    first, *rest = safe_lines(text)
    return [paint("help", "help") + ": " + first, *("      " + line for line in rest)]


def _where(span: Span, sources: Mapping[str, Source]) -> str:
    source = sources.get(span.path)
    if source is None:
        return safe(span.path)
    position = source.position(min(span.start, len(source.text)))
    return f"{safe(span.path)}:{position.line}:{position.column}"


class _Gutter:
    """The left side of a diagnostic: line numbers, bars and arrows of one width."""

    def __init__(self, width: int, severity: str, paint: Paint) -> None:
        self._width = width
        self._severity = severity
        self._paint = paint

    def bar(self) -> str:
        return self._paint(" " * self._width + " |", "gutter")

    def snippet(self, arrow: str, where: str, rows: list[Row]) -> list[str]:
        """`  --> path:1:2` and the rows below it."""
        lines = [self._paint(" " * self._width + arrow, "gutter") + " " + where]
        if rows:
            lines += [self.bar(), *(self.row(row) for row in rows)]
        return lines

    def note(self, note: str) -> list[str]:
        """`   = note`, further lines of it indented."""
        first, *rest = safe_lines(note)
        pad = " " * self._width
        lines = [self._paint(pad + " =", "gutter") + " " + first]
        return lines + [pad + "   " + line for line in rest]

    def row(self, row: Row) -> str:
        if row.gap:
            left = "...".ljust(self._width + 3)
        elif row.number is None:
            left = " " * self._width + " | "
        else:
            left = f"{row.number:>{self._width}} | "
        pieces = self._merged(row)
        if not pieces:
            return self._paint(left.rstrip(), "gutter")
        return self._paint(left, "gutter") + "".join(
            text if style == "plain" else self._paint(text, style) for text, style in pieces
        )

    def _merged(self, row: Row) -> list[tuple[str, str]]:
        """Neighbours of one style put together, `main` named by its severity, no trailing space."""
        merged: list[tuple[str, str]] = []
        for text, style in row.pieces:
            name = self._severity if style == "main" else style
            blank = not text.strip()
            if merged and (merged[-1][1] == name or blank):
                merged[-1] = (merged[-1][0] + text, merged[-1][1])
            else:
                merged.append((text, "plain" if blank else name))
        while merged:
            text, style = merged.pop()
            if text.rstrip():
                merged.append((text.rstrip(), style))
                break
        return merged


def _plain(text: str, part: str) -> str:
    return text


def _paint(text: str, part: str) -> str:
    # Imported here: the language server never paints.
    from click import style

    return style(text, **_COLOURS[part])  # pyright: ignore[reportArgumentType]
