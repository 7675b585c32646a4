"""Finds the files of `grammar/`: inside the installed package, or beside the sources in a
checkout.
"""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path


def grammar_file(name: str) -> Traversable:
    """The grammar file called `name`, for example `arch.lark`."""
    installed = resources.files("archlang").joinpath("grammar", name)
    return installed if installed.is_file() else Path(__file__).parents[2] / "grammar" / name
