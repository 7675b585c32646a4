"""Where the extension for VS Code looks for the server, and in which order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.editors.npm import extension_folder, run

pytestmark = [pytest.mark.slow, pytest.mark.editors]

SCRIPT = Path(__file__).with_name("vscode") / "finding.mjs"


def test_the_order(tmp_path: Path) -> None:
    def program(name: str) -> str:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        return str(file)

    workspace, other = str(tmp_path / "workspace"), str(tmp_path / "other")
    own, plain = program("workspace/.venv/bin/archc"), program("other/venv/bin/archc")
    chosen = program("conda/bin/archc")
    on_path = program("local/bin/archc")
    python = program("python/bin/python3.12")
    interpreter, path = str(tmp_path / "conda/bin/python"), str(tmp_path / "local/bin")
    empty = str(tmp_path)

    def case(setting: str = "", folders: tuple[str, ...] = (), interpreter: str | None = None, path: str = empty) -> dict[str, Any]:  # fmt: skip
        return {
            "setting": setting,
            "folders": folders,
            "interpreter": interpreter,
            "PATH": path,
        }

    cases: list[tuple[dict[str, Any], list[str] | str | None]] = [
        (case(python, (workspace,), interpreter, path), [python, "-P", "-m", "archlang"]),
        (case(chosen, (workspace,), interpreter, path), [chosen]),
        (case("${workspaceFolder}/.venv/bin/archc", (workspace,)), [own]),
        (case(".venv/bin/archc", (workspace,)), [own]),
        (case("no/archc", (workspace,), interpreter, path),
         f"The setting archlang.server.path names {workspace}/no/archc, which is no file."),
        (case(folders=(workspace, other), interpreter=interpreter, path=path), [own]),
        (case(folders=(other,), interpreter=interpreter, path=path), [plain]),
        (case(folders=(empty,), interpreter=interpreter, path=path), [chosen]),
        (case(interpreter=str(tmp_path / "conda"), path=path), [chosen]),
        (case(interpreter=str(tmp_path / "python/bin/python3.12"), path=path), [on_path]),
        (case(path=path), [on_path]),
        (case(), None),
    ]  # fmt: skip
    request = {
        "modules": str(extension_folder()),
        "source": str(extension_folder() / "src" / "finding.ts"),
        "cases": [asked for asked, _ in cases],
    }
    answers = json.loads(run("node", str(SCRIPT), folder=tmp_path, stdin=json.dumps(request)))
    for (asked, expected), answer in zip(cases, answers, strict=True):
        found = [answer["command"], *answer["prefix"]] if isinstance(answer, dict) else answer
        assert found == expected, asked
