"""The tree-sitter grammar of editors/tree-sitter-arch, compiled for these tests."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sysconfig
import tempfile
from functools import cache
from pathlib import Path

from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "editors" / "tree-sitter-arch"
SOURCES = (FOLDER / "src" / "parser.c", FOLDER / "src" / "scanner.c")


def compiler() -> str:
    """The C compiler of the machine."""
    for name in ("cc", "gcc", "clang"):
        if found := shutil.which(name):
            return found
    raise FileNotFoundError("these tests need a C compiler: cc, gcc or clang")


def compile_to(library: Path, *flags: str) -> None:
    """Makes a shared library of the parser, of which the compiler may have something to say by `flags`."""
    usual = ["-shared", "-fPIC", "-O1", "-I", str(FOLDER / "src")]
    done = subprocess.run(
        [compiler(), *usual, *flags, *map(str, SOURCES), "-o", str(library)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@cache
def library() -> Path:
    """The compiled parser; it is compiled once and kept until its sources change."""
    files = sorted((FOLDER / "src").rglob("*.[ch]"))
    content = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]
    suffix = sysconfig.get_config_var("SHLIB_SUFFIX") or ".so"
    kept = ROOT / ".pytest_cache" / "tree_sitter" / f"{content}{suffix}"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            made = Path(folder) / kept.name
            compile_to(made)
            os.replace(made, kept)  # other workers may be at it too
    return kept


@cache
def language() -> Language:
    make = ctypes.CDLL(str(library())).tree_sitter_arch
    make.restype = ctypes.c_void_p
    capsule = ctypes.pythonapi.PyCapsule_New
    capsule.restype = ctypes.py_object
    capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    pointer: object = capsule(make(), b"tree_sitter.Language", None)
    return Language(pointer)


def parse(text: str) -> Tree:
    return Parser(language()).parse(text.encode())


def captures(query: str, root: Node) -> dict[str, list[Node]]:
    """What a query captures, by the names of the captures."""
    return QueryCursor(Query(language(), query)).captures(root)


def mistakes(node: Node) -> list[Node]:
    """The nodes in which the text does not fit the grammar, and those that are missing."""
    if not node.has_error:
        return []
    if node.is_error or node.is_missing:
        return [node]
    return [each for child in node.children for each in mistakes(child)]
