"""The errors of statements and expressions: one small function for each way of going wrong. Those of characters, words and
brackets are in `token_errors`.
"""

from __future__ import annotations

from collections.abc import Sequence

from archlang.diagnostics import Diagnostic, Edit, Fix, Label, error, replace
from archlang.source import Span
from archlang.syntax.words import listed, short

PYTHON_STATEMENTS = {
    "while": "loops have a fixed number of rounds: `repeat 3 { … }` or `for x in [1, 2, 3] { … }`",
    "def": "a reusable piece of a stack is a block: `block Name(filters, rate=0.1) { … }`",
    "class": "a network is `model Name { … }`, a reusable piece of one `block Name(filters) { … }`",
    "lambda": "use `ops` (`x -> ops.mean(axis=1)`), or a `layer` from a Python module",
    "import": 'Keras is always there; from another spec: `from "blocks.arch" import Bottleneck`',
    "return": "a stack returns the tensor that it ends on; leave the word out",
    "with": "settings for training stand in `train { … }`; phases of it in `phase name { … }`",
    "try": "nothing fails while a spec is read; leave the word out",
    "pass": "an empty body is `{ }`",
    "del": "names end with the body that they stand in; leave the line out",
    "print": "`archc summary` prints what a model looks like",
    "assert": "a promise checked at compile time is `require params < 5_000_000`",
    "elif": "write `else if`",
    "const": "a constant is `let name = value`",
    "var": "a constant is `let name = value`",
    "fn": "a reusable piece of a stack is a block: `block Name(filters) { … }`",
}


def unexpected(span: Span, found: str, before: str | None, expected: Sequence[str]) -> Diagnostic:
    place = f" behind {before}" if before else " here"
    help = f"expected {listed(list(expected))}" if 0 < len(expected) <= 5 else None
    return error(
        "E0101", f"{found} does not fit{place}", span, label="did not expect this", help=help
    )


def two_statements(span: Span, gap: Span, indent: str) -> Diagnostic:
    return error(
        "E0102",
        "two statements on one line",
        span,
        label="a second statement begins here",
        help="begin a new line, or join steps of one flow with `->`",
        fixes=(replace("Begin a new line", gap, "\n" + indent),),
    )


def missing_comma(span: Span, gap: Span, found: str, fork: bool) -> Diagnostic:
    where = "between two branches of a fork" if fork else f"before {found}"
    return error(
        "E0104",
        f"a comma is missing {where}",
        span,
        label="a comma belongs before this",
        help="put a `,` behind every item" if fork else None,
        fixes=(replace("Insert a comma", gap, ","),),
    )


def string_prefix(span: Span, prefix: str) -> Diagnostic:
    return error(
        "E0110",
        f"a string cannot have the prefix `{prefix}`",
        span,
        help="remove it; a backslash is written `\\\\`",
        fixes=(replace("Remove the prefix", span, ""),),
    )


def equal_for_comparison(span: Span) -> Diagnostic:
    return error(
        "E0112",
        "`=` does not compare",
        span,
        label="write `==`",
        help="values are compared with `==`",
        fixes=(replace("Replace it by `==`", span, "=="),),
    )


def comparison_for_equal(span: Span) -> Diagnostic:
    return error(
        "E0112",
        "`==` does not set a value",
        span,
        label="write `=`",
        help="values are set with `=`",
        fixes=(replace("Replace it by `=`", span, "="),),
    )


def python_statement(span: Span, word: str) -> Diagnostic:
    return error("E0113", f"there is no `{word}` in a spec", span, help=PYTHON_STATEMENTS.get(word))


def python_import(span: Span, name: str) -> Diagnostic:
    return error(
        "E0113",
        "Python modules cannot be imported into a spec",
        span,
        help="everything in Keras is there already; a layer of your own is declared by "
        f'`layer Name(argument=1) from "{name}" -> same`',
    )


def reserved_word(span: Span, word: str) -> Diagnostic:
    return error(
        "E0117",
        f"`{word}` is a keyword and cannot be a name",
        span,
        label="choose another name",
        help=f"for example `{word.lower()}_` or a longer word",
    )


def _rename(places: Sequence[Span], name: str) -> tuple[Fix, ...]:
    return (Fix(f"Rename it to `{name}`", tuple(Edit(place, name) for place in places)),)


def needs_capital(places: Sequence[Span], what: str, name: str) -> Diagnostic:
    """`places` are those of the name, the one at fault first."""
    words = [word for word in name.split("_") if word]
    better = "".join(word[0].upper() + word[1:] for word in words)
    if not better or not better[0].isalpha():
        better = what.capitalize() + better
    return error(
        "E0118",
        f"the name of a {what} begins with a capital",
        places[0],
        help=f"write `{better}`",
        fixes=_rename(places, better),
    )


