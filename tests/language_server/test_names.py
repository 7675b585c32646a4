"""Definition, references and highlights: the places of the name under the cursor, marked in the source."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from archlang.language_server.features.names import (
    definition,
    highlights,
    name_at,
    references,
    word_at,
)
from archlang.language_server.features.rename import CannotRename, rename
from archlang.source import Span
from tests.language_server.specs import SPECS, cut_up, opened

BASE = """\
task Sizes {
    input petal: float32[steps, 4]
    input sepal: int32[steps]
    output kind: classification(3)
    output again: reconstruction(of=petal)
    data = csv("f.csv", petal=["a", "b"], kind="species")
}

let width = 16

block Unit(width, rate=0.1) {
    Dense(width) -> Dropout(rate) as x
    x -> Dense(width) as x
    x
}

model Net for Sizes {
    let skips = []
    shared encode = Dense(width)
    for i in range(3) {
        petal -> Unit(width, rate=0.1 * i) as skips[]
    }
    skips -> Add -> encode -> Dense(8, name=bottom) as kind
    kind -> ops.mean(axis=1) -> head again
    sepal -> Embedding(8, 3) as kinds
}

model Wide = Net

train Net {
    validation = csv("g.csv", kind="species")

    phase fine {
        unfreeze = [bottom, encode]
    }
}
"""


def places(text: str, spans: list[Span]) -> str:
    """The lines in which spans stand, each with its line number, the spans in angle brackets."""
    shown: list[str] = []
    for number, line in enumerate(text.splitlines(keepends=True)):
        start = sum(map(len, text.splitlines(keepends=True)[:number]))
        inside = [s for s in spans if start <= s.start < start + len(line)]
        for span in sorted(inside, key=lambda s: s.start, reverse=True):
            a, b = span.start - start, span.end - start
            line = f"{line[:a]}<{line[a:b]}>{line[b:]}"
        if inside:
            shown.append(line.strip())
    return "\n".join(shown)


def at(word: str, count: int = 0) -> int:
    """The offset of an occurrence of a piece of BASE."""
    offset = -1
    for _ in range(count + 1):
        offset = BASE.index(word, offset + 1)
    return offset


def all_of(offset: int) -> str:
    project, analysis = opened(BASE)
    return places(BASE, references(project, analysis, offset))


def test_an_input_with_its_columns_and_uses() -> None:
    expected = """\
input <petal>: float32[steps, 4]
output again: reconstruction(of=<petal>)
data = csv("f.csv", <petal>=["a", "b"], kind="species")
<petal> -> Unit(width, rate=0.1 * i) as skips[]"""
    for word in ("petal:", "petal)", "petal=", "petal ->"):
        assert all_of(at(word)) == expected


def test_an_output_that_as_binds_and_that_is_read_again() -> None:
    assert (
        all_of(at("kind:"))
        == """\
output <kind>: classification(3)
data = csv("f.csv", petal=["a", "b"], <kind>="species")
skips -> Add -> encode -> Dense(8, name=bottom) as <kind>
<kind> -> ops.mean(axis=1) -> head again
validation = csv("g.csv", <kind>="species")"""
    )


def test_the_head_of_an_output() -> None:
    assert (
        all_of(at("head again") + 6)
        == """\
output <again>: reconstruction(of=petal)
kind -> ops.mean(axis=1) -> head <again>"""
    )


def test_a_constant_is_not_the_parameter_of_its_name() -> None:
    assert (
        all_of(at("width = 16"))
        == """\
let <width> = 16
shared encode = Dense(<width>)
petal -> Unit(<width>, rate=0.1 * i) as skips[]"""
    )
    assert (
        all_of(at("width, rate=0.1)"))
        == """\
