"""Texts from files to answers: what layers learn of them, from which examples, and what of it is saved."""

from __future__ import annotations

import contextlib
import csv
import importlib.util
import io
import re
import sys
from pathlib import Path
from types import ModuleType

import keras
import numpy as np
import pytest
import tensorflow as tf

from archlang import api
from archlang.source import Source
from tests.end_to_end.test_training import ROOT, figures, run

SENTIMENT = ROOT / "specs" / "sentiment.arch"
# The test split has 800 sentences: two standard errors are about 3 %.
REACHED = 0.69


def script(text: str, folder: Path, model: str = "M") -> Path:
    """The script of a spec without errors and warnings."""
    checked = api.check(Source("spec.arch", text))
    assert checked.diagnostics == (), [found.message for found in checked.diagnostics]
    path = folder / "script.py"
    path.write_text(api.to_python(checked, model), "utf-8")
    return path


def loaded(path: Path) -> ModuleType:
    """A script as a module."""
    spec = importlib.util.spec_from_file_location("script", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def said(module: ModuleType, *arguments: str) -> str:
    """What a script prints, run in this process."""
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.setattr(sys, "argv", ["script.py", *arguments])
        module.main()
    return printed.getvalue()


def places(count: int, aside: float, seed: int = 0) -> tuple[list[int], list[int]]:
    """The numbers of the examples that are trained on, and of those held out."""
    order = np.random.default_rng(seed).permutation(count).tolist()
    cut = round(count * aside)
    return order[cut:], order[:cut]


def words(model: keras.Model, name: str) -> set[str]:
    """What a layer of a saved model has learnt."""
    return {str(word) for word in model.get_layer(name).get_vocabulary()}


# ------------------------------------------------------------------ the specs


def test_no_feeling_is_much_more_frequent() -> None:
    with (ROOT / "specs/data/film_snippets.csv").open(encoding="utf-8") as file:
        feelings = [row["feeling"] for row in csv.DictReader(file)]
    _, held_out = places(len(feelings), 0.2)
    positive = np.mean([feelings[n] == "positive" for n in held_out])
    assert max(positive, 1 - positive) < REACHED - 0.1


@pytest.mark.slow
@pytest.mark.parametrize("model", ["Lstm", "Gru", "BothWays", "Convolution", "Transformer"])
def test_sentiment(model: str, tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text(api.to_python(api.check(api.read(str(SENTIMENT))), model), "utf-8")
    saved = tmp_path / "model.keras"
    assert figures(run(path, "train", "--save", str(saved)))["accuracy"] >= REACHED
    if model == "Gru":
        texts = tmp_path / "texts.txt"
        texts.write_text("A wonderful, touching film.\n\nA dull, stupid mess.\n", "utf-8")
        answers = run(path, "predict", "--save", str(saved), str(texts)).splitlines()
        assert answers[0].startswith("1: positive")
        assert answers[1].startswith("2: negative")


# ------------------------------------------------------------------ what is learnt, and what is saved

LEARNERS = """
model M {{
    input title: string
    input body: string
    input colours: string[2]
    input floor: int64[1]
    input size: float32[2]
    input age: float32[1]
    output dear: binary_classification(labels=["no", "yes"])
    data = csv("{path}", colours=["wall", "door"], size=["width", "height"])
    shared vocabulary = TextVectorization(max_tokens=300, output_sequence_length=4)
    shared table = Embedding(300, 4)
    title -> vocabulary -> table -> Flatten as one
    body -> vocabulary -> table -> Flatten as two
    colours -> StringLookup(max_tokens=99, name=paint) -> Embedding(99, 2) -> Flatten as painted
    floor -> IntegerLookup(max_tokens=50, name=level) -> Embedding(50, 2) -> Flatten as high
    size -> Rescaling(0.1) -> Normalization(name=scale) as scaled
    age -> Discretization(num_bins=4, name=decade) -> Embedding(4, 2) -> Flatten as old
    [one, two, painted, high, scaled, old] -> Concatenate
    head
}}
train {{
    epochs = 1
    validation = 0.25
}}
"""
ROWS = 40


def write_rows(path: Path) -> list[dict[str, object]]:
    """Rows in which every word, colour and floor stands once."""
    random = np.random.default_rng(1)
    rows: list[dict[str, object]] = [
        {
            "title": f"t{n}", "body": f"b{n}, c{n}!", "wall": f"wall{n}", "door": f"door{n}", "floor": 100 + n,
            "width": round(random.normal(), 3), "height": round(random.normal(5, 2), 3), "age": n, "dear": ["no", "yes"][n % 2],
        }
        for n in range(ROWS)
    ]  # fmt: skip
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return rows


@pytest.mark.slow
def test_layers_learn_from_the_training_split_alone_and_keep_it(tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows.csv")
    module = loaded(script(LEARNERS.format(path=tmp_path / "rows.csv"), tmp_path))
    saved = tmp_path / "model.keras"
    trained = figures(said(module, "train", "--save", str(saved)))
    again = figures(said(module, "evaluate", "--save", str(saved)))
    assert again == pytest.approx(trained, abs=1e-4)
    assert said(module, "predict", "--save", str(saved)).count("true") == 5

    numbers, _ = places(ROWS, 0.25)
    model = keras.models.load_model(saved)
    assert words(model, "vocabulary") - {"", "[UNK]"} == {f"{c}{n}" for n in numbers for c in "tbc"}
    assert words(model, "paint") - {"[UNK]"} == {
        f"{c}{n}" for n in numbers for c in ("wall", "door")
    }
    assert words(model, "level") - {"-1"} == {str(100 + n) for n in numbers}
    sizes = np.array([[rows[n]["width"], rows[n]["height"]] for n in numbers], "float32") * 0.1
    assert model.get_layer("scale").mean.numpy().ravel() == pytest.approx(sizes.mean(0), abs=1e-5)
    assert model.get_layer("scale").variance.numpy().ravel() == pytest.approx(
        sizes.var(0), abs=1e-5
    )
    edges = model.get_layer("decade").bin_boundaries
    assert len(edges) == 3
    assert min(numbers) < min(edges) < max(edges) < max(numbers)


FOLDER = """
model M {{
    input review: string
    output kind: classification({labels})
    data = text_folder("{path}")
    TextVectorization(max_tokens=300, output_sequence_length=4, name=vocabulary)
    Embedding(300, 8, mask_zero=True) -> GlobalAveragePooling1D
    head
}}
train {{
    optimizer = Adam(0.05)
    epochs = 5
    validation = 0.2
    test = 0.25
}}
"""
LABELS = 'labels=["sea", "air", "land"]'


def write_texts(folder: Path, count: int = 20) -> dict[str, str]:
    """Texts in a folder for each class: a word of the class, and one that stands nowhere else."""
    found: dict[str, str] = {}
    for kind in ("air", "land", "sea"):
        (folder / kind).mkdir(parents=True)
        for n in range(count):
            path = folder / kind / f"{n:02}.txt"
            path.write_text(f"Über the {kind}\n{kind}{n}", "utf-8")
            found[str(path)] = f"{kind}{n}"
    return found


@pytest.mark.slow
def test_texts_in_folders(tmp_path: Path) -> None:
    texts = write_texts(tmp_path / "texts")
    text = FOLDER.format(path=tmp_path / "texts", labels=LABELS)
    module = loaded(script(text, tmp_path))
    saved = tmp_path / "model.keras"
    output = said(module, "train", "--save", str(saved))
    # The word of a class is in every text of it.
    assert figures(output)["accuracy"] == 1
    assert figures(said(module, "evaluate", "--save", str(saved)))["accuracy"] == 1
    one = tmp_path / "texts" / "air" / "03.txt"
    assert re.search(r"03.txt: air \d", said(module, "predict", "--save", str(saved), str(one)))
    assert said(module, "predict", "--save", str(saved)).count("(true: ") == 5

    # Folders stand in the order of the labels, files in that of their names.
    ordered = [
        texts[name]
        for kind in ("sea", "air", "land")
        for name in sorted(texts)
        if f"/{kind}/" in name
    ]
    rest, _ = places(len(ordered), 0.25)
    order = np.random.default_rng(0).permutation(len(rest)).tolist()
    numbers = [rest[n] for n in order[round(len(rest) * 0.2 / 0.75) :]]
    learnt = words(keras.models.load_model(saved), "vocabulary")
    assert {word for word in learnt if word[-1:].isdigit()} == {ordered[n] for n in numbers}


ARRAYS = """
model M {{
    input names: string[None]
    input title: string[1]
    output kind: classification(2)
    data = npz("{path}")
    names -> StringLookup(max_tokens=50, mask_token="") -> Embedding(50, 4, mask_zero=True) as known
    known -> GlobalAveragePooling1D as some
    title -> TextVectorization(max_tokens=50, output_sequence_length=3) -> Embedding(50, 4) -> Flatten as words
    [some, words] -> Concatenate
    head
}}
train {{
    epochs = 2
    test = 0.25
}}
"""


@pytest.mark.slow
def test_strings_in_arrays(tmp_path: Path) -> None:
    kinds = np.arange(40) % 2
    names = np.array([[f"n{k}", ""] for k in kinds])
    titles = np.array([f"the {'great' if k else 'small'} one" for k in kinds])
    data = tmp_path / "arrays.npz"
    np.savez(data, names=names, title=titles, kind=kinds)
    module = loaded(script(ARRAYS.format(path=data), tmp_path))
    saved = tmp_path / "model.keras"
    trained = figures(said(module, "train", "--save", str(saved)))
    assert figures(said(module, "evaluate", "--save", str(saved))) == pytest.approx(
        trained, abs=1e-4
    )
    assert "1: class" in said(module, "predict", "--save", str(saved), str(data))


# ------------------------------------------------------------------ what is wrong with files


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    folder = tmp_path_factory.mktemp("folders")
    return loaded(script(FOLDER.format(path="texts", labels=LABELS), folder))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: (f / "air" / "03.txt").write_bytes(b"\xff\xfe"), "air/03.txt can't be read as a text"),
        (lambda f: (f / "air" / "03.txt").write_bytes(b""), "air/03.txt is empty"),
        (lambda f: (f / "air" / "03.txt").write_bytes(b"\n"), "air/03.txt holds no text"),
        (lambda f: (f / "sea").rename(f / "see"), "has no folder 'sea'; it has air, land, see"),
        (lambda f: (f / "fire").mkdir(), "fire is none of the classes sea, air, land"),
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_read_is_named(
    folders: ModuleType, tmp_path: Path, change, message: str
) -> None:
    write_texts(tmp_path / "texts", count=4)
    change(tmp_path / "texts")
    with pytest.raises(SystemExit) as raised:
        folders.check_files(tmp_path / "texts")
    assert message in str(raised.value)


def test_all_texts_that_cannot_be_read_are_named(folders: ModuleType, tmp_path: Path) -> None:
    write_texts(tmp_path / "texts", count=4)
    damaged = [tmp_path / "texts" / name for name in ("sea/00.txt", "sea/02.txt", "land/01.txt")]
    for path in damaged:
        path.write_bytes(b"caf\xe9")
    with pytest.raises(SystemExit) as raised:
        folders.check_files(tmp_path / "texts")
    lines = str(raised.value).splitlines()
    assert [line.partition(" ")[0] for line in lines] == [str(path) for path in damaged]


def test_a_mark_at_the_beginning_of_a_file_is_no_text(folders: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("café", "utf-8-sig")
    text, _ = folders.read(tf.constant(str(path)), tf.constant(0))
    assert text.numpy().decode() == "café"
    assert folders.load_inputs(path).tolist() == ["café"]


def test_reading_fails_at_what_is_not_utf_8(folders: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"caf\xe9")
    with pytest.raises(tf.errors.InvalidArgumentError):
        folders.read(tf.constant(str(path)), tf.constant(0))
    path.write_text("café", "utf-8")
    text, number = folders.read(tf.constant(str(path)), tf.constant(2))
    assert (text.numpy().decode(), int(number)) == ("café", 2)


def test_folders_without_labels_stand_in_the_order_of_the_alphabet(tmp_path: Path) -> None:
    write_texts(tmp_path / "texts", count=2)
    module = loaded(script(FOLDER.format(path="texts", labels="3"), tmp_path))
    paths, numbers = module.find_examples(tmp_path / "texts")
    assert [Path(path).parent.name for path in paths] == [
        "air",
        "air",
        "land",
        "land",
        "sea",
        "sea",
    ]
    assert numbers.tolist() == [0, 0, 1, 1, 2, 2]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    folder = tmp_path_factory.mktemp("table")
    return loaded(script(LEARNERS.format(path="rows.csv"), folder))


def test_a_missing_text_is_named_by_row_and_column(table: ModuleType, tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows.csv")
    text = (tmp_path / "rows.csv").read_text("utf-8")
    x, _ = table.load_data(tmp_path / "rows.csv")
    assert x["title"].tolist() == [row["title"] for row in rows]
    (tmp_path / "rows.csv").write_text(text.replace("wall7,", ","), "utf-8")
    with pytest.raises(SystemExit, match="row 8 has no value in column 'wall'"):
        table.load_data(tmp_path / "rows.csv")


def test_numbers_in_a_column_of_texts_stay_as_they_are_written(
    table: ModuleType, tmp_path: Path
) -> None:
    write_rows(tmp_path / "rows.csv")
    text = (tmp_path / "rows.csv").read_text("utf-8")
    (tmp_path / "rows.csv").write_text(
        re.sub(r"^t(\d+)", r"00\1", text, flags=re.MULTILINE), "utf-8"
    )
    x, _ = table.load_data(tmp_path / "rows.csv")
    assert x["title"][:3].tolist() == ["000", "001", "002"]


@pytest.mark.parametrize(
    ("titles", "message"),
    [
        (["a", ""], "title: example 1 has no text"),
        ([1, 2], "title: expected strings, found 1"),
        (
            [["a", "b"], ["c", "d"]],
            r"title: an example should have the shape \(1,\), but has \(2,\)",
        ),
    ],
)
def test_arrays_that_are_no_texts_are_refused(titles: list, message: str, tmp_path: Path) -> None:
    module = loaded(script(ARRAYS.format(path="a.npz"), tmp_path))
    np.savez(
        tmp_path / "a.npz", names=np.array([["u"], ["v"]]), title=np.array(titles), kind=[0, 1]
    )
    with pytest.raises(SystemExit, match=message):
        module.load_data(tmp_path / "a.npz")


@pytest.mark.slow
def test_tf_idf_that_keras_could_not_load_ends_training(tmp_path: Path) -> None:
    text = """
model M {
    input text: string
    output yes: binary_classification()
    data = csv("a.csv")
    TextVectorization(max_tokens=20, output_mode=tf_idf, pad_to_max_tokens=True)
    head
}
"""
    checked = api.check(Source("spec.arch", text))
    assert [found.code for found in checked.diagnostics] == ["W1343"]
    path = tmp_path / "script.py"
    path.write_text(api.to_python(checked, "M"), "utf-8")
    module = loaded(path)
    with pytest.raises(SystemExit, match="words for 4 tokens"):
        module.adapt(module.build_model(), np.array(["a b", "b c"], object))
    many = np.array([" ".join(f"w{n}" for n in range(30))] * 2, object)
    model = module.build_model()
    module.adapt(model, many)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert np.allclose(again.predict(many, verbose=0), model.predict(many, verbose=0))
