"""The layout of generated Python: lines no longer than the width, blank lines where ruff has them.

The writer puts every statement on one line and need not think about its length; what comes out
here is a fixed point of `ruff format`.
"""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass
from typing import Literal

from archlang.backends.python.document import text_width
from archlang.backends.python.statements import wrap_statement

# A comma before a closing bracket breaks the bracket even in a short line.
_MAGIC = re.compile(r",\s*[)\]}]")
_DEFINITION = re.compile(r"(def|class|async def)\b|@")


@dataclass(slots=True)
class _Unit:
    """A logical line or a comment of its own line; `lines` as they will stand."""

    kind: Literal["code", "comment"]
    indent: int
    text: str
    lines: list[str]
    blank_before: int
    # A comment behind the statement: where the line breaks is its author's choice.
    fixed: bool = False

    @property
    def is_definition(self) -> bool:
        return self.kind == "code" and _DEFINITION.match(self.text) is not None

    @property
    def is_import(self) -> bool:
        return self.kind == "code" and self.text.startswith(("import ", "from "))

    @property
    def opens_block(self) -> bool:
        return self.kind == "code" and self.text.endswith(":")

    @property
    def is_docstring(self) -> bool:
        return self.kind == "code" and self.text.startswith('"""')


def wrap(code: str, width: int = 88) -> str:
    """A module's source in ruff's layout."""
    units = _units(code)
    for unit in units:
        if unit.kind == "code" and len(unit.lines) == 1 and not unit.fixed:
            line = unit.lines[0]
            if text_width(line) > width or _MAGIC.search(line):
                wrapped = wrap_statement(unit.text, unit.indent, width)
                unit.lines = (" " * unit.indent + wrapped).split("\n")
    return _joined(units)


def _units(code: str) -> list[_Unit]:
    """The logical lines and comments, in order."""
    rows = code.split("\n")
    units: list[_Unit] = []
    first: tuple[int, int] | None = None
    last = 0
    trailing = False

    def add(kind: Literal["code", "comment"], start: int, end: int, column: int) -> None:
        lines = [
            row if number > start else row.rstrip()
            for number, row in enumerate(rows[start - 1 : end], start)
        ]
        text = "\n".join(lines)[column:]
        if trailing and kind == "code":
            text = text.rpartition("#")[0].rstrip()
        units.append(_Unit(kind, column, text, lines, start - last - 1 if units else 0, trailing))

    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type in (tokenize.INDENT, tokenize.DEDENT, tokenize.NL, tokenize.ENDMARKER):
            continue
        if token.type == tokenize.COMMENT:
            if first is None:
                add("comment", token.start[0], token.start[0], token.start[1])
                last = token.start[0]
            else:
                trailing = True
        elif token.type == tokenize.NEWLINE:
            assert first is not None
            add("code", first[0], token.start[0], first[1])
            last, first, trailing = token.start[0], None, False
        elif first is None:
            first = token.start
    return units


def _joined(units: list[_Unit]) -> str:
    lines: list[str] = []
    for index, unit in enumerate(units):
        lines += [""] * (_blank(units, index) if index else 0)
        lines += unit.lines
    return "\n".join(lines) + "\n"


def _blank(units: list[_Unit], index: int) -> int:
    """How many blank lines go before a unit that is not the first."""
    unit, before = units[index], units[index - 1]
    most = 2 if unit.indent == 0 else 1
    if before.opens_block and unit.indent > before.indent:
        return 0
    if before.kind == "code" and before.text.startswith("@"):
        return 0
    if before.kind == "comment" and unit.indent == before.indent and unit.blank_before == 0:
        return 0
    if _leads_to_definition(units, index) or _ends_definition(units, index):
        return most
    if before.is_docstring and (index == 1 or units[index - 2].text.startswith("class ")):
        return 1
    if before.is_import and not unit.is_import and unit.indent == before.indent:
        return min(max(unit.blank_before, 1), most)
    return min(unit.blank_before, most)


def _leads_to_definition(units: list[_Unit], index: int) -> bool:
    """Whether a unit is a definition, or a comment that stands right above one."""
    unit = units[index]
    while unit.kind == "comment" and index + 1 < len(units):
        index += 1
        after = units[index]
        if after.blank_before or after.indent != unit.indent:
            return False
        unit = after
    return unit.is_definition


def _ends_definition(units: list[_Unit], index: int) -> bool:
    """Whether the statement before, on the same level, is a definition with its body."""
    indent = units[index].indent
    if units[index - 1].indent <= indent:
        return False
    for unit in reversed(units[:index]):
        if unit.indent <= indent and unit.kind == "code":
            return unit.indent == indent and unit.is_definition
    return False
