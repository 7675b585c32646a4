"""Take the pictures of VS Code in docs/pictures: `python tools/make_editor_pictures.py [FOLDER]`.

Needs npm, Chromium and Pillow. With FOLDER, more are taken than the documentation shows, each light and dark, to look at.
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
COLOURS = 96

# One mistake: the sum is of a vector and a longer one.
MISTAKE = """\
# Iris flowers by four measurements, with a way around two layers.

task Iris {
    input measures: float32[4]
    output kind: classification(3)
    data = sklearn(iris)
}

model Mlp for Iris {
    Dense(32, activation=relu)
    [
        Dense(64, activation=relu) -> Dense(16),
        _,
    ] -> Add
    Dropout(0.2)
    head
}

train {
    optimizer = Adam(1e-3)
    epochs = 40
    batch_size = 16
    validation = 0.2
}
"""

SETTINGS: dict[str, Any] = {
    "editor.fontSize": 12,
    "editor.hover.above": False,
    "editor.minimap.enabled": False,
    "breadcrumbs.enabled": False,
    "chat.disableAIFeatures": True,
    "window.commandCenter": False,
    "window.menuBarVisibility": "hidden",
    "workbench.activityBar.location": "hidden",
    "workbench.layoutControl.enabled": False,
}

# For each picture: the spec, what stands beside it, the line of the cursor, what the mouse points to.
SHOTS: dict[str, tuple[str, str, str, str | None]] = {
    "picture": ("shapes_unet.arch", "picture", "DoubleConv(32)", None),
    "mistake": ("mistake.arch", "picture", "Dropout(0.2)", "Add"),
    "python": ("digits_transformer.arch", "python", "EncoderBlock(", None),
    "hover": ("resnet50.arch", "picture", "MaxPooling2D", "MaxPooling2D"),
}
SHOWN = {("picture", "light"), ("mistake", "dark")}


def main() -> None:
    everything = len(sys.argv) > 1
    folder = Path(sys.argv[1]) if everything else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for theme, name in THEMES.items():
        wanted = [shot for shot in SHOTS if everything or (shot, theme) in SHOWN]
        outputs = {
            shot: folder / (f"{shot}_{theme}.png" if everything else f"vscode_{theme}.png")
            for shot in wanted
        }
        _take({"workbench.colorTheme": name}, outputs)


def _take(theme: dict[str, Any], outputs: dict[str, Path]) -> None:
    from PIL import Image

    with tempfile.TemporaryDirectory() as home:
        specs = Path(home) / "specs"
        shutil.copytree(ROOT / "specs", specs)
        (specs / "mistake.arch").write_text(MISTAKE, "utf-8")
        shots: list[dict[str, Any]] = []
        for shot, output in outputs.items():
            file, view, line, hover = SHOTS[shot]
            shots.append(
                {"file": specs / file, "view": view, "line": line, "hover": hover, "output": output}
            )
        with code_server(Path(home), {**SETTINGS, **theme}) as address:
            request = {
                "modules": modules(), "chromium": chromium(), "profile": f"{home}/profile", "address": address,
                "folder": specs, "scale": 1, "shots": shots,
            }  # fmt: skip
            script = str(HERE / "screenshots.mjs")
            run("node", script, folder=Path(home), stdin=json.dumps(request, default=str))
    for path in outputs.values():
        Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)
        print(f"{path.name}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
