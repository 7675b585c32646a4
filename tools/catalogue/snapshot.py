"""What one installed Keras has, in short: names, argument names, defaults and words.

`python -m tools.catalogue.snapshot` prints it as JSON. It is run by the Python of each version that
`tools/make_versions.py` compares, so it and `collect` may use only what all those versions have.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import keras

from tools.catalogue.collect import RawEntry, as_json, collect
from tools.catalogue.identifiers import identifiers


def snapshot() -> dict[str, Any]:
    """The version, every entry under `kind/name`, and the words of every section."""
    entries = collect()
    main = {(entry.kind, entry.name): entry for entry in entries}
    return {
        "keras": keras.__version__,
        "entries": {
            f"{entry.kind}/{entry.name}": _entry(
                main.get((entry.kind, entry.alias_of or ""), entry)
            )
            for entry in entries
        },
        "words": {
            section: [word for word in words if not word[0].isupper()]
            for section, words in identifiers({}).items()
        },
    }


def _entry(entry: RawEntry) -> dict[str, Any]:
    """The arguments of an entry by name, with their defaults, and those of a layer's `call`."""
    return {
        "arguments": {
            parameter.name: {} if parameter.required else {"default": as_json(parameter.default)}
            for parameter in entry.parameters
        },
        "call": entry.call_parameters,
    }


if __name__ == "__main__":
    json.dump(snapshot(), sys.stdout)
