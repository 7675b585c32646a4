"""Everything that the language's reference shows can be read."""

from pathlib import Path

import pytest

from archlang.source import Source
from archlang.syntax import parse

PAGES = sorted((Path(__file__).parent / "language").glob("*.arch"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_examples_of_the_reference(page: Path, newline: str) -> None:
    text = page.read_text("utf-8")
    if page.stem == "stack":  # shown without the model around it
        text = f"model M {{\n{text}}}\n"
    result = parse(Source(page.name, text.replace("\n", newline)))
    assert result.diagnostics == ()
    assert result.tree.declarations


@pytest.mark.parametrize(
    "statement",
    [
        "x[:, 0] -> Dense(1)",
        "_[:, -1]",
        "x[::2, 1:, :-1, 3, None]",
        "shape(_)[-1]",
        "Dense(8) -> Block(shape(_)[-1])",
        "repeat 2 { Residual(64) }",
        "repeat 2 { }",
        # A choice in a header, and a line that begins further left than it should.
        "repeat 3 if deep else 2 { ReLU }\nDense(\n8)",
        "for i in a if deep else b { ReLU }\nDense(\n8)",
        "for i, (a, b) in enumerate(zip(x, y)) { Dense(i) }",
        "for (a,) in x { Dense(a) }",
        "if a { Dense(1) } else if b { Dense(2) } else { Dense(3) }",
        "if a {\n    Dense(1)\n}\nelse {\n    Dense(2)\n}",
        "[Conv1D(64, k) for k in [3, 4, 5]] -> Concatenate",
        "[Conv1D(64, k) -> ReLU for k in [3, 4, 5] if k > 3 if k < 5]",
        "[a + b for a in x for b in y]",
        "((A -> B) if c else _)",
        "(A if c else B)",
        "(A -> B)",
        "A if c else B",
        "A if c else B if d else C",
        "[Conv2D(1) if s > 1 else _, _] -> Add",
        "Dense(64)\n    -> ReLU\n    # a comment between\n    -> Dense(1)",
        "Dense(64) ->\n    ReLU ->\n\n    Dense(1)",
        "[\n    { Dense(1)\n      Dense(2) },\n    { Dense(3) },\n] -> Add",
        "frozen { Dense(1) }",
        "frozen ResNet50(weights=imagenet) as c3, c4, _",
        "shared base = frozen ResNet50(pooling=avg)",
        "shared base = Dense(1) -> ReLU",
        "learned cls: float32[1, width] = RandomNormal(stddev=0.02)",
        "learned cls: float32[2 * n]",
        "input x: shifted(translation)",
        "input x: string",
        "input x: int32[None]",
        "input x: float32[28, 28, 1,]",
        "output x",
        "output x: binary_classification",
        "output x: float32[64]",
        "output x: classification(labels=['a', \"b\"])",
        "data = npz(\"x.npz\", hours='hours-per-week')",
        "require 0 < params <= 5_000_000 and not x in (1, 2) or y not in []",
        "require -x ** -y // 3 % 4 * +5 - 6 / 7 == 300e6",
        "let t = ()",
        "let t = (1,)",
        "let t = (1, 2,)",
        "let t = [1, 2,]",
        "let t = 0x10 + 0b1 + 0o7 + 1e-3 + .5 + 5. + 1_000.5e+3",
        "Foo(head=1, input=2, for=3, if=4, True=5, model=6)",
        "x -> ops.image.resize((8, 8)) -> ops.repeat(2)",
        "Adam(optimizers.schedules.CosineDecay(1e-3, 100))",
        "data -> Dense(1)",
        "model -> Dense(1)",
        "loss -> metric -> layer -> train -> task -> block -> phase",
        "Dense(1) as data",
        "Dense(training=training)",
        "DoubleConv(3) as x, skips[]",
        "head",
        "head department",
        "[input, residual] -> Add as onward",
        "input -> Dense(1)",
        "LSTM(64, return_state=True) as states, h, c",
        "Dense(64,\n    activation=relu,\n)",
    ],
)
def test_statements(statement: str) -> None:
    body = "\n".join("    " + line for line in statement.splitlines())
    result = parse(Source("x.arch", f"model M {{\n{body}\n}}\n"))
    assert [d.message for d in result.diagnostics] == []
    one_line = parse(Source("x.arch", f"block M {{ {statement} }}"))
    assert [d.message for d in one_line.diagnostics] == []


@pytest.mark.parametrize(
    "declaration",
    [
        "",
        "\n\n",
        "# only a comment",
        "\ufefflet x = 3",
        "\tlet x = 3\t",
        'from "blocks/resnet.arch" import Bottleneck, ConvBn',
        'from "x.arch" import A,',
        'layer Swish(beta=1.0) from "my_package.layers" -> same',
        'layer Embed(dim) from "m" -> float32[time, dim]',
        'layer Any() from "m"',
        'layer Any from "m"',
        'loss Focal(gamma=2) from "m"',
        'metric Dice(smooth=1e-6) from "m"',
        "let width = 64",
        "let widths = [2 ** i for i in range(3)]",
        "model M() { }",
        "model M(depth=50,) for T { }",
        "model Deep = Net(depth=101)",
        "model Deep = Net",
        "block B { }",
        "block B() { }",
        "block Down(filters): [h, w, c] -> [h / 2, w / 2, filters] { Dense(1) }",
        "block Down(filters):\n    [h, w, c]\n    -> [h] { Dense(1) }".replace(":\n    ", ": "),
        "block B(memory: tensor, heads=8) { }",
        "train { }",
        "train Net { epochs = 3 }",
        "train { loss = MeanSquaredError()\n metrics = [x]\n data = 3 }",
        "train { phase = 3\n phase tune { epochs = 1 } }",
        'task T { input data: float32[3]\n output model: regression\n data = csv("x") }',
    ],
)
def test_declarations(declaration: str) -> None:
    assert [d.message for d in parse(Source("x.arch", declaration)).diagnostics] == []
