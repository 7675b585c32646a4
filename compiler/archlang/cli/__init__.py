"""The command `archc`."""

from archlang.cli.entry import main

__all__ = ["main"]
