"""Imports point down the table of docs/architecture.md only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "compiler" / "archlang"

# From the bottom to the top. A package may import those of lower lines; what shares a line knows nothing of each other.
LAYERS = (
    {"records"},
    {"source", "version", "grammar_files", "library", "files", "narrowing"},
    {"diagnostics", "overrides"},
    {"syntax"},
    # What rules and schemas speak of: dimensions, tensor specs, layers as values.
    {
        "shapes.dims",
        "shapes.dtypes",
        "shapes.spec",
        "shapes.rule",
        "shapes.families",
        "shapes.lazy_rules",
    },
    {"catalogue", "formatting"},
    {"shapes"},
    {"tasks"},
    {"semantics"},
    {"evaluation"},
    {"graph"},
    {"backends"},
    {"incremental"},
    {"api", "errors"},
    {"running", "notebook"},
    {"__init__"},
    {"language_server", "highlighting"},
    {"cli"},
    {"__main__"},
)
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}

# Only these may import Keras and what comes with it.
HEAVY = {"keras", "tensorflow", "numpy", "pandas", "sklearn"}
BUILDS_MODELS = PACKAGE / "backends" / "keras_model"


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it and for whomever."""
    yield from imported_by(ast.parse(path.read_text("utf-8")))


def imported_by(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == "archlang":
                yield from (f"archlang.{alias.name}" for alias in node.names)
            else:
                yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def line(module: str) -> str:
    """The name by which a module stands in the table."""
    parts = module.split(".")
    return ".".join(parts[:2]) if ".".join(parts[:2]) in HEIGHT else parts[0]


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    own = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    for module in imported(path):
        name = module.removeprefix("archlang.")
        if name == module:
            continue
        above = HEIGHT[line(own)] - HEIGHT[line(name)]
        of_one_package = own.split(".")[0] == name.split(".")[0]
        assert above > 0 or (above == 0 and of_one_package), f"{own} imports {module}"


def test_every_part_has_its_line() -> None:
    parts = {".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in FILES}
    assert {line(part) for part in parts} == set(HEIGHT)


def test_only_one_backend_imports_keras() -> None:
    users = {path for path in FILES if roots(path) & HEAVY}
    assert users
    assert all(BUILDS_MODELS in path.parents for path in users), users


def test_one_module_imports_lark() -> None:
    assert len([path for path in FILES if "lark" in roots(path)]) <= 1


@cache
def roots(path: Path) -> set[str]:
    """The packages that a file imports when it runs, wherever in it."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        # What only the type checker reads, such as `keras.Model` in a signature, costs nothing.
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    return {module.split(".")[0] for module in imported_by(tree)}
