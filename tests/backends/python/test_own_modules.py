"""Layers, losses and metrics written in Python: scripts import them last, and say which are not there."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from archlang import api

SPEC = """
from "parts.arch" import Scale
loss Focal() from "own_losses"
metric Share() from "own.metrics"
metric Miss() from "own.metrics"
layer Twice() from "keras.layers" -> same

task Flowers {
    input x: float32[4]
    output y: classification(3, loss=Focal(), metrics=[Share(), Miss()])
    data = sklearn(iris)
}

model Net for Flowers {
    Scale -> Twice -> Dense(4)
    head
}
"""


@pytest.fixture
def imports(tmp_path: Path) -> list[ast.stmt]:
    """How the script begins, with what it imports of Keras and others left out."""
    (tmp_path / "parts.arch").write_text('layer Scale() from "own.layers" -> same\n', "utf-8")
    (tmp_path / "net.arch").write_text(SPEC, "utf-8")
    checked = api.check(api.read(str(tmp_path / "net.arch")))
    assert checked.diagnostics == ()
    script = ast.parse(api.to_python(checked, "Net"))
    last = max(n for n, node in enumerate(script.body) if isinstance(node, ast.Try))
    return script.body[1 : last + 1]


def test_they_stand_behind_what_is_always_there(imports: list[ast.stmt]) -> None:
    kinds = [type(node) for node in imports]
    assert kinds == sorted(kinds, key=lambda kind: kind is ast.Try)
    assert kinds.count(ast.Try) == 3
    # Keras is no module of one's own.
    assert any("Twice" in ast.unparse(node) for node in imports if isinstance(node, ast.ImportFrom))


def run(imports: list[ast.stmt]) -> None:
    own: list[ast.stmt] = [node for node in imports if isinstance(node, ast.Try)]
    exec(compile(ast.Module(own, []), "net.py", "exec"), {})


def test_what_is_missing_is_said(imports: list[ast.stmt], monkeypatch: pytest.MonkeyPatch) -> None:
    def said() -> str:
        with pytest.raises(SystemExit) as ended:
            run(imports)
        return str(ended.value)

    def have(name: str, **members: Any) -> None:
        module = ModuleType(name)
        vars(module).update(members, __path__=[])
        monkeypatch.setitem(sys.modules, name, module)

    have("own")
    have("own.layers", Scale=1)
    assert said() == (
        "Miss and Share cannot be imported from own.metrics: No module named 'own.metrics'"
    )
    have("own.metrics", Share=1, Miss=1)
    assert said() == "Focal cannot be imported from own_losses: No module named 'own_losses'"
    have("own_losses")
    assert said().startswith(
        "Focal cannot be imported from own_losses: cannot import name 'Focal' from 'own_losses'"
    )
    have("own_losses", Focal=1)
    run(imports)