def needs_small_letter(places: Sequence[Span], what: str, name: str) -> Diagnostic:
    better = name.lower() if name.isupper() else name[0].lower() + name[1:]
    article = "an" if what[0] in "aeiou" else "a"
    return error(
        "E0118",
        f"the name of {article} {what} begins with a small letter",
        places[0],
        help=f"write `{better}`; a capital means a layer, block, task or model",
        fixes=_rename(places, better),
    )


def incomplete(span: Span, before: str, expected: Sequence[str]) -> Diagnostic:
    """Something must follow `before`, and does not."""
    needs = listed(list(expected[:4]))
    return error(
        "E0119", f"{before} needs {needs} behind it", span, label="something is missing behind this"
    )


def missing_word(span: Span, gap: Span, word: str, before: str, found: str) -> Diagnostic:
    text = word.strip("`")
    insert = f"{text} " if text == ":" else f" {text}"
    return error(
        "E0119",
        f"{word} is missing between {before} and {found}",
        span,
        label=f"{word} belongs before this",
        fixes=(
            replace(f"Insert {word}", Span(gap.path, gap.start, span.start), f"{insert.rstrip()} "),
        ),
    )


def wrong_word(span: Span, found: str, right: str) -> Diagnostic:
    return error(
        "E0119",
        f"`{found}` stands where `{right}` belongs",
        span,
        fixes=(replace(f"Replace it by `{right}`", span, right),),
    )


def missing_type(span: Span, name: str) -> Diagnostic:
    return error(
        "E0119",
        f"`{name}` needs a type",
        span,
        help=f"write its dtype and its shape without the batch axis: `{name}: float32[28, 28, 1]`",
    )


def missing_count(span: Span, word: str) -> Diagnostic:
    what = "a number of rounds" if word == "repeat" else "a condition"
    return error(
        "E0119", f"`{word}` needs {what} behind it", span, label="something is missing behind this"
    )


def choice_without_else(span: Span) -> Diagnostic:
    return error(
        "E0119",
        "a choice needs an `else`",
        span,
        help="write `A if condition else B`; `_` passes on what flows in",
    )


def bare_choice(span: Span, text: str) -> Diagnostic:
    ends = (Span(span.path, span.start, span.start), span.after)
    return error(
        "E0120",
        "a choice in a flow must stand in parentheses",
        span,
        label="can be read in two ways",
        help=f"put it in parentheses: `({short(text)})`",
        fixes=(Fix("Put the choice in parentheses", (Edit(ends[0], "("), Edit(ends[1], ")"))),),
    )


def too_deep(span: Span, most: int) -> Diagnostic:
    return error(
        "E0121",
        f"this is nested more than {most} levels deep",
        span,
        help="take parts of it out: into a `block`, or a constant with `let`",
    )


def bad_number(span: Span, text: str) -> Diagnostic:
    if len(text) > 30:
        return error("E0122", "this number is too large", span)
    stripped = text.lstrip("0")
    help = f"write `{stripped}`" if stripped.isdigit() else None
    if help is None and text.rstrip("jJ") != text:
        help = "there are no complex numbers in a spec"
    return error("E0122", f"`{text}` is not a number", span, help=help)


def bad_escape(span: Span, text: str) -> Diagnostic:
    return error(
        "E0123",
        f"`{text}` means nothing in a string",
        span,
        help=f"for a backslash, write `\\{text}`",
        fixes=(replace("Double the backslash", span, "\\" + text),),
    )


def misspelt_keyword(span: Span, word: str, best: str) -> Diagnostic:
    return error(
        "E0124",
        f"`{word}` begins nothing",
        span,
        help=f"did you mean `{best}`?",
        fixes=(replace(f"Replace it by `{best}`", span, best),),
    )


def unknown_declaration(span: Span, word: str) -> Diagnostic:
    return error(
        "E0124",
        f"`{word}` begins no declaration",
        span,
        help="declarations begin with `task`, `model`, `block`, `train`, `let`, `from`, `layer`, "
        "`loss` or `metric`",
    )


def outside(span: Span, what: str, count: int) -> Diagnostic:
    more = f", and {count - 1} more below it" if count > 1 else ""
    help = (
        "put it into a `train { … }`" if what == "a setting" else "put it into a `model Name { … }`"
    )
    if what in ("an input", "an output"):
        help = "put it into a `task Name { … }`, or directly into a model"
    return error("E0125", f"{what} stands outside of every body{more}", span, help=help)


