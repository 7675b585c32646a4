"""What the server does when an editor asks: each module registers its requests, asks a feature, and converts."""

from __future__ import annotations

from archlang.language_server.handlers import (
    colours,
    completion,
    documents,
    fixes,
    hints,
    hover,
    layout,
    lenses,
    names,
    pictures,
    scripts,
    symbols,
)
from archlang.language_server.server import ArchServer

_MODULES = (
    documents,
    fixes,
    names,
    hints,
    symbols,
    colours,
    layout,
    lenses,
    scripts,
    pictures,
    completion,
    hover,
)


def register_all(server: ArchServer) -> None:
    """Register every handler."""
    for module in _MODULES:
        module.register(server)
