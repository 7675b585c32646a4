"""The queries of editors: they fit the grammar, are current, and colour what the compiler finds."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from pygments.token import Comment, Keyword, Name, Number, Operator, String
from tree_sitter import Query

from archlang.highlighting import tree_sitter as highlighting
from archlang.highlighting.pygments_lexer import ArchLexer
from tests.tree_sitter.grammar import FOLDER, ROOT, captures, language, parse
from tests.tree_sitter.test_trees import SPECS

NEOVIM = ROOT / "editors/neovim/queries/arch"
HELIX = FOLDER / "queries"


@cache
def _query(path: Path) -> str:
    return path.read_text("utf-8")


def coloured(path: Path, text: str) -> dict[tuple[int, int], set[str]]:
    """The captures of each place by the highlights of an editor; `@spell` is no colour."""
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    for name, nodes in captures(_query(path / "highlights.scm"), parse(text).root_node).items():
        for node in nodes:
            if name != "spell":
                found[node.start_byte, node.end_byte].add(name)
    return found


@pytest.mark.parametrize("path", [*NEOVIM.glob("*.scm"), *HELIX.glob("*.scm")], ids=lambda p: f"{p.parent.name}-{p.stem}")  # fmt: skip
def test_queries_fit_the_grammar(path: Path) -> None:
    assert Query(language(), path.read_text("utf-8")).pattern_count > 0


def test_there_are_all_that_editors_ask_for() -> None:
    assert {p.name for p in NEOVIM.glob("*.scm")} == {"highlights.scm", "folds.scm"}
    assert {p.stem for p in HELIX.glob("*.scm")} == {"highlights", "folds", "indents", "locals", "textobjects"}  # fmt: skip
    assert _query(NEOVIM / "folds.scm") == _query(HELIX / "folds.scm")


def test_highlights_are_current() -> None:
    stale = "stale: run tools/make_highlighting.py"
    assert _query(NEOVIM / "highlights.scm") == highlighting.neovim(), stale
    assert _query(HELIX / "highlights.scm") == highlighting.helix(), stale


def kind_of(capture: str) -> str:
    """What Pygments would call a capture, roughly."""
    for kind in ("comment", "string", "number", "keyword"):
        if capture.startswith(kind):
            return kind
    return {
        "boolean": "keyword",
        "constant.builtin.boolean": "keyword",
        "constant.numeric": "number",
        "label": "class",  # the name of a phase
        "type": "class",
        "variable.parameter": "argument",
        "property": "argument",
        "variable.other.member": "argument",
    }.get(capture, "")


def expected(text: str) -> dict[tuple[int, int], str]:
    """The places that Pygments colours, by the kinds that both have."""
    found: dict[tuple[int, int], str] = {}
    for start, token, value in ArchLexer().get_tokens_unprocessed(text):
        if token in Comment:
            kind = "comment"
        elif token in String:
            kind = "string"
        elif token in Number:
            kind = "number"
        elif (token in Keyword and token is not Keyword.Type) or token is Operator.Word:
            kind = "keyword"
        elif token is Name.Class:
            kind = "class"
        elif token is Name.Attribute:
            kind = "argument"
        else:
            continue
        found[start, start + len(value)] = kind
    return found


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_colours(path: Path) -> None:
    text = path.read_text("utf-8")
    wanted = expected(text)
    assert len(wanted) > 3
    byte_of = [0]  # the byte at each character
    for char in text:
        byte_of.append(byte_of[-1] + len(char.encode()))
    for editor in (NEOVIM, HELIX):
        seen = coloured(editor, text)
        for place, names in seen.items():
            assert len(names) == 1, (names, place)
        for (start, end), kind in wanted.items():
            names = seen.get((byte_of[start], byte_of[end]), {""})
            if text[start:end] == "None":
                assert names == {"constant.builtin"}
                continue
            assert {kind_of(name) for name in names} == {kind}, (text[start:end], names, editor.name)  # fmt: skip


def test_what_pygments_does_not_tell_apart() -> None:
    text = """\
layer Own(x: tensor) from "own.py" -> same
task T {
    input a: float32[4]
    input past: shifted(kind)
    output kind: classification(labels=["a\\nb"])
    data = csv("x.csv")
}
model M for T {
    let width = len([1])
    a -> Dense(width, activation=relu, dtype=float16) -> ops.image.resize((8, 8)) as b, c[]
    head
}
train {
    loss = mse
    phase warm { epochs = 2 }
}
"""
    byte = text.encode()
    seen = {byte[a:z].decode(): names for (a, z), names in coloured(NEOVIM, text).items()}
    wanted = {
        "type": ["T", "M", "Own", "Dense"],
        "type.builtin": ["float32", "classification", "tensor", "same", "float16"],
        "function.builtin": ["csv", "len", "shifted"],
        "function.call": ["resize"],
        "module": ["ops", "image"],
        "constant.builtin": ["relu", "mse"],
        "constant": [],
        "string.escape": ["\\n"],
        "property": ["data", "loss", "epochs"],
        "label": ["warm"],
        "variable": ["b", "c", "past"],
        "variable.parameter": ["labels", "activation", "dtype", "x"],
        "keyword.type": ["task", "model", "train", "phase", "layer"],
        "keyword.import": ["from"],
        "keyword": ["input", "output", "let", "as", "head"],
    }
    for name, each in wanted.items():
        for word in each:
            assert seen[word] == {name}, word


def test_names_are_found_where_they_are_given() -> None:
    """Helix colours names by where they are given, and marks parts of a spec."""
    root = parse("block B(units, rate=1) {\n    Dense(units, 2) -> ReLU as x\n}\n").root_node
    found = captures(_query(HELIX / "locals.scm"), root)
    texts = {name: {node.text for node in nodes} for name, nodes in found.items()}
    assert texts["local.definition"] == {b"units", b"rate", b"x"}
    assert b"units" in texts["local.reference"]
    assert [node.type for node in found["local.scope"]] == ["block"]
    found = captures(_query(HELIX / "textobjects.scm"), root)
    assert [node.type for node in found["function.inside"]] == ["body"]
    assert {node.text for node in found["parameter.inside"]} == {b"units", b"rate=1", b"2"}
    found = captures(_query(HELIX / "folds.scm"), root)
    assert {node.type for node in found["fold"]} == {"parameters", "body", "arguments"}
