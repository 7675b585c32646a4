"""Documents: what a graph becomes and comes back from, and what is refused, with the place and the reason."""

from __future__ import annotations

import contextlib
import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from archlang import api
from archlang.backends.ir import DocumentError, from_document, to_document
from archlang.backends.ir.dimensions import parse_dim
from archlang.shapes import dims
from archlang.source import Source
from tests.backends.features import FEATURES

SPEC = """
# Reads a sentence.
task Mood {
    input words: int32[time]
    input tags: float32[4]
    output mood: classification(labels=["good", "bad"])
    output score: regression(range=(0, 1))
    data = npz("mood.npz")
}
block Read(units) { Bidirectional(LSTM(units, return_sequences=True)) -> Dropout(0.1) }
model Reader(units=8) for Mood {
    words -> Embedding(100, 8, mask_zero=True)
    repeat 2 { Read(units) }
    _[:, -1] as last
    [last, tags] -> Concatenate -> Dense(8, kernel_regularizer=L2(1e-4)) as joined
    joined -> ops.mean(axis=1, keepdims=True) as middle
    [joined, middle] -> Multiply as scaled
    scaled -> head mood
    scaled -> head score
}
train { optimizer = Adam(1e-3), epochs = 2 }
""".replace("Adam(1e-3), epochs", "Adam(1e-3)\n    epochs")

Document = dict[str, Any]


@pytest.fixture(scope="module")
def source() -> Source:
    return Source("reader.arch", SPEC)


@pytest.fixture(scope="module")
def document(source: Source) -> Document:
    checked = api.check(source)
    assert checked.ok, checked.diagnostics
    return json.loads(json.dumps(to_document(checked.graphs["Reader"])))


@pytest.fixture
def mutable(document: Document) -> Document:
    return copy.deepcopy(document)


@pytest.mark.parametrize("name", FEATURES)
def test_a_graph_comes_back(name: str) -> None:
    checked = api.check(Source("m.arch", FEATURES[name]))
    for graph in checked.graphs.values():
        document = json.loads(json.dumps(to_document(graph)))
        again = from_document(document)
        assert to_document(again) == document
        assert (again.params, again.macs) == (graph.params, graph.macs)


def test_two_writings_give_the_same_bytes(source: Source) -> None:
    first, second = (json.dumps(api.to_ir(api.check(source), "Reader")) for _ in range(2))
    assert first == second


def test_lines_are_there_where_the_sources_are(source: Source) -> None:
    checked = api.check(source)
    document = to_document(checked.graphs["Reader"], checked.sources)
    calls = [node for node in document["nodes"] if node.get("layer") == "embedding_1"]
    assert calls[0]["span"]["line"] == 12
    again = from_document(document)
    assert to_document(again, checked.sources) == document


def test_what_can_be_computed_may_be_left_out(mutable: Document) -> None:
    for node in mutable["nodes"]:
        if node["kind"] != "input":
            del node["outputs"], node["macs"]
        del node["path"], node["span"]
    for layer in mutable["layers"]:
        del layer["weights"], layer["span"]
    del mutable["task"], mutable["train"], mutable["heads"], mutable["span"], mutable["generator"]
    graph = from_document(mutable)
    assert graph.params == api.check(Source("r.arch", SPEC)).graphs["Reader"].params


def node(document: Document, layer: str) -> Any:
    return next(n for n in document["nodes"] if n.get("layer") == layer)


def layer(document: Document, name: str) -> Any:
    return next(item for item in document["layers"] if item["name"] == name)


def change(path: str, value: Any) -> Callable[[Document], None]:
    """Sets what stands at `layers.embedding_1.args.input_dim`; nodes and layers go by a layer's name."""

    def mutate(document: Document) -> None:
        at: Any = document
        *steps, last = path.split(".")
        for index, step in enumerate(steps):
            if index == 1 and steps[0] == "layers":
                at = layer(document, step)
            elif index == 1 and steps[0] == "nodes" and not step.isdigit():
                at = node(document, step)
            else:
                at = at[int(step)] if isinstance(at, list) else at[step]
        at[int(last) if isinstance(at, list) else last] = value

    return mutate


