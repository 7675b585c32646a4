"""Writes compiler/archlang/syntax/tables.py from grammar/arch.lark.

Run it after every change of the grammar:

PYTHONPATH=compiler python tools/write_parser_tables.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import lark

from archlang.grammar_files import grammar_file
from archlang.syntax import engine

TABLES = Path(__file__).parents[1] / "compiler" / "archlang" / "syntax" / "tables.py"

HEADER = '''"""What Lark makes of grammar/arch.lark. Written by tools/write_parser_tables.py."""

# ruff: noqa
# fmt: off
# pyright: basic

from typing import Any

'''


def tables() -> str:
    """The text of `tables.py` for the grammar as it is."""
    data, memo = engine.serialized(
        engine.from_grammar(grammar_file("arch.lark").read_text("utf-8"))
    )
    states = _in_order(data["parser"]["parser"])
    lines = [HEADER, f"LARK_VERSION = {lark.__version__!r}\n\n", "MEMO: Any = {\n"]
    lines += [f"{key!r}: {value!r},\n" for key, value in memo.items()]
    lines += ["}\n\n", "_STATES: Any = {\n"]
    lines += [f"{key!r}: {value!r},\n" for key, value in states.items()]
    lines += ["}\n\n", f"DATA: Any = {data!r}\n", 'DATA["parser"]["parser"]["states"] = _STATES\n']
    return "".join(lines)


def _in_order(table: dict[str, Any]) -> dict[int, Any]:
    """The states out of `table`, and both numbered by how they are reached: Lark numbers them at
    random.
    """
    names: dict[int, str] = table["tokens"]
    states: dict[int, dict[int, tuple[int, Any]]] = table.pop("states")
    (start,) = table["start_states"].values()
    (end,) = table["end_states"].values()
    order = {start: 0}
    queue = [start]
    for state in queue:
        for _, (action, target) in sorted(states[state].items(), key=lambda item: names[item[0]]):
            if action == 0 and target not in order:
                order[target] = len(order)
                queue.append(target)
    tokens = {name: number for number, name in enumerate(sorted(names.values()))}
    table["tokens"] = {number: name for name, number in tokens.items()}
    table["start_states"] = {"spec": order[start]}
    table["end_states"] = {"spec": order[end]}
    return {
        order[state]: {
            tokens[names[token]]: (action, target if action else order[target])
            for token, (action, target) in sorted(
                states[state].items(), key=lambda item: names[item[0]]
            )
        }
        for state in queue
    }


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
