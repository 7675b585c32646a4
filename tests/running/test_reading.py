"""What is found in a task's data, on splits made here."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from archlang import api
from archlang.running import found_data
from archlang.running.reading import read
from archlang.source import Source

TEXTS = np.array(["a", "bcd", "ef"], dtype=object)


class Stream:
    """As much of `tf.data.Dataset` as reading needs."""

    def __init__(self, *examples: Any):
        self.examples = examples

    def batch(self, size: int) -> Stream:
        assert size == 1
        return self

    def as_numpy_iterator(self) -> Any:
        return iter(self.examples)


def found(splits: Any, *outputs: dict[str, Any], **question: Any) -> list[dict[str, Any]]:
    """What is found in splits whose outputs are these."""

    def load_splits(path: Path, seed: int) -> Any:
        assert (path, seed) == (Path("own.npz"), 3)
        return splits

    module: Any = SimpleNamespace(np=np, load_splits=load_splits, DATA=Path("default.npz"))
    asked = {
        "path": "own.npz",
        "seed": 3,
        "has_test": False,
        "inputs": ["x"],
        "outputs": list(outputs),
        **question,
    }
    return json.loads(json.dumps(read(module, asked)))["splits"]


def output(name: str, kind: str, classes: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "classes": classes,
        "labels": None,
        "one_hot": False,
        **more,
    }


def test_arrays() -> None:
    x = np.array([[1, 2], [3, 4], [5, 9]], "float32")
    training = (x, np.array([0, 2, 2]))
    held_out = (x[:1], np.array([1]))
    first, second = found((training, held_out), output("y", "classification", 3))
    assert first["name"] == "training"
    assert first["examples"] == 3
    assert first["inputs"]["x"] == {
        "dtype": "float32",
        "shape": [2],
        "min": 1,
        "max": 9,
        "mean": 4,
        "std": pytest.approx(np.std([1, 2, 3, 4, 5, 9])),
    }
    assert first["outputs"]["y"]["counts"] == [1, 0, 2]
    assert first["shown"][1] == {"x": "[3, 4]", "y": "class 2"}
    assert (second["name"], second["examples"]) == ("validation", 1)
    assert second["outputs"]["y"]["counts"] == [0, 1, 0]


def test_names_of_splits() -> None:
    one = (np.ones((1, 2)), np.ones((1, 1)))
    regression = output("y", "regression")

    def names(splits: Any, **question: Any) -> list[str]:
        return [split["name"] for split in found(splits, regression, **question)]

    assert names((one, one)) == ["training", "validation"]
    assert names((one, one), has_test=True) == ["training", "test"]
    assert names((one, one, one), has_test=True) == ["training", "validation", "test"]


def test_streams_with_lengths() -> None:
    def example(length: int, text: str, number: int) -> Any:
        x = {"tokens": np.ones((1, length), "int32"), "text": np.array([text.encode()], object)}
        return x, np.array([number]), np.array([1.0])

    stream = Stream(example(4, "né", 1), example(7, "", 0))
    (first, _) = found((stream, stream), output("y", "classification", 2, labels=["no", "yes"]))
    assert first["examples"] == 2
    assert first["inputs"]["tokens"]["shape"] == [None]
    assert first["inputs"]["tokens"]["lengths"] == [{"shortest": 4, "longest": 7}]
    assert first["inputs"]["text"] == {
        "dtype": "string",
        "shape": [],
        "lengths": [{"shortest": 0, "longest": 2}],
    }
    assert first["shown"][0] == {"tokens": "[1, 1, 1, 1]", "text": "'né'", "y": "yes"}


def test_examples_of_a_language_model_are_targets_alone() -> None:
    """Each is one string of a stream, or a row of an array; all that is given is the past."""
    line = output("line", "generation")
    texts = Stream(*(np.array([text], object) for text in (b"one", b"fifteen")))
    rows = ({}, np.array([[1, 2], [3, 0], [4, 0]]))
    (first, _) = found((texts, texts), line, inputs=[])
    assert (first["examples"], first["inputs"]) == (2, {})
    assert first["outputs"]["line"]["lengths"] == [{"shortest": 3, "longest": 7}]
    assert first["shown"] == [{"line": "'one'"}, {"line": "'fifteen'"}]
    (first, _) = found((rows, rows), line, inputs=[])
    assert (first["examples"], first["outputs"]["line"]["shape"]) == (3, [2])


def test_values_that_only_held_out_examples_have() -> None:
    names = np.array(["Rome", "Oslo", "Rome", "Bern"], object)
    splits = [({"x": names[part]}, np.ones((2, 1))) for part in (slice(2), slice(2, 4))]
    module: Any = SimpleNamespace(np=np, load_splits=lambda: splits)
    lookup = {"layer": "StringLookup", "inputs": ["x"]}
    question = {"path": None, "seed": 0, "has_test": False, "inputs": ["x"], "lookups": [lookup]}
    answer = read(module, {**question, "outputs": [output("y", "regression")]})
    counts = {"values": 2, "unseen": 1, "different": 1, "some": ["Bern"]}
    assert answer["unseen"] == [{**lookup, "split": "validation", **counts}]


@pytest.mark.parametrize(
    ("kind", "targets", "counts", "shown"),
    [
        (output("y", "classification", 2, one_hot=True), [[0.0, 1.0]] * 2, [0, 2], "class 1"),
        (output("y", "binary_classification", 2, labels=["n", "y"]), [[1.0], [0.0]], [1, 1], "y"),
        (output("y", "multilabel_classification", 2), [[1, 1], [0, 1]], [1, 2], "class 0, class 1"),
        (output("y", "token_classification", 2), [[0, 1, -1], [1, 1, -1]], [1, 3], "[0, 1, -1]"),
    ],
)
def test_targets(kind: dict[str, Any], targets: Any, counts: list[int], shown: str) -> None:
    split = (TEXTS[:2], np.array(targets))
    first, _ = found((split, split), kind)
    assert first["outputs"]["y"]["counts"] == counts
    assert first["shown"][0]["y"] == shown


SPEC = """
# A test.
task Kinds {
    input x: float32[2]
    output kind: classification(labels=["cat", "horse"])
    output far: regression()
    data = npz("a.npz")
}
model Net for Kinds {
    x -> Dense(4) as h
    h -> head kind
    h -> head far
}
train {
    test = 0.2
    seed = 5
}
"""


def test_the_question_and_the_answer_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    checked = api.check(Source("test.arch", SPEC))
    graph = checked.graphs["Net"]

    def run(command: list[str], **options: Any) -> Any:
        question, answer, script = map(Path, command[-3:])
        asked = json.loads(question.read_text("utf-8"))
        assert (asked["seed"], asked["has_test"], asked["path"]) == (5, True, "b.npz")
        assert [o["name"] for o in asked["outputs"]] == ["kind", "far"]
        assert script.read_text("utf-8") == "the script"
        x = np.array([[1, 2], [3, 4], [5, 9]], "float32")
        y = {"kind": np.array([0, 1, 1]), "far": np.array([[1.5], [2.5], [3.5]])}
        splits = ((x, y), (x[:1], {key: value[1:2] for key, value in y.items()}))
        module: Any = SimpleNamespace(np=np, load_splits=lambda: splits)
        answer.write_text(json.dumps(read(module, asked)), "utf-8")
        return SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setattr(found_data.subprocess, "run", run)
    assert found_data.takes_path(graph)
    assert (
        found_data.text(found_data.find(graph, "the script", "b.npz"))
        == """\
Kinds: 4 examples from npz
  training  3
  test      1

input x: float32[2], from 1 to 9, mean of 4 and deviation of 2.582 in training
output kind: classification
         training      test
  cat    1  33.3%  0   0.0%
  horse  2  66.7%  1 100.0%
output far: regression, float64[1], from 1.5 to 3.5, mean of 2.5 and deviation of 0.8165 in training

examples of training
  1  x: [1, 2]; kind: cat; far: [1.5]
  2  x: [3, 4]; kind: horse; far: [2.5]
  3  x: [5, 9]; kind: horse; far: [3.5]
"""
    )
