"""The list of what Keras accepts and the checker does not: true, and written down."""

from __future__ import annotations

import re

import pytest

from archlang import api
from archlang.source import Source
from tests.differential.nonsense import PAGE, REFUSED, WARNED, Nonsense, page, spec


@pytest.mark.parametrize("entry", [*REFUSED, *WARNED], ids=lambda entry: entry.what)
def test_the_checker_says_so(entry: Nonsense) -> None:
    found = api.check(Source("spec.arch", spec(entry))).diagnostics
    said = [f"{d.code} {d.message}" for d in found]
    matching = [d for d in found if d.code == entry.code and re.search(entry.pattern, d.message)]
    assert matching, said
    assert matching[0].is_error == (entry in REFUSED)


@pytest.mark.slow
@pytest.mark.parametrize("entry", REFUSED, ids=lambda entry: entry.what)
def test_keras_builds_it(entry: Nonsense) -> None:
    """What Keras came to refuse by itself has no place on the list."""
    from tests.differential.models import builds

    assert builds(spec(entry))


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
