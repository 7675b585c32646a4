"""Write `grammar/applications.jsonl`, the graphs of `keras.applications`, from the installed Keras.

    python tools/make_applications.py            # write
    python tools/make_applications.py --check    # exit with 1 if it is out of date

Takes about five minutes: every network is built in seven forms, without weights. The same Keras gives the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "compiler"))

from tools.applications.write import document  # noqa: E402


def main(arguments: list[str]) -> int:
    """Write or compare the document."""
    path = ROOT / "grammar" / "applications.jsonl"
    text = document()
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return 0
    if "--check" in arguments:
        print(f"out of date: {path.name}; run python tools/make_applications.py")
        return 1
    path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