def remove(*path: str | int) -> Callable[[Document], None]:
    def mutate(document: Document) -> None:
        at: Any = document
        for step in path[:-1]:
            at = at[step]
        del at[path[-1]]

    return mutate


def deep(document: Document) -> None:
    value: Any = 1
    for _ in range(300):
        value = [value]
    document["parameters"]["units"] = value


def swap(document: Document) -> None:
    nodes = document["nodes"]
    nodes[2], nodes[3] = nodes[3], nodes[2]


def misspell(document: Document) -> None:
    document["generater"] = document.pop("generator")


def twice(document: Document) -> None:
    document["layers"].append(copy.deepcopy(document["layers"][0]))


def uncalled(document: Document) -> None:
    extra = {"name": "extra", "kind": "layers", "class": "Dense", "args": {"units": 3}}
    document["layers"].append(extra)


REFUSALS: list[tuple[str, Callable[[Document], None], str]] = [
    ("another version", change("format", "archlang-ir/2"), "must be `archlang-ir/1`"),
    ("no version", remove("format"), "it says none (at format)"),
    ("missing part", remove("nodes"), "`nodes` is missing"),
    ("unknown part", change("noodles", 1), "`noodles` has no place here"),
    ("misspelt part", misspell, "`generater` has no place here; did you mean `generator`?"),
    (
        "wrong type",
        change("nodes.0.id", "0"),
        "must be a whole number, not a text (at nodes[0].id)",
    ),
    ("unknown kind", change("layers.embedding_1.kind", "layer"), "did you mean `layers`?"),
    ("two keys", change("parameters.units", {"tuple": [], "dict": {}}), "has one key, not 2"),
    ("unknown tag", change("parameters.units", {"eval": "1"}), "`eval` has no place here"),
    ("unknown class", change("layers.embedding_1.class", "Embeding"), "did you mean `Embedding`?"),
    (
        "bad argument",
        change("layers.embedding_1.args.output_dim", -8),
        "(at layers[0].args.output_dim)",
    ),
    ("unknown argument", change("layers.dense_1.args.unit", 8), "has no argument `unit`"),
    (
        "bad argument of an object",
        change("layers.dense_1.args.kernel_regularizer.object.args.l2", "much"),
        "args.kernel_regularizer.object.args.l2)",
    ),
    (
        "unknown object",
        change("layers.dense_1.args.kernel_regularizer.object.class", "L3"),
        "no `L3`",
    ),
    ("unknown layer", change("nodes.dense_1.layer", "dense_9"), "there is no layer `dense_9`"),
    ("unknown node", change("nodes.dense_1.inputs.tensor.node", 99), "no earlier node 99"),
    ("wrong order", swap, "there is no earlier node 2 (at nodes[2].inputs.tensor.node)"),
    ("no such result", change("nodes.dense_1.inputs.tensor.path", [3]), "has no such result"),
    (
        "lying shape",
        change("nodes.dense_1.outputs.shape", [None, 9]),
        "says [9] float32, but what comes out is [8] float32",
    ),
    ("lying weights", change("layers.dense_1.weights", []), "the weights of `dense_1` are others"),
    ("lying count", change("nodes.dense_1.macs", 1), "says 1, but it takes 160"),
    ("two of one name", twice, "two layers or inputs are called `embedding_1`"),
    ("layer never called", uncalled, "no node calls the layer `extra`"),
    ("training in a call", change("nodes.dense_1.kwargs.training", True), "takes no `training`"),
    ("unknown op", change("nodes.10.op", "meen"), "did you mean"),
    ("bad argument of an op", change("nodes.10.kwargs.axis", 5), "(at nodes[10])"),
    ("no tensor", change("nodes.dense_1.inputs", 3), "a layer is called on tensors"),
    (
        "another input",
        change("task.inputs.1.dims", [5]),
        "the input `tags` of the model is another",
    ),
    (
        "unknown task",
        change("task.outputs.0.kind", "clasification"),
        "did you mean `classification`?",
    ),
    ("bad task", change("task.outputs.0.args.labels", []), "(at task.outputs[0].args.classes)"),
    ("bad setting", change("train.settings.epochs.value", -1), "train.settings.epochs"),
    (
        "bad dimension",
        change("nodes.0.outputs.shape", [None, "time +"]),
        "`time +` is no dimension",
    ),
    ("deep", deep, "nested more than 120 levels deep"),
    ("no source", change("span.source", 7), "there is no source 7"),
    ("a path in a name", change("layers.dense_1.name", "a/b"), "can't stand here (at layers["),
    (
        "a module of no Python layer",
        change("layers.dense_1.module", "os"),
        "has no place here (at layers[",
    ),
]


