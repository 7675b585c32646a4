"""The blocks that ship with the compiler: `from "std/resnet.arch" import Bottleneck`."""

from __future__ import annotations

from importlib import resources
from pathlib import Path, PurePosixPath


def library_text(path: str) -> str | None:
    """The text of a file of the library, None if it has none of that name."""
    name = PurePosixPath(path).name
    if path != f"std/{name}" or not name.endswith(".arch"):
        return None
    installed = resources.files("archlang").joinpath("std", name)
    if installed.is_file():
        return installed.read_text("utf-8")
    # In a checkout the library stands with the other specs.
    checkout = Path(__file__).resolve().parents[2] / "specs" / "std" / name
    return checkout.read_text("utf-8") if checkout.is_file() else None
