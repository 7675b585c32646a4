"""No spec of `specs/` is forgotten: each is trained by a slow test to a figure on held-out examples.

The tests are read, not imported, so that this one needs no Keras. Tables of specs are found by the class of their rows; the other tests
are listed here with the specs that they train.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPECS = {path.stem for path in (ROOT / "specs").glob("*.arch")}
TABLES = {
    "tests/end_to_end/test_training.py": "Case",
    "tests/end_to_end/test_backbones.py": "Backbone",
    "tests/end_to_end/test_large_networks.py": "Large",
}
OTHERS = {
    ("tests/specs/test_transfer.py", "test_transfer_beats_training_from_scratch"): (
        "transfer_digits",
    ),
    ("tests/end_to_end/test_texts.py", "test_sentiment"): ("sentiment",),
    ("tests/end_to_end/test_sequences.py", "test_attention_writes_unseen_dates_exactly"): (
        "dates_attention",
    ),
    ("tests/end_to_end/test_sequences.py", "test_other_networks_learn_dates_in_few_epochs"): (
        "dates_gru",
        "dates_lstm",
        "dates_transformer",
    ),
    ("tests/end_to_end/test_sequences.py", "test_characters_are_foretold_better_than_by_trigrams"): (
        "chars_lm",
    ),
    (
        "tests/end_to_end/test_sequences.py",
        "test_words_are_foretold_better_than_by_how_frequent_they_are",
    ): ("words_lm",),
}  # fmt: skip


def rows(path: str, kind: str) -> list[str]:
    """The specs of a table: the first arguments of its rows."""
    calls = [node for node in ast.walk(read(path)) if isinstance(node, ast.Call)]
    return [
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == kind
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    ]


def read(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text("utf-8"))


def trained() -> list[str]:
    tables = [spec for path, kind in TABLES.items() for spec in rows(path, kind)]
    return tables + [spec for specs in OTHERS.values() for spec in specs]


def test_every_spec_is_trained_by_one_test() -> None:
    assert sorted(SPECS - set(trained())) == []
    assert sorted(set(trained()) - SPECS) == []
    assert len(trained()) == len(set(trained()))


@pytest.mark.parametrize(("path", "test"), OTHERS)
def test_the_tests_are_there_and_slow(path: str, test: str) -> None:
    module = read(path)
    (function,) = [x for x in module.body if isinstance(x, ast.FunctionDef) and x.name == test]
    marks = [ast.unparse(decorator) for decorator in function.decorator_list]
    everywhere = "pytestmark = pytest.mark.slow" in map(ast.unparse, module.body)
    assert everywhere or "pytest.mark.slow" in marks
