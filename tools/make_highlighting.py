"""Write grammar/arch.tmLanguage.json from the compiler's lists of words: `python tools/make_highlighting.py [--check]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "compiler"))

from archlang.highlighting.textmate import document  # noqa: E402

FILE = ROOT / "grammar" / "arch.tmLanguage.json"


def text() -> str:
    """What the file should hold."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    if "--check" in sys.argv[1:]:
        if not FILE.is_file() or FILE.read_text("utf-8") != text():
            raise SystemExit(
                "grammar/arch.tmLanguage.json is stale: run tools/make_highlighting.py"
            )
        return
    FILE.write_text(text(), encoding="utf-8", newline="\n")
    print(f"wrote {FILE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
