"""Lines as they grow, comments put where lines end."""

from __future__ import annotations

from archlang.formatting.concrete import Concrete
from archlang.syntax.tokens import Token

INDENT = 4


class Writer:
    """Takes tokens in order. `indent` is that of the next line to be begun."""

    def __init__(self, concrete: Concrete, width: int) -> None:
        self.indent = 0
        self.width = width
        self.free = False  # whether a newline may stand anywhere
        self._concrete = concrete
        self._lines: list[str] = []
        self._line: str | None = None  # None: the line has not been begun
        self._behind: list[str] = []  # comments for the end of this line

    # ---------------------------------------------------------------------- where we are

    @property
    def column(self) -> int:
        """How many columns of the line are taken."""
        return self.indent if self._line is None else len(self._line)

    @property
    def begun(self) -> bool:
        """Whether anything stands on the line."""
        return self._line is not None

    @property
    def has_comment(self) -> bool:
        """Whether a comment waits for the end of the line, which should come soon."""
        return bool(self._behind)

    def fits(self, text: str | None, tail: int = 0) -> bool:
        """Whether a text fits on this line, with so many columns behind it."""
        if text is None or self._behind:
            return False
        return self.column + len(text) + tail <= self.width

    # ---------------------------------------------------------------------- writing

    def text(self, text: str) -> None:
        """Write on this line."""
        if self._line is None:
            self._line = " " * self.indent
        self._line += text

    def space(self) -> None:
        """A space, unless the line has only begun."""
        if self._line is not None and not self._line.endswith(" "):
            self._line += " "

    def newline(self) -> None:
        """End the line, if anything stands on it."""
        if self._line is None:
            return
        line = self._line.rstrip(" ")
        if self._behind:
            line += f"  {self._behind[0]}"
        self._lines.append(line)
        # More than one can only be where lines were joined; none is lost.
        self._lines += [" " * self.indent + comment for comment in self._behind[1:]]
        self._line, self._behind = None, []

    def blank_line(self) -> None:
        """A blank line, unless one stands there or nothing does."""
        self.newline()
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def token(self, token: Token, text: str | None = None) -> None:
        """Write a token with the comments around it."""
        if self._behind and self.free:
            self.newline()
        self.comments_above(token)
        if token.type != "$END":
            self.text(token.text if text is None else text)
        self.comment_behind(token)

    def comments_above(self, token: Token, blanks: bool = False) -> None:
        """Write the comments before a token on lines of their own."""
        trivia = self._concrete.trivia(token)
        for comment, blank in trivia.above:
            self.newline()
            if blank and blanks:
                self.blank_line()
            self.text(comment)
            self.newline()
        trivia.above = []

    def comment_first(self, token: Token) -> None:
        """Write the comment behind a token on a line of its own before it."""
        trivia = self._concrete.trivia(token)
        if trivia.behind is not None:
            self.comments_above(token)
            self.newline()
            self.text(trivia.behind)
            self.newline()
            trivia.behind = None

    def comment_behind(self, token: Token) -> None:
        """Keep the comment behind a token for the end of the line."""
        trivia = self._concrete.trivia(token)
        if trivia.behind is not None:
            self._behind.append(trivia.behind)

    def result(self) -> str:
        """All that has been written."""
        self.newline()
        lines = self._lines
        while lines and not lines[-1]:
            lines.pop()
        return "\n".join(lines) + "\n" if lines else ""
