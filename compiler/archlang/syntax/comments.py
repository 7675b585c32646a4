"""Comments: kept beside the tree, and read as documentation where they stand directly above
something.
"""

from __future__ import annotations

from archlang.source import Source, Span
from archlang.syntax.tokens import Token
from archlang.syntax.tree import Comment


class Comments:
    """The comments of a file, by line."""

    def __init__(self, source: Source, tokens: list[Token]) -> None:
        self.source = source
        self.all = tuple(self._comment(token) for token in tokens)
        self._by_line = {source.position(c.span.start).line: c.text for c in self.all if c.own_line}

    def above(self, offset: int) -> str | None:
        """The comment block that ends on the line before the one of `offset`."""
        if not self._by_line:
            return None
        return self._block(self.source.position(offset).line - 1)

    def at_top(self, first: int | None) -> str | None:
        """The block at the top of the file, unless it is directly above the declaration at offset
        `first`.
        """
        if not self.all or not self.all[0].own_line:
            return None
        start = self.all[0].span.start
        if self.source.text[:start].strip(" \t\f\r\n\ufeff"):
            return None
        last = self.source.position(start).line
        while last + 1 in self._by_line:
            last += 1
        if first is not None and self.source.position(first).line == last + 1:
            return None
        return self._block(last)

    def _block(self, last: int) -> str | None:
        lines: list[str] = []
        while last in self._by_line:
            lines.append(self._by_line[last])
            last -= 1
        return "\n".join(reversed(lines)) if lines else None

    def _comment(self, token: Token) -> Comment:
        text = self.source.text
        before = token.start - 1
        while before >= 0 and text[before] in " \t\f\ufeff":
            before -= 1
        own_line = before < 0 or text[before] in "\r\n"
        return Comment(
            Span(self.source.path, token.start, token.end), token.text[1:].strip(), own_line
        )
