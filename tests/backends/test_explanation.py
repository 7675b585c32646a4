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


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("epochs = 1", "validation:   0.2\n      By default: some examples"),
        ("test = 0.1", "validation:   none\n      By default, since there is a test split"),
        (
            "test = 0.1\n    callbacks = [EarlyStopping()]",
            "validation:   0.2\n      By default, since a callback watches",
        ),
        ("validation = 0", "validation:   0.2\n      Written is 0, but"),
        (
            'test = npz("b.npz")\n    validation = 0.3',
            "validation:   0.3\n      Written in `train`.\n      Drawn with the seed, so that every run holds out "
            'the same examples.\n    test:         npz("b.npz")\n      Written in `train`.\n    evaluated on:',
        ),
    ],
)
def test_what_is_held_out_and_why(settings: str, said: str) -> None:
    text = explained(
        f"""
model M {{
    input x: float32[2]
    output y: classification(3)
    data = npz("a.npz")
    head
}}
train {{
    {settings}
}}
"""
    )
    assert said in text


def test_phases_say_what_they_train() -> None:
    text = explained(
        """
model Part {
    input x: float32[4]
    Dense(4, name=one) -> BatchNormalization -> Dense(4, name=two)
}
model M {
    input x: float32[4]
    output y: classification(3)
    frozen Part(name=part) -> frozen Dense(2, name=small)
    head
}
train {
    epochs = 3
    batch_size = 8
    phase some {
        unfreeze = [last(part, 1), small]
        epochs = 2
        optimizer = SGD(0.1)
    }
    phase statistics {
        unfreeze = [part]
        batch_norm = True
        epochs = 1
    }
    phase on {
        epochs = 4
    }
}
"""
    )
    _, phases = text.split("  phases\n")
    assert phases.splitlines() == [
        "    first:        3 epochs, batches of 8, Adam()",
        "      `part` and `small` keep their weights, and the others learn from what comes out.",
        "    some:         2 epochs, batches of 8, SGD(learning_rate=0.1)",
        "      From here on it trains the last layer with weights of `part`.",
        "      From here on it trains `small`, 10 parameters.",
        "      Batch normalization stays in inference mode: the statistics of a few batches would spoil what the "
        "layers behind it have learned.",
        "      Weights stay as the phase before left them; the optimizer starts anew.",
        "    statistics:   1 epoch, batches of 8, SGD(learning_rate=0.1)",
        "      From here on it trains `part`, 56 parameters.",
        "      `batch_norm = True`: batch normalization updates its statistics too.",
        "      Weights stay as the phase before left them; the optimizer starts anew.",
        "    on:           4 epochs, batches of 8, SGD(learning_rate=0.1)",
        "      It unfreezes nothing: what has trained goes on.",
        "      Weights stay as the phase before left them; the optimizer starts anew.",
    ]
