"""Writes compiler/archlang/syntax/tables.py from grammar/arch.lark.

Run it after every change of the grammar:

PYTHONPATH=compiler python tools/write_parser_tables.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from archlang.grammar_files import grammar_file
from archlang.syntax import generator

TABLES = Path(__file__).parents[1] / "compiler" / "archlang" / "syntax" / "tables.py"

HEADER = '''"""What Lark makes of grammar/arch.lark. Written by tools/write_parser_tables.py."""

# ruff: noqa
# fmt: off
# pyright: basic

from typing import Any
'''

COMMENTS = {
    "PATTERN": "Matches the next token; the name of the group is its type.",
    "IGNORED": "The types of tokens that no one gets to see.",
    "WORD": "The type of tokens that may be keywords, and the types of those.",
    "RULES": "What it makes, how many children it takes, the builder's method, whether a single "
    "child stands for itself,\n# and which children give way to their own children.",
    "STATES": "For each state what it can meet, and what then: the state to go to, or ~ the rule "
    "to apply.",
    "START": "The state before the text, and the one after it.",
}


def tables() -> str:
    """The text of `tables.py` for the grammar as it is."""
    lines = [HEADER]
    for name, value in generator.tables(grammar_file("arch.lark").read_text("utf-8")).items():
        if name in COMMENTS:
            lines.append(f"\n# {COMMENTS[name]}\n")
        lines.append(_assignment(name, value))
    return "".join(lines)


def _assignment(name: str, value: Any) -> str:
    if isinstance(value, tuple) and isinstance(value[0], tuple):
        rows = "".join(f"{row!r},\n" for row in value)
        return f"{name}: Any = (\n{rows})\n"
    return f"{name} = {value!r}\n"


def main() -> int:
    text = tables()
    if "--check" in sys.argv:
        if TABLES.read_text(encoding="utf-8") != text:
            print(f"{TABLES} is not what grammar/arch.lark gives; run {Path(__file__).name}")
            return 1
    else:
        TABLES.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
