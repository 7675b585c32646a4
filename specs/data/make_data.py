"""Write the small data files of the specs, from data sets that come with scikit-learn and
statsmodels, and from chance.

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
SHAPES, SIZE, UNSURE = 500, 24, 255
LINES, LENGTH = 1200, 40
WORDS = (
    "order",
    "paid",
    "from",
    "until",
    "item",
    "room",
    "box",
    "page",
    "for",
    "at",
    "the",
    "parcel",
)
WORDS += ("invoice", "due", "by", "was")
MONTHS = ("January", "March", "May", "June", "July", "August", "October", "December")


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


def write_shapes() -> None:
    """Discs and crosses of one brightness in noise, with masks; outlines belong to no class."""
    random = np.random.default_rng(0)
    rows, columns = np.mgrid[:SIZE, :SIZE]
    images = np.zeros((SHAPES, SIZE, SIZE), "uint8")
    masks = np.zeros((SHAPES, SIZE, SIZE), "uint8")
    for image, mask in zip(images, masks, strict=True):
        for kind in random.integers(1, 3, size=random.integers(1, 3)):
            row, column = random.uniform(4, SIZE - 4, size=2)
            radius = random.uniform(4, 6)
            down, right = np.abs(rows - row), np.abs(columns - column)
            thick, long = np.minimum(down, right), np.maximum(down, right)
            distance = np.hypot(down, right) if kind == 1 else np.maximum(3 * thick, long)
            mask[distance <= radius + 0.7] = UNSURE
            mask[distance <= radius - 0.7] = kind
            image[distance <= radius] = 2
        image += random.integers(0, 2, size=image.shape, dtype="uint8")
        image[random.random(image.shape) < 0.05] = 0
    np.savez_compressed(FOLDER / "shapes.npz", image=images * 80, mask=masks)


def write_lines() -> None:
    """Lines of an order book as numbers of characters, each character with what it is a part of."""
    random = np.random.default_rng(0)

    def date() -> str:
        day, month, year = (
            random.integers(1, 29),
            random.integers(1, 13),
            random.integers(1990, 2030),
        )
        form = random.integers(3)
        if form == 0:
            return f"{day:02}.{month:02}.{year}"
        return f"{year}-{month:02}-{day:02}" if form == 1 else f"{day} {random.choice(MONTHS)}"

    def price() -> str:
        whole, cents = random.integers(1, 1000), random.integers(100)
        return f"{whole}.{cents:02}"

    def number() -> str:
        return str(random.integers(1, 10**5))

    makers = (lambda: str(random.choice(WORDS)), date, price, number)
    characters = np.zeros((LINES, LENGTH), "uint8")
    parts = np.full((LINES, LENGTH), -1, "int8")
    for codes, tags in zip(characters, parts, strict=True):
        at = 0
        while at < LENGTH // 2 or random.random() < 0.7:
            tag = int(random.choice(4, p=[0.55, 0.15, 0.15, 0.15]))
            piece = makers[tag]()
            if at + len(piece) > LENGTH:
                break
            codes[at : at + len(piece)] = [ord(character) for character in piece]
            tags[at : at + len(piece)] = tag
            at += len(piece)
            if at < LENGTH:
                codes[at], tags[at] = ord(" "), 0
                at += 1
    np.savez_compressed(FOLDER / "order_lines.npz", characters=characters, parts=parts)


def write_sunspots() -> None:
    """Yearly sunspot numbers since 1700, public domain, as they come with statsmodels."""
    from statsmodels.datasets import sunspots

    table = sunspots.load_pandas().data
    with (FOLDER / "sunspots.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["year", "spots"])
        for year, spots in zip(table["YEAR"], table["SUNACTIVITY"], strict=True):
            writer.writerow([int(year), f"{spots:g}"])


if __name__ == "__main__":
    write_properties()
    write_pairs()
    write_petals()
    write_transfer()
    write_shapes()
    write_lines()
    write_sunspots()
