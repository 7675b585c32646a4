"""Specs of `specs/` as they can be built without a network."""

from __future__ import annotations

from archlang import api
from archlang.source import Source


def check_offline(source: Source) -> api.Checked:
    """Check a spec, with random weights where its constant `weights` asks for ImageNet's."""
    downloads = 'let weights = "imagenet"' in source.text
    return api.check(source, overrides={"weights": None} if downloads else {})
