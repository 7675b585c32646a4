"""What jupyter-lsp reads to start the server: the entry point `jupyter_lsp_spec_v1`. Imports nothing of Jupyter or pygls."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Any

_Specs = dict[str, dict[str, Any]]


class JupyterSpec:
    """The server as jupyter-lsp describes one: called for the description, asked whether it is installed."""

    def is_installed(self, manager: object) -> bool:
        """Whether the server can start: archlang comes without pygls."""
        return find_spec("pygls") is not None

    def __call__(self, manager: object) -> _Specs:
        """The description, by jupyter-lsp's schema `language-server-spec`."""
        return {
            "archlang": {
                "version": 2,
                "display_name": "archlang",
                # -P: what lies in the folder of the notebooks is not to be imported.
                "argv": [sys.executable, "-P", "-m", "archlang", "lsp"],
                "languages": ["arch"],
                "mime_types": ["text/x-arch"],
                "install": {"pip": 'pip install "archlang[editor]"'},
                "requires_documents_on_disk": False,
            }
        }


archlang = JupyterSpec()
