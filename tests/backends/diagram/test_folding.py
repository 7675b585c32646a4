"""Rounds and uses that are alike are drawn once; others are not."""

from __future__ import annotations

from textwrap import indent

from archlang import api
from archlang.backends.diagram import wording
from archlang.backends.diagram.folding import folded
from archlang.backends.diagram.grouping import grouped
from archlang.backends.diagram.model import Box, Item, Picture
from archlang.source import Source

BLOCK = """
block Unit(width) {
    Dense(width) -> ReLU
}
"""


def picture(body: str, more: str = BLOCK) -> Picture:
    source = f"{more}\nmodel M {{\n    input x: float32[8]\n{indent(body, '    ')}\n}}\n"
    checked = api.check(Source("m.arch", source))
    assert checked.ok, checked.diagnostics
    return folded(grouped(checked.graphs["M"], checked.program))


def outline(item: Item) -> object:
    """An item as nested lists of what is said of it."""
    times = wording.times(item)
    if isinstance(item, Box):
        title = wording.box_title(item)
        return [" ".join(part for part in (title, times) if part), *map(outline, item.children)]
    said = (wording.title(item), wording.details(item), times)
    return " ".join(part for part in said if part)


def drawn(body: str, more: str = BLOCK) -> list[object]:
    """What stands between the input and the output."""
    return [outline(child) for child in picture(body, more).root.children[1:-1]]


def test_a_use_of_a_block_is_a_box() -> None:
    assert drawn("Unit(4)") == [["Unit(4)", "Dense 4", "ReLU"]]


def test_rounds_say_their_first_and_last_values() -> None:
    body = "for width in [16, 32, 64] {\n    Dense(width) -> Dropout(0.1)\n}"
    assert drawn(body) == [["repeat ×3", "Dense 16 … 64", "Dropout 0.1"]]


def test_a_round_of_one_block_is_that_block() -> None:
    assert drawn("for width in [16, 32] {\n    Unit(width)\n}") == [
        ["Unit(16 … 32) ×2", "Dense 16 … 32", "ReLU"]
    ]
    assert drawn("repeat 5 {\n    Dense(8)\n}") == ["Dense 8 ×5"]


def test_equal_uses_behind_each_other_are_one() -> None:
    assert drawn("Unit(4) -> Unit(4) -> Unit(4) -> Unit(5)") == [
        ["Unit(4) ×3", "Dense 4", "ReLU"],
        ["Unit(5)", "Dense 5", "ReLU"],
    ]


def test_equal_uses_beside_each_other_are_not() -> None:
    assert len(drawn("[Unit(4), Unit(4)] -> Add")) == 3


def test_a_use_whose_result_is_taken_elsewhere_too_stays() -> None:
    body = "Unit(4) as a\na -> Unit(4) -> Unit(4) as b\n[a, b] -> Add"
    assert [part[0] for part in drawn(body)[:2]] == ["Unit(4)", "Unit(4) ×2"]  # type: ignore[index]


def test_rounds_that_do_not_build_on_each_other_say_so() -> None:
    body = 'let found = []\nfor width in [1, 2, 3] {\n    x -> Dense(4, name="d" + str(width)) as found[]\n}\nfound -> Add'
    assert drawn(body)[0] == "Dense 4 ×3 side by side"
    (dense,) = [leaf for leaf in picture(body).root.leaves() if wording.title(leaf) == "Dense"]
    assert wording.shapes(dense, 0) == "4 (all 3)"


def test_rounds_that_take_from_several_before_stay_apart() -> None:
    body = (
        "let all = []\nx as all[]\nfor i in range(3) {\n    all -> Concatenate -> Dense(4) as all[]\n}\n"
        "all -> Concatenate"
    )
    assert drawn(body) == ["Concatenate", "Dense 4"] * 3 + ["Concatenate"]


def test_loops_in_loops_list_how_often() -> None:
    body = "for width, depth in [(4, 2), (8, 3)] {\n    Dense(width)\n    repeat depth {\n        Unit(width)\n    }\n}"
    assert drawn(body) == [
        ["repeat ×2", "Dense 4 … 8", ["Unit(4 … 8) ×2, 3", "Dense 4 … 8", "ReLU"]]
    ]


def test_parameters_of_all_rounds_are_in_the_box() -> None:
    (unit,) = [
        c for c in picture("for w in [2, 4] { Unit(w) }").root.children if isinstance(c, Box)
    ]
    assert unit.params == (8 * 2 + 2) + (2 * 4 + 4)
    dense = next(unit.leaves())
    assert dense.params == [18, 12]


def test_shared_layers_bear_one_number() -> None:
    body = "shared unit = Unit(8)\nshared norm = UnitNormalization\nx -> unit -> norm as a\nx -> Dense(8) -> unit -> norm as b\n[a, b] -> Add"
    root = picture(body).root
    boxes = [child for child in root.children if isinstance(child, Box)]
    assert [box.number for box in boxes] == [1, 1]
    norms = [leaf for leaf in root.leaves() if wording.title(leaf) == "UnitNormalization"]
    assert [leaf.number for leaf in norms] == [2, 2]
    assert root.params == (8 * 8 + 8) * 2  # the shared one once


def test_groups_and_what_is_frozen() -> None:
    root = picture("frozen {\n    Dense(4)\n    Dropout(0.1)\n}\n{\n    Dense(2)\n    ReLU\n}").root
    frozen, group = (child for child in root.children if isinstance(child, Box))
    assert (wording.box_title(frozen), frozen.frozen) == ("frozen", True)
    assert (wording.box_title(group), group.frozen) == ("", False)
    assert [leaf.frozen for leaf in frozen.leaves()] == [True, False]
