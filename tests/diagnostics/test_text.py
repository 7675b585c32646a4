"""The text renderer: each case is a spec and the whole output that it gives."""

from __future__ import annotations

from textwrap import dedent

import pytest

from archlang.diagnostics import Diagnostic, Edit, Fix, Label, error, replace, warning
from archlang.diagnostics.text import count, render
from archlang.source import Source, Span

PATH = "specs/x.arch"


def source(text: str, path: str = PATH) -> Source:
    return Source(path, dedent(text).lstrip("\n"))


def at(where: Source, text: str, nth: int = 1) -> Span:
    """The span of the nth occurrence of a text."""
    start = -1
    for _ in range(nth):
        start = where.text.index(text, start + 1)
    return Span(where.path, start, start + len(text))


def shown(*diagnostics: Diagnostic, sources: tuple[Source, ...], colour: bool = False) -> str:
    return render(diagnostics, {s.path: s for s in sources}, colour=colour)


def expect(text: str) -> str:
    return dedent(text).lstrip("\n")


def test_the_sample_of_the_style_guide() -> None:
    spec = source(
        """
        block Bottleneck(filters, strides=1) {
            [
                ConvBn(filters, 1, strides) -> ReLU -> ConvBn(4 * filters, 1),
                _,
            ] -> Add -> ReLU
        }
        """
    )
    text = "\n" * 9 + spec.text
    spec = Source("specs/resnet.arch", text)
    problem = error(
        "E0312",
        "`Add` needs inputs of one shape, but its branches end in different ones",
        at(spec, "Add"),
        label="cannot add [28, 28, 512] and [56, 56, 256]",
        labels=(
            Label(at(spec, "ConvBn(4 * filters, 1)"), "[28, 28, 512]"),
            Label(at(spec, "_"), "[56, 56, 256] here"),
        ),
        notes=("in `Bottleneck(128, strides=2)`, from line 31, second round of the loop",),
        help="bring the second branch to the first one's shape",
        fixes=(replace("Project the branch", at(spec, "_"), "Conv2D(512, 1, strides=2)"),),
    )
    assert shown(problem, sources=(spec,)) == expect(
        """
        error[E0312]: `Add` needs inputs of one shape, but its branches end in different ones
          --> specs/resnet.arch:14:10
           |
        12 |         ConvBn(filters, 1, strides) -> ReLU -> ConvBn(4 * filters, 1),
           |                                                ---------------------- [28, 28, 512]
        13 |         _,
           |         - [56, 56, 256] here
        14 |     ] -> Add -> ReLU
           |          ^^^ cannot add [28, 28, 512] and [56, 56, 256]
           |
           = in `Bottleneck(128, strides=2)`, from line 31, second round of the loop
        help: bring the second branch to the first one's shape
           |
        13 |         Conv2D(512, 1, strides=2),
           |         +++++++++++++++++++++++++

        1 error in specs/resnet.arch
        """
    )


def test_nothing_for_none() -> None:
    assert render((), {}) == ""


def test_far_lines_are_parted_and_one_line_between_is_shown() -> None:
    spec = source("let a = 1\nlet b = 2\nlet c = 3\nlet d = 4\nlet e = 5\nlet f = 6\n")
    problem = error(
        "E0100",
        "no",
        at(spec, "c"),
        labels=(Label(at(spec, "a"), "first"), Label(at(spec, "f"), "last")),
    )
    assert shown(problem, sources=(spec,)) == expect(
        """
        error[E0100]: no
         --> specs/x.arch:3:5
          |
        1 | let a = 1
          |     - first
        2 | let b = 2
        3 | let c = 3
          |     ^
        ...
        6 | let f = 6
          |     - last

        1 error in specs/x.arch
        """
    )


