"""Write the files that editors colour by, from the compiler's lists of words: `python tools/make_highlighting.py [--check]`.

These are `grammar/arch.tmLanguage.json`, `editors/neovim/syntax/arch.vim` and `editors/jupyterlab/static/words.js`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "compiler"))

from archlang.highlighting import codemirror, textmate, vim  # noqa: E402


def files() -> dict[Path, str]:
    """The files, and what they should hold."""
    grammar = json.dumps(textmate.document(), indent=1, ensure_ascii=False) + "\n"
    return {
        ROOT / "grammar" / "arch.tmLanguage.json": grammar,
        ROOT / "editors" / "neovim" / "syntax" / "arch.vim": vim.document(),
        ROOT / "editors" / "jupyterlab" / "static" / "words.js": codemirror.document(),
    }


def main() -> None:
    for file, text in files().items():
        name = file.relative_to(ROOT).as_posix()
        if "--check" not in sys.argv[1:]:
            file.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {name}")
        elif not file.is_file() or file.read_text("utf-8") != text:
            raise SystemExit(f"{name} is stale: run tools/make_highlighting.py")


if __name__ == "__main__":
    main()
