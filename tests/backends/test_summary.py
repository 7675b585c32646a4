"""The summary of a graph, as a table and as a document."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import jsonschema
import pytest

from archlang.backends.summary import summary_document, summary_text
from archlang.graph.model import Graph, Layer, Node, Tensor, tensors
from archlang.shapes.dims import symbol
from archlang.shapes.rule import Weight
from archlang.shapes.spec import TensorSpec
from archlang.source import Source, Span
from archlang.tasks.model import TaskSpec

GRAMMAR = Path(__file__).parents[2] / "grammar"
SCHEMA = json.loads((GRAMMAR / "summary.schema.json").read_text("utf-8"))
SOURCES = {"x.arch": Source("x.arch", "1\n2\n3\n4\n5\n"), "b.arch": Source("b.arch", "1\n2\n")}


def at(line: int, path: str = "x.arch") -> Span:
    start = SOURCES[path].offset(line, 1)
    return Span(path, start, start + 1)


def node(kind: str, line: int, *specs: TensorSpec, **more: object) -> Node:
    made = Node(kind, at(line), **more)
    found = tuple(Tensor(made, (index,), spec) for index, spec in enumerate(specs))
    made.outputs = found[0] if len(found) == 1 else found
    return made


def graph(name: str, nodes: list[Node], task: str | None = None) -> Graph:
    layers = list({id(n.layer): n.layer for n in nodes if n.layer is not None}.values())
    return Graph(
        name=name,
        task=TaskSpec(task, (), (), None),
        train=None,
        inputs={"image": nodes[0].outputs},
        outputs={"digit": next(tensors(nodes[-1].outputs))},
        nodes=nodes,
        layers=layers,
        span=at(1),
    )


@pytest.fixture
def model() -> Graph:
    image = node("input", 1, TensorSpec((None, 8, 8, 1)), name="image")
    dense = Layer(
        "dense",
        "layers",
        "Dense",
        {},
        at(2),
        weights=(Weight("kernel", (1, 1000)), Weight("bias", (1000,))),
    )
    norm = Layer(
        "batch_normalization",
        "layers",
        "BatchNormalization",
        {},
        at(3),
        weights=(Weight("gamma", (4,)), Weight("moving_mean", (4,), trainable=False)),
    )
    wide = TensorSpec((None, 8, 8, 1000))
    inner_norm = node("layer", 3, TensorSpec((None, symbol("time"), 4)), layer=norm, macs=0)
    inner_norm.span = at(2, "b.arch")
    inner = graph("Encoder", [node("input", 2, TensorSpec((None, 4)), name="image"), inner_norm])
    nested = Layer("encoder", "model", "Encoder", {}, at(4), graph=inner)
    return graph(
        "Cnn",
        [
            image,
            node("layer", 2, wide, layer=dense, macs=64_000),
            node("layer", 3, wide, layer=dense, macs=64_000),
            node("op", 3, TensorSpec((None, 8)), op="mean", name="mean"),
            node("slice", 4, TensorSpec((None,))),
            node("layer", 4, TensorSpec((None, 4)), TensorSpec(None, None), layer=nested, macs=0),
        ],
        "Digits",
    )


def test_the_table(model: Graph) -> None:
    assert summary_text(model, 100, SOURCES) == dedent(
        """\
        Cnn for Digits

        layer (class)                               output        parameters  multiply-adds      line
        ---------------------------------------------------------------------------------------------
        image (Input)                               [8, 8, 1]              0              0         1
        dense (Dense) x2                            [8, 8, 1000]       2,000        128,000         2
        mean (ops.mean)                             [8]                    0              0         3
        slice                                       []                     0              0         4
        encoder (Encoder)                           [4], ?                 8              0         4
          image (Input)                             [4]                    0              0         2
          batch_normalization (BatchNormalization)  [time, 4]              8              0  b.arch:2
        ---------------------------------------------------------------------------------------------
        parameters       2,008
        trainable        2,004
        non-trainable        4
        multiply-adds  128,000
        """
    )


def test_a_narrow_terminal_cuts_words_not_numbers(model: Graph) -> None:
    text = summary_text(model, 60, SOURCES)
    assert max(map(len, text.splitlines())) <= 60 + 6
    assert "  batch_nor…" in text
    assert "128,000" in text


def test_what_is_unknown_is_a_question_mark(model: Graph) -> None:
    model.layers[0].weights = None
    model.nodes[1].macs = None
    text = summary_text(model, 100)
    assert [line.split() for line in text.splitlines()[-4:]] == [
        ["parameters", "?"],
        ["trainable", "?"],
        ["non-trainable", "?"],
        ["multiply-adds", "?"],
    ]
    document = summary_document([model])
    jsonschema.validate(document, SCHEMA)
    assert document["models"][0]["params"] is None
    assert document["models"][0]["layers"][1]["line"] is None


def test_the_document(model: Graph) -> None:
    document = summary_document([model], SOURCES)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(document, SCHEMA)
    (found,) = document["models"]
    layers = found.pop("layers")
    assert found == {
        "name": "Cnn",
        "task": "Digits",
        "inputs": [{"name": "image", "shape": [None, 8, 8, 1], "dtype": "float32"}],
        "outputs": [{"name": "digit", "shape": [None, 4], "dtype": "float32"}],
        "params": 2008,
        "trainable_params": 2004,
        "non_trainable_params": 4,
        "macs": 128_000,
    }
    assert layers[1] == {
        "name": "dense",
        "class": "Dense",
        "output_shapes": [[None, 8, 8, 1000]],
        "dtypes": ["float32"],
        "params": 2000,
        "trainable_params": 2000,
        "macs": 128_000,
        "calls": 2,
        "line": 2,
        "file": "x.arch",
    }
    assert [layer["class"] for layer in layers] == [
        "Input",
        "Dense",
        "ops.mean",
        "slice",
        "Encoder",
    ]
    assert layers[4]["output_shapes"] == [[None, 4], None]
    assert layers[4]["layers"][1]["output_shapes"] == [[None, "time", 4]]
    assert layers[4]["layers"][1]["file"] == "b.arch"
