"""Each line of a script that builds layers knows the place in the spec that it was written for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archlang import api
from archlang.backends.python.line_map import Places, line_map

SPECS = sorted((Path(__file__).resolve().parents[3] / "specs").glob("*.arch"))
CALL = re.compile(r"\b(?:layers|ops)\.(\w+)\(")


CASES = [(path, False) for path in SPECS] + [(path, True) for path in SPECS[::4]]


@pytest.mark.parametrize(
    ("path", "flat"),
    CASES,
    ids=lambda case: getattr(case, "stem", "flat" if case else "structured"),
)
def test_a_line_comes_from_what_it_calls(path: Path, flat: bool) -> None:
    checked = api.check(api.read(str(path)))
    for model in checked.graphs:
        places: Places = {}
        script = api.to_python(checked, model, flat=flat, places=places)
        lines = script.split("\n")
        found = line_map(script, places)
        inside, mapped = "", 0
        for row, line in enumerate(lines):
            if line.startswith("def "):
                inside = line[4:].partition("(")[0]
            elif line[:1] not in (" ", ""):
                inside = ""
            called = CALL.search(line)
            if inside not in places or called is None or line.lstrip().startswith("#"):
                continue
            statement = max((start for start in found if start <= row), default=-1)
            assert statement >= 0, line
            span = found[statement]
            text = checked.sources[span.path].slice(span)
            name = called[1]
            assert name in text or _by_another_name(text, line), (line, text)
            mapped += 1
        assert mapped > 0


def _by_another_name(text: str, line: str) -> bool:
    """Whether the layer is one that a head chose, or a shared one that the spec calls by its name."""
    return text.split()[0] == "head" or line.strip().startswith(f"{text} = ")
