"""How text stands on a terminal: its columns, and what must not reach it raw."""

from __future__ import annotations

from unicodedata import category, east_asian_width

from archlang.records import record

TAB = "    "

# Controls, invisible formatting (bidirectional overrides among it), lone surrogates, line
# and paragraph separators: shown as escapes, so that a spec can neither move the cursor nor hide
# text.
_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NO_WIDTH = frozenset({"Mn", "Me"})


def shown(char: str) -> str:
    """What stands on the terminal for one code point."""
    if " " <= char <= "~":
        return char
    if char == "\t":
        return TAB
    if category(char) in _ESCAPED:
        number = ord(char)
        if number <= 0xFF:
            return f"\\x{number:02x}"
        return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
    return char


def width(char: str) -> int:
    """How many columns `shown(char)` takes."""
    if " " <= char <= "~":
        return 1
    what = shown(char)
    if what != char:
        return len(what)
    if category(char) in _NO_WIDTH:
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


def safe(text: str) -> str:
    """A message on one line, with nothing in it that a terminal would obey."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(shown(char) for char in text.replace("\r\n", "\n").replace("\n", " "))


def safe_lines(text: str) -> list[str]:
    """The lines of a note or help, each safe to print."""
    return [safe(line.rstrip("\r")) for line in text.split("\n")]


@record
class Line:
    """A line as shown. `columns[i]` is where code point `i` begins; the last is the line's end."""

    text: str
    columns: list[int]

    @property
    def width(self) -> int:
        return self.columns[-1]

    def column(self, index: int) -> int:
        """The column of a code point; behind the line's end if there are fewer."""
        return self.columns[min(index, len(self.columns) - 1)]


def lay_out(text: str) -> Line:
    """A line of a source, tabs expanded and controls escaped."""
    if text.isascii() and text.isprintable():
        return Line(text, list(range(len(text) + 1)))
    columns = [0]
    for char in text:
        columns.append(columns[-1] + width(char))
    return Line("".join(shown(char) for char in text), columns)


def crop(text: str, line: Line, low: int, high: int, limit: int) -> tuple[str, int, int]:
    """The part of a long line around the columns `low` to `high`.

    Gives the text, how far its columns have moved left, and the column at which it now ends.
    """
    if line.width <= limit:
        return line.text, 0, line.width
    begin = 0 if high + 10 <= limit else max(0, min(low - 20, line.width - limit))
    first = next(i for i, column in enumerate(line.columns) if column >= begin)
    last = len(text)
    while last > first + 1 and line.columns[last] - line.columns[first] > limit:
        last -= 1
    part = "".join(shown(char) for char in text[first:last])
    before = "…" if first else ""
    after = "…" if last < len(text) else ""
    moved = line.columns[first] - len(before)
    return before + part + after, moved, line.columns[last] - moved
