"""The errors of characters, words and brackets, which are found before a tree is built: one small function each."""

from __future__ import annotations

from collections.abc import Sequence

from archlang.diagnostics import Diagnostic, Edit, Fix, Label, error, replace
from archlang.source import Source, Span
from archlang.syntax.words import listed, short

UNCLOSED = "E0105"
UNKNOWN_CHARACTER = "E0109"
CONSEQUENCES = ("E0125", "E0127")
"""What a mistake in spelling may lead to on its line."""

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
        f"`{short(text)}` has letters that a name cannot have",
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
