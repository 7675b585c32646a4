"""Networks whose graphs are stored in `grammar/applications.jsonl`; only the line of the network asked for is decoded."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, cast

from archlang.grammar_files import grammar_file
from archlang.shapes.applications.network import ENTERING, Operation


def stored(name: str, parts: tuple[str, ...], classes: int) -> list[Operation]:
    """The operations of a network, made of parts (`rgb`, `body`, `top`) that follow each other."""
    line = _line(name)
    found: list[Operation] = []
    for part in parts:
        listed: Any = line[part] if part in line else line["before"][part]
        for kind, layer, *inputs in listed:
            class_name, args = line["kinds"][kind]
            place = len(found)
            # What stands before a part's first operation is the last of the part before.
            given = tuple(max(place - steps, ENTERING) for steps in (inputs[0] if inputs else [1]))
            found.append(Operation(class_name, layer, _with_classes(args, classes), given))
    return found


def has_open_form(name: str) -> bool:
    """Whether the network has other layers where the image size is not known."""
    return "open" in _line(name)


def computes_padding(name: str) -> bool:
    """Whether Keras computes paddings of the network from the image size."""
    return any("correct_pad" in str(args.get("padding")) for _, args in _line(name)["kinds"])


@cache
def _text() -> str:
    return grammar_file("applications.jsonl").read_text(encoding="utf-8")


@cache
def _line(name: str) -> dict[str, Any]:
    text = _text()
    start = text.index(f'{{"name":"{name}",')
    return cast("dict[str, Any]", json.loads(text[start : text.index("\n", start)]))


def _with_classes(args: dict[str, Any], classes: int) -> dict[str, Any]:
    if "classes" not in args.values():
        return args
    return {name: classes if value == "classes" else value for name, value in args.items()}
