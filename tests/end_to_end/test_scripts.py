"""Every script of `specs/` as its reader gets it: the same bytes each time, clean to pyright, and it runs alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from archlang import api
from tests.end_to_end.test_training import ROOT, run

SPECS = sorted((ROOT / "specs").glob("*.arch"))


def scripts(path: Path) -> dict[str, str]:
    """The script of each model of a spec, by a file name."""
    checked = api.check(api.read(str(path)))
    return {f"{path.stem}_{name.lower()}": api.to_python(checked, name) for name in checked.graphs}


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_two_compilations_give_the_same_bytes(path: Path) -> None:
    assert scripts(path) == scripts(path)


@pytest.mark.slow
def test_pyright_has_nothing_to_say(tmp_path: Path) -> None:
    for path in SPECS:
        for name, text in scripts(path).items():
            (tmp_path / f"{name}.py").write_text(text, "utf-8")
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "basic"}', "utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pyright",
            "--project",
            str(tmp_path),
            "--pythonpath",
            sys.executable,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.slow
@pytest.mark.parametrize("stem", ["vgg16", "resnet50", "mobilenet", "unet", "wavenet"])
def test_a_script_without_data_builds_and_shows_its_model(stem: str, tmp_path: Path) -> None:
    ((name, text),) = scripts(ROOT / "specs" / f"{stem}.arch").items()
    script = tmp_path / f"{name}.py"
    script.write_text(text, "utf-8")
    (graph,) = api.check(api.read(str(ROOT / "specs" / f"{stem}.arch"))).graphs.values()
    assert f"{graph.params:,}" in run(script, "summary")
