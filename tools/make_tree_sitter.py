"""Write the tree-sitter parser anew from editors/tree-sitter-arch/grammar.js: `python tools/make_tree_sitter.py [--check]`.

Needs the `tree-sitter` tool, version 0.22 (parsers of later versions may be too new for the editors that are out), on PATH or
named by ARCHLANG_TREE_SITTER; it starts Node.js. `--check` compares sums of what the parser was made of and of the parser with those
that were written down with it, so that it works everywhere; where the tool is there, it also makes the parser anew and compares.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "editors" / "tree-sitter-arch"
MADE = ("parser.c", "grammar.json", "node-types.json")
SUMS = FOLDER / "src" / "SHA256SUMS"


def sums() -> str:
    """Of the grammar and of what was made of it, as `sha256sum` writes them."""
    files = ("grammar.js", *(f"src/{name}" for name in MADE))
    return "".join(
        f"{hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()}  {name}\n" for name in files
    )


def tool() -> list[str]:
    """The command of tree-sitter; nothing where it is not there."""
    named = shlex.split(os.environ.get("ARCHLANG_TREE_SITTER", "tree-sitter"))
    return named if shutil.which(named[0]) else []


def generate(command: list[str], folder: Path) -> None:
    options = ["generate", "--abi", "14", "--no-bindings"]
    subprocess.run([*command, *options], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def is_current() -> bool:
    """Whether the parser is what is made of the grammar."""
    if SUMS.read_text("utf-8") != sums():
        return False
    command = tool()
    if not command:
        return True
    with tempfile.TemporaryDirectory() as folder:
        for name in ("grammar.js", "package.json", "src/scanner.c"):
            (Path(folder) / name).parent.mkdir(exist_ok=True)
            shutil.copy(FOLDER / name, Path(folder) / name)
        generate(command, Path(folder))
        made = Path(folder) / "src"
        return all((made / name).read_bytes() == (SUMS.parent / name).read_bytes() for name in MADE)


def main() -> None:
    if "--check" in sys.argv[1:]:
        if not is_current():
            raise SystemExit("the tree-sitter parser is stale: run tools/make_tree_sitter.py")
        return
    command = tool()
    if not command:
        raise SystemExit("there is no `tree-sitter`: npm install -g tree-sitter-cli@0.22")
    generate(command, FOLDER)
    SUMS.write_text(sums(), "utf-8", newline="\n")
    print("wrote editors/tree-sitter-arch/src")


if __name__ == "__main__":
    main()
