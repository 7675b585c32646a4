"""Take the pictures of editors in docs/pictures: `python tools/make_editor_pictures.py [FOLDER]`.

Needs npm, Chromium and Pillow; takes about two minutes. FOLDER is where they go, with all that were taken, light and dark.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "compiler"), str(ROOT)]

from tests.editors.code_server import HERE, chromium, code_server, modules  # noqa: E402
from tests.editors.npm import run  # noqa: E402

THEMES = {"light": "Default Light Modern", "dark": "Default Dark Modern"}
COLOURS = 128


def main() -> None:
    from PIL import Image

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for theme, name in THEMES.items():
        with tempfile.TemporaryDirectory() as home:
            specs = Path(home) / "specs"
            shutil.copytree(ROOT / "specs", specs)
            cnn = specs / "digits_cnn.arch"
            (specs / "mistake.arch").write_text(
                cnn.read_text("utf-8").replace(
                    "Conv2D(64, 3, padding=same", "Conv2D(64, 9, padding=valid"
                ),
                "utf-8",
            )
            out = {
                view: folder / f"vscode_{view}_{theme}.png"
                for view in ("picture", "python", "mistake")
            }
            shots: list[dict[str, Any]] = [
                {
                    "file": specs / "resnet50.arch",
                    "view": "picture",
                    "line": "Bottleneck(filters)",
                    "output": out["picture"],
                },
                {"file": cnn, "view": "python", "line": "Conv2D(64", "output": out["python"]},
                {
                    "file": specs / "mistake.arch",
                    "view": "",
                    "line": "Flatten",
                    "hover": "Conv2D",
                    "output": out["mistake"],
                },
            ]
            settings = {
                "workbench.colorTheme": name,
                "editor.minimap.enabled": False,
                "chat.disableAIFeatures": True,
                "window.commandCenter": False,
            }
            with code_server(Path(home), settings) as address:
                request = {
                    "modules": modules(), "chromium": chromium(), "profile": f"{home}/profile", "address": address,
                    "folder": specs, "scale": 1, "shots": shots,
                }  # fmt: skip
                run(
                    "node",
                    str(HERE / "screenshots.mjs"),
                    folder=Path(home),
                    stdin=json.dumps(request, default=str),
                )
        for path in out.values():
            Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)
            print(f"{path.name}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
