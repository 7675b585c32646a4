"""Semantic tokens: the source with each word's type before it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from archlang.language_server.features.colours import MODIFIERS, TYPES, colours
from archlang.semantics.program import EntryRef
from archlang.syntax import tree as t
from tests.language_server.specs import SPECS, cut_up, opened

SPEC = """\
from "std/unet.arch" import DoubleConv

task Pets {
    input image: float32[size, size, 3]
    output mask: segmentation(classes=3)
    data = npz("pets.npz", image="x")
}

let width = 8

layer Swish(beta=1.0) from "my.layers" -> same

block Unit(n) {
    [_, Dense(n, activation=relu)] -> Add -> ops.nn.relu -> Swish
}

model Net for Pets {
    for i in range(3) {
        DoubleConv(width * i) as x
        x -> optimizers.nothing as x
    }
    head mask
}

train {
    optimizer = Adam(1e-3)
    validation = npz("other.npz")
}
"""
COLOURED = """\
from "std/unet.arch" import ‹class DoubleConv›

task ‹interface.declaration Pets› {
    input ‹variable.declaration image›: ‹type.defaultLibrary float32›[‹typeParameter.declaration size›, ‹typeParameter size›, 3]
    output ‹variable.declaration mask›: ‹function.defaultLibrary segmentation›(‹property classes›=3)
    data = ‹function.defaultLibrary npz›("pets.npz", ‹variable image›="x")
}

let ‹variable.readonly.declaration width› = 8

layer ‹class.declaration Swish›(‹parameter.declaration beta›=1.0) from "my.layers" -> same

block ‹class.declaration Unit›(‹parameter.declaration n›) {
    [‹variable.defaultLibrary _›, ‹type.defaultLibrary Dense›(‹parameter n›, ‹property activation›=‹enumMember relu›)] -> ‹type.defaultLibrary Add› -> ‹namespace.defaultLibrary ops›.‹namespace.defaultLibrary nn›.‹function.defaultLibrary relu› -> ‹class Swish›
}

model ‹class.declaration Net› for ‹interface Pets› {
    for ‹variable.declaration i› in ‹function.defaultLibrary range›(3) {
        ‹class DoubleConv›(‹variable.readonly width› * ‹variable i›) as ‹variable.declaration x›
        ‹variable x› -> ‹namespace.defaultLibrary optimizers›.nothing as ‹variable.modification x›
    }
    head ‹variable mask›
}

train {
    ‹property optimizer› = ‹type.defaultLibrary Adam›(1e-3)
    ‹property validation› = ‹function.defaultLibrary npz›("other.npz")
}
"""


def coloured(text: str) -> str:
    _, analysis = opened(text)
    for each in reversed(colours(analysis, 0, len(text))):
        kind = ".".join((each.type, *each.modifiers))
        text = f"{text[: each.start]}‹{kind} {text[each.start : each.end]}›{text[each.end :]}"
    return text


def test_what_each_word_is() -> None:
    assert coloured(SPEC) == COLOURED


def test_a_range_has_the_same_words() -> None:
    _, analysis = opened(SPEC)
    start, end = SPEC.index("let"), SPEC.index("model Net")
    every = colours(analysis, 0, len(SPEC))
    inside = [each for each in every if start <= each.start < end]
    assert colours(analysis, start, end) == inside
    assert inside


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_all_of_keras_is_told_from_the_specs_own(path: Path) -> None:
    _, analysis = opened(path.read_text("utf-8"), str(path))
    found = {each.start: each for each in colours(analysis, 0, len(analysis.text))}
    for declaration in analysis.program.declarations():
        for node in t.walk(declaration):
            if isinstance(node, t.Name) and isinstance(
                analysis.program.tables.names.get(node), EntryRef
            ):
                colour = found[analysis.place(node.span).start]
                assert (colour.type, colour.modifiers) == ("type", ("defaultLibrary",))


def test_broken_text_has_words_in_order_none_over_another() -> None:
    draw = random.Random(13)
    for path in SPECS:
        text = cut_up(path.read_text("utf-8"), draw)
        _, analysis = opened(text, str(path))
        at = 0
        for each in colours(analysis, 0, len(text)):
            assert at <= each.start < each.end <= len(text)
            assert each.type in TYPES
            assert set(each.modifiers) <= set(MODIFIERS)
            assert text[each.start : each.end].isidentifier()
            at = each.end
