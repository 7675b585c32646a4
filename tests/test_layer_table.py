"""docs/layers.md names every layer, and is what its tool writes."""

from __future__ import annotations

from pathlib import Path

from archlang.catalogue import load
from tools.make_layer_table import WITHOUT, table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "layers.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == table()


def test_every_layer_has_a_rule_or_a_reason_for_none() -> None:
    text = table()
    for name in load().names("layers"):
        assert f"| {name} " in text
    assert text.count("none:") == len(WITHOUT)