@pytest.mark.parametrize(
    ("mutate", "message"),
    [pytest.param(mutate, message, id=name) for name, mutate, message in REFUSALS],
)
def test_refusals_name_the_place(
    mutable: Document, mutate: Callable[[Document], None], message: str
) -> None:
    mutate(mutable)
    with pytest.raises(DocumentError) as caught:
        from_document(mutable)
    assert message in str(caught.value)


@pytest.mark.parametrize("document", [None, [], "x", 3, {}, {"format": None}])
def test_what_is_no_document(document: Any) -> None:
    with pytest.raises(DocumentError):
        from_document(document)


@pytest.mark.slow
def test_any_change_is_read_or_refused(document: Document) -> None:
    random = Random(7)
    for _ in range(300):
        changed = copy.deepcopy(document)
        for _ in range(random.randint(1, 2)):
            disturb(changed, random)
        with contextlib.suppress(DocumentError):
            to_document(from_document(changed))


def disturb(document: Document, random: Random) -> None:
    """Put something else somewhere, or take something away."""
    at: Any = document
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = random.choice(keys)
        inner = at[key]
        if not isinstance(inner, dict | list) or not inner or random.random() < 0.1:
            break
        at = inner
    others = [None, True, -1, 0, 3, 2.5, "x", "time", [], {}, [1], [[None]], {"tuple": [1, 2]}]
    others += [{"tensor": {"node": random.randint(0, 9)}}, {"dim": "time"}, {"slice": [0, "a", 1]}]
    if random.random() < 0.2:
        del at[key]
    else:
        at[key] = random.choice(others)


def test_dimensions_come_back() -> None:
    time, width = dims.symbol("time"), dims.symbol("floor")
    shown = [
        dims.sub(time, 2),
        dims.mul(dims.add(time, 3), width),
        dims.ceildiv(dims.add(dims.mul(time, 3), 1), 2),
        dims.floordiv(dims.ceildiv(dims.sub(1, time), 3), 5),
        dims.sub(0, dims.mul(time, time)),
    ]
    for dim in shown:
        assert parse_dim(dims.show(dim)) == dim


@pytest.mark.parametrize("text", ["", "time -", "2 ** 3", "a b", "floor(a / 0)", "(a)", "a" * 3000])
def test_what_is_no_dimension(text: str) -> None:
    with pytest.raises(ValueError, match=r"dimension"):
        parse_dim(text)


def test_reading_imports_neither_keras_nor_what_the_document_names(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("raise SystemExit('imported')\n")
    spec = 'layer Mine(units) from "mine" -> same\nmodel M { input x: float32[3]\n Mine(4) }\n'
    checked = api.check(Source("m.arch", spec))
    assert checked.ok
    (tmp_path / "m.json").write_text(json.dumps(to_document(checked.graphs["M"])))
    program = (
        "import json, sys; from archlang.api import from_ir; from_ir(json.load(open('m.json')));"
        "assert not {'keras', 'tensorflow', 'mine'} & set(sys.modules)"
    )
    compiler = str(Path(api.__file__).parents[1])
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": compiler},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
