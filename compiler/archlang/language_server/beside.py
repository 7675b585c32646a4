"""Files of the project that are looked into without being open: parsed and resolved, never elaborated."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archlang.language_server.features.occurrences import Occurrence, placed_occurrences
from archlang.library import library_path
from archlang.semantics.program import Program
from archlang.semantics.resolve import resolve
from archlang.source import Source, Span
from archlang.syntax import ParseResult, parse

Reader = Callable[[str], "str | None"]


class FilesBeside:
    """Trees and programs of files by path, kept as long as the texts stay the same."""

    def __init__(self, read: Reader) -> None:
        self._read = read
        self._parsed: dict[str, ParseResult] = {}
        self._programs: dict[str, tuple[Program, int]] = {}

    def text(self, path: str) -> str | None:
        """The text of a file, None where it can't be read."""
        return self._read(path)

    def parsed(self, path: str) -> ParseResult | None:
        """A file parsed; None where it can't be read."""
        text = self._read(path)
        return None if text is None else self._parse(Source(path, text))

    def program(self, path: str) -> Program | None:
        """A file with its imports, resolved; None where it can't be read."""
        found = self._resolved(path)
        return None if found is None else found[0]

    def errors(self, path: str) -> int:
        """How many errors there are in a file and its imports before anything is elaborated."""
        found = self._resolved(path)
        return 0 if found is None else found[1]

    def occurrences(self, path: str) -> Iterator[Occurrence]:
        """All places of names in a file."""
        program = self.program(path)
        if program is not None:
            for each in placed_occurrences(program, _as_it_is):
                if each.span.path == library_path(path):
                    yield each

    def with_texts(self, texts: dict[str, str]) -> FilesBeside:
        """The same files, with other texts for some: to see what an edit would make of them."""
        other = FilesBeside(lambda path: texts[path] if path in texts else self._read(path))
        other._parsed = dict(self._parsed)
        return other

    def _resolved(self, path: str) -> tuple[Program, int] | None:
        text = self._read(path)
        if text is None:
            return None
        known = self._programs.get(path)
        if known is None or any(
            self._read(each) != module.tree.source.text for each, module in known[0].modules.items()
        ):
            source = Source(path, text)
            parsed = self._parse(source)
            program, problems = resolve(
                source, parsed.tree, self._read, parsed.diagnostics, parse=self._parse
            )
            errors = sum(problem.is_error for problem in (*parsed.diagnostics, *problems))
            known = self._programs[path] = (program, errors)
        return known

    def _parse(self, source: Source) -> ParseResult:
        known = self._parsed.get(source.path)
        if known is None or known.tree.source.text != source.text:
            known = self._parsed[source.path] = parse(source)
        return known


def _as_it_is(span: Span) -> Span:
    return span
