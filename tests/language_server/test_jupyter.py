"""What jupyter-lsp finds: the entry point, by its documented shape, without anything of Jupyter."""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from archlang.language_server.jupyter import JupyterSpec

ROOT = Path(__file__).resolve().parents[2]


def entry_point() -> JupyterSpec:
    """What the entry point of pyproject.toml names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    module, name = project["entry-points"]["jupyter_lsp_spec_v1"]["archlang"].split(":")
    return getattr(importlib.import_module(module), name)


def test_the_description() -> None:
    """As in jupyter-lsp's schema `language-server-spec`, of which version 2 is the only one."""
    (description,) = entry_point()(manager=None).values()
    assert description["version"] == 2
    assert all(isinstance(each, str) for each in description["argv"])
    # The extension of JupyterLab gives this type to `.arch`.
    assert description["mime_types"] == ["text/x-arch"]
    assert description["languages"] == ["arch"]
    assert set(description) <= {
        "argv", "config_schema", "debug_argv", "display_name", "env", "extend", "install", "languages", "mime_types",
        "requires_documents_on_disk", "troubleshoot", "urls", "version", "workspace_configuration",
    }  # fmt: skip


@pytest.mark.parametrize("there", [True, False])
def test_it_is_installed_with_pygls(there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.find_spec("json") if there else None

    def find(name: str) -> object:
        return spec if name == "pygls" else None

    monkeypatch.setattr("archlang.language_server.jupyter.find_spec", find)
    assert entry_point().is_installed(manager=None) is there


def test_the_command_starts(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise SystemExit('imported from the folder')", "utf-8")
    command = entry_point()(manager=None)["archlang"]["argv"]
    done = subprocess.run(
        [*command, "--help"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "Language Server Protocol" in done.stdout


def test_it_brings_nothing_along() -> None:
    code = (
        "import sys, archlang.language_server.jupyter as jupyter; jupyter.archlang(None); "
        "sys.exit(any(m.split('.')[0] in ('pygls', 'lsprotocol', 'jupyter_lsp', 'lark', 'keras') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
