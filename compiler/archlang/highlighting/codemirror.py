"""What JupyterLab loads for `.arch`: a prebuilt extension with the file type and colours for CodeMirror, its editor.

Browsers keep its script for a year, so its name changes with what it holds.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable

from archlang.highlighting import words
from archlang.version import __version__

SOURCES = ("language.js", "plugin.js", "container.js")
"""The parts of the script that are written by hand, in `editors/jupyterlab/src`."""


def lists() -> dict[str, tuple[str, ...]]:
    """The words that are coloured, by kinds."""
    return {
        "declarations": words.declaration_words(),
        "keywords": words.keywords(),
        "operators": words.OPERATOR_WORDS,
        "constants": words.CONSTANTS,
        "types": (*words.dtypes(), *words.task_kinds()),
        "sources": words.data_sources(),
        "values": words.values(),
        "classes": (*words.layers(), *words.applications(), *words.objects()),
    }


def extension(sources: Iterable[str]) -> dict[str, str]:
    """The files of the extension by their names, made of the texts of `SOURCES`."""
    script = _script(sources)
    digest = hashlib.sha256(script.encode()).hexdigest()[:16]
    name = f"static/remoteEntry.{digest}.js"
    return {
        "package.json": _json(
            {
                "name": "archlang",
                "version": __version__,
                "description": "The file type and the colours of archlang specs",
                "license": "MIT",
                # By these, JupyterLab tells whether it can take the extension.
                "dependencies": {
                    "@jupyterlab/application": "^4.0.0",
                    "@jupyterlab/codemirror": "^4.0.0",
                },
                "jupyterlab": {
                    "extension": True,
                    "_build": {"load": name, "extension": "./extension"},
                },
            }
        ),
        "install.json": _json(
            {
                "packageManager": "python",
                "packageName": "archlang",
                "uninstallInstructions": "pip uninstall archlang",
            }
        ),
        name: script,
    }


def _script(sources: Iterable[str]) -> str:
    """One script of all parts, as modules of JavaScript can't be loaded where JupyterLab loads this."""
    parts = (
        re.sub(r"^export (?=(?:async )?function)", "", text, flags=re.MULTILINE) for text in sources
    )
    rows = (
        f"  {name}: {json.dumps(' '.join(which))}.split(' ')," for name, which in lists().items()
    )
    return "\n".join(
        [
            "// Written by tools/make_highlighting.py from editors/jupyterlab/src.",
            "(() => {",
            '"use strict";',
            "",
            *(part.rstrip() + "\n" for part in parts),
            "const language = makeLanguage({",
            *rows,
            "});",
            "const container = makeContainer((provided) => makePlugin(language, provided));",
            "(globalThis._JUPYTERLAB ??= {}).archlang = container;",
            "})();",
            "",
        ]
    )


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"