def test_several_on_one_line() -> None:
    spec = source("width + depth * rate\n")
    problem = error(
        "E0200",
        "no",
        at(spec, "depth"),
        label="a list",
        labels=(
            Label(at(spec, "width"), "an int"),
            Label(at(spec, "rate"), "a float"),
            Label(at(spec, "+"), ""),
        ),
    )
    assert shown(problem, sources=(spec,)) == expect(
        """
        error[E0200]: no
         --> specs/x.arch:1:9
          |
        1 | width + depth * rate
          | ----- - ^^^^^   ---- a float
          | |       |
          | |       a list
          | an int

        1 error in specs/x.arch
        """
    )


def test_the_main_mark_lies_over_a_label_and_inside_another() -> None:
    spec = source("Dense(units)\n")
    problem = error(
        "E0200",
        "no",
        at(spec, "units"),
        label="here",
        labels=(Label(at(spec, "Dense(units)"), "in this"), Label(at(spec, "units"), "again")),
    )
    assert shown(problem, sources=(spec,)) == expect(
        """
        error[E0200]: no
         --> specs/x.arch:1:7
          |
        1 | Dense(units)
          | ------^^^^^-
          | |     |
          | |     here
          | |     again
          | in this

        1 error in specs/x.arch
        """
    )


def test_a_span_of_several_lines_from_the_middle_of_a_line() -> None:
    spec = source(
        """
        model M {
            x -> [
                Dense(1),
            ] -> Add
        }
        """
    )
    span = at(spec, "[").to(at(spec, "]"))
    assert shown(error("E0300", "no", span, label="this fork"), sources=(spec,)) == expect(
        """
        error[E0300]: no
         --> specs/x.arch:2:10
          |
        2 |       x -> [
          |  __________^
        3 | |         Dense(1),
        4 | |     ] -> Add
          | |_____^ this fork

        1 error in specs/x.arch
        """
    )


def test_a_long_span_from_the_first_word_of_a_line() -> None:
    spec = Source(PATH, "model M {\n" + "    Dense(1)\n" * 9 + "}\n")
    span = Span(PATH, 0, len(spec.text))
    labels = (Label(at(spec, "Dense", 2), "and this"),)
    problem = error("E0300", "no", span, label="this", labels=labels)
    assert shown(problem, sources=(spec,)) == expect(
        """
        error[E0300]: no
          --> specs/x.arch:1:1
           |
         1 | / model M {
         2 | |     Dense(1)
         3 | |     Dense(1)
           | |     ----- and this
        ...  |
        10 | |     Dense(1)
        11 | | }
           | |_^ this

        1 error in specs/x.arch
        """
    )


def test_two_spans_of_several_lines() -> None:
    spec = source("a {\n  b {\n    c\n  }\n}\n")
    outer = Span(PATH, 0, len(spec.text) - 1)
    inner = Span(PATH, spec.text.index("b"), spec.text.index("}") + 1)
    problem = error("E0300", "no", outer, label="outer", labels=(Label(inner, "inner"),))
    assert shown(problem, sources=(spec,)) == expect(
        """
        error[E0300]: no
         --> specs/x.arch:1:1
          |
        1 | /   a {
        2 | | /   b {
        3 | | |     c
        4 | | |   }
          | | |___- inner
        5 | |   }
          | |___^ outer

        1 error in specs/x.arch
        """
    )


def test_tabs_wide_and_combining_characters() -> None:
    spec = Source(PATH, '\tlet 模型 = "e\u0301", wrong\n')
    problem = error(
        "E0100", "no", at(spec, "wrong"), labels=(Label(at(spec, "模型"), "two letters"),)
    )
    assert shown(problem, sources=(spec,)) == (
        "error[E0100]: no\n"
        " --> specs/x.arch:1:17\n"
        "  |\n"
        '1 |     let 模型 = "e\u0301", wrong\n'
        "  |         ----        ^^^^^\n"
        "  |         |\n"
        "  |         two letters\n"
        "\n"
        "1 error in specs/x.arch\n"
    )


