"""Sequences in scripts: what a model is shown of its own past, pairs and texts read from files, and words that are kept.

The functions of compiled scripts are called here; expected arrays are written out by hand.
"""

from __future__ import annotations

import io
import json
import runpy
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from archlang import api

pytestmark = pytest.mark.slow

IDS = """
task Turned {{
    input source: int32[None]
    input so_far: shifted(target)
    output target: generation(vocab=12{ids})
    data = npz("turned.npz")
}}

model Net for Turned {{
    source -> Embedding(12, 8, mask_zero=True) -> GRU(8) as meaning
    so_far -> Embedding(12, 8, mask_zero=True) -> GRU(8, return_sequences=True, initial_state=meaning)
    head
}}
"""

# Without a `start`, the first step is given, and nothing else can begin a sequence.
WRITTEN = """
task Written {{
    input so_far: shifted(target)
    output target: generation(vocab=12{ids})
    data = npz("written.npz")
}}

model Net for Written {{
    so_far -> Embedding(12, 8, mask_zero=True) -> GRU(8, return_sequences=True)
    head
}}
"""

PAIRS = """
task Pairs {
    input source: string[]
    input so_far: shifted(target)
    output target: generation(text=TextVectorization(max_tokens=20, standardize=lower, split=character), max_length=8)
    data = text_pairs("pairs.tsv")
}

model Net for Pairs {
    source -> TextVectorization(max_tokens=20, standardize=lower, split=character) -> Embedding(20, 8, mask_zero=True) -> GRU(8) as meaning
    so_far -> Embedding(22, 8, mask_zero=True) -> GRU(8, return_sequences=True, initial_state=meaning)
    head
}
"""

TEXT = """
task Book {{
    input so_far: shifted(text)
    output text: generation(text=TextVectorization(max_tokens=30, standardize=lower{split}))
    data = text_file("book.txt", window={window})
}}

model Net for Book {{
    Embedding(32, 8) -> GRU(8, return_sequences=True)
    head
}}

train {{
    validation = 0.25
}}
"""


def functions(spec: str, folder: Path) -> dict[str, Any]:
    """What the script of a spec defines."""
    path = folder / "net.arch"
    path.write_text(spec, "utf-8")
    checked = api.check(api.read(str(path)))
    assert [problem.message for problem in checked.diagnostics] == []
    script = folder / "net.py"
    script.write_text(api.to_python(checked, "Net"), "utf-8")
    return runpy.run_path(str(script), run_name="net")


def listed(values: Any) -> Any:
    """A tensor or an array as a list."""
    return (values.numpy() if hasattr(values, "numpy") else values).tolist()


def parameters(model: Any) -> int:
    """How many numbers a model has learnt."""
    return model.count_params()


TARGETS = np.array([[5, 6, 7], [8, 0, 0]], "int32")
PASTS = {
    ", start=1, end=2": (
        [[1, 5, 6, 7], [1, 8, 0, 0]],
        [[5, 6, 7, 2], [8, 2, 0, 0]],
        [[1, 1, 1, 1], [1, 1, 0, 0]],
    ),
    ", start=1": ([[1, 5, 6], [1, 8, 0]], [[5, 6, 7], [8, 0, 0]], [[1, 1, 1], [1, 0, 0]]),
    ", end=2": ([[5, 6, 7], [8, 0, 0]], [[6, 7, 2], [2, 0, 0]], [[1, 1, 1], [1, 0, 0]]),
    "": ([[5, 6], [8, 0]], [[6, 7], [0, 0]], [[1, 1], [0, 0]]),
}


@pytest.mark.parametrize("ids", PASTS)
def test_the_past_is_the_target_a_step_later(ids: str, tmp_path: Path) -> None:
    past, wanted, counted = PASTS[ids]
    source = np.array([[3, 3], [4, 4]], "int32")
    if "start" in ids:
        x, target, weights = functions(IDS.format(ids=ids), tmp_path)["with_past"](source, TARGETS)
        assert (listed(x["source"]), listed(x["so_far"])) == (source.tolist(), past)
    else:
        x, target, weights = functions(WRITTEN.format(ids=ids), tmp_path)["with_past"](
            None, TARGETS
        )
        assert listed(x) == past
    assert (listed(target), listed(weights)) == (wanted, counted)


