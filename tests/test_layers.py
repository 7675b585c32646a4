"""Imports point down the table of docs/architecture.md only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "compiler" / "archlang"

# From the bottom to the top; what shares a line may import each other.
LAYERS = (
    {"source", "version", "grammar_files", "library", "files", "narrowing"},
    {"diagnostics"},
    {"syntax"},
    {"catalogue", "shapes"},
    {"semantics"},
    {"tasks"},
    {"evaluation"},
    {"graph"},
    {"backends"},
    {"api", "errors"},
    {"cli"},
)
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}

# Only these may import Keras and what comes with it.
HEAVY = {"keras", "tensorflow", "numpy", "pandas", "sklearn"}
BUILDS_MODELS = PACKAGE / "backends" / "keras_model"


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == "archlang":
                yield from (f"archlang.{alias.name}" for alias in node.names)
            else:
                yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


FILES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.stem in HEIGHT
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    own = path.relative_to(PACKAGE).with_suffix("").parts[0]
    for module in imported(path):
        parts = module.split(".")
        if parts[0] == "archlang" and len(parts) > 1 and parts[1] != own:
            assert HEIGHT[parts[1]] <= HEIGHT[own], f"{own} imports {module}"


def test_only_one_backend_imports_keras() -> None:
    for path in PACKAGE.rglob("*.py"):
        if BUILDS_MODELS in path.parents:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        for node in tree.body:
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not {name.split(".")[0] for name in names} & HEAVY, path
