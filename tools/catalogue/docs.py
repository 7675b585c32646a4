"""Summaries and argument documentation out of Keras's docstrings."""

from __future__ import annotations

import inspect
import re
from typing import Any

_HEADING = re.compile(r"^(\s*)(Args|Arguments):\s*$")
_ITEM = re.compile(
    r"^(\s*)`?(\*{0,2}[A-Za-z_]\w*(?:, ?`?[A-Za-z_]\w*`?)*)`?(?: ?\([^)]*\))?:(?:\s+(.*))?$"
)


def summary(object_: Any) -> str:
    """The first paragraph, on one line."""
    text = inspect.getdoc(object_) or ""
    return " ".join(text.split("\n\n", 1)[0].split())


def argument_docs(object_: Any) -> dict[str, str]:
    """What the `Args:` sections say, by argument, every text on one line.

    Works on the raw docstring: 19 of Keras's are indented so that cleaning them hides the section.
    A class documents its arguments in its own docstring or in that of `__init__`.
    """
    found: dict[str, str] = {}
    texts = [object_.__doc__]
    if inspect.isclass(object_):
        texts.append(object_.__init__.__doc__)
    for text in texts:
        for name, doc in _sections(text or ""):
            found.setdefault(name, doc)
    return found


def _sections(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    lines = text.expandtabs().splitlines()
    for index, line in enumerate(lines):
        heading = _HEADING.match(line)
        if heading:
            found += _items(lines[index + 1 :], len(heading.group(1)))
    return found


def _items(lines: list[str], outer: int) -> list[tuple[str, str]]:
    found: list[tuple[list[str], list[str]]] = []
    level: int | None = None
    for line in lines:
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        if indent <= outer:
            break
        level = indent if level is None else level
        item = _ITEM.match(line) if indent <= level else None
        if item:
            names = [name.strip(" `*") for name in item.group(2).split(",")]
            found.append((names, [item.group(3) or ""]))
        elif found:
            found[-1][1].append(line.strip())
    return [(name, " ".join(" ".join(parts).split())) for names, parts in found for name in names]
