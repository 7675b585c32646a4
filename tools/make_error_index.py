"""Write docs/errors.md from the compiler's tables of codes: `python tools/make_error_index.py`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "compiler"))

from archlang.errors import all_codes, index  # noqa: E402


def main() -> None:
    page = ROOT / "docs" / "errors.md"
    page.parent.mkdir(exist_ok=True)
    page.write_text(index(all_codes()), encoding="utf-8", newline="\n")
    print(f"wrote {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
