"""Specs with one mistake each: one error, at the right characters, with the right words."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlang import api
from tests.conformance import expected

ROOT = Path(__file__).resolve().parents[2]
SPECS = sorted(path.relative_to(ROOT) for path in (ROOT / "tests/conformance/wrong").glob("*.arch"))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_gives_the_one_problem_that_it_expects(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    checked = api.check(api.read(path.as_posix()))
    own = {place: text for place, text in checked.sources.items() if not place.startswith("std/")}
    wanted = {place: expected.read(text.text) for place, text in own.items()}
    found = {place: [] for place in own}
    for problem in checked.diagnostics:
        found[problem.span.path].append(
            expected.observe(problem, checked.sources[problem.span.path])
        )
    assert found == wanted
    assert sum(map(len, found.values())) == 1


def test_there_are_enough_of_them() -> None:
    assert len(SPECS) >= 100
