"""Draw the models in docs/pictures: `python tools/make_diagrams.py`; `--check` only says whether they are as they should be."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "compiler"))

from archlang import api  # noqa: E402
from archlang.source import Source  # noqa: E402

FOLDER = ROOT / "docs" / "pictures"
DRAWN = {"digits_cnn": "Cnn", "resnet50": "ResNet50", "unet": "UNet"}


def pictures() -> dict[Path, str]:
    """The text of each picture by its path."""
    found: dict[Path, str] = {}
    for spec, model in DRAWN.items():
        path = f"specs/{spec}.arch"
        checked = api.check(Source(path, (ROOT / path).read_text("utf-8")))
        drawn = api.diagram(checked, model, links={path: f"../../{path}"})
        found[FOLDER / f"{spec}.svg"] = drawn.text
    return found


def main() -> None:
    for path, text in pictures().items():
        if "--check" not in sys.argv:
            path.write_text(text, "utf-8", newline="\n")
        elif not path.exists() or path.read_text("utf-8") != text:
            sys.exit(f"{path} is out of date: run python {Path(__file__).name}")


if __name__ == "__main__":
    main()
