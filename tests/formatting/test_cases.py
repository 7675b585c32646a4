"""Specs as someone wrote them, and as they are laid out: one file of `cases/` each, the two parted by a line
of `=`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from archlang.formatting import format_source
from archlang.source import Source

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    written, expected = path.read_text("utf-8").split("=====\n")
    assert format_source(Source("spec.arch", written)) == expected


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_laid_out_spec_stays(path: Path) -> None:
    expected = path.read_text("utf-8").split("=====\n")[1]
    assert format_source(Source("spec.arch", expected)) == expected
