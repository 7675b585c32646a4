"""Write `grammar/catalogue.json` and `grammar/catalogue_docs.json` from the installed Keras.

    python tools/make_catalogue.py            # write
    python tools/make_catalogue.py --check    # exit with 1 if they are out of date

The same Keras and the same `grammar/annotations.toml` give the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "compiler"))

from tools.catalogue.write import documents  # noqa: E402


def main(arguments: list[str]) -> int:
    """Write or compare both documents."""
    stale: list[str] = []
    for name, text in documents().items():
        path = ROOT / "grammar" / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(text, encoding="utf-8")
    if "--check" in arguments and stale:
        print(f"out of date: {', '.join(stale)}; run python tools/make_catalogue.py")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
