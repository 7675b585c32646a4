"""Write film_snippets.csv: sentences from film reviews, with what people felt in them.

pip download --no-deps --no-binary :all: vaderSentiment==3.3.2
python specs/data/make_film_snippets.py vaderSentiment-3.3.2.tar.gz

The package comes with ten thousand sentences, each rated from -4 to 4 by twenty people. What they agreed
on, a mean of at least one on either side, is what is taken from; film_snippets.txt has the source.
"""

import csv
import io
import sys
import tarfile
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent
SNIPPETS = 4000
CLEAR = 1.0


def rated(package: Path) -> list[tuple[float, str]]:
    """The mean rating and the text of every sentence."""
    with tarfile.open(package) as outer:
        name = next(name for name in outer.getnames() if name.endswith("hutto_ICWSM_2014.tar.gz"))
        inner = outer.extractfile(name)
        assert inner is not None
        with tarfile.open(fileobj=io.BytesIO(inner.read())) as archive:
            file = archive.extractfile("hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt")
            assert file is not None
            lines = file.read().decode("utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    return [(float(rating), " ".join(text.split())) for _, rating, text in rows]


def write_snippets(package: Path) -> None:
    """A random extract, each sentence once."""
    clear = {text: rating for rating, text in rated(package) if abs(rating) >= CLEAR and text}
    texts = list(clear)
    chosen = np.random.default_rng(0).permutation(len(texts))[:SNIPPETS]
    with (FOLDER / "film_snippets.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["snippet", "feeling"])
        for index in chosen:
            text = texts[index]
            table.writerow([text, "positive" if clear[text] > 0 else "negative"])


if __name__ == "__main__":
    write_snippets(Path(sys.argv[1]))
