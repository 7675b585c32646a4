"""The extension in VS Code itself: the packed .vsix in code-server, driven in headless Chromium."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.editors.code_server import HERE, chromium, code_server, modules
from tests.editors.npm import extension_folder, run

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


def test_a_session(tmp_path: Path) -> None:
    folder, bare = tmp_path / "folder", tmp_path / "bare"
    for each in (folder, bare):
        each.mkdir()
        (each / "iris.arch").write_text(SPEC, "utf-8")
    # Here the setting of the user does not count, and no server is found.
    (bare / ".vscode").mkdir()
    (bare / ".vscode" / "settings.json").write_text('{"archlang.server.path": ""}', "utf-8")
    screenshot = tmp_path / "failed.png"
    with code_server(tmp_path, {}) as address:
        request = {
            "modules": str(modules()),
            "chromium": chromium(),
            "profile": str(tmp_path / "profile"),
            "address": address,
            "folder": str(folder),
            "file": str(folder / "iris.arch"),
            "bare": {"folder": str(bare), "file": str(bare / "iris.arch")},
            "screenshot": str(screenshot),
            "clicked": 11,
        }
        seen = json.loads(
            run("node", str(HERE / "session.mjs"), folder=tmp_path, stdin=json.dumps(request))
        )
    assert "problem" not in seen, f"{seen['problem']} (see {screenshot}; seen so far: {seen})"
    assert seen["squiggles"] == 1
    assert "Dense" in seen["fix"]
    assert "Dense(32, activation=relu)" in seen["mended"]
    # 4 x 32 weights and 32 biases.
    assert "160" in seen["hinted"]
    assert "32" in seen["hinted"].split(")")[1]
    assert "rate" in seen["hover"]
    assert "BatchNormalization" in seen["completed"]
    assert 'name="dropout_1"' in seen["python"]
    assert "layers.Dropout(" in seen["marked"]
    assert "BatchNormalization" in seen["markedInSpec"]
    assert "layers.ReLU(" in seen["live"]
    assert "BatchNormalization" in seen["picture"]
    assert "Dropout" in seen["selected"]
    assert "Ln 11" in seen["went"]
    assert "7" in seen["redrawn"]
    assert "Dense" in seen["reselected"]
    # The picture is of the spec as it is now, with the mistake marked.
    assert seen["broken"].startswith("the spec has ")
    assert "error" in seen["wrong"]
    assert 'pip install "archlang[editor]"' in seen["missing"]
    assert seen["coloured"]


def test_the_sources_are_clean() -> None:
    run("npm", "run", "--silent", "check", folder=extension_folder())
