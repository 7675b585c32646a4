"""The syntax errors: one small function for each way of going wrong."""

from __future__ import annotations

from collections.abc import Sequence

from archlang.diagnostics import Diagnostic, Edit, Fix, Label, error, replace
from archlang.source import Source, Span
from archlang.syntax.words import listed

UNCLOSED = "E0105"
UNKNOWN_CHARACTER = "E0109"
CONSEQUENCES = ("E0125", "E0127")
"""What a mistake in spelling may lead to on its line."""

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


def brace_on_next_line(header: Span, last: Span, brace: Span) -> Diagnostic:
    gap = Span(brace.path, last.end, brace.start)
    return error(
        "E0103",
        "`{` stands on a line of its own",
        brace,
        labels=(Label(Span(header.path, header.start, last.end), "belongs to this"),),
        help="put it at the end of the line before",
        fixes=(replace("Put `{` on the line before", gap, " "),),
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


def unclosed(
    source: Source, openers: Sequence[Span], brackets: Sequence[str], end: int, found: Span | None
) -> Diagnostic:
    """`openers` from the innermost out; `end` is where they should have been closed."""
    path = openers[0].path
    closers = ["}" if b == "{" else ")" if b == "(" else "]" for b in brackets]
    quoted = [f"`{b}`" for b in brackets]
    if len(openers) == 1:
        message = f"{quoted[0]} is never closed"
    elif len(openers) <= 4:
        message = f"{listed(quoted, 'and')} are never closed"
    else:
        message = f"{len(openers)} brackets are never closed"
    labels = [Label(span, "this one too") for span in openers[1:4]]
    if found is not None:
        labels.append(Label(found, f"`{closers[-1]}` should stand before this"))
    if brackets == ["{"]:
        line = source.line(source.position(openers[0].start).line)
        text = "\n" + line[: len(line) - len(line.lstrip())] + "}"
    else:
        text = "".join(closers)
    fixes = (
        (Fix(f"Insert `{text.strip()}`", (Edit(Span(path, end, end), text),)),)
        if len(openers) <= 4
        else ()
    )
    return error(
        UNCLOSED, message, openers[0], label="opened here", labels=tuple(labels), fixes=fixes
    )


def stray_closer(span: Span, text: str) -> Diagnostic:
    return error(
        "E0106",
        f"`{text}` closes nothing",
        span,
        label="nothing is open here that it could close",
        fixes=(replace(f"Remove `{text}`", span, ""),),
    )


def wrong_closer(span: Span, text: str, opener: Span, right: str) -> Diagnostic:
    return error(
        "E0107",
        f"`{text}` cannot close this bracket",
        span,
        label=f"`{right}` belongs here",
        labels=(Label(opener, "opened here"),),
        fixes=(replace(f"Replace it by `{right}`", span, right),),
    )


def unterminated_string(span: Span, quote: str) -> Diagnostic:
    return error(
        "E0108",
        "this string has no end",
        span,
        label=f"the closing `{quote}` is missing",
        help="strings end on the line on which they begin",
        fixes=(replace("Close the string", span.after, quote),),
    )


_CHARACTERS = {
    "@": "a spec has no decorators; to name a tensor, write `as name`",
    "$": "names are written without a sign; to name a tensor, write `as name`",
    "\\": "a line goes on inside `( )` and `[ ]`, and before or behind `->`, without one",
    "`": 'names are written without quotes, strings with `"`',
    "?": "a dimension of any length is `None`",
    "^": "powers are written `**`",
    "~": "to negate, write `not`",
    "&": "write `and`",
    "|": "write `or`; steps are joined with `->`",
    "…": "an ellipsis stands for nothing here; write out what it stands for",
    "–": "minus is written `-`",
    "—": "minus is written `-`",
    "−": "minus is written `-`",
    "×": "times is written `*`",
    "“": 'strings stand in straight quotes, `"`',
    "”": 'strings stand in straight quotes, `"`',
}


def unknown_characters(span: Span, text: str) -> Diagnostic:
    one = len(text) == 1
    if not text.isprintable() or text.isspace():
        codes = ", ".join(dict.fromkeys(f"U+{ord(c):04X}" for c in text[:3]))
        message = f"an invisible character ({codes})" if one else f"invisible characters ({codes})"
        fix = replace("Remove what cannot be seen", span, " ")
        return error(UNKNOWN_CHARACTER, message, span, help="remove it", fixes=(fix,))
    shown = text if len(text) <= 20 else text[:20] + "…"
    message = f"`{shown}` means nothing in a spec"
    return error(UNKNOWN_CHARACTER, message, span, help=_CHARACTERS.get(text[0]))


def semicolon(span: Span, at_end: bool) -> Diagnostic:
    title, text = ("Remove `;`", "") if at_end else ("Begin a new line", "\n")
    return error(
        UNKNOWN_CHARACTER,
        "`;` means nothing in a spec",
        span,
        help="a statement ends with its line",
        fixes=(replace(title, span, text),),
    )


def foreign_comment(span: Span) -> Diagnostic:
    return error(
        UNKNOWN_CHARACTER,
        "`//` does not begin a comment",
        span,
        help="a comment begins with `#`",
        fixes=(replace("Write `#`", span, "#"),),
    )


def foreign_block_comment(span: Span, closer: Span | None) -> Diagnostic:
    """`/* … */`; `closer` is where it ends, if nothing else follows on the line."""
    fixes: tuple[Fix, ...] = ()
    if closer is not None:
        fixes = (Fix("Write `#`", (Edit(span, "#"), Edit(closer, ""))),)
    return error(
        UNKNOWN_CHARACTER,
        "`/*` does not begin a comment",
        span,
        help="a comment begins with `#` and ends with its line",
        fixes=fixes,
    )


def word_not_ascii(span: Span, text: str) -> Diagnostic:
    return error(
        UNKNOWN_CHARACTER,
        f"`{_short(text)}` has letters that a name cannot have",
        span,
        help="names are made of the letters `a` to `z`, large and small, digits and `_`",
    )


def curly_quotes(span: Span, inner: str) -> Diagnostic:
    straight = f'"{inner}"'
    return error(
        "E0110",
        "curly quotes do not make a string",
        span,
        help=f"write {straight}",
        fixes=(replace("Use straight quotes", span, straight),),
    )


def triple_quotes(span: Span) -> Diagnostic:
    return error(
        "E0110",
        "a string cannot stand in three quotes",
        span,
        help='write `"…"`; what describes a declaration is a `#` comment above it',
    )


def string_prefix(span: Span, prefix: str) -> Diagnostic:
    return error(
        "E0110",
        f"a string cannot have the prefix `{prefix}`",
        span,
        help="remove it; a backslash is written `\\\\`",
        fixes=(replace("Remove the prefix", span, ""),),
    )


def foreign_operator(span: Span, text: str, right: str) -> Diagnostic:
    meaning = {"->": "steps are joined with `->`", "=": "values are set with `=`"}
    return error(
        "E0111",
        f"`{text}` is not an operator of a spec",
        span,
        label=f"write `{right}`",
        help=meaning.get(right, f"write `{right}`"),
        fixes=(replace(f"Replace it by `{right}`", span, f"{right} " if text == "!" else right),),
    )


def augmented_assignment(span: Span, text: str) -> Diagnostic:
    return error(
        "E0111",
        f"`{text}` is not an operator of a spec",
        span,
        help="constants never change; to add a tensor to another, write `[a, b] -> Add`",
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


def elif_word(span: Span) -> Diagnostic:
    return error(
        "E0113",
        "there is no `elif` in a spec",
        span,
        help="write `else if`",
        fixes=(replace("Write `else if`", span, "else if"),),
    )


def colon_for_brace(span: Span, end: Span | None = None) -> Diagnostic:
    """`end` is where the body ends, if it stands on the line of the `:`."""
    fixes: tuple[Fix, ...] = ()
    if end is not None:
        fixes = (Fix("Put the body into `{ }`", (Edit(span, " {"), Edit(end, " }"))),)
    return error(
        "E0114",
        "`:` does not begin a body",
        span,
        label="write `{`",
        help="a body stands in `{ }`"
        if end is not None
        else "a body stands in `{ }`; close it with a `}` on a line of its own",
        fixes=fixes,
    )


def foreign_constant(span: Span, text: str, right: str) -> Diagnostic:
    return error(
        "E0115",
        f"`{text}` is written `{right}`",
        span,
        help="the constants are Python's: `True`, `False` and `None`",
        fixes=(replace(f"Replace it by `{right}`", span, right),),
    )


def missing_body(header: Span, last: Span, insert: str | None) -> Diagnostic:
    """`insert` is what has to be put in, where no more than that is missing."""
    span = Span(header.path, header.start, last.end)
    return error(
        "E0116",
        "a body is missing: there is no `{` at the end of this line",
        span,
        label="`{` belongs behind this",
        fixes=(replace(f"Insert `{insert}`", last.after, f" {insert}"),) if insert else (),
    )


def bare_else(word: Span, first: Span, last: Span) -> Diagnostic:
    """`else Dense(4)`: what stands behind the `else`, from `first` to `last`, is meant as its body."""
    return error(
        "E0116",
        "a body is missing: there is no `{` behind `else`",
        Span(word.path, word.start, last.end),
        label="`{` belongs behind `else`",
        fixes=(
            Fix(
                "Put the body into `{ }`",
                (Edit(Span(first.path, first.start, first.start), "{ "), Edit(last.after, " }")),
            ),
        ),
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
        help=f"put it in parentheses: `({_short(text)})`",
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
    value = _short(value)
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
        f"`{_short(text)}` cannot be the type of {what}",
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
        help=f"write `{_short(text)}`",
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


def _short(text: str) -> str:
    """A piece of source for a message: one line of it, not too long."""
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39] + "…"
