"""`archc diagram`: what it writes, where, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archlang.cli.app import archc

MODEL = "let width = 4\nmodel {name} {{\n    input x: float32[8]\n    Dense(width)\n}}\n"
ONE = MODEL.format(name="M")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.arch").write_text(ONE, "utf-8")
    return tmp_path


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(archc, ["diagram", *arguments], input=given)


def test_the_picture_is_named_after_the_spec(folder: Path) -> None:
    result = run("one.arch")
    assert (result.exit_code, result.stderr) == (0, "wrote one.svg\n")
    assert "one.arch#L4" in (folder / "one.svg").read_text("utf-8")


def test_the_ending_says_the_format(folder: Path) -> None:
    assert run("one.arch", "-o", "one.mmd").exit_code == 0
    assert (folder / "one.mmd").read_text("utf-8").startswith("flowchart TB\n")
    assert run("one.arch", "-o", "one.dot").exit_code == 0
    assert (folder / "one.dot").read_text("utf-8").startswith('digraph "M" {\n')
    assert run("one.arch", "-o", "one.gv").exit_code == 0
    assert (folder / "one.gv").read_text("utf-8").startswith('digraph "M" {\n')
    assert run("one.arch", "-o", "-", "--format", "dot").stdout.startswith("digraph")


@pytest.mark.parametrize("name", ["one.png", "one.pdf", "one.md", "one.svg.txt"])
def test_another_ending_is_refused_unless_a_format_is_given(folder: Path, name: str) -> None:
    result = run("one.arch", "-o", name)
    assert result.exit_code == 2
    ending = "." + name.rpartition(".")[2]
    assert f"{name} can't be written: {ending} is no format of `archc diagram`" in result.stderr
    assert not (folder / name).exists()
    assert run("one.arch", "-o", name, "--format", "mermaid").exit_code == 0
    assert (folder / name).read_text("utf-8").startswith("flowchart TB\n")


def test_a_name_without_an_ending_is_an_svg(folder: Path) -> None:
    assert run("one.arch", "-o", "PICTURE.SVG").exit_code == 0
    assert run("one.arch", "-o", "picture").exit_code == 0
    assert (folder / "picture").read_text("utf-8").startswith("<svg ")


def test_links_lead_from_the_picture_to_the_spec(folder: Path) -> None:
    (folder / "pictures").mkdir()
    assert run("one.arch", "-o", "pictures/one.svg").exit_code == 0
    assert 'href="../one.arch#L4"' in (folder / "pictures" / "one.svg").read_text("utf-8")


def test_standard_input_goes_to_standard_output(folder: Path) -> None:
    result = run("-", given=ONE)
    assert result.stdout.startswith("<svg ")
    assert "<a " not in result.stdout


def test_values_can_be_set_and_loops_unfolded(folder: Path) -> None:
    assert "Dense 9" in run("one.arch", "--set", "width=9", "--format", "mermaid", "-o", "-").stdout
    loop = ONE.replace("Dense(width)", "repeat 3 { Dense(width) -> ReLU }")
    assert run("-", "--format", "mermaid", given=loop).stdout.count("Dense") == 1
    assert run("-", "--unfold", "--format", "mermaid", given=loop).stdout.count("Dense") == 3


def test_one_model_is_drawn(folder: Path) -> None:
    both = ONE + MODEL.format(name="N").partition("\n")[2]
    (folder / "two.arch").write_text(both, "utf-8")
    result = run("two.arch")
    assert result.exit_code == 2
    assert "choose one with --model: M, N" in result.stderr
    assert run("two.arch", "--model", "N").exit_code == 0
    assert (folder / "two_n.svg").exists()


@pytest.mark.parametrize("name", ["one.svg", "one.mmd", "one.dot"])
def test_what_was_edited_is_not_overwritten(folder: Path, name: str) -> None:
    path = folder / name
    assert run("one.arch", "-o", name).exit_code == 0
    first = path.read_bytes()
    assert run("one.arch", "-o", name).exit_code == 0
    assert path.read_bytes() == first
    assert sorted(p.name for p in folder.iterdir()) == sorted(["one.arch", name])
    path.write_bytes(first.replace(b"float32", b"float16"))
    result = run("one.arch", "-o", name)
    assert result.exit_code == 2
    assert f"{name} exists and has been edited since archlang wrote it; --force" in result.stderr
    assert b"float16" in path.read_bytes()
    assert run("one.arch", "-o", name, "--force").exit_code == 0
    assert path.read_bytes() == first
    path.write_text("mine", "utf-8")
    assert "was not written by archlang" in run("one.arch", "-o", name).stderr


def test_what_is_wrong_is_said(folder: Path) -> None:
    result = run("-", given=ONE.replace("Dense", "Dens"))
    assert result.exit_code == 1
    assert "E0" in result.stderr
    result = run("one.arch", "-o", "nowhere/one.svg")
    assert result.exit_code == 2
    assert "cannot write nowhere/one.svg" in result.stderr
