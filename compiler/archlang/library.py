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
    name = PurePosixPath(path).name
    if path != f"std/{name}" or not name.endswith(".arch"):
        return None
    installed = _INSTALLED / name
    if installed.is_file():
        return installed.read_text("utf-8")
    # In a checkout the library stands with the other specs.
    checkout = _CHECKOUT / name
    return checkout.read_text("utf-8") if checkout.is_file() else None
