"""After a mistake the rest is read: one error for each mistake, and nothing around it is lost."""

import pytest

from archlang.source import Source
from archlang.syntax import parse
from archlang.syntax import tree as t


def parsed(text: str) -> tuple[list[str], tuple[t.Declaration, ...]]:
    result = parse(Source("x.arch", text))
    return [d.code for d in result.diagnostics], result.tree.declarations


def names(statements: tuple[t.Statement, ...]) -> list[object]:
    return [type(s).__name__ for s in statements]


def test_several_mistakes_in_one_file() -> None:
    codes, declarations = parsed(
        "task T {\n"
        "    input x float32[3]\n"
        "    output y: classification(10\n"
        "    data = csv('x.csv)\n"
        "}\n"
        "model m for T {\n"
        "    Dense(64 activation=relu)\n"
        "    Dense(3) => ReLU\n"
        "    repeat 2:\n"
        "        Dense(4)\n"
        "    head\n"
        "}\n"
        "train {\n"
        "    epochs == 3\n"
        "    optimizer = Adam(\n"
        "}\n"
    )
    assert codes == [
        "E0119", "E0105", "E0108", "E0118", "E0104", "E0111", "E0114", "E0112", "E0105",
    ]  # fmt: skip
    task, model, train = declarations
    assert isinstance(task, t.Task)
    assert len(task.members) == 3
    assert isinstance(model, t.Model)
    assert names(model.body) == ["FlowStatement", "FlowStatement", "Repeat", "FlowStatement"]
    assert isinstance(train, t.Train)


@pytest.mark.parametrize(
    ("broken", "kind", "name"),
    [
        ("let width = ) 3", "Let", "width"),
        ("let width = Dense(", "Let", "width"),
        ("shared encoder = = 3", "Shared", "encoder"),
        ("learned cls: float32[ = 3", "Learned", "cls"),
        ("input x: 3", "InputDecl", "x"),
        ("output y: 3", "OutputDecl", "y"),
    ],
)
def test_a_broken_definition_still_defines_its_name(broken: str, kind: str, name: str) -> None:
    codes, (model,) = parsed(f"model M {{\n    {broken}\n    Dense(1)\n}}\n")
    assert len(codes) == 1
    assert isinstance(model, t.Model)
    assert names(model.body) == [kind, "FlowStatement"]
    assert getattr(model.body[0], "name").id == name  # noqa: B009


def test_a_broken_statement_still_names_its_tensors() -> None:
    codes, (model,) = parsed("model M {\n    Dense(3) -> 3 4 5 as x, ys[]\n    x -> Dense(1)\n}\n")
    assert codes == ["E0102"] or len(codes) == 1
    assert isinstance(model, t.Model)
    flows = [s for s in model.body if isinstance(s, t.FlowStatement)]
    assert [[a.name.id for a in s.targets] for s in flows if s.targets] == [["x", "ys"]]


def test_a_broken_argument_leaves_the_others() -> None:
    codes, (model,) = parsed("model M {\n    Dense(64, activation=, name=x) -> ReLU\n}\n")
    assert codes == ["E0119"]
    assert isinstance(model, t.Model)
    (statement,) = model.body
    assert isinstance(statement, t.FlowStatement)
    assert isinstance(statement.value, t.Flow)
    call = statement.value.steps[0]
    assert isinstance(call, t.Call)
    assert [type(a.value).__name__ for a in call.arguments] == ["Constant", "Missing", "Name"]


@pytest.mark.parametrize(
    "header",
    [
        "for x, y of in [1] {",
        "for in [1] {",
        "repeat * {",
        "if == 3 {",
        "while x < 3 {",
        "model X {",
    ],
)
def test_a_broken_header_leaves_its_body(header: str) -> None:
    codes, (model,) = parsed(
        f"model M {{\n    {header}\n        Dense(3) as a\n        Dense(4 5)\n    }}\n"
        "    head\n}\n"
    )
    assert len(codes) == 2
    assert "E0104" in codes
    assert isinstance(model, t.Model)
    assert len(model.body) == 2


@pytest.mark.parametrize(
    "text",
    [
        "model M {\n    Dense(3\n    head\n}\nmodel N {\n    Dense(1)\n}\n",
        "model M {\n    Dense(3)\n    head\n\nmodel N {\n    Dense(1)\n}\n",
        "model M {\n    repeat 3 {\n        Dense(3)\n}\nmodel N {\n    Dense(1)\n}\n",
        "model M {\n    Dense(3))\n    head\n}\nmodel N {\n    Dense(1)\n}\n",
        "model M\n    Dense(3)\n    head\n}\nmodel N {\n    Dense(1)\n}\n",
        "model M:\n    Dense(3)\n    head\nmodel N {\n    Dense(1)\n}\n",
        "model M {\n    [\n        Dense(3),\n        Dense(4\n    ] -> Add\n}\n"
        "model N {\n    Dense(1)\n}\n",
        "model M {\n    x y z\n    head\n}\n}\nmodel N {\n    Dense(1)\n}\n",
    ],
)
def test_the_next_declaration_is_read(text: str) -> None:
    _, declarations = parsed(text)
    assert [type(d).__name__ for d in declarations] == ["Model", "Model"]
    last = declarations[1]
    assert isinstance(last, t.Model)
    assert len(last.body) == 1


def test_unindented_bodies_are_not_taken_for_closed_ones() -> None:
    codes, declarations = parsed("model M {\nDense(3)\nDense((4)\n}\nmodel N {\nDense(1)\n}\n")
    assert codes == ["E0105"]
    assert len(declarations) == 2


def test_an_unfinished_file() -> None:
    fork = "[Dense(3), Dense(4, activation=relu)] -> Add"
    text = f"model M {{\n    {fork}\n    repeat 3 {{ Dense(4) }}\n}}\n"
    for end in range(len(text)):
        assert len(parsed(text[:end])[0]) <= 2, text[:end]
