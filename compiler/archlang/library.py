"""The blocks that ship with the compiler: `from "std/resnet.arch" import Bottleneck`."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

_INSTALLED = Path(__file__).parent / "std"
_CHECKOUT = Path(__file__).resolve().parents[2] / "specs" / "std"


def library_paths() -> list[str]:
    """The files of the library, as imports write them."""
    folders = (_INSTALLED, _CHECKOUT)
    names = {file.name for folder in folders if folder.is_dir() for file in folder.iterdir()}
    return sorted(f"std/{name}" for name in names if name.endswith(".arch"))


def library_text(path: str) -> str | None:
    """The text of a file of the library, None if it has none of that name."""
    file = library_file(path)
    return None if file is None else file.read_text("utf-8")


def library_file(path: str) -> Path | None:
    """Where a file of the library stands on disk, None if there is none of that name."""
    name = PurePosixPath(path).name
    if path != f"std/{name}" or not name.endswith(".arch"):
        return None
    # In a checkout the library stands with the other specs.
    for folder in (_INSTALLED, _CHECKOUT):
        if (folder / name).is_file():
            return folder / name
    return None


def library_path(path: str) -> str:
    """`std/…` for a path on disk that is a file of the library; any other path as it is."""
    for folder in (_INSTALLED, _CHECKOUT):
        if path.startswith(f"{folder.as_posix()}/"):
            return f"std/{PurePosixPath(path).name}"
    return path
