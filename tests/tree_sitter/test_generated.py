"""The committed parser is what tree-sitter makes of grammar.js, and has the compiler's words."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archlang.syntax.tokens import DECLARATION_WORDS, RESERVED
from tests.tree_sitter.grammar import FOLDER, ROOT, compile_to, language


def grammar() -> dict[str, Any]:
    return json.loads((FOLDER / "src" / "grammar.json").read_text("utf-8"))


def words(text: str) -> set[str]:
    """The words that the rules of a grammar ask for, as they are written."""
    strings = re.findall(r'"type": "STRING",\s*"value": "(\w+)"', text)
    return {word for word in strings if word.isidentifier()}


def test_words_of_the_compiler() -> None:
    text = (FOLDER / "src" / "grammar.json").read_text("utf-8")
    assert words(text) == {*RESERVED, *DECLARATION_WORDS, "phase", "import"}


def test_words_of_the_scanner() -> None:
    """The reserved ones stand in the order in which the grammar hands them to it."""
    scanner = (FOLDER / "src" / "scanner.c").read_text("utf-8")
    listed = re.search(r"#define RESERVED_WORDS[^{]*\{([^}]*)\}", scanner)
    assert listed
    reserved = re.findall(r'"(\w+)"', listed[1])
    external = [rule["value"] for rule in grammar()["externals"] if rule["type"] == "STRING"]
    assert [word for word in external if word.isidentifier()] == reserved
    assert set(reserved) == RESERVED.keys()
    declaring = re.search(r"named\[\] = \{([^}]*)\}", scanner)
    assert declaring
    assert {*re.findall(r'"(\w+)"', declaring[1]), "from"} == DECLARATION_WORDS.keys()
    assert f"RESERVED_COUNT = {len(reserved)}," in scanner
    assert f"LONGEST_WORD = {max(map(len, reserved))} " in scanner


def test_editors_can_load_it() -> None:
    assert language().abi_version == 14  # what Neovim 0.9 and Helix 25.01 read at most


def test_the_parser_was_made_of_this_grammar() -> None:
    done = subprocess.run(
        [sys.executable, "tools/make_tree_sitter.py", "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_who_compiles_it_sees_no_warnings(tmp_path: Path) -> None:
    compile_to(tmp_path / "arch.so", "-Wall", "-Wextra", "-Werror")
