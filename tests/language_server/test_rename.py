"""Renaming: the texts that come out, and what is refused."""

from __future__ import annotations

import pytest

from archlang.language_server.features.rename import CannotRename, edited, renamable, rename
from tests.language_server.specs import opened, without_cursor

TASK = """\
task Wines {
    input acid: float32[4]
    input rest: float32[2]
    output kind: classification(3)
    data = csv("w.csv", rest=["a", "b"])
}
"""
MODEL = """\
let width = 8

block Unit(rate=0.1) {
    Dense(width, activation=relu) -> Dropout(rate) as dropped
    dropped -> Dense(width)
}

model Net for Wines {
    [acid, rest] -> Concatenate -> Unit(rate=0.2)
    head
}
"""


def renamed(text: str, new: str, **others: str) -> dict[str, str]:
    """The files of a project after the name under the cursor has become `new`, by name."""
    text, offset = without_cursor(text)
    project, analysis = opened(text, **others)
    edits = rename(project, analysis, offset, new).edits
    files = {"spec": text, **others}
    return {
        name: edited(content, [e for e in edits if e[0].path == f"/work/{name}.arch"])
        for name, content in files.items()
    }


@pytest.mark.parametrize(
    ("mark", "new", "changed"),
    [
        ("^width = 8", "units", {"width": "units"}),
        ("Dense(^width)", "units", {"width": "units"}),
        ("^Unit(rate=0.1)", "Piece", {"Unit": "Piece"}),
        ("(^rate=0.2)", "share", {"(rate": "(share"}),
        ("as ^dropped", "x", {"dropped": "x"}),
        ("^Net for", "Net2", {"Net": "Net2"}),
        ("Net for ^Wines", "Grapes", {"Wines": "Grapes"}),
        ("[acid, ^rest]", "others", {"rest]": "others]", "rest:": "others:", "rest=": "others="}),
    ],
)
def test_every_place_changes(mark: str, new: str, changed: dict[str, str]) -> None:
    spec = TASK + "\n" + MODEL
    assert spec.count(mark.replace("^", "")) == 1
    expected = spec
    for old, text in changed.items():
        expected = expected.replace(old, text)
    assert renamed(spec.replace(mark.replace("^", ""), mark), new)["spec"] == expected


def test_an_input_goes_on_to_read_its_column() -> None:
    spec = (TASK + "\n" + MODEL).replace("input acid", "input ^acid")
    assert 'csv("w.csv", rest=["a", "b"], sour="acid")' in renamed(spec, "sour")["spec"]


def test_the_name_of_a_layer_inside_quotes() -> None:
    spec = (
        TASK
        + """
model Net for Wines {
    [acid, rest] -> Concatenate
    frozen Dense(8, name="ba^se")
    head
}

train {
    phase fine { unfreeze = [base] }
}
"""
    )
    found = renamed(spec, "body")["spec"]
    assert 'name="body"' in found
    assert "unfreeze = [body]" in found


def test_other_files_change_too() -> None:
    user = 'from "spec.arch" import Unit\n\nmodel M {\n    input x: float32[4]\n    Unit(rate=0.3)\n}\n'
    spec = TASK + "\n" + MODEL
    found = renamed(spec.replace("block Unit", "block ^Unit"), "Piece", user=user)
    assert found["user"] == user.replace("Unit", "Piece")
    found = renamed(spec.replace("Unit(rate=0.1", "Unit(^rate=0.1"), "share", user=user)
    assert found["user"] == user.replace("rate", "share")


@pytest.mark.parametrize(
    ("mark", "new", "why"),
    [
        ("^width = 8", "Width", "begins with a capital"),
        ("^Unit(rate=0.1)", "unit", "begins small"),
        ("^width = 8", "let", "word of the language"),
        ("^width = 8", "a b", "no name"),
        ("^width = 8", "1a", "no name"),
        ("^width = 8", "", "no name"),
        # Taken by another symbol, a parameter that would catch it, a word of Keras's, a layer of Keras's.
        ("^Unit(rate=0.1)", "Net", "taken|something else"),
        ("^width = 8", "rate", "something else"),
        ("^width = 8", "dropped", "something else|taken"),
        ("^width = 8", "relu", "taken|something else"),
        ("^Unit(rate=0.1)", "Dropout", "something else"),
        ("^rest:", "acid", "taken|something else"),
        # What is no name of the spec.
        ("^Dropout(rate)", "Drop", "Keras"),
        ("activation=^relu", "gelu", "a word"),
        ("^block Unit", "x", "no name of this spec"),
    ],
)
def test_refused(mark: str, new: str, why: str) -> None:
    spec = TASK + "\n" + MODEL
    plain = mark.replace("^", "")
    assert spec.count(plain) == 1
    with pytest.raises(CannotRename, match=why):
        renamed(spec.replace(plain, mark), new)


def test_the_library_is_not_renamed() -> None:
    text, offset = without_cursor('from "std/unet.arch" import Double^Conv\n')
    project, analysis = opened(text)
    with pytest.raises(CannotRename, match=r"std/unet\.arch"):
        renamable(project, analysis, offset)
