"""The pictures in the documentation are what is drawn today."""

from __future__ import annotations

import re
from pathlib import Path

from tools.make_diagrams import FOLDER, pictures

ROOT = Path(__file__).parents[3]


def test_the_pictures_are_up_to_date() -> None:
    for path, text in pictures().items():
        assert path.read_text("utf-8") == text, "run python tools/make_diagrams.py"


def test_they_are_all_shown_and_lead_to_specs() -> None:
    pages = (ROOT / "README.md", ROOT / "docs" / "diagrams.md")
    shown = " ".join(page.read_text("utf-8") for page in pages)
    for path in FOLDER.glob("*.svg"):
        assert f"pictures/{path.name}" in shown
        for address in re.findall(r'<a href="([^"#]*)#L\d+">', path.read_text("utf-8")):
            assert (FOLDER / address).is_file()