def test_controls_do_not_reach_the_terminal() -> None:
    spec = Source("a\x1b.arch", 'x = "\x1b[31m\u202e" + \x07y\n')
    problem = error(
        "E0100",
        "bad \x1b[0m",
        at(spec, "y"),
        label="l\x1b",
        notes=("n\x9b\nmore",),
        help="h\x00",
        fixes=(replace("t", at(spec, "y"), "\x1b"),),
    )
    assert shown(problem, sources=(spec,)) == (
        "error[E0100]: bad \\x1b[0m\n"
        " --> a\\x1b.arch:1:17\n"
        "  |\n"
        '1 | x = "\\x1b[31m\\u202e" + \\x07y\n'
        "  |                            ^ l\\x1b\n"
        "  |\n"
        "  = n\\x9b\n"
        "    more\n"
        "help: h\\x00\n"
        "  |\n"
        '1 | x = "\\x1b[31m\\u202e" + \\x07\\x1b\n'
        "  |                            ~~~~\n"
        "\n"
        "1 error in a\\x1b.arch\n"
    )


def test_long_lines_are_cropped_around_the_marks() -> None:
    spec = Source(PATH, "a" * 500 + "HERE" + "b" * 500 + "\n")
    text = shown(error("E0100", "no", at(spec, "HERE"), label="this"), sources=(spec,))
    code, marks = text.splitlines()[3:5]
    assert len(code) < 140
    assert code.startswith("1 | …aaa")
    assert code.endswith("bbb…")
    assert code.index("HERE") == marks.index("^^^^ this")


def test_a_long_mark_is_cropped_too() -> None:
    spec = Source(PATH, "x = " + "模" * 500 + "\n")
    text = shown(error("E0100", "no", at(spec, "模" * 500), label="this"), sources=(spec,))
    code, marks = text.splitlines()[3:5]
    assert code.startswith("1 | x = 模")
    assert code.endswith("模…")
    assert marks == "  |     " + "^" * 116 + " this"


def test_empty_spans_and_the_end_of_the_file() -> None:
    spec = source("model M {\n    Dense(1)\n")
    end = Span(PATH, len(spec.text), len(spec.text))
    assert shown(error("E0101", "missing `}`", end, label="here"), sources=(spec,)) == expect(
        """
        error[E0101]: missing `}`
         --> specs/x.arch:3:1
          |
        2 |     Dense(1)
        3 |
          | ^ here

        1 error in specs/x.arch
        """
    )


@pytest.mark.parametrize("text", ["", "\n", "x", "x\r\ny\r\n", "\n\n\n\n"])
def test_every_span_of_a_small_text_can_be_shown(text: str) -> None:
    spec = Source(PATH, text)
    for start in range(len(text) + 2):
        for end in range(start, len(text) + 3):
            output = shown(error("E0101", "no", Span(PATH, start, end), label="l"), sources=(spec,))
            assert "^ l" in output
            assert "\r" not in output


def test_other_files() -> None:
    spec = source('from "b.arch" import B\n', "a.arch")
    other = source("let x = 1\nblock B { }\n", "b.arch")
    problem = error(
        "E0400",
        "no",
        at(spec, "B"),
        label="used here",
        labels=(Label(at(other, "B"), "declared here"), Label(Span("lost.arch", 3, 4), "?")),
    )
    assert shown(problem, sources=(spec, other)) == expect(
        """
        error[E0400]: no
         --> a.arch:1:22
          |
        1 | from "b.arch" import B
          |                      ^ used here
         ::: b.arch:2:7
          |
        2 | block B { }
          |       - declared here
         ::: lost.arch

        1 error in a.arch
        """
    )


def test_a_source_that_is_not_there() -> None:
    assert shown(error("E0400", "no", Span("gone.arch", 0, 0)), sources=()) == expect(
        """
        error[E0400]: no
         --> gone.arch

        1 error in gone.arch
        """
    )


