"""Finds the files of `grammar/`: inside the installed package, or beside the sources in a
checkout.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def grammar_file(name: str) -> Path:
    """The grammar file called `name`, for example `arch.lark`."""
    installed = _PACKAGE / "grammar" / name
    return installed if installed.is_file() else _PACKAGE.parents[1] / "grammar" / name
