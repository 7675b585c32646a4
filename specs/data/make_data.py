"""Write the small data files of the specs, from data sets that come with scikit-learn.

python specs/data/make_data.py
"""

import csv
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits, load_iris

FOLDER = Path(__file__).resolve().parent
LOOPS = (0, 6, 8, 9)
PAIRS = 1500


def write_properties() -> None:
    """Digits, and whether each is even, above four, drawn with a loop."""
    digits = load_digits()
    number = digits.target
    properties = np.stack([number % 2 == 0, number > 4, np.isin(number, LOOPS)], axis=-1)
    np.savez_compressed(
        FOLDER / "digit_properties.npz",
        images=digits.images.astype("uint8"),
        properties=properties.astype("uint8"),
    )


def write_pairs() -> None:
    """Pairs of pictures, half of them of the same digit."""
    digits = load_digits()
    images = digits.images.astype("uint8")
    random = np.random.default_rng(0)
    left, right, same = [], [], []
    for index in range(PAIRS):
        one = random.integers(len(images))
        alike = np.flatnonzero((digits.target == digits.target[one]) == bool(index % 2))
        left.append(images[one])
        right.append(images[random.choice(alike)])
        same.append(index % 2)
    np.savez_compressed(
        FOLDER / "digit_pairs.npz",
        left=np.array(left),
        right=np.array(right),
        same=np.array(same, "uint8"),
    )


def write_petals() -> None:
    """Sepals and species of irises, and the area of a petal as an ellipse."""
    iris = load_iris()
    names = [str(name) for name in iris.target_names]
    with (FOLDER / "petals.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["sepal_length", "sepal_width", *names, "area"])
        for flower, species in zip(iris.data, iris.target, strict=True):
            area = np.pi / 4 * flower[2] * flower[3]
            flags = [int(species == number) for number in range(len(names))]
            table.writerow([flower[0], flower[1], *flags, f"{area:.2f}"])


if __name__ == "__main__":
    write_properties()
    write_pairs()
    write_petals()