def test_fixes_replace_insert_and_remove() -> None:
    spec = source("Dnese(10)\nDense(1), \n")
    problem = error(
        "E0201",
        "no layer `Dnese`",
        at(spec, "Dnese"),
        help="did you mean `Dense`?",
        fixes=(
            replace("Write `Dense`", at(spec, "Dnese"), "Dense"),
            replace("Flatten first", Span(PATH, 0, 0), "Flatten -> "),
            replace("Remove the comma", at(spec, ","), ""),
            replace("Add two lines", Span(PATH, 9, 9), "\n    A\n    B"),
        ),
    )
    assert shown(problem, sources=(spec,)) == expect(
        """
        error[E0201]: no layer `Dnese`
         --> specs/x.arch:1:1
          |
        1 | Dnese(10)
          | ^^^^^
        help: did you mean `Dense`?
          |
        1 | Dense(10)
          | ~~~~~
        help: or flatten first
          |
        1 | Flatten -> Dnese(10)
          | ++++++++++
        help: or remove the comma
          |
        2 | Dense(1),
          |         -
        help: or add two lines
          |
        2 |     A
          |     +
        3 |     B
          |     +

        1 error in specs/x.arch
        """
    )


def test_a_fix_of_several_edits_without_a_help() -> None:
    spec = source("a(1)\nb\nc\nd(2)\n")
    fix = Fix("Swap them", (Edit(at(spec, "2"), "1"), Edit(at(spec, "1"), "20")))
    assert shown(error("E0201", "no", at(spec, "b"), fixes=(fix,)), sources=(spec,)) == expect(
        """
        error[E0201]: no
         --> specs/x.arch:2:1
          |
        2 | b
          | ^
        help: Swap them
          |
        1 | a(20)
          |   ~~
        ...
        4 | d(1)
          |   ~

        1 error in specs/x.arch
        """
    )


def test_a_fix_of_white_space_shows_what_it_moves() -> None:
    spec = source("a b\nmodel M\n{ c\n")
    line = replace("Begin a new line", Span(PATH, 1, 2), "\n    ")
    brace = replace("Put it above", Span(PATH, 11, 12), " ")
    problems = [error("E0102", "two", at(spec, "b"), fixes=(line,)), error("E0103", "low", at(spec, "{"), fixes=(brace,))]  # fmt: skip
    assert shown(*problems, sources=(spec,)) == expect(
        """
        error[E0102]: two
         --> specs/x.arch:1:3
          |
        1 | a b
          |   ^
        help: Begin a new line
          |
        2 |     b
          |     ~

        error[E0103]: low
         --> specs/x.arch:3:1
          |
        3 | { c
          | ^
        help: Put it above
          |
        2 | model M { c
          |         ~

        2 errors in specs/x.arch
        """
    )


def test_order_and_summary() -> None:
    first, second = source("a b\n", "z.arch"), source("c\n", "a.arch")
    told = [
        warning("W0001", "w1", at(first, "a")),
        error("E0003", "e3", at(second, "c")),
        error("E0002", "e2", at(first, "b")),
        error("E0001", "e1", at(first, "a")),
    ]
    text = shown(*told, sources=(first, second))
    heads = [line for line in text.splitlines() if "[" in line]
    assert [head[-2:] for head in heads] == ["e1", "w1", "e2", "e3"]
    assert text.endswith("\n3 errors, 1 warning in 2 files\n")
    assert count(told) == "3 errors, 1 warning"


def test_colour_only_if_asked() -> None:
    spec = source("Dnese(10)\n")
    problem = error("E0201", "no", at(spec, "Dnese"), label="l", help="h")
    assert "\x1b" not in shown(problem, sources=(spec,))
    coloured = shown(problem, sources=(spec,), colour=True)
    assert "\x1b[31m\x1b[1merror[E0201]\x1b[0m" in coloured
    assert "\x1b[31m\x1b[1m^^^^^ l\x1b[0m" in coloured
    assert "\x1b[36m\x1b[1mhelp\x1b[0m" in coloured
    told = shown(warning("W0001", "w", at(spec, "Dnese")), sources=(spec,), colour=True)
    assert "\x1b[33m\x1b[1mwarning[W0001]\x1b[0m" in told
