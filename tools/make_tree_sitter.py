"""Write the tree-sitter parser anew from editors/tree-sitter-arch/grammar.js: `python tools/make_tree_sitter.py [--check]`.

Needs the `tree-sitter` tool, version 0.22 (parsers of later versions may be too new for the editors that are out), on PATH or
named by ARCHLANG_TREE_SITTER; it starts Node.js. `--check` needs neither: it compares a sum of what the parser was made of with
the one that was written down with it.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
import sys
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


def main() -> None:
    if "--check" in sys.argv[1:]:
        if SUMS.read_text("utf-8") != sums():
            raise SystemExit("the tree-sitter parser is stale: run tools/make_tree_sitter.py")
        return
    tool = shlex.split(os.environ.get("ARCHLANG_TREE_SITTER", "tree-sitter"))
    try:
        subprocess.run([*tool, "generate", "--abi", "14", "--no-bindings"], cwd=FOLDER, check=True)
    except FileNotFoundError:
        raise SystemExit("there is no `tree-sitter`: npm install -g tree-sitter-cli@0.22") from None
    SUMS.write_text(sums(), "utf-8", newline="\n")
    print("wrote editors/tree-sitter-arch/src")


if __name__ == "__main__":
    main()