def test_what_is_fitted_is_what_the_loss_counts(tmp_path: Path) -> None:
    """The loss is the mean over the steps that are no padding, those of the end among them."""
    script = functions(IDS.format(ids=", start=1, end=2"), tmp_path)
    model = script["build_model"]()
    x, target, weights = script["with_past"](np.array([[3, 3], [4, 4]], "int32"), TARGETS)
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(ignore_class=0))
    loss = model.evaluate(x, target, sample_weight=weights, verbose=0)
    probabilities = model.predict(x, verbose=0)
    chosen = np.take_along_axis(probabilities, target[..., None], axis=-1)[..., 0]
    assert loss == pytest.approx(-np.log(chosen[target != 0]).mean(), rel=1e-4)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ([[5, 12]], "example 0 holds 12, but ids go from 0 to 11"),
        (
            [[5, 6], [1, 5]],
            "example 1 holds 1, but ids go from 0 to 11, and the spec's start and end not among them",
        ),
        ([[5, 6], [0, 5]], "example 1 has padding before its end"),
        ([[0.5, 1.0]], "expected a row of whole numbers for each example, found float64"),
        ([5, 6], "expected a row of whole numbers for each example"),
    ],
)
def test_wrong_ids_are_named(target: list[Any], message: str, tmp_path: Path) -> None:
    script = functions(IDS.format(ids=", start=1, end=2"), tmp_path)
    path = tmp_path / "turned.npz"
    np.savez(path, source=np.ones((len(target), 2), "int32"), target=np.array(target))
    with pytest.raises(SystemExit, match=message):
        script["load_data"](path)


def test_pairs_are_read_line_by_line(tmp_path: Path) -> None:
    script = functions(PAIRS, tmp_path)
    path = tmp_path / "pairs.tsv"
    path.write_bytes("Ab\tba\r\nçd\tdç\nEf g\tgfe".encode())
    examples = script["stream"](script["find_examples"](path))
    pairs = [(x.decode(), y.decode()) for x, y in examples.as_numpy_iterator()]
    assert pairs == [("Ab", "ba"), ("çd", "dç"), ("Ef g", "gfe")]


def test_a_batch_of_texts_becomes_ids(tmp_path: Path) -> None:
    script = functions(PAIRS, tmp_path)
    text = script["TEXT"]
    text.set_vocabulary(["a", "b", "c"])
    x, target, weights = next(
        iter(_stream(script, tmp_path, "x\tba\ny\tc\nz\tabq\n").batch(3).map(script["with_past"]))
    )
    start, end = 20, 21
    assert listed(x["so_far"]) == [[start, 3, 2, 0], [start, 4, 0, 0], [start, 2, 3, 1]]
    assert listed(target) == [[3, 2, end, 0], [4, end, 0, 0], [2, 3, 1, end]]
    assert listed(weights) == [[1, 1, 1, 0], [1, 1, 0, 0], [1, 1, 1, 1]]
    assert [script["text_of"](row) for row in target.numpy()] == ["ba", "c", "ab[UNK]"]


def _stream(script: dict[str, Any], folder: Path, content: str) -> Any:
    path = folder / "pairs.tsv"
    path.write_text(content, "utf-8")
    return script["stream"](script["find_examples"](path))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"a\tb\nno tab here\n",
            "line 2 should be two texts with a tab between them, but has no tab",
        ),
        (b"a\tb\tc\n", "line 1 should be two texts with a tab between them, but has 2 tabs"),
        (b"a\tb\n\nc\td\n", "line 2 is empty"),
        (b"a\tb\nc\t\n", "line 2 has no text behind its tab"),
        (b" \tb\n", "line 1 has no text before its tab"),
        (b"a\tb\nc\t\xff\n", "line 2 is not UTF-8"),
        (b"", "holds no pairs"),
    ],
)
def test_a_bad_line_is_named(content: bytes, message: str, tmp_path: Path) -> None:
    script = functions(PAIRS, tmp_path)
    path = tmp_path / "pairs.tsv"
    path.write_bytes(content)
    with pytest.raises(SystemExit, match=message):
        script["find_examples"](path)
    with pytest.raises(SystemExit, match="is not there"):
        script["find_examples"](tmp_path / "none.tsv")


def test_a_mark_at_the_beginning_of_a_file_is_no_text(tmp_path: Path) -> None:
    """As editors on Windows write it; blank lines among texts to answer are left out."""
    pairs = functions(PAIRS, tmp_path)
    path = tmp_path / "marked.tsv"
    path.write_text("ä\tb\nc\td\n", "utf-8-sig")
    examples = pairs["stream"](pairs["find_examples"](path)).as_numpy_iterator()
    assert [tuple(text.decode() for text in pair) for pair in examples] == [("ä", "b"), ("c", "d")]
    path.write_text("ä b\n\n  \nc\n", "utf-8-sig")
    assert listed(pairs["load_inputs"](path)) == ["ä b", "c"]
    for split, window in ((", split=character", 5), ("", 2)):
        text = functions(TEXT.format(split=split, window=window), tmp_path)
        path.write_text("äb cd\nef", "utf-8-sig")
        windows = text["stream"](text["find_examples"](path)).as_numpy_iterator()
        assert next(windows).decode().split() == ["äb", "cd"]
        path.write_text("ä b\n", "utf-8-sig")
        assert text["load_inputs"](path) == ["ä b"]


