"""The specs of sequences as scripts without archlang: dates to ISO dates, and language models beside counting ones.

Settings were chosen on the validation files and parts; what is asserted here is of dates and text that were never looked at.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from tests.end_to_end.test_training import ROOT, compiled, figures, run

pytestmark = pytest.mark.slow

DATA = ROOT / "specs" / "data"
REFERENCE = DATA / "python_reference.txt"


def pairs(name: str) -> list[tuple[str, str]]:
    """The lines of a file of dates: as written, and in ISO's form."""
    lines = (DATA / f"{name}.tsv").read_text("utf-8").splitlines()
    return [(line.split("\t")[0], line.split("\t")[1]) for line in lines]


def test_no_date_is_in_two_files() -> None:
    files = [
        {iso for _, iso in pairs(name)} for name in ("dates", "dates_validation", "dates_test")
    ]
    assert [len(files[0] & files[1]), len(files[0] & files[2]), len(files[1] & files[2])] == [0] * 3
    for iso in files[0] | files[1] | files[2]:
        assert date.fromisoformat(iso).isoformat() == iso


def test_dates_are_those_of_babel() -> None:
    dates = pytest.importorskip("babel.dates")
    known = {
        dates.format_date(date.fromisoformat(iso), style, locale=locale)
        for _, iso in pairs("dates_test")
        for style in ("full", "long", "medium", "short")
        for locale in ("en_GB", "de", "fr", "es", "it", "pt", "nl", "sv")
    }
    assert {text for text, _ in pairs("dates_test")} <= known


def test_attention_writes_unseen_dates_exactly(tmp_path: Path) -> None:
    script = compiled("dates_attention", tmp_path)
    saved = tmp_path / "dates.keras"
    found = figures(run(script, "train", "--save", str(saved)))
    assert found["exact_match"] >= 0.95
    assert found["accuracy"] >= found["exact_match"]
    # A fresh process has the words of both sides from the one file.
    texts = tmp_path / "texts.txt"
    asked = [pair for pair in pairs("dates_test") if not re.search("[0-9]-", pair[0])][:20]
    texts.write_text("".join(f"{text}\n" for text, _ in asked), "utf-8")
    answers = run(script, "predict", str(texts), "--save", str(saved)).splitlines()
    assert len(answers) == 20
    right = [answer.endswith(f": {iso}") for answer, (_, iso) in zip(answers, asked, strict=True)]
    assert sum(right) >= 18
    shown = run(script, "predict", "--save", str(saved))
    assert len(re.findall(r"^\d: \d{4}-\d\d-\d\d  \(true: \d{4}-\d\d-\d\d\)$", shown, re.M)) == 5


def constant_accuracy() -> float:
    """The share of right steps if every date were the most frequent character of each place, and the end."""
    known, asked = ([iso for _, iso in pairs(name)] for name in ("dates", "dates_test"))
    places = [Counter(place).most_common(1)[0][0] for place in zip(*known, strict=True)]
    right = sum(a == b for iso in asked for a, b in zip(iso, places, strict=True))
    return (right + len(asked)) / (11 * len(asked))


@pytest.mark.parametrize(
    ("spec", "threshold"),
    [("dates_gru", 0.7), ("dates_lstm", 0.85), ("dates_transformer", 0.85)],
)
def test_other_networks_learn_dates_in_few_epochs(
    spec: str, threshold: float, tmp_path: Path
) -> None:
    """Fewer epochs than the specs have: what those reach is in docs/sequences.md."""
    saved = str(tmp_path / "dates.keras")
    found = figures(run(compiled(spec, tmp_path), "train", "--epochs", "4", "--save", saved))
    assert found["accuracy"] >= threshold > constant_accuracy() + 0.15
    assert 0 <= found["exact_match"] <= found["accuracy"]


# ------------------------------------------------------------------ language models


def split(units: list[str], window: int) -> list[list[str]]:
    """What the script trains on, validates on and tests on: whole windows, in order."""
    count = math.ceil(len(units) / window)
    test = round(count * 0.1)
    validation = round((count - test) * (0.1 / (1 - 0.1)))
    ends = [(count - test - validation) * window, (count - test) * window]
    return [units[: ends[0]], units[ends[0] : ends[1]], units[ends[1] :]]