def not_in_a_task(span: Span, what: str) -> Diagnostic:
    return error(
        "E0126",
        f"{what} cannot stand in a task",
        span,
        help="a task holds `input`, `output` and `data = …`; layers stand in a model",
    )


def not_in_train(span: Span, what: str, where: str) -> Diagnostic:
    if where == "train":
        where = "`train`"
        help = "`train` holds settings such as `epochs = 12`, and phases: `phase name { … }`"
    else:
        help = "a phase holds settings such as `epochs = 12`; phases stand side by side in `train`"
    return error("E0126", f"{what} cannot stand in {where}", span, help=help)


def not_in_a_stack(span: Span, what: str) -> Diagnostic:
    return error(
        "E0126",
        f"{what} cannot stand in a stack",
        span,
        help="phases of training stand in `train { … }`",
    )


def assignment(span: Span, value_span: Span, name: str, value: str) -> Diagnostic:
    value = short(value)
    whole = Span(span.path, span.start, value_span.start)
    return error(
        "E0127",
        f"`{name} = …` does not name a tensor",
        span,
        help=f"write `{value} as {name}`, or `let {name} = {value}` for a constant",
        fixes=(
            Fix(f"Write `… as {name}`", (Edit(whole, ""), Edit(value_span.after, f" as {name}"))),
        ),
    )


def positional_after_keyword(span: Span, keyword: Span, name: str) -> Diagnostic:
    return error(
        "E0128",
        "an argument without a name stands behind one with a name",
        span,
        labels=(Label(keyword, f"`{name}` is named here"),),
        help="put it before the named ones, or name it too",
    )


def bad_tensor_type(span: Span, text: str, what: str) -> Diagnostic:
    shifted = (
        "; `shifted(output)` takes the name of one output" if text.startswith("shifted") else ""
    )
    return error(
        "E0129",
        f"`{short(text)}` cannot be the type of {what}",
        span,
        help="a tensor's type is its dtype and shape without the batch axis: `float32[28, 28, 1]`"
        + shifted,
    )


def type_without_dtype(span: Span) -> Diagnostic:
    before = Span(span.path, span.start, span.start)
    return error(
        "E0129",
        "a tensor's type begins with its dtype",
        span,
        label="a dtype belongs before this",
        help="write for example `float32[28, 28, 1]`",
        fixes=(replace("Insert `float32`", before, "float32"),),
    )


def bad_parameter_type(span: Span, text: str) -> Diagnostic:
    return error(
        "E0129",
        f"`{text}` cannot be the type of a parameter",
        span,
        help="a parameter is a value (`filters`, `rate=0.1`) or a tensor (`memory: tensor`)",
    )


def comprehension_in_call(span: Span) -> Diagnostic:
    return error(
        "E0130",
        "a comprehension stands in `[ ]`",
        span,
        help="write `sum([x for x in values])`",
    )


def nested_declaration(span: Span, word: str) -> Diagnostic:
    return error(
        "E0131",
        f"a `{word}` cannot stand inside another declaration",
        span,
        help="move it out of the `{ }` around it",
    )


def else_alone(span: Span) -> Diagnostic:
    return error(
        "E0132",
        "this `else` belongs to no `if`",
        span,
        help="values: `A if condition else B`; bodies: `if condition { … } else { … }`",
    )


def bare_arguments(span: Span, callee: str, argument: str) -> Diagnostic:
    return error(
        "E0133",
        f"the arguments of `{callee}` must stand in parentheses",
        span,
        help=f"write `{callee}({argument})`",
    )


def as_inside_a_flow(span: Span) -> Diagnostic:
    return error(
        "E0134",
        "`as` can only stand at the end of a statement",
        span,
        label="the statement goes on behind this",
        help="end the statement here; the next line may begin with the name, `x -> …`",
    )


def as_in_a_list(span: Span) -> Diagnostic:
    return error(
        "E0134",
        "`as` can only stand at the end of a statement",
        span,
        help="name the tensor in a statement before this one, or in a group: `{ Dense(8) as x }`",
    )


def call_of_a_layer(span: Span, statement: Span, text: str) -> Diagnostic:
    return error(
        "E0135",
        "a layer is not called on a tensor",
        span,
        label="tensors flow into layers",
        help=f"write `{short(text)}`",
        fixes=(replace("Let the tensor flow in", statement, text),),
    )


def called_head(span: Span, name: str) -> Diagnostic:
    """`head()` and `head(label)`; `span` is that of the parentheses."""
    right = f"head {name}" if name else "head"
    return error(
        "E0135",
        "`head` takes no arguments",
        span,
        label="`head` is not called",
        help=f"write `{right}`; what it is made of follows from the output",
        fixes=(replace(f"Write `{right}`", span, f" {name}" if name else ""),),
    )