def test_the_windows_of_a_text_follow_one_another(tmp_path: Path) -> None:
    script = functions(TEXT.format(split=", split=character", window=7), tmp_path)
    text = "Ein Fluß, 20 € tief.\nUnd ein Boot darauf.\n"
    path = tmp_path / "book.txt"
    path.write_text(text, "utf-8")
    keys = script["find_examples"](path)
    windows = [window.decode() for window in script["stream"](keys).as_numpy_iterator()]
    assert "".join(windows) == text
    assert {len(window) for window in windows[:-1]} == {7}
    _, held_out = script["split"](keys, 0.25)
    last = [window.decode() for window in script["stream"](held_out).as_numpy_iterator()]
    assert last == windows[-len(last) :]
    assert len(last) == round(len(windows) / 4)


def test_the_windows_of_words_follow_one_another(tmp_path: Path) -> None:
    script = functions(TEXT.format(split="", window=3), tmp_path)
    text = "  one two\nthree four  five six\n\nseven\n"
    path = tmp_path / "book.txt"
    path.write_text(text, "utf-8")
    windows = script["stream"](script["find_examples"](path)).as_numpy_iterator()
    assert [window.decode().split() for window in windows] == [
        ["one", "two", "three"],
        ["four", "five", "six"],
        ["seven"],
    ]


def test_a_window_begins_with_start_and_has_no_end(tmp_path: Path) -> None:
    script = functions(TEXT.format(split=", split=character", window=4), tmp_path)
    script["TEXT"].set_vocabulary(["a", "b"])
    past, target, weights = script["with_past"](np.array(["abba", "ba"], object))
    assert listed(past) == [[30, 2, 3, 3], [30, 3, 2, 0]]
    assert listed(target) == [[2, 3, 3, 2], [3, 2, 0, 0]]
    assert listed(weights) == [[1, 1, 1, 1], [1, 1, 0, 0]]


def test_columns_of_a_table_are_pairs_of_texts(tmp_path: Path) -> None:
    spec = PAIRS.replace('text_pairs("pairs.tsv")', 'csv("pairs.csv", source="from", target="to")')
    script = functions(spec, tmp_path)
    path = tmp_path / "pairs.csv"
    # Strings of digits stay strings.
    path.write_text("from,to\n012,21\n7,7\n", "utf-8")
    examples = script["load_data"](path)
    assert [listed(values) for values in examples] == [["012", "7"], ["21", "7"]]
    script["adapt_text"](examples)
    assert script["TEXT"].get_vocabulary() == ["", "[UNK]", "7", "2", "1"]
    x, target, _ = script["with_past"](*examples)
    assert listed(x["so_far"]) == [[20, 3, 4], [20, 2, 0]]
    assert listed(target) == [[3, 4, 21], [2, 21, 0]]


LINES = """
task Lines {
    input so_far: shifted(line)
    output line: generation(vocab=6)
    data = npz("lines.npz")
}

model Net for Lines {
    Embedding(6, 8) -> GRU(8, return_sequences=True)
    head
}
"""


def test_a_language_model_of_ids_takes_windows(tmp_path: Path) -> None:
    script = functions(LINES, tmp_path)
    np.savez(tmp_path / "lines.npz", line=np.array([[1, 2, 3], [4, 5, 0]]))
    x, y = script["load_data"](tmp_path / "lines.npz")
    past, target, weights = script["with_past"](x, y)
    assert (listed(past), listed(target)) == ([[1, 2], [4, 5]], [[2, 3], [5, 0]])
    assert listed(weights) == [[1, 1], [1, 0]]
    np.save(tmp_path / "prompts.npy", np.array([[1, 2], [3, 0]]))
    prompts = script["load_inputs"](tmp_path / "prompts.npy")
    generated = script["generate"](script["build_model"](), prompts, max_length=4)
    assert generated.shape == (2, 4)
    assert set(generated.ravel()) <= set(range(6))
    np.save(tmp_path / "wrong.npy", np.array([[1, 9]]))
    with pytest.raises(SystemExit, match="example 0 holds 9, but ids go from 0 to 5"):
        script["load_inputs"](tmp_path / "wrong.npy")
    np.save(tmp_path / "none.npy", np.zeros((0, 2), "int32"))
    with pytest.raises(SystemExit, match=r"none\.npy holds no sequences to go on with"):
        script["load_inputs"](tmp_path / "none.npy")
    model = script["build_model"]()
    with pytest.raises(SystemExit, match="sequence 2 has 4 ids already, but it can be 4 long"):
        script["generate"](model, np.array([[1, 2, 0, 0], [1, 2, 3, 4]]), max_length=4)
    with pytest.raises(SystemExit, match="sequence 1 is empty; it needs an id to go on from"):
        script["generate"](model, np.array([[0, 0], [1, 2]]))