class KneserNey:
    """Interpolated Kneser-Ney smoothing (Chen and Goodman, 1999) of n-grams, with one discount."""

    def __init__(self, units: list[str], order: int, discount: float, vocabulary: int) -> None:
        self.order, self.discount, self.uniform = order, discount, 1 / vocabulary
        grams = Counter(tuple(units[i : i + order]) for i in range(len(units) - order + 1))
        self.counts = {order: grams}
        for size in range(order - 1, 0, -1):
            # A shorter one counts as often as there are different units before it.
            self.counts[size] = Counter(gram[1:] for gram in self.counts[size + 1])
        self.totals: dict[tuple[str, ...], int] = defaultdict(int)
        self.kinds: dict[tuple[str, ...], int] = defaultdict(int)
        for size in self.counts:
            for gram, count in self.counts[size].items():
                self.totals[gram[:-1]] += count
                self.kinds[gram[:-1]] += 1

    def probability(self, before: tuple[str, ...], unit: str) -> float:
        """What a unit has for a probability behind others."""
        found = self.uniform
        for size in range(1, self.order + 1):
            context = before[len(before) - size + 1 :]
            total = self.totals.get(context, 0)
            if total:
                counted = self.counts[size].get((*context, unit), 0)
                kept = max(counted - self.discount, 0.0)
                found = (kept + self.discount * self.kinds[context] * found) / total
        return found

    def perplexity(self, units: list[str], before: list[str]) -> float:
        """Of units that follow others."""
        context = tuple(before[len(before) - self.order + 1 :])
        nats = 0.0
        for unit in units:
            nats -= math.log(self.probability(context, unit))
            context = (*context, unit)[1:] if self.order > 1 else ()
        return math.exp(nats / len(units))


def best(parts: list[list[str]], order: int) -> float:
    """The perplexity on the test part with the discount that does best on the validation part."""
    training, validation, test = parts
    vocabulary = len(set(training)) + 1
    models = [KneserNey(training, order, d, vocabulary) for d in (0.3, 0.5, 0.7, 0.8, 0.9)]
    model = min(models, key=lambda model: model.perplexity(validation, training))
    return model.perplexity(test, validation)


def test_kneser_ney_probabilities_add_up_to_one() -> None:
    units = list("abracadabra")
    model = KneserNey(units, 3, 0.7, 6)
    for before in [("a", "b"), ("r", "a"), ("x", "a"), ("x", "y")]:
        assert sum(model.probability(before, unit) for unit in "abrcd?") == pytest.approx(1)


def test_characters_are_foretold_better_than_by_trigrams(tmp_path: Path) -> None:
    parts = split(list(REFERENCE.read_text("utf-8").lower()), 100)
    trigrams = best(parts, 3)
    saved = tmp_path / "characters.keras"
    script = compiled("chars_lm", tmp_path)
    found = figures(run(script, "train", "--epochs", "6", "--save", str(saved)))
    assert found["perplexity"] < 0.9 * trigrams
    # Greedy search goes on with what was held out; in a fresh process.
    shown = run(script, "predict", "--save", str(saved))
    assert len(re.findall("^.* … .{100,}", shown, re.M)) >= 1


def test_words_are_foretold_better_than_by_how_frequent_they_are(tmp_path: Path) -> None:
    text = REFERENCE.read_text("utf-8").lower()
    words = [re.sub(r"[^\w\s]|_", "", word) for word in text.split()]
    training, validation, test = split(words, 20)
    # What the model knows: rare words are one word to it, and what is all punctuation is none.
    frequent = Counter(word for word in training if word).most_common(998)
    known = {word for word, _ in frequent}
    parts = [
        [word if word in known else "[UNK]" for word in part if word]
        for part in (training, validation, test)
    ]
    unigrams = best(parts, 1)
    script = compiled("words_lm", tmp_path)
    found = figures(run(script, "train", "--save", str(tmp_path / "words.keras")))
    assert found["perplexity"] < 0.8 * unigrams
