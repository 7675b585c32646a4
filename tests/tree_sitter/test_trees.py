"""Tree-sitter reads every spec as the compiler does: the same declarations, statements and expressions at the same places."""

from __future__ import annotations

from pathlib import Path
from time import process_time
from typing import Any

import pytest

from archlang.source import Source
from archlang.syntax import parse as compile_
from archlang.syntax import tree as t
from tests.syntax.test_valid import test_declarations, test_statements
from tests.tree_sitter.drawn import Drawer
from tests.tree_sitter.facts import of_compiler, of_tree_sitter
from tests.tree_sitter.grammar import ROOT, mistakes, parse

SPECS = [
    *sorted((ROOT / "specs").rglob("*.arch")),
    *sorted((ROOT / "tests/conformance/right").rglob("*.arch")),
    *sorted((ROOT / "tests/backends").rglob("*.arch")),
    *(p for p in sorted((ROOT / "tests/syntax/language").glob("*.arch")) if p.stem != "stack"),
]


def shown(test: Any) -> list[str]:
    """The sources with which a test of the compiler's parser is parametrized."""
    (mark,) = (mark for mark in test.pytestmark if mark.name == "parametrize")
    return [str(source) for source in mark.args[1]]


STATEMENTS = [
    f"model M {{{begin}{statement}{end}}}"
    for statement in (
        *shown(test_statements),
        "repeat 3 if deep else 2 { x }",
        "for a in b if c else d { x }",
        "if a if b else c { x } else { y }",
    )
    for begin, end in (("\n", "\n"), (" ", " "))
]
DECLARATIONS = shown(test_declarations)


def same(text: str) -> int:
    """Compares both trees of a text without mistakes; how many nodes it has."""
    compiled = compile_(Source("x.arch", text))
    assert [d.message for d in compiled.diagnostics] == []
    root = parse(text).root_node
    assert [(node.type, node.start_point) for node in mistakes(root)] == []
    ours, theirs = of_tree_sitter(root, text), of_compiler(compiled.tree)
    differing = min(set(ours) ^ set(theirs), default=None)
    if differing is not None:
        line = text.count("\n", 0, differing.start) + 1
        pytest.fail(f"line {line}: {differing}, {text[differing.start : differing.end]!r}")
    assert ours == theirs
    return len(ours)


def test_there_are_specs() -> None:
    assert len(SPECS) > 60
    assert len(STATEMENTS) > 100
    assert len(DECLARATIONS) > 20


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_specs(path: Path) -> None:
    text = path.read_text("utf-8")
    assert same(text) > 3
    same(text.replace("\n", "\r\n"))
    same(text.replace("\n", "\r"))


def test_forms() -> None:
    for text in (*STATEMENTS, *DECLARATIONS):
        same(text)


def test_drawn_specs() -> None:
    kinds: set[str] = set()
    for seed in range(60):
        text = Drawer(seed).spec()
        same(text)
        tree = compile_(Source("x.arch", text)).tree
        kinds |= {type(node).__name__ for node in t.walk(tree.declarations)}
    abstract = {"Node", "Expr", "Statement", "Missing"}  # `Missing` stands where something is wrong
    forms = {name for name, each in vars(t).items() if isinstance(each, type) and issubclass(each, t.Node)}  # fmt: skip
    assert kinds == forms - abstract  # the grammar's every form is drawn


@pytest.mark.slow
def test_many_drawn_specs() -> None:
    for seed in range(1000, 4000):
        same(Drawer(seed).spec())


def test_many_comments_are_read_once() -> None:
    """What a line break means depends on what stands behind the comments: it is not looked for from each of them."""
    begun = process_time()
    root = parse(
        "# Of a spec that is not wanted.\n" * 6000 + "model M {\n    Dense(3)\n}\n"
    ).root_node
    assert process_time() - begun < 2  # 0.01 s; nine if each looks
    assert (root.has_error, root.child_count) == (False, 6001)


def test_a_stack_without_its_model() -> None:
    """Documentation shows parts of specs: statements outside of a body are read as inside of one."""
    text = (ROOT / "tests/syntax/language/stack.arch").read_text("utf-8")
    root = parse(text).root_node
    assert not root.has_error
    inside = parse(f"model M {{\n{text}\n}}").root_node
    assert not inside.has_error
    offset = len("model M {\n")
    around = {"Model", "Name"}
    facts = [fact._replace(start=fact.start - offset, end=fact.end - offset) for fact in of_tree_sitter(inside, text)]  # fmt: skip
    assert [f for f in facts if f.start >= 0 or f.kind not in around] == of_tree_sitter(root, text)
