"""Draw the pictures of `shapes_cnn.arch`: circles, squares and triangles.

python specs/data/make_drawings.py
"""

from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(__file__).resolve().parent / "drawings"
SHAPES = ("circle", "square", "triangle")
EACH, SIDE = 80, 24


def draw(folder: Path) -> None:
    """Draw each shape at many places, in many sizes and greys."""
    random = np.random.default_rng(0)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    for shape in SHAPES:
        (folder / shape).mkdir(parents=True, exist_ok=True)
        for number in range(EACH):
            radius = random.uniform(4, 8)
            row, column = random.uniform(radius, SIDE - radius, 2)
            down, right = rows - row, columns - column
            if shape == "circle":
                inside = down**2 + right**2 <= radius**2
            elif shape == "square":
                inside = np.maximum(abs(down), abs(right)) <= 0.89 * radius
            else:
                inside = (down <= radius) & (2 * abs(right) <= down + radius)
            dark, bright = random.integers(0, 90), random.integers(160, 256)
            picture = np.where(inside, bright, dark).astype("uint8")
            Image.fromarray(picture).save(folder / shape / f"{number:02}.png", optimize=True)


if __name__ == "__main__":
    draw(FOLDER)
