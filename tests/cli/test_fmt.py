"""`archc fmt` on files, folders and standard input."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archlang.cli.app import archc

UNTIDY = "let width=3 # three\nmodel M {\n  input x: float32[4]\n  Dense( width )\n}\n"
TIDY = "let width = 3  # three\n\nmodel M {\n    input x: float32[4]\n    Dense(width)\n}\n"
BROKEN = "model M {\n    Dense(\n"


def run(*arguments: object, given: str | None = None) -> Result:
    return CliRunner().invoke(archc, ["fmt", *map(str, arguments)], input=given)


@pytest.fixture
def untidy(tmp_path: Path) -> Path:
    path = tmp_path / "spec.arch"
    path.write_text(UNTIDY, "utf-8")
    return path


def test_a_file_is_laid_out_in_place(untidy: Path) -> None:
    result = run(untidy)
    assert result.exit_code == 0
    assert untidy.read_text("utf-8") == TIDY
    assert run(untidy).stderr == "nothing to change\n"


def test_check_changes_nothing(untidy: Path) -> None:
    result = run("--check", untidy)
    assert (result.exit_code, result.stdout) == (1, f"would change {untidy}\n")
    assert untidy.read_text("utf-8") == UNTIDY
    untidy.write_text(TIDY, "utf-8")
    assert run("--check", untidy).exit_code == 0


def test_diff_shows_the_lines(untidy: Path) -> None:
    result = run("--diff", untidy)
    assert result.exit_code == 1
    assert "-let width=3 # three\n+let width = 3  # three\n+\n" in result.stdout
    assert untidy.read_text("utf-8") == UNTIDY


def test_standard_input_comes_out() -> None:
    result = run("-", given=UNTIDY)
    assert (result.exit_code, result.stdout, result.stderr) == (0, TIDY, "")


def test_a_broken_spec_stays_and_the_others_are_laid_out(tmp_path: Path, untidy: Path) -> None:
    broken = tmp_path / "broken.arch"
    broken.write_text(BROKEN, "utf-8")
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "never closed" in result.stderr
    assert broken.read_text("utf-8") == BROKEN
    assert untidy.read_text("utf-8") == TIDY


def test_a_missing_file_is_wrong_use(tmp_path: Path) -> None:
    assert run(tmp_path / "none.arch").exit_code == 2


def test_line_breaks_of_windows_become_plain(tmp_path: Path) -> None:
    path = tmp_path / "spec.arch"
    path.write_bytes(TIDY.replace("\n", "\r\n").encode())
    assert run(path).exit_code == 0
    assert path.read_bytes() == TIDY.encode()
