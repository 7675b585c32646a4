"""Statements, bodies and declarations, a line or more each."""

from __future__ import annotations

from archlang.formatting.concrete import Branch, first_token
from archlang.formatting.expressions import Expressions
from archlang.formatting.flat import spaced
from archlang.formatting.writer import INDENT
from archlang.syntax.tokens import Token

_ONE_LINERS = frozenset(["import", "let", "variant", "python"])
"""Declarations that may follow each other without a blank line."""


class Statements(Expressions):
    """Writes a whole spec."""

    def spec(self) -> str:
        """The text of the spec, laid out."""
        writer = self.writer
        before: Branch | None = None
        for entry in self.concrete.entries:
            if before is not None and self._parted(before, entry):
                writer.blank_line()
            self._statement(entry, begins=before is None)
            before = entry
        writer.newline()
        end = self.concrete.end
        writer.comments_above(end, blanks=True)
        return writer.result()

    def _parted(self, before: Branch, entry: Branch) -> bool:
        """Whether a blank line has to stand between two declarations though none does."""
        if before.kind in _ONE_LINERS and entry.kind == before.kind:
            return False
        trivia = self.concrete.trivia(first_token(entry))
        # A comment that a blank line follows belongs to what is above it.
        return not trivia.spaced or bool(trivia.above and trivia.above[0][1])

    def body(self, part: Branch) -> None:
        """Write `{ … }`, a statement a line."""
        writer = self.writer
        free, writer.free = writer.free, False
        opener, closer = part.children[0], part.children[-1]
        assert isinstance(opener, Token)
        assert isinstance(closer, Token)
        writer.token(opener)
        if len(part.children) == 2 and not self._has_comment(opener, closer):
            writer.token(closer)
            writer.free = free
            return
        base = writer.indent
        writer.newline()
        writer.indent = base + INDENT
        for index, statement in enumerate(part.children[1:-1]):
            assert isinstance(statement, Branch)
            self._statement(statement, begins=index == 0)
        writer.newline()
        writer.comments_above(closer, blanks=len(part.children) > 2)
        writer.newline()
        writer.indent = base
        writer.free = free
        writer.token(closer)

    def _has_comment(self, opener: Token, closer: Token) -> bool:
        trivia = self.concrete.trivia
        return trivia(opener).behind is not None or bool(trivia(closer).above)

    def _statement(self, statement: Branch, *, begins: bool) -> None:
        """Write a statement on lines of its own, blank lines before it kept."""
        writer = self.writer
        writer.newline()
        first = first_token(statement)
        trivia = self.concrete.trivia(first)
        if begins and trivia.above:
            # No blank line where a body begins.
            trivia.above[0] = (trivia.above[0][0], False)
        follows_comment = bool(trivia.above)
        writer.comments_above(first, blanks=True)
        if trivia.blank and (follows_comment or not begins):
            writer.blank_line()
        text = self.flat(statement)
        if text is not None and writer.fits(text):
            self.put_flat(statement, text)
        elif statement.kind == "flow_statement":
            self._flow_statement(statement)
        else:
            self._parts(statement)

    def _flow_statement(self, statement: Branch) -> None:
        children = statement.children
        behind = "" if len(children) == 1 else f" as {self.flat(children[2])}"
        self.put(children[0], len(behind))
        for child in children[1:]:
            self.writer.space()
            self.put(child)

    def _parts(self, statement: Branch) -> None:
        """Write what is not on one line: bodies are opened."""
        before: Branch | Token | None = None
        for index, child in enumerate(statement.children):
            if before is not None and spaced(statement.kind, before, child):
                self.writer.space()
            if isinstance(child, Branch) and child.kind == "body":
                self.body(child)
            elif isinstance(child, Branch) and child.kind == "if":
                self._parts(child)
            else:
                last = index == len(statement.children) - 1
                self.put(child, 0 if last else self._width_behind(statement, index))
            before = child
