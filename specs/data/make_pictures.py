"""Draw the pictures of the transfer specs: coloured shapes, in a folder for each kind.

python specs/data/make_pictures.py
"""

import colorsys
import struct
import zlib
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent / "pictures"
# Where each kind's colours are found, more or less, on the wheel of colours.
HUES = {"circle": 0.0, "square": 0.33, "triangle": 0.6}
COUNT, SIDE = 50, 64


def write_pictures() -> None:
    """A folder of pictures for each kind."""
    random = np.random.default_rng(0)
    for kind, hue in HUES.items():
        folder = FOLDER / kind
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(COUNT):
            path = folder / f"{kind}_{number + 1:02}.png"
            path.write_bytes(png(drawing(kind, hue, random)))


def drawing(kind: str, hue: float, random: np.random.Generator) -> np.ndarray:
    """A shape of some size at some place, before a greyish ground; its colour is near the hue."""
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    radius = random.uniform(0.25, 0.4)
    centre_x, centre_y = random.uniform(radius + 0.05, 0.95 - radius, 2)
    right, down = x - centre_x, y - centre_y
    inside = {
        "circle": right**2 + down**2 < radius**2,
        "square": np.maximum(abs(right), abs(down)) < 0.85 * radius,
        "triangle": (down < 0.7 * radius) & (down > 2 * abs(right) - radius),
    }[kind]
    near = (hue + random.normal(0, 0.04)) % 1
    colour = colorsys.hsv_to_rgb(near, random.uniform(0.6, 1), random.uniform(0.5, 1))
    ground = colorsys.hsv_to_rgb(random.random(), random.uniform(0, 0.3), random.uniform(0.2, 0.6))
    picture = np.where(inside[..., None], colour, ground)
    return np.round(255 * picture).astype("uint8")


def png(picture: np.ndarray) -> bytes:
    """A picture of height, width and three colours as a PNG file."""

    def part(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    height, width, _ = picture.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    begin = b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header)
    return begin + part(b"IDAT", zlib.compress(rows, 9)) + part(b"IEND", b"")


if __name__ == "__main__":
    write_pictures()
