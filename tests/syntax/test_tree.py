"""What a text is read as: shapes, positions, values, comments."""

from typing import Any

import pytest

from archlang.source import Source
from archlang.syntax import parse
from archlang.syntax import tree as t


def read(text: str) -> t.Tree:
    result = parse(Source("x.arch", text))
    assert [d.message for d in result.diagnostics] == []
    return result.tree


def value(text: str) -> Any:
    (let,) = read(f"let x = {text}").declarations
    assert isinstance(let, t.Let)
    return let.value


def statements(*lines: str) -> tuple[Any, ...]:
    (model,) = read("model M {\n" + "\n".join(lines) + "\n}").declarations
    assert isinstance(model, t.Model)
    return model.body


def sketch(node: object) -> Any:
    """A tree in short: operators and names."""
    match node:
        case t.Constant():
            return node.value
        case t.Name():
            return node.id
        case t.Binary():
            return (sketch(node.left), node.operator, sketch(node.right))
        case t.Unary():
            return (node.operator, sketch(node.operand))
        case t.Compare():
            return ("compare", *map(sketch, node.operands), *node.operators)
        case t.Conditional():
            return ("if", sketch(node.condition), sketch(node.then), sketch(node.otherwise))
        case t.Flow():
            return ["->", *map(sketch, node.steps)]
        case t.Subscript():
            return ("[]", sketch(node.value), *map(sketch, node.indices))
        case t.SliceExpr():
            return ("slice", sketch(node.lower), sketch(node.upper), sketch(node.step))
        case t.Call():
            return (node.callee.id, *(sketch(a.value) for a in node.arguments))
        case _:
            return type(node).__name__


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", (1, "+", (2, "*", 3))),
        ("1 - 2 - 3", ((1, "-", 2), "-", 3)),
        ("(1 - 2) - 3", ((1, "-", 2), "-", 3)),
        ("2 ** 3 ** 2", (2, "**", (3, "**", 2))),
        ("-2 ** 2", ("-", (2, "**", 2))),
        ("2 ** -1", (2, "**", ("-", 1))),
        ("not a == b and c or d", ((("not", ("compare", "a", "b", "==")), "and", "c"), "or", "d")),
        ("0 < x <= 3", ("compare", 0, "x", 3, "<", "<=")),
        ("x not in y", ("compare", "x", "y", "not in")),
        ("a if b else c if d else e", ("if", "b", "a", ("if", "d", "c", "e"))),
        ("shape(_)[-1]", ("[]", ("shape", "_"), ("-", 1))),
        ("x[:, 0]", ("[]", "x", ("slice", "NoneType", "NoneType", "NoneType"), 0)),
        ("x[1::2]", ("[]", "x", ("slice", 1, "NoneType", 2))),
        ("x[:-1]", ("[]", "x", ("slice", "NoneType", ("-", 1), "NoneType"))),
        ("A -> B -> C", ["->", "A", "B", "C"]),
        ("(A -> B) -> C", ["->", ["->", "A", "B"], "C"]),
        ("(A -> B)", ["->", "A", "B"]),
        ("((A -> B) if c else _) -> D", ["->", ("if", "c", ["->", "A", "B"], "_"), "D"]),
        ("10 // 3 % 2", ((10, "//", 3), "%", 2)),
        ("1 / 16", (1, "/", 16)),
    ],
)
def test_precedence(text: str, expected: object) -> None:
    assert sketch(value(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5_000_000", 5_000_000),
        ("0x10", 16),
        ("0b11", 3),
        ("0o17", 15),
        ("1e-3", 1e-3),
        ("300e6", 300e6),
        (".5", 0.5),
        ("5.", 5.0),
        ("00", 0),
        ("True", True),
        ("None", None),
        ('"a\\n\\t\\\\\\"\\x41\\u00e9\\101\\N{BULLET}"', 'a\n\t\\"A\u00e9A\u2022'),
        ("'it\\'s \"x\"'", 'it\'s "x"'),
        ('"# no comment"', "# no comment"),
    ],
)
def test_constants(text: str, expected: object) -> None:
    constant = value(text)
    assert isinstance(constant, t.Constant)
    assert (constant.value, type(constant.value)) == (expected, type(expected))
    assert constant.text == text


def test_first_spec() -> None:
    tree = read(
        "# Digits.\n\n"
        "# What is to be told.\n# Two lines.\n"
        "task Digits {\n    # A picture.\n    input image: float32[8, 8, 1]\n"
        "    output digit: classification(10)\n    data = sklearn(digits)\n}\n"
        "model Cnn(depth=2) for Digits { Flatten -> Dropout(0.3) as x\n head digit }\n"
        "train Cnn { epochs = 12 # enough\n phase tune { epochs = 3 } }\n"
    )
    task, model, train = tree.declarations
    assert tree.doc == "Digits."
    assert isinstance(task, t.Task)
    assert task.doc == "What is to be told.\nTwo lines."
    image, digit, data = task.members
    assert isinstance(image, t.InputDecl)
    assert image.doc == "A picture."
    assert isinstance(image.type, t.TensorType)
    assert (image.type.dtype.id, [sketch(d) for d in image.type.dims]) == ("float32", [8, 8, 1])
    assert isinstance(digit, t.OutputDecl)
    assert sketch(digit.type) == ("classification", 10)
    assert isinstance(data, t.DataDecl)
    assert isinstance(model, t.Model)
    assert model.task is not None
    assert (model.name.id, model.task.id, model.parameters[0].name.id) == ("Cnn", "Digits", "depth")
    flow, head = model.body
    assert isinstance(flow, t.FlowStatement)
    assert [a.name.id for a in flow.targets] == ["x"]
    assert isinstance(head, t.FlowStatement)
    assert isinstance(head.value, t.Head)
    assert head.value.output is not None
    assert isinstance(train, t.Train)
    assert train.model is not None
    assert [s.name.id for s in train.settings] == ["epochs"]
    assert [p.name.id for p in train.phases] == ["tune"]
    assert [(c.text, c.own_line) for c in tree.comments][-1] == ("enough", False)


