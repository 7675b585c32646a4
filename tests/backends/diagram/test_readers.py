"""Mermaid and Graphviz themselves read what is written for them: from npm, Graphviz as WebAssembly."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from archlang import api
from archlang.backends.diagram import Form
from tests.backends.diagram.test_safety import NASTY, drawn
from tests.editors.npm import run

ROOT = Path(__file__).parents[3]
SPECS = sorted((ROOT / "specs").glob("*.arch"))
PACKAGES = ("mermaid@11.17.2", "jsdom@29.1.1", "@viz-js/viz@3.31.0")
FORMS: dict[str, Form] = {".mmd": "mermaid", ".dot": "dot"}

pytestmark = [pytest.mark.slow, pytest.mark.editors]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readers")
    (folder / "package.json").write_text("{}", "utf-8")
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-save")
    run("npm", "install", *options, *PACKAGES, folder=folder)
    shutil.copy(Path(__file__).parent / "readers" / "read.mjs", folder)
    return folder


def refused(folder: Path) -> list[dict[str, str]]:
    files = sorted(path.name for path in folder.iterdir() if path.suffix in FORMS)
    assert files
    return json.loads(run("node", "read.mjs", *files, folder=folder))


def test_they_read_every_spec_and_every_text(folder: Path) -> None:
    for ending, form in FORMS.items():
        for path in SPECS:
            checked = api.check(api.read(str(path)))
            for model in checked.graphs:
                for fold in (True, False):
                    text = api.diagram(checked, model, form=form, fold=fold).text
                    name = f"{path.stem}_{model}_{fold}{ending}"
                    (folder / name).write_text(text, "utf-8")
        for number, said in enumerate(NASTY):
            (folder / f"nasty_{number}{ending}").write_text(drawn(said, form), "utf-8")
    assert refused(folder) == []
    (folder / "wrong.mmd").write_text('flowchart TB\n    n0["a "b" c"]\n', "utf-8")
    (folder / "wrong.dot").write_text('digraph "M" { n0 [label="a "b" c"] \n', "utf-8")
    assert [one["file"] for one in refused(folder)] == ["wrong.dot", "wrong.mmd"]
