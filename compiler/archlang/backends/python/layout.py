"""The layout of generated Python: lines no longer than the width, blank lines where ruff has them.

The writer puts every statement on one line and need not think about its length; what comes out
here is a fixed point of `ruff format`.
"""

from __future__ import annotations

import re

from archlang.backends.python.document import text_width
from archlang.backends.python.logical_lines import LogicalLine, logical_lines
from archlang.backends.python.statements import wrap_statement

# A comma before a closing bracket breaks the bracket even in a short line.
_MAGIC = re.compile(r",\s*[)\]}]")


def wrap(code: str, width: int = 88) -> str:
    """A module's source in ruff's layout."""
    units = logical_lines(code)
    for unit in units:
        if unit.fixed:
            continue
        line = unit.lines[0]
        if text_width(line) > width or _MAGIC.search(line):
            wrapped = wrap_statement(unit.text, unit.indent, width)
            unit.lines = (" " * unit.indent + wrapped).split("\n")
    return _joined(units)


def _joined(units: list[LogicalLine]) -> str:
    lines: list[str] = []
    for index, unit in enumerate(units):
        lines += [""] * (_blank(units, index) if index else 0)
        lines += [line.rstrip() for line in unit.lines[:1]] + unit.lines[1:]
    return "\n".join(lines) + "\n"


def _blank(units: list[LogicalLine], index: int) -> int:
    """How many blank lines go before a unit that is not the first."""
    unit, before = units[index], units[index - 1]
    most = 2 if unit.indent == 0 else 1
    if before.opens_block and unit.indent > before.indent:
        return 0
    if before.is_decorator:
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


def _leads_to_definition(units: list[LogicalLine], index: int) -> bool:
    """Whether a unit is a definition, or a comment that stands right above one."""
    unit = units[index]
    while unit.kind == "comment" and index + 1 < len(units):
        index += 1
        after = units[index]
        if after.blank_before or after.indent != unit.indent:
            return False
        unit = after
    return unit.is_definition


def _ends_definition(units: list[LogicalLine], index: int) -> bool:
    """Whether the statement before, on the same level, is a definition with its body."""
    indent = units[index].indent
    if units[index - 1].indent <= indent:
        return False
    for unit in reversed(units[:index]):
        if unit.indent <= indent and unit.kind == "code":
            return unit.indent == indent and unit.is_definition
    return False
