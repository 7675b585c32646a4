"""The codes of syntax errors, `E0101` to `E0199`, for `archc explain` and the error index."""

from __future__ import annotations

from archlang.diagnostics.codes import CodeInfo


def _info(code: str, title: str, text: str, wrong: str, right: str) -> CodeInfo:
    example = f"```arch\n{wrong}\n```\n\nWrite\n\n```arch\n{right}\n```"
    return CodeInfo(code, title, f"{text}\n\n{example}")


_INFOS = (
    _info(
        "E0101",
        "something does not fit",
        "The text cannot go on like this here. The help lists what could stand in this "
        "place, where that is not much.",
        "Dense(8) as (a, b)",
        "Dense(8) -> Split as a, b",
    ),
    _info(
        "E0102",
        "two statements on one line",
        "A line holds one statement. Steps of one flow are joined with `->`.",
        "Dense(8) ReLU",
        "Dense(8) -> ReLU",
    ),
    _info(
        "E0103",
        "`{` on a line of its own",
        "A newline ends a statement, so that a `{` stands on the line of what it belongs to.",
        "model Cnn\n{",
        "model Cnn {",
    ),
    _info(
        "E0104",
        "a comma is missing",
        "Arguments, items of a list and branches of a fork are parted by commas, also "
        "where each stands on its own line.",
        "Conv2D(32, 3 padding=same)",
        "Conv2D(32, 3, padding=same)",
    ),
    _info(
        "E0105",
        "a bracket is never closed",
        "Indentation and the keywords of declarations tell where the bracket should "
        "have been closed.",
        "Dense(64",
        "Dense(64)",
    ),
    _info(
        "E0106",
        "a closing bracket closes nothing",
        "There is one closing bracket too many.",
        "Dense(64))",
        "Dense(64)",
    ),
    _info(
        "E0107",
        "a closing bracket of another kind",
        "`(` is closed by `)`, `[` by `]` and `{` by `}`.",
        "Dense(64]",
        "Dense(64)",
    ),
    _info(
        "E0108",
        "a string without an end",
        "A string ends on the line on which it begins, with the quote that it began with.",
        'csv("wine.csv)',
        'csv("wine.csv")',
    ),
    _info(
        "E0109",
        "a character that means nothing",
        "Outside of strings and comments a spec has only letters, digits, `_`, brackets "
        "and operators. Statements end with their line, without `;`.",
        "Dense(8);",
        "Dense(8)",
    ),
    _info(
        "E0110",
        "quotes of another kind",
        "Strings stand in one pair of straight quotes, and have no prefix.",
        "csv(“wine.csv”)",
        'csv("wine.csv")',
    ),
    _info(
        "E0111",
        "an operator of another language",
        "Steps are joined with `->`; conditions with `and`, `or` and `not`. Nothing is "
        "ever reassigned, so there is no `+=`.",
        "Dense(8) => ReLU",
        "Dense(8) -> ReLU",
    ),
    _info(
        "E0112",
        "`=` and `==` mixed up",
        "`=` sets a value, `==` compares.",
        "if depth = 3 {",
        "if depth == 3 {",
    ),
    _info(
        "E0113",
        "a Python statement",
        "A spec holds no Python. What loops, functions, classes and imports are used "
        "for has forms of its own.",
        "while deep {",
        "repeat 3 {",
    ),
    _info(
        "E0114",
        "`:` where `{` belongs",
        "Bodies stand in `{ }`, whatever their indentation.",
        "repeat 3:",
        "repeat 3 {",
    ),
    _info(
        "E0115",
        "a constant of another language",
        "The constants are Python's: `True`, `False` and `None`.",
        "LSTM(8, stateful=true)",
        "LSTM(8, stateful=True)",
    ),
    _info(
        "E0116",
        "a body is missing",
        "What begins with `task`, `model`, `block`, `train`, `phase`, `repeat`, `for`, "
        "`if` or `else` has a body in `{ }`.",
        "repeat 3",
        "repeat 3 { Dense(8) }",
    ),
    _info(
        "E0117",
        "a keyword as a name",
        "Keywords can name arguments, and nothing else.",
        "Dense(8) as head",
        "Dense(8) as top",
    ),
    _info(
        "E0118",
        "a name that begins with the wrong letter",
        "Names of layers, blocks, tasks and models begin with a capital; names of "
        "tensors, constants, parameters and settings with a small letter or `_`. The "
        "first letter tells which is meant.",
        "model cnn {",
        "model Cnn {",
    ),
    _info(
        "E0119",
        "something is missing",
        "A line, a bracket or the file ends, or goes on, where something is still to come.",
        "Dense(8) as",
        "Dense(8) as x",
    ),
    _info(
        "E0120",
        "a choice in a flow without parentheses",
        "`A -> B if c else D` can be read in two ways, so that a choice among the steps "
        "of a flow stands in parentheses.",
        "Dense(8) -> ReLU if deep else _",
        "Dense(8) -> (ReLU if deep else _)",
    ),
    _info(
        "E0121",
        "nested too deep",
        "Brackets and operators nest up to a hundred levels. Blocks and constants take parts out.",
        "let x = ((((…))))",
        "let y = (…)\nlet x = (y)",
    ),
    _info(
        "E0122",
        "a number that is none",
        "Numbers are Python's: `64`, `5_000_000`, `1e-3`, `0x10`; without leading zeros and units.",
        "Dense(064)",
        "Dense(64)",
    ),
    _info(
        "E0123",
        "an escape that means nothing",
        "In a string a backslash begins an escape, as in Python; a backslash itself is "
        "written twice.",
        'csv("C:\\data\\wine.csv")',
        'csv("C:\\\\data\\\\wine.csv")',
    ),
    _info(
        "E0124",
        "a line begins with an unknown word",
        "Declarations and statements with a keyword begin with one of the language's own.",
        "modle Cnn {",
        "model Cnn {",
    ),
    _info(
        "E0125",
        "a statement outside of every body",
        "Outside of `{ }` stand only declarations and constants.",
        "Dense(8)",
        "model Small { Dense(8) }",
    ),
    _info(
        "E0126",
        "a statement in the wrong body",
        "A task holds inputs, outputs and data; `train` holds settings and phases; a "
        "stack holds layers.",
        "task Digits { epochs = 3 }",
        "train { epochs = 3 }",
    ),
    _info(
        "E0127",
        "an assignment in a stack",
        "A stack has no variables. `as` names the tensor that a statement ends on, "
        "`let` a constant.",
        "x = Dense(8)",
        "Dense(8) as x",
    ),
    _info(
        "E0128",
        "an argument without a name behind one with a name",
        "As in Python, arguments without a name come first.",
        "Conv2D(filters=32, 3)",
        "Conv2D(32, 3)",
    ),
    _info(
        "E0129",
        "something that is no type",
        "Inputs and learned tensors have tensor types, `float32[28, 28, 1]`; a "
        "parameter of a block is a value, or a `tensor`.",
        "input image: [28, 28]",
        "input image: float32[28, 28]",
    ),
    _info(
        "E0130",
        "a comprehension outside of a list",
        "Comprehensions stand in `[ ]`, also as the only argument of a call.",
        "sum(n for n in sizes)",
        "sum([n for n in sizes])",
    ),
    _info(
        "E0131",
        "a declaration inside another",
        "Declarations stand side by side. Often the `}` of the one before is missing.",
        "model A { model B { Dense(8) } }",
        "model B { Dense(8) }\nmodel A { B }",
    ),
    _info(
        "E0132",
        "an `else` without an `if`",
        "`else` follows the body of an `if`, or stands in `A if condition else B`.",
        "else { Dense(8) }",
        "if deep { Dense(16) } else { Dense(8) }",
    ),
    _info(
        "E0133",
        "arguments without parentheses",
        "The arguments of a layer stand in parentheses; only a layer without any can go without.",
        "Dense 64",
        "Dense(64)",
    ),
    _info(
        "E0134",
        "`as` inside a statement",
        "`as` names the tensor that a statement ends on, so that it stands at its end.",
        "Dense(8) as x -> ReLU",
        "Dense(8) as x\nx -> ReLU",
    ),
    _info(
        "E0135",
        "a layer called on a tensor",
        "Tensors flow into layers with `->`; a layer is not called on them as in Python. `head` is not called at all: what it is made "
        "of follows from the output that it answers.",
        "Dense(8)(x)",
        "x -> Dense(8)",
    ),
)

CODES: dict[str, CodeInfo] = {info.code: info for info in _INFOS}
"""Every code that this package gives."""
