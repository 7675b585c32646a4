"""The plugin of editors/neovim in Neovim itself, without a screen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.editors.npm import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.editors]

SPEC = """\
# A comment.
task Iris {
    input measures: float32[4]
    output kind: classification(3)
    data = sklearn(iris)
}

model Mlp for Iris {
    Dnese(32,activation=relu)
    Dropout(0.2)
    head
}
"""


def neovims() -> list[str]:
    """The one on PATH, and those that ARCHLANG_NEOVIM lists."""
    listed = os.environ.get("ARCHLANG_NEOVIM", "").split(os.pathsep)
    found = [each for each in (shutil.which("nvim"), *listed) if each]
    assert found, "this test needs Neovim: apt-get install neovim; or deselect it with -m 'not editors'"  # fmt: skip
    return found


def test_a_session(tmp_path: Path) -> None:
    for number, nvim in enumerate(neovims()):
        folder = tmp_path / str(number)
        folder.mkdir()
        _session(nvim, folder)


def _session(nvim: str, folder: Path) -> None:
    spec, output = folder / "iris.arch", folder / "seen.json"
    spec.write_text(SPEC, "utf-8")
    env = {
        **os.environ,
        "HOME": str(folder),
        "ARCHLANG_COMMAND": json.dumps([sys.executable, "-P", "-m", "archlang", "lsp"]),
        "ARCHLANG_FILE": str(spec),
        "ARCHLANG_SEEN": str(output),
    }
    plugin = ROOT / "editors" / "neovim"
    script = Path(__file__).with_name("neovim") / "session.lua"
    command = [nvim, "--clean", "--headless", "--cmd", f"set runtimepath^={plugin}", "-c", "syntax on", "-S", str(script)]  # fmt: skip
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=120, check=False, cwd=folder
    )
    assert output.is_file(), f"{nvim}: {done.stdout}{done.stderr}"
    seen = json.loads(output.read_text("utf-8"))
    assert "problem" not in seen, f"{nvim}: {seen}"
    assert seen["filetype"] == "arch"
    assert seen["groups"] == {
        "task": "archDeclaration",
        "input": "archKeyword",
        "comment": "archComment",
        "number": "archNumber",
        "argument": "archArgument",
    }
    assert len(seen["messages"]) == 1
    assert "Dnese" in seen["messages"][0]
    assert "Dense" in seen["action"]
    assert "rate" in seen["hover"]
    # 4 x 32 weights and 32 biases; Neovim shows hints from 0.10 on.
    if seen["version"] >= 10:
        assert "160" in seen["hints"][0]
    assert "    Dense(32, activation=relu)\n" in seen["text"]
