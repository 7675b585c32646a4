"""The plugin of editors/neovim in Neovim itself, without a screen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.editors.npm import ROOT
from tests.tree_sitter.grammar import library

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
    spec = folder / "iris.arch"
    spec.write_text(SPEC, "utf-8")
    command = json.dumps([sys.executable, "-P", "-m", "archlang", "lsp"])
    seen = _run(nvim, folder, "session.lua", ARCHLANG_COMMAND=command)
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


def _run(nvim: str, folder: Path, script: str, *more: Path, **env: str) -> dict[str, Any]:
    """What a script has seen of `iris.arch` in a Neovim that has the plugin and `more` folders."""
    output = folder / "seen.json"
    env |= {
        "HOME": str(folder),
        "ARCHLANG_FILE": str(folder / "iris.arch"),
        "ARCHLANG_SEEN": str(output),
    }
    folders = [str(each) for each in (ROOT / "editors" / "neovim", *more)]
    path = Path(__file__).with_name("neovim") / script
    command = [nvim, "--clean", "--headless", "--cmd", f"set runtimepath^={','.join(folders)}", "-c", "syntax on", "-S", str(path)]  # fmt: skip
    done = subprocess.run(
        command, env={**os.environ, **env}, capture_output=True, text=True, timeout=120, check=False, cwd=folder,
    )  # fmt: skip
    assert output.is_file(), f"{nvim}: {done.stdout}{done.stderr}"
    seen = json.loads(output.read_text("utf-8"))
    assert "problem" not in seen, f"{nvim}: {seen}"
    return seen


def test_colours_by_tree_sitter(tmp_path: Path) -> None:
    """Where a parser has been built, from Neovim 0.9 on, colours come from it; the syntax file's colours stay elsewhere."""
    for number, nvim in enumerate(neovims()):
        folder = tmp_path / str(number)
        parser = folder / "built" / "parser" / "arch.so"
        parser.parent.mkdir(parents=True)
        shutil.copy(library(), parser)
        (folder / "iris.arch").write_text(SPEC, "utf-8")
        expected = {
            "# A comment": ["comment", "spell"],
            "task Iris": ["keyword.type"],
            "Iris {": ["type"],
            "float32": ["type.builtin"],
            "classification": ["type.builtin"],
            "sklearn": ["function.builtin"],
            "activation=": ["variable.parameter"],
            "relu": ["constant.builtin"],
            "0.2": ["number"],
            "head": ["keyword"],
        }
        places = json.dumps(list(expected))
        with_parser = _run(nvim, folder, "colours.lua", parser.parents[1], ARCHLANG_PLACES=places)
        if with_parser["version"] >= 9:
            assert with_parser["captures"] == expected
            assert set(with_parser["groups"].values()) == {""}
            assert with_parser["syntax"] == ""
            assert with_parser["said"].strip() == ""
        else:
            assert with_parser["groups"]["task Iris"] == "archDeclaration"
        if with_parser["version"] >= 10:
            assert with_parser["fold"] == 1
