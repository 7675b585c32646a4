"""What is said about mistakes, and where: each source has exactly the errors listed.

`at` is the text that the span covers. A fix, where one is offered, mends the source.
"""

import pytest

from archlang.diagnostics import Diagnostic
from archlang.source import Source
from archlang.syntax import parse

IN_MODEL = "model M {{\n    {}\n}}\n"
IN_TRAIN = "train {{\n    {}\n}}\n"
IN_TASK = "task T {{\n    {}\n}}\n"
ALONE = "{}"

CASES = [
    # frame, source, code, at, message, help
    (IN_MODEL, "Dense(64) Dense(3)", "E0102", "Dense", "two statements on one line",
     "begin a new line, or join steps of one flow with `->`"),
    (ALONE, "model M\n{\n    Dense(3)\n}", "E0103", "{", "`{` stands on a line of its own",
     "put it at the end of the line before"),
    (IN_MODEL, "Conv2D(32, 3 padding=same)", "E0104", "padding",
     "a comma is missing before `padding`", None),
    (IN_MODEL, "[\n        Dense(8)\n        Dense(4)\n    ] -> Add", "E0104", "Dense",
     "a comma is missing between two branches of a fork", "put a `,` behind every item"),
    (IN_MODEL, "Dense(64\n    Dense(3)", "E0105", "(", "`(` is never closed", None),
    (IN_MODEL, "[\n        Dense(3),\n        Dense(4)\n    -> Add\n    head", "E0105", "[",
     "`[` is never closed", None),
    (IN_MODEL, "repeat 2 {\n        Dense(3)\n    Dense(4)", "E0105", "{", "`{` is never closed",
     None),
    (ALONE, "model M {\n    Dense(3)\n\nmodel N {\n    Dense(2)\n}", "E0105", "{",
     "`{` is never closed", None),
    (ALONE, "model M {\n    Dense([3, (4\n", "E0105", "(",
     "`(`, `[`, `(` and `{` are never closed", None),
    (IN_MODEL, "Dense(3)) -> Dense(2)", "E0106", ")", "`)` closes nothing", None),
    (IN_MODEL, "repeat 2 {\n        Dense(3)\n    }\n    }\n    Dense(4)", "E0106", "}",
     "`}` closes nothing", None),
    (IN_MODEL, "Dense(3]", "E0107", "]", "`]` cannot close this bracket", None),
    (IN_TASK, 'data = csv("x.csv)', "E0108", '"x.csv', "this string has no end",
     "strings end on the line on which they begin"),
    (IN_MODEL, "Dense(3);", "E0109", ";", "`;` means nothing in a spec",
     "a statement ends with its line"),
    (IN_MODEL, "Dense(3); Dense(4)", "E0109", ";", "`;` means nothing in a spec",
     "a statement ends with its line"),
    (IN_MODEL, "$x -> Dense(3)", "E0109", "$", "`$` means nothing in a spec",
     "names are written without a sign; to name a tensor, write `as name`"),
    (IN_MODEL, "Dense(64, activation=$$)", "E0109", "$$", "`$$` means nothing in a spec",
     "names are written without a sign; to name a tensor, write `as name`"),
    (IN_MODEL, "Dense(3) \\\n    -> ReLU", "E0109", "\\", "`\\` means nothing in a spec",
     "a line goes on inside `( )` and `[ ]`, and before or behind `->`, without one"),
    (IN_MODEL, "Dense(\u00a03)", "E0109", "\u00a0", "an invisible character (U+00A0)",
     "remove it"),
    (IN_MODEL, "größe -> Dense(1)", "E0109", "größe",
     "`größe` has letters that a name cannot have",
     "names are made of the letters `a` to `z`, large and small, digits and `_`"),
    (IN_TASK, "data = csv(“x.csv”)", "E0110", "“x.csv”", "curly quotes do not make a string",
     'write "x.csv"'),
    (IN_TASK, 'data = csv("""x.csv""")', "E0110", '"""x.csv"""',
     "a string cannot stand in three quotes",
     'write `"…"`; what describes a declaration is a `#` comment above it'),
    (IN_TASK, 'data = csv(r"x.csv")', "E0110", "r", "a string cannot have the prefix `r`",
     "remove it; a backslash is written `\\\\`"),
    (IN_MODEL, "Dense(3) => ReLU", "E0111", "=>", "`=>` is not an operator of a spec",
     "steps are joined with `->`"),
    (IN_MODEL, "Dense(3) |> ReLU", "E0111", "|>", "`|>` is not an operator of a spec",
     "steps are joined with `->`"),
    (IN_MODEL, "Dense(3) >> ReLU", "E0111", ">>", "`>>` is not an operator of a spec",
     "steps are joined with `->`"),
    (IN_MODEL, "require a && b", "E0111", "&&", "`&&` is not an operator of a spec",
     "write `and`"),
    (IN_MODEL, "require !a", "E0111", "!", "`!` is not an operator of a spec", "write `not`"),
    (IN_MODEL, "x += Dense(3)", "E0111", "+=", "`+=` is not an operator of a spec",
     "constants never change; to add a tensor to another, write `[a, b] -> Add`"),
    (IN_MODEL, "if x = 3 { Dense(1) }", "E0112", "=", "`=` does not compare",
     "values are compared with `==`"),
    (IN_MODEL, "require a = b", "E0112", "=", "`=` does not compare",
     "values are compared with `==`"),
    (IN_TRAIN, "epochs == 12", "E0112", "==", "`==` does not set a value",
     "values are set with `=`"),
    (IN_MODEL, "let x == 12", "E0112", "==", "`==` does not set a value",
     "values are set with `=`"),
    (IN_MODEL, "while x {\n        Dense(1)\n    }", "E0113", "while",
     "there is no `while` in a spec",
     "loops have a fixed number of rounds: `repeat 3 { … }` or `for x in [1, 2, 3] { … }`"),
    (IN_MODEL, "def f(x):\n        Dense(2)\n    Dense(1)", "E0113", "def",
     "there is no `def` in a spec",
     "a reusable piece of a stack is a block: `block Name(filters, rate=0.1) { … }`"),
    (ALONE, "import keras", "E0113", "import", "there is no `import` in a spec",
     'Keras is always there; from another spec: `from "blocks.arch" import Bottleneck`'),
    (ALONE, "from keras import layers", "E0113", "keras",
     "Python modules cannot be imported into a spec",
     "everything in Keras is there already; a layer of your own is declared by "
     '`layer Name(argument=1) from "keras" -> same`'),
    (IN_MODEL, "Lambda(lambda x: x)", "E0113", "lambda", "there is no `lambda` in a spec",
     "use `ops` (`x -> ops.mean(axis=1)`), or a `layer` from a Python module"),
    (IN_MODEL, "if a {\n        Dense(1)\n    }\n    elif b {\n        Dense(2)\n    }", "E0113",
     "elif", "there is no `elif` in a spec", "write `else if`"),
    (ALONE, "model M:\n    Dense(3)\n    Dense(4)\n", "E0114", ":", "`:` does not begin a body",
     "a body stands in `{ }`; close it with a `}` on a line of its own"),
    (IN_TRAIN, "shuffle = true", "E0115", "true", "`true` is written `True`",
     "the constants are Python's: `True`, `False` and `None`"),
    (IN_MODEL, "Dense(3, kernel=null)", "E0115", "null", "`null` is written `None`",
     "the constants are Python's: `True`, `False` and `None`"),
    (ALONE, "model M for T\n    Dense(3)\n    head\n}", "E0116", "model M for T",
     "a body is missing: there is no `{` at the end of this line", None),
    (ALONE, "block B: float32[h] -> same\n    Dense(3)\n}", "E0116", "block B: float32[h] -> same",
     "a body is missing: there is no `{` at the end of this line", None),
    (IN_MODEL, "repeat 3\n    Dense(1)", "E0116", "repeat 3",
     "a body is missing: there is no `{` at the end of this line", None),
    (IN_MODEL, "let for = 3", "E0117", "for", "`for` is a keyword and cannot be a name",
     "for example `for_` or a longer word"),
    (IN_MODEL, "Dense(3) as input", "E0117", "input", "`input` is a keyword and cannot be a name",
     "for example `input_` or a longer word"),
    (ALONE, "model cnn { Dense(1) }", "E0118", "cnn", "the name of a model begins with a capital",
     "write `Cnn`"),
    (ALONE, "block my_block { Dense(1) }", "E0118", "my_block",
     "the name of a block begins with a capital", "write `MyBlock`"),
    (IN_MODEL, "let Width = 3", "E0118", "Width",
     "the name of a constant begins with a small letter",
     "write `width`; a capital means a layer, block, task or model"),
    (IN_MODEL, "Dense(3) as X", "E0118", "X", "the name of a tensor begins with a small letter",
     "write `x`; a capital means a layer, block, task or model"),
    (IN_TASK, "input Image: float32[3]", "E0118", "Image",
     "the name of an input begins with a small letter",
     "write `image`; a capital means a layer, block, task or model"),
    (IN_MODEL, "Dense(3) as", "E0119", "as", "`as` needs a name behind it", None),
    (IN_MODEL, "Dense(3) ->", "E0119", "->", "`->` needs a step behind it", None),
    (IN_MODEL, "let x =", "E0119", "=", "`=` needs a value behind it", None),
    (IN_MODEL, "Dense(64, units=)", "E0119", "=", "`=` needs a value behind it", None),
    (IN_MODEL, "shared = Dense(3)", "E0119", "shared", "`shared` needs a name behind it", None),
    (ALONE, "model {\n    Dense(1)\n}", "E0119", "model", "`model` needs a name behind it", None),
    (IN_MODEL, "repeat { Dense(1) }", "E0119", "repeat",
     "`repeat` needs a number of rounds behind it", None),
    (IN_MODEL, "for x on [1, 2] { Dense(x) }", "E0119", "on", "`on` stands where `in` belongs",
     None),
    (IN_TASK, "input y float32[2]", "E0119", "float32", "`:` is missing between `y` and `float32`",
     None),
    (IN_MODEL, "input x", "E0119", "x", "`x` needs a type",
     "write its dtype and its shape without the batch axis: `x: float32[28, 28, 1]`"),
    (IN_MODEL, "Dense(a if b)", "E0119", "if", "a choice needs an `else`",
     "write `A if condition else B`; `_` passes on what flows in"),
    (ALONE, 'from "a.arch" Bottleneck', "E0119", "Bottleneck",
     "`import` is missing between this string and `Bottleneck`", None),
    (ALONE, "block D(x): [h] [h] { Dense(1) }", "E0119", "[",
     "`->` is missing between `]` and `[`", None),
    (IN_MODEL, "Dense(1) -> Dense(2) if s > 1 else _", "E0120", "Dense(2) if s > 1 else _",
     "a choice in a flow must stand in parentheses",
     "put it in parentheses: `(Dense(2) if s > 1 else _)`"),
    (IN_MODEL, "Dense(1) if x else y -> Dense(3)", "E0120", "Dense(1) if x else y",
     "a choice in a flow must stand in parentheses",
     "put it in parentheses: `(Dense(1) if x else y)`"),
    (ALONE, "let x = " + "(" * 101 + "1" + ")" * 101, "E0121", "(",
     "this is nested more than 100 levels deep",
     "take parts of it out: into a `block`, or a constant with `let`"),
    (IN_MODEL, "Dense(012)", "E0122", "012", "`012` is not a number", "write `12`"),
    (IN_MODEL, "Dense(3px)", "E0122", "3px", "`3px` is not a number", None),
    (ALONE, "let x = " + "9" * 5000, "E0122", "9" * 5000, "this number is too large", None),
    (IN_TASK, 'data = csv("a\\q")', "E0123", "\\q", "`\\q` means nothing in a string",
     "for a backslash, write `\\\\q`"),
    (ALONE, "modle Cnn for T {\n    Dense(3)\n}", "E0124", "modle", "`modle` begins nothing",
     "did you mean `model`?"),
    (ALONE, "Model Cnn { Dense(3) }", "E0124", "Model", "`Model` begins nothing",
     "did you mean `model`?"),
    (IN_TASK, "inptu x: float32[3]", "E0124", "inptu", "`inptu` begins nothing",
     "did you mean `input`?"),
    (ALONE, "network Cnn {\n    Dense(3)\n}", "E0124", "network", "`network` begins no declaration",
     "declarations begin with `task`, `model`, `block`, `train`, `let`, `from`, `layer`, "
     "`loss` or `metric`"),
    (ALONE, "Dense(3)\nDense(4)\n", "E0125", "Dense(3)",
     "a layer stands outside of every body, and 1 more below it",
     "put it into a `model Name { … }`"),
    (ALONE, "epochs = 3", "E0125", "epochs", "a setting stands outside of every body",
     "put it into a `train { … }`"),
    (IN_TASK, "Dense(3)", "E0126", "Dense(3)", "a layer cannot stand in a task",
     "a task holds `input`, `output` and `data = …`; layers stand in a model"),
    (IN_TRAIN, "Dense(3) -> ReLU", "E0126", "Dense(3)", "a layer cannot stand in `train`",
     "`train` holds settings such as `epochs = 12`, and phases: `phase name { … }`"),
    (IN_MODEL, "phase tune { epochs = 3 }", "E0126", "tune", "a phase cannot stand in a stack",
     "phases of training stand in `train { … }`"),
    (IN_MODEL, "x = Dense(3)", "E0127", "x", "`x = …` does not name a tensor",
     "write `Dense(3) as x`, or `let x = Dense(3)` for a constant"),
    (IN_MODEL, "Dense(units=3, relu)", "E0128", "relu",
     "an argument without a name stands behind one with a name",
     "put it before the named ones, or name it too"),
    (IN_TASK, "input x: shifted(a, b)", "E0129", "shifted(a, b)",
     "`shifted(a, b)` cannot be the type of an input",
     "a tensor's type is its dtype and shape without the batch axis: `float32[28, 28, 1]`"
     "; `shifted(output)` takes the name of one output"),
    (IN_TASK, "input x: [28, 28]", "E0129", "[", "a tensor's type begins with its dtype",
     "write for example `float32[28, 28, 1]`"),
    (ALONE, "block B(x: float32) { Dense(1) }", "E0129", "float32",
     "`float32` cannot be the type of a parameter",
     "a parameter is a value (`filters`, `rate=0.1`) or a tensor (`memory: tensor`)"),
    (IN_MODEL, "Dense(sum(x for x in y))", "E0130", "for", "a comprehension stands in `[ ]`",
     "write `sum([x for x in values])`"),
    (IN_MODEL, "model N {\n        Dense(1)\n    }", "E0131", "model",
     "a `model` cannot stand inside another declaration", "move it out of the `{ }` around it"),
    (IN_MODEL, "else {\n        Dense(2)\n    }", "E0132", "else", "this `else` belongs to no `if`",
     "values: `A if condition else B`; bodies: `if condition { … } else { … }`"),
    (IN_MODEL, "Dense 64", "E0133", "64", "the arguments of `Dense` must stand in parentheses",
     "write `Dense(64)`"),
    (IN_MODEL, "[Dense(1) as x, _] -> Add", "E0134", "as",
     "`as` can only stand at the end of a statement",
     "name the tensor in a statement before this one, or in a group: `{ Dense(8) as x }`"),
    (IN_MODEL, "Dense(1) as x -> ReLU", "E0134", "as",
     "`as` can only stand at the end of a statement",
     "end the statement here; the next line may begin with the name, `x -> …`"),
    (IN_MODEL, "Dense(64)(x)", "E0135", "(x)", "a layer is not called on a tensor",
     "write `x -> Dense(64)`"),
    (IN_MODEL, "Dense(3) -> head()", "E0135", "()", "`head` takes no arguments",
     "write `head`; what it is made of follows from the output"),
    (IN_MODEL, "Dense(3)\n    // 3 units", "E0109", "//", "`//` does not begin a comment",
     "a comment begins with `#`"),
    (IN_MODEL, "Dense(3) // units", "E0109", "//", "`//` does not begin a comment",
     "a comment begins with `#`"),
    (IN_MODEL, "input x: float32[3] // the input", "E0109", "//", "`//` does not begin a comment",
     "a comment begins with `#`"),
    (IN_MODEL, "input x: float32[3]\n    x -> Dense(3)\n      -> head // it's the end", "E0109", "//",
     "`//` does not begin a comment", "a comment begins with `#`"),
    (IN_TRAIN, "epochs = 3 // more than enough", "E0109", "//", "`//` does not begin a comment",
     "a comment begins with `#`"),
    (IN_MODEL, "Dense(\n        3 // units of it\n    )", "E0109", "//", "`//` does not begin a comment",
     "a comment begins with `#`"),
    (IN_MODEL, "Dense(3) /* units */", "E0109", "/*", "`/*` does not begin a comment",
     "a comment begins with `#` and ends with its line"),
    (IN_MODEL, "/** units\n     * of it\n     **/\n    Dense(3)", "E0109", "/*", "`/*` does not begin a comment",
     "a comment begins with `#` and ends with its line"),
    (IN_MODEL, "Dense(3 /* units */, use_bias=False)", "E0109", "/*", "`/*` does not begin a comment",
     "a comment begins with `#` and ends with its line"),
    (IN_MODEL, "/* don't */\n    Dense(3)\n    repeat 3 { ReLU }", "E0109", "/*", "`/*` does not begin a comment",
     "a comment begins with `#` and ends with its line"),
    (IN_MODEL, "/*=== # ===*/\n    Dense(3)", "E0109", "/*", "`/*` does not begin a comment",
     "a comment begins with `#` and ends with its line"),
    (IN_MODEL, "/*/ units\n    of it */\n    Dense(3)", "E0109", "/*", "`/*` does not begin a comment",
     "a comment begins with `#` and ends with its line"),
    (IN_MODEL, "Dense(3) -> ReLU /* that is all", "E0109", "/*", "`/*` does not begin a comment",
     "a comment begins with `#` and ends with its line"),
    (IN_MODEL, "if a: Dense(3)", "E0114", ":",
     "`:` does not begin a body", "a body stands in `{ }`"),
    (IN_MODEL, "if a: Dense(3)\n    else { Dense(4) }", "E0114", ":",
     "`:` does not begin a body", "a body stands in `{ }`"),
    (IN_MODEL, "if a: Dense(3)\n    else if b { Dense(4) }\n    Dense(2)", "E0114", ":",
     "`:` does not begin a body", "a body stands in `{ }`"),
    (IN_MODEL, "if a { Dense(3) } else: Dense(4)", "E0114", ":",
     "`:` does not begin a body", "a body stands in `{ }`"),
    (IN_MODEL, "if a { Dense(3) }\n    else: Dense(4)", "E0114", ":",
     "`:` does not begin a body", "a body stands in `{ }`"),
    (IN_MODEL, "if a { repeat 3: Dense(3) }", "E0114", ":",
     "`:` does not begin a body", "a body stands in `{ }`"),
    (IN_MODEL, "if a { Dense(3) } else Dense(4)", "E0116", "else Dense(4)",
     "a body is missing: there is no `{` behind `else`", None),
    (IN_MODEL, "if a: A if b else B", "E0114", ":", "`:` does not begin a body", "a body stands in `{ }`"),
    (ALONE, "train: epochs = 3", "E0114", ":", "`:` does not begin a body", "a body stands in `{ }`"),
    (ALONE, "model M: Dense(3) -> ReLU", "E0114", ":", "`:` does not begin a body", "a body stands in `{ }`"),
    (IN_TRAIN, "phase warm: epochs = 3", "E0114", ":", "`:` does not begin a body", "a body stands in `{ }`"),
    (IN_MODEL, "Dense(3) as (a, b)", "E0101", "(", "`(` does not fit behind `as`",
     "expected a name"),
    (ALONE, "block B(3) { Dense(1) }", "E0101", "3", "`3` does not fit behind `(`",
     "expected a name or `)`"),
    (IN_MODEL, "x[1:2:3:4]", "E0101", ":", "`:` does not fit behind `3`",
     "expected `,`, `->` or `]`"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("frame", "text", "code", "at", "message", "help"),
    CASES,
    ids=[f"{c[2]}-{c[1][:25]}" for c in CASES],
)
def test_message(frame: str, text: str, code: str, at: str, message: str, help: str | None) -> None:
    source = Source("x.arch", frame.format(text))
    problems = parse(source).diagnostics
    assert [(p.code, p.message) for p in problems] == [(code, message)]
    (problem,) = problems
    assert (source.slice(problem.span), problem.help) == (at, help)
    if problem.fixes:
        mended = apply(source.text, problem)
        assert [p.message for p in parse(Source("x.arch", mended)).diagnostics] == [], mended


@pytest.mark.parametrize(
    "text",
    [
        "model M {\n    Dense(8 // 2) -> Dense(a // b, name=c)\n}",
        "let a = 8 // 2 // b",
        "train {\n    epochs = a // b\n}",
        "model M {\n    A if a // 2 == 1 else B\n}",
        "model M {\n    repeat a // 2 { phase -> Dense(1) }\n    require params // 2 < 3\n}",
        "block B: [h, w] -> [h // 2, w // 2] {\n    Dense(1)\n}",
        "model M {\n    Dense(\n        8\n        // 2\n    )\n}",
        "model M {\n    Dense(\n        8 //\n        2\n    )\n}",
    ],
)
def test_what_divides_is_no_comment(text: str) -> None:
    assert parse(Source("x.arch", text)).diagnostics == ()


def test_every_body_on_its_line_has_its_error() -> None:
    source = Source("x.arch", IN_MODEL.format("if a: Dense(3) else: Dense(4)"))
    first, second = parse(source).diagnostics
    assert (first.code, second.code) == ("E0114", "E0114")
    assert "if a { Dense(3) } else: Dense(4)" in apply(source.text, first)
    assert "if a: Dense(3) else { Dense(4) }" in apply(source.text, second)


def test_a_block_comment_ends_at_its_end() -> None:
    """What stands between two, of which the first has an apostrophe, is read."""
    text = IN_MODEL.format("/* don't */\n    Dense(3 4)\n    /* end */")
    assert [p.code for p in parse(Source("x.arch", text)).diagnostics] == [
        "E0109",
        "E0104",
        "E0109",
    ]


def test_a_comment_behind_a_colon() -> None:
    """It is not taken for a body on the line of the `:`."""
    source = Source("x.arch", IN_MODEL.format("if a: // then\n        Dense(3)"))
    colon, comment = parse(source).diagnostics
    assert (colon.code, comment.code) == ("E0114", "E0109")
    assert colon.fixes == ()
    assert "if a: # then\n" in apply(source.text, comment)


def apply(text: str, problem: Diagnostic) -> str:
    for edit in sorted(problem.fixes[0].edits, key=lambda e: e.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@pytest.mark.parametrize("case", CASES, ids=[f"{c[2]}-{c[1][:25]}" for c in CASES])
def test_messages_are_written_as_the_style_asks(case: tuple[str, ...]) -> None:
    source = Source("x.arch", case[0].format(case[1]))
    for problem in parse(source).diagnostics:
        first = problem.message.lstrip("`")[0]
        assert problem.message[0] == "`" or first.islower() or problem.message.startswith("Python ")
        assert not problem.message.endswith(".")
        assert not (problem.help or "").endswith(".")
        assert "illegal" not in problem.message
        assert all(fix.title[0].isupper() for fix in problem.fixes)


def test_an_unclosed_bracket_says_where_it_should_have_been_closed() -> None:
    source = Source("x.arch", "model M {\n    Dense(64\n    Flatten\n}\n")
    (problem,) = parse(source).diagnostics
    assert problem.label == "opened here"
    assert [(source.slice(at.span), at.text) for at in problem.labels] == [
        ("Flatten", "`)` should stand before this")
    ]
