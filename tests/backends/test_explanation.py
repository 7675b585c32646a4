"""What `archc explain` says."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlang import api
from archlang.backends.explanation import explain, explanation_document, explanation_text
from archlang.source import Source

SPECS = Path(__file__).resolve().parents[2] / "specs"


def explained(text: str, model: str = "M") -> str:
    checked = api.check(Source("test.arch", text))
    assert checked.ok, [d.message for d in checked.diagnostics]
    return explanation_text(explain(checked.graphs[model]))


def test_every_choice_of_a_bounded_regression_has_its_reason() -> None:
    text = explained(
        """
model M {
    input x: float32[4]
    output score: regression(range=(10, 20))
    Dense(8)
    head
}
"""
    )
    assert 'Dense(units=1, activation="sigmoid") -> Rescaling(scale=10, offset=10)' in text
    assert "`sigmoid`: the target lies between 10 and 20" in text
    assert "MeanSquaredError()" in text
    assert "Adam()" in text


def test_what_is_written_is_said_to_be_written() -> None:
    text = explained(
        """
model M {
    input x: float32[4]
    output kind: classification(3, loss=CategoricalFocalCrossentropy(), one_hot=True)
    Dense(3, activation=softmax)
}
train { optimizer = SGD(0.1) }
"""
    )
    assert "written by hand" in text
    assert "CategoricalFocalCrossentropy()\n      Written in the task." in text
    assert "SGD(learning_rate=0.1)\n      Written in `train`." in text


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.arch")), ids=lambda path: path.stem)
def test_every_spec_can_be_explained(path: Path) -> None:
    checked = api.check(api.read(str(path)))
    found = [explain(graph) for graph in checked.graphs.values()]
    assert explanation_document(found)["models"]
    for item in found:
        for _, choices in item.about:
            assert all(choice.chosen for choice in choices)


def test_what_is_learnt_before_training_is_said() -> None:
    text = explained(
        """
model M {
    input text: string
    input size: float32[2]
    input age: float32[1]
    output yes: binary_classification()
    data = npz("a.npz")
    text -> TextVectorization(max_tokens=5000, output_mode=multi_hot, pad_to_max_tokens=True, name=words) as one
    size -> Normalization(name=scale) as two
    age -> Discretization(num_bins=7, output_mode=one_hot, name=decade) as three
    [one, two, three] -> Concatenate
    head
}
"""
    )
    assert "learnt before training\n    words:        a vocabulary of up to 5,000 tokens\n" in text
    assert "    scale:        mean and variance\n      From the training examples only" in text
    assert "    decade:       the edges of 7 bins\n" in text


def test_without_data_nothing_is_learnt() -> None:
    text = explained(
        """
model M {
    input x: float32[2]
    output y: regression()
    Normalization
    head
}
"""
    )
    assert "learnt before" not in text
