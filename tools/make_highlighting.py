"""Write the files that editors colour by, from the compiler's lists of words: `python tools/make_highlighting.py [--check]`.

These are `grammar/arch.tmLanguage.json`, `editors/neovim/syntax/arch.vim`, `editors/jupyterlab/labextension`, and the queries
`highlights.scm` of `editors/neovim` and `editors/tree-sitter-arch`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# The compiler of this checkout, whichever is installed; so its import comes late.
sys.path.insert(0, str(ROOT / "compiler"))

from archlang.highlighting import codemirror, textmate, tree_sitter, vim  # noqa: E402

JUPYTERLAB = ROOT / "editors" / "jupyterlab"


def files() -> dict[Path, str]:
    """The files, and what they should hold."""
    grammar = json.dumps(textmate.document(), indent=1, ensure_ascii=False) + "\n"
    sources = [(JUPYTERLAB / "src" / name).read_text("utf-8") for name in codemirror.SOURCES]
    return {
        ROOT / "grammar" / "arch.tmLanguage.json": grammar,
        ROOT / "editors" / "neovim" / "syntax" / "arch.vim": vim.document(),
        ROOT / "editors" / "neovim" / "queries" / "arch" / "highlights.scm": tree_sitter.neovim(),
        ROOT / "editors" / "tree-sitter-arch" / "queries" / "highlights.scm": tree_sitter.helix(),
        **{
            JUPYTERLAB / "labextension" / name: text
            for name, text in codemirror.extension(sources).items()
        },
    }


def main() -> None:
    wanted = files()
    earlier = set((JUPYTERLAB / "labextension").rglob("*.js")) - set(wanted)
    if "--check" not in sys.argv[1:]:
        for file in earlier:
            file.unlink()
    elif earlier:
        raise SystemExit("editors/jupyterlab is stale: run tools/make_highlighting.py")
    for file, text in wanted.items():
        name = file.relative_to(ROOT).as_posix()
        if "--check" not in sys.argv[1:]:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {name}")
        elif not file.is_file() or file.read_text("utf-8") != text:
            raise SystemExit(f"{name} is stale: run tools/make_highlighting.py")


if __name__ == "__main__":
    main()
