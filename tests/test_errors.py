"""The registry of codes, and the page written from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archlang.diagnostics.codes import CodeInfo
from archlang.errors import all_codes, index, merge

ROOT = Path(__file__).parents[1]


def info(code: str) -> CodeInfo:
    return CodeInfo(code, f"title of {code}", "Why, and what to do.")


def test_tables_are_merged_and_sorted() -> None:
    merged = merge({"a": {"W0002": info("W0002")}, "b": {"E0001": info("E0001")}})
    assert list(merged) == ["E0001", "W0002"]


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"a": {"E0001": info("E0001")}, "b": {"E0001": info("E0001")}}, "both in a and in b"),
        ({"a": {"E0001": info("E0002")}}, "E0002 under the key E0001"),
        ({"a": {"X1": info("X1")}}, "a letter and four digits"),
    ],
)
def test_mistakes_in_tables_are_refused(
    tables: dict[str, dict[str, CodeInfo]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        merge(tables)


def test_every_code_is_explained() -> None:
    for code in all_codes().values():
        assert code.title
        assert code.title[-1] != "."
        assert len(code.explanation.strip()) > 20, code.code


def test_no_table_lists_a_code_twice() -> None:
    for path in sorted((ROOT / "compiler").rglob("*codes.py")):
        listed = re.findall(r'^ +"([A-Z]\d{4})",$', path.read_text("utf-8"), re.MULTILINE)
        assert sorted(listed) == sorted(set(listed)), path
    assert listed


def test_the_page_is_current() -> None:
    page = ROOT / "docs" / "errors.md"
    assert page.read_text("utf-8") == index(all_codes()), "run tools/make_error_index.py"