def test_lines_to_go_on_with_are_read(tmp_path: Path) -> None:
    script = functions(TEXT.format(split="", window=3), tmp_path)
    (tmp_path / "lines.txt").write_bytes("Ein Fluß\r\n\nbb\n".encode())
    assert script["load_inputs"](tmp_path / "lines.txt") == ["Ein Fluß", "", "bb"]
    (tmp_path / "none.txt").write_bytes(b"")
    with pytest.raises(SystemExit, match=r"none\.txt is empty; it should hold a text"):
        script["load_inputs"](tmp_path / "none.txt")
    (tmp_path / "bad.txt").write_bytes(b"a\n\xff\n")
    with pytest.raises(SystemExit, match="line 2 is not UTF-8"):
        script["load_inputs"](tmp_path / "bad.txt")


ATTENTIVE = PAIRS.replace(
    "GRU(8) as meaning", "GRU(8, return_sequences=True, return_state=True) as read, meaning"
).replace(
    "initial_state=meaning)", "initial_state=meaning) as state\n    [state, read] -> Attention"
)


def test_texts_of_any_length_are_generated_for_together(tmp_path: Path) -> None:
    script = functions(ATTENTIVE, tmp_path)
    script["TEXT"].set_vocabulary(["a", "b"])
    model = script["build_model"]()
    model.get_layer("text_vectorization_1").adapt(np.array(["xyz"], object))
    source = np.array(["x", "yzxzyxyz", "xz"], object)
    together = script["generate"](model, source)
    np.testing.assert_array_equal(together, script["generate"](model, source, batch_size=1))
    assert together.shape == (3, 8)


def test_the_words_are_saved_with_the_model(tmp_path: Path) -> None:
    script = functions(PAIRS, tmp_path)
    script["adapt_text"](_stream(script, tmp_path, "x\tbbba\ny\tba\nz\tc\n"))
    model = script["build_model"]()
    model.get_layer("text_vectorization_1").adapt(np.array(["xyz"], object))
    path = tmp_path / "net.keras"
    script["save"](model, path)
    assert [p.name for p in tmp_path.iterdir() if "partial" in p.name] == []
    other = functions(PAIRS, tmp_path)
    loaded = other["load"](path)
    assert other["TEXT"].get_vocabulary() == ["", "[UNK]", "b", "a", "c"]
    source = np.array(["xy", "zz"], object)
    np.testing.assert_array_equal(
        other["generate"](loaded, source), script["generate"](model, source)
    )
    # Keras alone reads the model too.
    assert parameters(keras.models.load_model(path)) == parameters(model)


def test_a_model_without_its_words_is_refused(tmp_path: Path) -> None:
    script = functions(PAIRS, tmp_path)
    path = tmp_path / "net.keras"
    model = script["build_model"]()
    model.get_layer("text_vectorization_1").adapt(np.array(["xyz"], object))
    model.save(path)
    with pytest.raises(SystemExit, match=r"holds no vocabulary\.json"):
        script["load"](path)


def test_the_members_of_a_saved_model_are_those_of_keras_and_one_more(tmp_path: Path) -> None:
    script = functions(TEXT.format(split=", split=character", window=4), tmp_path)
    script["TEXT"].set_vocabulary(["a", "b"])
    path, plain = tmp_path / "net.keras", tmp_path / "plain.keras"
    model = script["build_model"]()
    script["save"](model, path)
    model.save(plain)
    with zipfile.ZipFile(path) as saved, zipfile.ZipFile(plain) as without:
        assert set(saved.namelist()) - set(without.namelist()) == {"vocabulary.json"}
        words = json.load(io.TextIOWrapper(saved.open("vocabulary.json"), "utf-8"))
    assert words == ["", "[UNK]", "a", "b"]
