"""JupyterLab with jupyterlab-lsp, where archlang is installed and nothing is configured, driven in headless Chromium."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.editors.code_server import chromium, free_port, modules, wait_for
from tests.editors.npm import run

pytestmark = [pytest.mark.slow, pytest.mark.editors]

SPEC = """\
task Iris {
    input measures: float32[4]
    output kind: classification(3)
    data = sklearn(iris)
}

model Mlp for Iris {
    Dnese(32, activation=relu)
    Dropout(0.2)
    head
}
"""


def jupyterlab() -> str:
    """The command: that of ARCHLANG_JUPYTERLAB, or the one on PATH."""
    found = os.environ.get("ARCHLANG_JUPYTERLAB") or shutil.which("jupyter-lab")
    assert found, (
        'this test needs JupyterLab: pip install "archlang[editor]" jupyterlab jupyterlab-lsp, in an environment whose '
        "jupyter-lab ARCHLANG_JUPYTERLAB names; or deselect it with -m 'not editors'"
    )
    return found


@contextmanager
def running(folder: Path, home: Path) -> Generator[str]:
    """The address of a JupyterLab that shows a folder, with nothing set by a user."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    with (home / "jupyterlab.log").open("wb") as log:
        server = subprocess.Popen(
            [jupyterlab(), "--no-browser", "--allow-root", f"--ServerApp.port={port}",
             "--ServerApp.port_retries=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"],
            env={**kept, "HOME": str(home)}, cwd=folder, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/api/status", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, 15)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, 9)


def test_a_session(tmp_path: Path) -> None:
    folder, home = tmp_path / "folder", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    (folder / "iris.arch").write_text(SPEC, "utf-8")
    cell: dict[str, Any] = {
        "cell_type": "code", "id": "one", "metadata": {}, "execution_count": None, "outputs": [],
        "source": f"%%arch iris\n{SPEC}",
    }  # fmt: skip
    notebook: dict[str, Any] = {"cells": [cell], "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}}, "nbformat": 4, "nbformat_minor": 5}  # fmt: skip
    (folder / "iris.ipynb").write_text(json.dumps(notebook), "utf-8")
    # What lies beside a notebook is not imported by the server.
    (folder / "json.py").write_text("raise SystemExit('imported')", "utf-8")
    screenshot = tmp_path / "failed.png"
    with running(folder, home) as address:
        request = {
            "modules": str(modules()),
            "chromium": chromium(),
            "profile": str(tmp_path / "profile"),
            "address": address,
            "screenshot": str(screenshot),
        }
        script = Path(__file__).with_name("jupyterlab") / "session.mjs"
        seen = json.loads(run("node", str(script), folder=tmp_path, stdin=json.dumps(request)))
    assert "problem" not in seen, f"{seen['problem']} (see {screenshot}; seen so far: {seen})"
    assert "arch" in seen["language"].split("\n")
    assert seen["squiggle"] == "Dnese"
    # The row and column of JupyterLab's panel count from 0.
    assert seen["panel"].split("\t") == [
        "unknown layer `Dnese` help: did you mean `Dense`?", "E0201", "Error", "archlang", "7:4",
    ]  # fmt: skip
    assert "rate" in seen["hover"]
    assert "Dropout" in seen["hover"]
    assert "epsilon=0.001" in seen["signature"]
    assert seen["renamed"] == "task Flowers {"
    assert seen["colours"]["0.2"] != seen["plain"]
    assert seen["cell"] == ["Dnese"]
    assert seen["magic"] == "%%arch iris"