def test_comment_block_above_the_first_declaration_is_not_the_file_s() -> None:
    tree = read("# About the task.\ntask T { }\n")
    assert tree.doc is None
    assert isinstance(tree.declarations[0], t.Task)
    assert tree.declarations[0].doc == "About the task."


def test_types() -> None:
    bare, word, call, absent, past, text = (
        s.type
        for s in statements(
            "output a: float32",
            "output b: binary_classification",
            "output c: regression(range=(0, 1))",
            "output d",
            "input e: shifted(a)",
            "input f: string",
        )
    )
    assert isinstance(bare, t.TensorType)
    assert isinstance(word, t.Call)
    assert word.arguments == ()
    assert isinstance(call, t.Call)
    assert absent is None
    assert isinstance(past, t.ShiftedType)
    assert past.output.id == "a"
    assert isinstance(text, t.TensorType)
    assert text.dims == ()


def test_python_declarations() -> None:
    same, typed, unknown = read(
        'layer A(beta=1.0) from "m" -> same\n'
        'layer B from "m" -> float32[time, d]\n'
        'loss C() from "m"'
    ).declarations
    assert isinstance(same, t.PythonDecl)
    assert (same.kind, same.result, same.module.value) == ("layer", "same", "m")
    assert isinstance(typed, t.PythonDecl)
    assert isinstance(typed.result, t.TensorType)
    assert isinstance(unknown, t.PythonDecl)
    assert (unknown.kind, unknown.result) == ("loss", None)


def test_statements_with_bodies() -> None:
    loop, choice = statements(
        "for i, (a, _) in enumerate(xs) {\n Dense(i)\n Dense(a) }",
        "if a { Dense(1) } else if b { Dense(2) } else { Dense(3) }",
    )
    assert isinstance(loop, t.For)
    assert t.dump(loop.target) == (
        "TupleTarget",
        ("items", (("NameTarget", ("id", "i")), ("TupleTarget", ("items", (
            ("NameTarget", ("id", "a")), ("NameTarget", ("id", "_"))))))),
    )  # fmt: skip
    assert len(loop.body) == 2
    assert isinstance(choice, t.If)
    assert choice.otherwise is not None
    (second,) = choice.otherwise
    assert isinstance(second, t.If)
    assert second.otherwise is not None


def test_keywords_as_argument_names() -> None:
    (statement,) = statements("Foo(1, head=2, for=3)")
    assert [a.name and a.name.id for a in statement.value.arguments] == [None, "head", "for"]


def test_words_that_are_keywords_only_at_declarations() -> None:
    flow, data = statements("data -> model -> loss", "data = npz(x)")
    assert isinstance(flow, t.FlowStatement)
    assert isinstance(data, t.DataDecl)


def test_lists_and_groups() -> None:
    fork, comprehension, empty, one = statements(
        "[_, { Dense(1)\n Dense(2) }, A -> B,]",
        "[A(k) -> B for k in xs if k]",
        "f((), [])",
        "f((1,))",
    )
    assert [type(i).__name__ for i in fork.value.items] == ["Name", "Group", "Flow"]
    assert isinstance(comprehension.value, t.Comprehension)
    assert isinstance(comprehension.value.element, t.Flow)
    assert len(comprehension.value.clauses[0].conditions) == 1
    assert [type(a.value).__name__ for a in empty.value.arguments] == ["TupleExpr", "ListExpr"]
    assert len(one.value.arguments[0].value.items) == 1


def test_every_span_is_the_text_of_its_node() -> None:
    text = (
        "block B(f, m: tensor): [h] -> [h / 2] {\n"
        "    [_, (Dense((f + 1) * 2)[:, 0] -> frozen ReLU)] -> Add as x, ys[]\n"
        "    for i in xs { Dense(i) if i else _ }\n"
        "}\n"
    )
    source = Source("x.arch", text)
    (block,) = parse(source).tree.declarations
    assert isinstance(block, t.Block)
    flow, loop = block.body
    assert isinstance(flow, t.FlowStatement)
    assert isinstance(loop, t.For)
    assert source.slice(block.span) == text.strip()
    assert block.contract is not None
    assert source.slice(block.contract.gives.span) == "[h / 2]"
    assert source.slice(flow.span) == text.splitlines()[1].strip()
    assert [source.slice(a.span) for a in flow.targets] == ["x", "ys[]"]
    assert isinstance(flow.value, t.Flow)
    fork = flow.value.steps[0]
    assert isinstance(fork, t.ListExpr)
    assert source.slice(fork.items[1].span) == "(Dense((f + 1) * 2)[:, 0] -> frozen ReLU)"
    inner = fork.items[1]
    assert isinstance(inner, t.Flow)
    assert [source.slice(s.span) for s in inner.steps] == [
        "Dense((f + 1) * 2)[:, 0]",
        "frozen ReLU",
    ]
    assert source.slice(loop.span) == "for i in xs { Dense(i) if i else _ }"
    assert source.slice(loop.body[0].span) == "Dense(i) if i else _"


def test_offsets_with_carriage_returns_and_a_byte_order_mark() -> None:
    source = Source("x.arch", "\ufeff# \U0001f600\r\nlet a = 1\r\nlet b = 2\r\n")
    _, second = parse(source).tree.declarations
    assert source.slice(second.span) == "let b = 2"
    assert source.position(second.span.start).line == 3
