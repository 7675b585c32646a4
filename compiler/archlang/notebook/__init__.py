"""Specs in notebooks: `%load_ext archlang` gives `%%arch`, and a `Spec` shows its picture and summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlang.notebook.spec import Spec

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["Spec", "load"]


def load(shell: InteractiveShell) -> None:
    """Register the magics in a notebook or terminal of IPython."""
    from archlang.notebook.magic import ArchMagics

    shell.register_magics(ArchMagics)
