"""Writing files safely."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from archlang.files import (
    EditedFileError,
    is_stamped,
    is_untouched,
    stamp,
    write_bytes,
    write_script,
    write_text,
)


def test_a_stamp_is_one_comment_at_the_end_and_always_the_same() -> None:
    stamped = stamp("x = 1\n")
    assert stamped == stamp("x = 1")
    body, _, last = stamped.rstrip("\n").rpartition("\n")
    assert body == "x = 1\n\n"
    assert last.startswith("# archlang: ")
    assert is_stamped(stamped)
    assert not is_stamped("x = 1\n")


@pytest.mark.parametrize(
    ("change", "untouched"),
    [
        (lambda text: text, True),
        (lambda text: text.replace("\n", "\r\n"), True),
        (lambda text: text.rstrip("\n"), True),
        (lambda text: text.replace("1", "2", 1), False),
        (lambda text: text + "y = 2\n", False),
        (lambda text: "\n" + text, False),
        (lambda text: text.rpartition("#")[0], False),
    ],
)
def test_edits_are_noticed(tmp_path: Path, change: object, untouched: bool) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(change(stamp("x = 1\nü = 3\n")).encode())  # type: ignore[operator]
    assert is_untouched(path) is untouched


def test_what_is_not_text_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"\xff\xfe")
    assert not is_untouched(tmp_path / "a.py")
    assert not is_untouched(tmp_path / "none.py")


def test_a_script_is_written_and_written_again(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    write_script(path, "x = 1\n")
    write_script(path, "x = 2\n")
    assert path.read_text() == stamp("x = 2\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("print('mine')\n", r"a\.py exists and was not written by archlang; --force overwrites it"),
        (
            stamp("x = 1\n").replace("1", "7", 1),
            r"a\.py exists and has been edited since archlang wrote it; --force overwrites it",
        ),
    ],
)
def test_work_is_not_destroyed(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "a.py"
    path.write_text(content)
    with pytest.raises(EditedFileError, match=message):
        write_script(path, "x = 2\n")
    assert path.read_text() == content
    write_script(path, "x = 2\n", force=True)
    assert path.read_text() == stamp("x = 2\n")


def test_bytes_are_as_given(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "ü\r\n\n")
    assert (tmp_path / "a").read_bytes() == "ü\r\n\n".encode()
    write_bytes(tmp_path / "a", b"\x00\n")
    assert (tmp_path / "a").read_bytes() == b"\x00\n"
    assert os.listdir(tmp_path) == ["a"]


def test_nothing_is_left_when_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_text("old")

    def fail(source: str, target: str) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]


def test_rights_and_links_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(0o640)
    (tmp_path / "link").symlink_to(path)
    write_text(tmp_path / "link", "new")
    assert path.read_text() == "new"
    assert (tmp_path / "link").is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_has_the_usual_rights(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_text(tmp_path / "new", "")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_text(tmp_path / "none" / "a", "")