block Unit(<width>, rate=0.1) {
Dense(<width>) -> Dropout(rate) as x
x -> Dense(<width>) as x"""
    )


def test_a_parameter_with_the_keywords_of_its_uses() -> None:
    assert (
        all_of(at("rate)"))
        == """\
block Unit(width, <rate>=0.1) {
Dense(width) -> Dropout(<rate>) as x
petal -> Unit(width, <rate>=0.1 * i) as skips[]"""
    )


def test_a_tensor_that_is_bound_again() -> None:
    _, analysis = opened(BASE)
    found = highlights(analysis, at("x\n}"))
    assert (
        places(BASE, [span for span, _ in found])
        == """\
Dense(width) -> Dropout(rate) as <x>
<x> -> Dense(width) as <x>
<x>"""
    )
    assert [writes for _, writes in found] == [True, False, True, False]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("skips ->", "let <skips> = []\npetal -> Unit(width, rate=0.1 * i) as <skips>[]\n<skips> -> Add -> encode -> Dense(8, name=bottom) as kind"),
        ("i in", "for <i> in range(3) {\npetal -> Unit(width, rate=0.1 * <i>) as skips[]"),
        ("bottom,", "skips -> Add -> encode -> Dense(8, name=<bottom>) as kind\nunfreeze = [<bottom>, encode]"),
        ("encode]", "shared <encode> = Dense(width)\nskips -> Add -> <encode> -> Dense(8, name=bottom) as kind\nunfreeze = [bottom, <encode>]"),
        ("steps]", "input petal: float32[<steps>, 4]\ninput sepal: int32[<steps>]"),
        ("steps,", "input petal: float32[<steps>, 4]\ninput sepal: int32[<steps>]"),
        ("fine {", "phase <fine> {"),
        ("Net\n", "model <Net> for Sizes {\nmodel Wide = <Net>\ntrain <Net> {"),
        ("Sizes {", "task <Sizes> {\nmodel Net for <Sizes> {"),
        ("Unit(", "block <Unit>(width, rate=0.1) {\npetal -> <Unit>(width, rate=0.1 * i) as skips[]"),
        ("Dropout", ""),
        ("mean", ""),
    ],
)  # fmt: skip
def test_all_kinds_of_names(word: str, expected: str) -> None:
    assert all_of(at(word)) == expected


# ---------------------------------------------------------------------------------------- several files

BLOCKS = "block Unit(rate=0.1) {\n    Dropout(rate)\n}\n"
USER = """\
from "blocks.arch" import Unit

model M {
    input x: float32[4]
    Unit(rate=0.5) -> Dense(2)
}
"""


def test_a_definition_in_another_file() -> None:
    _, analysis = opened(USER, blocks=BLOCKS)
    for word in ("Unit\n", "Unit("):
        assert definition(analysis, USER.index(word)) == (
            Span("/work/spec.arch", USER.index(word), USER.index(word) + 4),
            Span("/work/blocks.arch", 6, 10),
        )
    found = definition(analysis, USER.index("rate"))
    assert found is not None
    assert found[1] == Span("/work/blocks.arch", 11, 15)


def test_the_path_of_an_import_leads_to_the_file() -> None:
    _, analysis = opened(USER, blocks=BLOCKS)
    start = USER.index('"')
    found = definition(analysis, start + 3)
    assert found == (Span("/work/spec.arch", start, start + 13), Span("/work/blocks.arch", 0, 0))


def test_the_library_and_keras() -> None:
    text = USER.replace("blocks.arch", "std/unet.arch").replace("Unit(rate=0.5)", "Unit")
    text = text.replace("Unit", "DoubleConv")
    _, analysis = opened(text)
    found = definition(analysis, text.index("DoubleConv"))
    assert found is not None
    assert found[1].path == "std/unet.arch"
    assert definition(analysis, text.index("Dense")) is None


def test_references_in_files_that_import_this_one() -> None:
    project, analysis = opened(BLOCKS, "/work/blocks.arch", user=USER)
    for word in ("Unit", "rate"):
        found = references(project, analysis, BLOCKS.index(word))
        user = [span for span in found if span.path == "/work/user.arch"]
        assert [USER[s.start : s.end] for s in user] == [word] * USER.count(word)
        here = [span for span in found if span.path == "/work/blocks.arch"]
        assert [BLOCKS[s.start : s.end] for s in here] == [word] * BLOCKS.count(word)
        without = references(project, analysis, BLOCKS.index(word), declaration=False)
        assert len(without) == len(found) - 1


def test_a_layer_that_is_unfrozen_by_the_name_keras_gives_it() -> None:
    text = """\
task T {
    input x: float32[4]
    output y: regression
}

model M for T {
    frozen { Dense(3) -> Dense(5) }
    head
}

train {
    phase fine {
        unfreeze = [dense_2]
    }
}
"""
    _, analysis = opened(text)
    found = definition(analysis, text.index("dense_2"))
    assert found is not None
    assert text[found[1].start : found[1].end] == "Dense(5)"


# ---------------------------------------------------------------------------------------- names that stand nowhere


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_place_of_a_name_has_that_name(path: Path) -> None:
    """But for keywords and strings, the same word stands at all places of a name: in all specs."""
    project, analysis = opened(path.read_text("utf-8"), str(path))
    assert analysis.occurrences or "block" not in analysis.text
    for each in analysis.occurrences:
        assert word_at(project, each.span) == word_at(project, each.origin)


def test_anything_may_be_asked_of_broken_text() -> None:
    draw = random.Random(5)
    for path in SPECS:
        text = cut_up(path.read_text("utf-8"), draw)
        project, analysis = opened(text, str(path))
        for offset in (draw.randrange(len(text) + 1) for _ in range(12)):
            name_at(analysis, offset)
            definition(analysis, offset)
            references(project, analysis, offset)
            highlights(analysis, offset)
            with suppress(CannotRename):
                rename(project, analysis, offset, draw.choice(["new_name", "NewName", "x"]))
