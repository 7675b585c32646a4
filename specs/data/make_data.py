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
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
FIRST_HIGH, FEW = 5, 5


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


def write_transfer() -> None:
    """The digits below five; of those from five on a few of each to train on, and the rest to test on."""
    digits = load_digits()
    images, names = digits.images.astype("uint8"), np.array(NAMES)[digits.target]
    low = np.flatnonzero(digits.target < FIRST_HIGH)
    order = np.random.default_rng(0).permutation(len(images))
    few = np.concatenate(
        [order[digits.target[order] == digit][:FEW] for digit in range(FIRST_HIGH, 10)]
    )
    rest = np.setdiff1d(np.flatnonzero(digits.target >= FIRST_HIGH), few)
    for name, index in (("low", low), ("high", few), ("high_test", rest)):
        path = FOLDER / f"digits_{name}.npz"
        np.savez_compressed(path, image=images[index], digit=names[index])


if __name__ == "__main__":
    write_properties()
    write_pairs()
    write_petals()
    write_transfer()
