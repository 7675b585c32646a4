"""`archc data`: what it asks for, what it shows, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from archlang.cli.app import archc
from archlang.running import found_data

ROOT = Path(__file__).parents[2]
SPEC = """\
# A test.
task Kinds {
    input x: float32[2]
    output kind: classification(labels=["cat", "horse"])
    data = DATA
}

model Net for Kinds {
    head
}
"""
FOUND: dict[str, Any] = {
    "format": "archlang-data/1",
    "model": "Net",
    "source": "npz",
    "outputs": [],
    "splits": [
        {"name": "training", "examples": 1200, "inputs": {}, "outputs": {}, "shown": []},
        {"name": "validation", "examples": 300, "inputs": {}, "outputs": {}, "shown": []},
    ],
}


def written(folder: Path, data: str = 'npz("a.npz")') -> str:
    text = SPEC.replace("DATA", data)
    path = folder / "kinds.arch"
    path.write_text(text.replace("    data = \n", ""), "utf-8")
    return str(path)


def test_as_text_and_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def find(graph: Any, script: str, path: str | None) -> dict[str, Any]:
        asked.append((graph.name, "def load_splits(" in script, path))
        return FOUND

    monkeypatch.setattr(found_data, "find", find)
    spec = written(tmp_path)
    text = CliRunner().invoke(archc, ["data", spec])
    assert text.exit_code == 0
    assert text.stdout.startswith(
        "Net: 1,500 examples from npz\n  training    1,200\n  validation    300\n"
    )
    done = CliRunner().invoke(archc, ["data", spec, "--data", "b.npz", "--format", "json"])
    assert json.loads(done.stdout) == FOUND
    assert asked == [("Net", True, None), ("Net", True, "b.npz")]


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        ("", [], "names no data: add `data = …` to its task"),
        ('python("m:f")', ["--data", "x"], "`python` is read from no file"),
    ],
)
def test_wrong_use(data: str, options: list[str], message: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(archc, ["data", written(tmp_path, data), *options])
    assert done.exit_code == 2
    assert message in done.stderr


MODELS = """
task Kinds {
    input x: float32[2]
    output kind: classification(2)
    data = npz("a.npz")
}
model Part {
    input y: float32[2]
    Dense(2)
}
model One for Kinds { head }
model Two for Kinds { Dense(3) -> head }
train { seed = 3 }
"""


@pytest.mark.parametrize(
    ("more", "models"),
    [
        ("", None),
        ("train Two { epochs = 2 }", None),
        ("train Two { seed = 4 }", "One, Two"),
        ("train Two { test = 0.1 }", "One, Two"),
        (
            'model Own { input a: float32[2]\n output b: regression()\n data = npz("b.npz")\n head }',
            "One, Own",
        ),
    ],
)
def test_models_that_read_alike_need_no_choice(
    more: str, models: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found_data, "find", lambda *_: FOUND)
    path = tmp_path / "kinds.arch"
    path.write_text(MODELS + more, "utf-8")
    done = CliRunner().invoke(archc, ["data", str(path)])
    if models is None:
        assert (done.exit_code, done.stderr) == (0, "")
    else:
        assert done.exit_code == 2
        assert f"several models; choose one with --model: {models}" in done.stderr
    assert CliRunner().invoke(archc, ["data", str(path), "--model", "Two"]).exit_code == 0


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "archlang", "data", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "compiler")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_what_training_would_get(tmp_path: Path) -> None:
    x = np.arange(20.0).reshape(10, 2)
    np.savez(tmp_path / "a.npz", x=x, kind=np.array(["cat", "horse"]).repeat([4, 6]))
    done = run(tmp_path, written(tmp_path), "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    training, validation = found["splits"]
    assert (training["examples"], validation["examples"]) == (8, 2)
    sums = [split["inputs"]["x"]["mean"] * 2 * split["examples"] for split in found["splits"]]
    assert sum(sums) == pytest.approx(x.sum())
    counts = [split["outputs"]["kind"]["counts"] for split in found["splits"]]
    assert [a + b for a, b in zip(*counts, strict=True)] == [4, 6]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            'npz("a.npz")',
            "error: a.npz is not there; it should be an .npz file with the arrays x, kind",
        ),
        (
            'python("broken:examples")',
            "error: the data cannot be read: ZeroDivisionError: division by zero",
        ),
        (
            'python("nowhere:examples")',
            "error: nowhere:examples cannot be imported: No module named 'nowhere'",
        ),
    ],
)
def test_what_cannot_be_read_is_a_sentence(data: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def examples():\n    return 1 / 0\n", "utf-8")
    done = run(tmp_path, written(tmp_path, data))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == message
    assert "Traceback" not in done.stderr
