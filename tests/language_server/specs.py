"""Specs with marks in them, and projects of such specs in memory."""

from __future__ import annotations

import random
from pathlib import Path

from archlang.language_server.analysis import Analysis
from archlang.language_server.project import Project

CURSOR = "^"
ROOT = Path(__file__).resolve().parents[2]
SPECS = sorted((ROOT / "specs").glob("*.arch")) + sorted((ROOT / "specs" / "std").glob("*.arch"))


def without_cursor(text: str) -> tuple[str, int]:
    """A text without its `^`, and where that stood."""
    offset = text.index(CURSOR)
    return text.replace(CURSOR, "", 1), offset


def opened(text: str, path: str = "/work/spec.arch", **others: str) -> tuple[Project, Analysis]:
    """A project with a spec open, and others beside it by name, and its analysis."""
    project = Project()
    for name, content in others.items():
        project.open(f"file:///work/{name}.arch", content, 1)
    uri = f"file://{path}"
    project.open(uri, text, 1)
    analysis = project.analysis(uri)
    assert analysis is not None
    return project, analysis


def cut_up(text: str, draw: random.Random) -> str:
    """A text with a few pieces cut out and a few put in, as it is while somebody types."""
    for _ in range(draw.randrange(1, 4)):
        start = draw.randrange(len(text) + 1)
        end = min(len(text), start + draw.choice([0, 0, 1, 3, 12, 40]))
        put = draw.choice(
            ["", "(", ")", "{", "}", "[", "->", "\n", " as ", '"', "for", "x", ",", "é🙂"]
        )
        text = text[:start] + put + text[end:]
    return text
