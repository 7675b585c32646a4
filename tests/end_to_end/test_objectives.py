"""What a task says of losses, weights and ranges, against Keras written by hand: the same figures on the same weights and data, and
the same weights after a step of training.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from archlang import api
from archlang.source import Source
from tests.end_to_end import in_process

pytestmark = pytest.mark.slow

COUNT = 60


class Both:
    """A script of a spec with its model, and the same model by hand, with the same weights.

    `hand` makes a model and how it is compiled; `trained` and `evaluated` turn the script's examples into what that model is fitted
    and evaluated on.
    """

    def __init__(
        self, spec: str, arrays: dict[str, np.ndarray], hand: keras.Model, folder: Path
    ) -> None:
        path = folder / "examples.npz"
        np.savez(path, **arrays)  # pyright: ignore[reportArgumentType]
        spec += "\ntrain {\n    optimizer = SGD(0.5)\n    epochs = 1\n    batch_size = 1000\n}\n"
        checked = api.check(Source("test.arch", spec.replace("FILE", path.name)))
        assert checked.diagnostics == ()
        ((name, _),) = checked.graphs.items()
        script = folder / "script.py"
        script.write_text(api.to_python(checked, name), "utf-8")
        self.script: dict[str, Any] = runpy.run_path(str(script))
        self.folder, self.hand = folder, hand
        self.model = self.script["build_model"]()
        hand.set_weights(self.model.get_weights())
        self.training, self.held_out = self.script["load_splits"](path, 0)

    def step(self) -> None:
        """Train the script's model on all training examples at once."""
        in_process.train(self.script, self.model, self.training, self.held_out, self.folder)

    def evaluated(self) -> dict[str, float]:
        """What the script says of the held-out examples."""
        return self.script["evaluate"](self.model, self.held_out)

    def by_hand(self, x: Any, y: Any, *, held_out: Any, **weights: Any) -> dict[str, float]:
        """Train the model written by hand as `step` does, and evaluate it; it has been compiled."""
        self.hand.fit(x, y, epochs=1, batch_size=1000, verbose=0, **weights)  # pyright: ignore
        x, y, *sample_weight = held_out
        weighing = {"sample_weight": sample_weight[0]} if sample_weight else {}
        return self.hand.evaluate(x, y, verbose=0, return_dict=True, **weighing)  # pyright: ignore

    def same_weights(self) -> None:
        pairs = zip(self.model.get_weights(), self.hand.get_weights(), strict=True)
        for ours, theirs in pairs:
            np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=2e-6)


def sgd() -> keras.optimizers.Optimizer:
    return keras.optimizers.SGD(0.5)


def same(ours: dict[str, float], theirs: dict[str, float], **names: str) -> None:
    """Figures of the script and by hand, the latter by other names where these say so."""
    for name, value in ours.items():
        assert value == pytest.approx(theirs[names.get(name, name)], rel=1e-4, abs=1e-6), name


def test_a_reconstruction_in_a_range_learns_shares_of_it(tmp_path: Path) -> None:
    spec = """
task Copy {
    input values: float32[5]
    output copy: reconstruction(range=(-50, 205))
    data = npz("FILE")
}
model Net for Copy { Rescaling(1 / 255) -> Dense(4, activation=tanh) -> head }
"""
    values = keras.Input((5,))
    x = layers.Dense(4, activation="tanh")(layers.Rescaling(1 / 255)(values))
    hand = keras.Model(values, layers.Dense(5, activation="sigmoid")(x))
    random = np.random.default_rng(0).uniform(-50, 205, (COUNT, 5)).astype("float32")
    both = Both(spec, {"values": random}, hand, tmp_path)
    both.step()
    x, _ = both.training
    held_out = both.held_out[0]
    hand.compile(sgd(), "binary_crossentropy", metrics=["mae"])
    theirs = both.by_hand(x, (x + 50) / 255, held_out=(held_out, (held_out + 50) / 255))
    same(both.evaluated(), theirs)
    both.same_weights()
    # `predict` gives values of the range again.
    answer = both.script["answer"](np.array([0.0, 0.5, 1.0]))
    assert [float(n) for n in answer.strip("[]").split()] == [-50, 77.5, 205]


def test_classes_of_steps_are_weighed_and_padding_is_not_seen(tmp_path: Path) -> None:
    spec = """
task Tags {
    input words: int32[6]
    output tag: token_classification(3, class_weight=[1, 4, 0.25])
    data = npz("FILE")
}
model Net for Tags { Embedding(10, 4) -> head }
"""
    words = keras.Input((6,))
    hand = keras.Model(words, layers.Dense(3, activation="softmax")(layers.Embedding(10, 4)(words)))
    random = np.random.default_rng(0)
    tags = random.integers(-1, 3, (COUNT, 6))
    both = Both(spec, {"words": random.integers(0, 10, (COUNT, 6)), "tag": tags}, hand, tmp_path)
    both.step()
    x, y, _ = both.training
    held_x, held_y, _ = both.held_out
    hand.compile(
        sgd(),
        keras.losses.SparseCategoricalCrossentropy(ignore_class=-1),
        weighted_metrics=["accuracy"],
    )
    factor = np.array([1, 4, 0.25, 0], "float32")
    theirs = both.by_hand(
        x,
        y,
        sample_weight=factor[y],
        held_out=(held_x, held_y, (held_y >= 0).astype("float32")),
    )
    same(both.evaluated(), theirs)
    both.same_weights()


@pytest.mark.parametrize("ignore", ["255", "None"])
def test_classes_of_pixels_are_weighed(ignore: str, tmp_path: Path) -> None:
    spec = f"""
task Masks {{
    input image: float32[4, 4, 2]
    output mask: segmentation(3, class_weight=[1, 4, 0.25], ignore={ignore})
    data = npz("FILE")
}}
model Net for Masks {{ Conv2D(4, 3, padding=same, activation=relu) -> head }}
"""
    image = keras.Input((4, 4, 2))
    x = layers.Conv2D(4, 3, padding="same", activation="relu")(image)
    hand = keras.Model(image, layers.Conv2D(3, 1, activation="softmax")(x))
    random = np.random.default_rng(0)
    masks = random.integers(0, 3, (COUNT, 4, 4))
    if ignore != "None":
        masks[random.random(masks.shape) < 0.2] = 255
    images = random.normal(size=(COUNT, 4, 4, 2)).astype("float32")
    both = Both(spec, {"image": images, "mask": masks}, hand, tmp_path)
    both.step()
    x, y = both.training[:2]
    held_x, held_y = both.held_out[:2]
    ignored = 255 if ignore != "None" else None
    hand.compile(
        sgd(),
        keras.losses.SparseCategoricalCrossentropy(ignore_class=ignored),
        weighted_metrics=["accuracy"],
        metrics=[
            keras.metrics.MeanIoU(3, ignore_class=ignored, sparse_y_pred=False, name="mean_iou")
        ],
    )
    factor = np.zeros(256, "float32")
    factor[:3] = [1, 4, 0.25]
    theirs = both.by_hand(
        x, y, sample_weight=factor[y], held_out=(held_x, held_y, (held_y < 3).astype("float32"))
    )
    same(both.evaluated(), theirs)
    both.same_weights()


@pytest.mark.parametrize("logits", [False, True])
def test_labels_are_weighed(logits: bool, tmp_path: Path) -> None:
    spec = f"""
task Labels {{
    input x: float32[5]
    output y: multilabel_classification(3, class_weight=[1, 4, 0.25], from_logits={logits})
    data = npz("FILE")
}}
model Net for Labels {{ head }}
"""
    # Each label as an output of its own, whose loss counts for a third of its weight.
    values = keras.Input((5,))
    probabilities = layers.Dense(3, activation=None if logits else "sigmoid")(values)
    each = [layers.Lambda(lambda p, n=n: p[:, n : n + 1])(probabilities) for n in range(3)]
    hand = keras.Model(values, each)
    random = np.random.default_rng(0)
    arrays = {
        "x": random.normal(size=(COUNT, 5)).astype("float32"),
        "y": random.integers(0, 2, (COUNT, 3)),
    }
    both = Both(spec, arrays, hand, tmp_path)
    both.step()
    x, y = both.training
    held_x, held_y = both.held_out
    hand.compile(
        sgd(),
        [keras.losses.BinaryCrossentropy(from_logits=logits)] * 3,
        loss_weights=[1 / 3, 4 / 3, 0.25 / 3],
    )

    def columns(targets: np.ndarray) -> list[np.ndarray]:
        return [targets[:, n : n + 1] for n in range(3)]

    theirs = both.by_hand(x, columns(y), held_out=(held_x, columns(held_y)))
    ours = both.evaluated()
    assert ours["loss"] == pytest.approx(theirs["loss"], rel=1e-4)
    both.same_weights()
    # The loss is found again in a saved model.
    both.model.save(tmp_path / "saved.keras")
    again = both.script["evaluate"](both.script["load"](tmp_path / "saved.keras"), both.held_out)
    assert again["loss"] == pytest.approx(ours["loss"], rel=1e-5)


def test_an_output_without_a_task_is_given_and_not_trained(tmp_path: Path) -> None:
    spec = """
task Named {
    input x: float32[5]
    output code: float32[4]
    output y: classification(3, class_weight=[1, 4, 0.25], weight=0.5)
    data = npz("FILE")
}
model Net for Named {
    Dense(4, activation=tanh) as code
    code -> head y
}
"""
    values = keras.Input((5,))
    x = layers.Dense(4, activation="tanh")(values)
    hand = keras.Model(values, layers.Dense(3, activation="softmax")(x))
    random = np.random.default_rng(0)
    arrays = {
        "x": random.normal(size=(COUNT, 5)).astype("float32"),
        "y": random.integers(0, 3, COUNT),
    }
    both = Both(spec, arrays, hand, tmp_path)
    before = both.model.predict(arrays["x"][:2], verbose=0)
    assert before["code"].shape == (2, 4)
    both.step()
    x, y = both.training[:2]
    hand.compile(sgd(), "sparse_categorical_crossentropy", loss_weights=[0.5], metrics=["accuracy"])
    theirs = both.by_hand(
        x,
        y["y"],
        class_weight={0: 1, 1: 4, 2: 0.25},
        held_out=(both.held_out[0], both.held_out[1]["y"]),
    )
    same(both.evaluated(), theirs, y_accuracy="accuracy")
    both.same_weights()


@pytest.mark.parametrize("sample_weight", ["", ', sample_weight="counts"'])
def test_several_outputs_with_all_kinds_of_weights(sample_weight: str, tmp_path: Path) -> None:
    spec = """
task Several {
    input x: float32[6, 5]
    output tag: token_classification(3, class_weight=[1, 4, 0.25], weight=2)
    output sure: binary_classification(class_weight=[1, 3])
    output size: regression(weight=0.1)
    output seen: float32[4]
    data = npz("FILE"WEIGHTS)
}
model Net for Several {
    x -> Dense(4, activation=tanh) as steps
    steps -> GlobalAveragePooling1D as seen
    steps -> head tag
    seen -> head sure
    seen -> head size
}
""".replace("WEIGHTS", sample_weight)
    x = keras.Input((6, 5))
    steps = layers.Dense(4, activation="tanh")(x)
    seen = layers.GlobalAveragePooling1D()(steps)
    hand = keras.Model(
        x,
        {
            "tag": layers.Dense(3, activation="softmax", name="tag")(steps),
            "sure": layers.Dense(1, activation="sigmoid", name="sure")(seen),
            "size": layers.Dense(1, name="size")(seen),
        },
    )
    random = np.random.default_rng(0)
    arrays = {
        "x": random.normal(size=(COUNT, 6, 5)).astype("float32"),
        "tag": random.integers(-1, 3, (COUNT, 6)),
        "sure": random.integers(0, 2, COUNT),
        "size": random.normal(size=COUNT).astype("float32"),
        "counts": random.uniform(0.5, 2, COUNT).astype("float32"),
    }
    both = Both(spec, arrays, hand, tmp_path)
    both.step()
    hand.compile(
        sgd(),
        {
            "tag": keras.losses.SparseCategoricalCrossentropy(ignore_class=-1),
            "sure": "binary_crossentropy",
            "size": "mse",
        },
        loss_weights={"tag": 2.0, "sure": 1.0, "size": 0.1},
    )

    # The split of the script, drawn again for the column of weights.
    order = np.random.default_rng(0).permutation(COUNT)
    counts = arrays["counts"] if sample_weight else np.ones(COUNT, "float32")
    aside = len(both.held_out[0])

    def weights(y: Any, counts: np.ndarray, tags: list[float], flags: list[float]) -> Any:
        of_tags = np.array([*tags, 0], "float32")[y["tag"]]
        of_flags = np.array(flags, "float32")[y["sure"].astype(int).reshape(-1)]
        return {"tag": of_tags * counts[:, None], "sure": of_flags * counts, "size": counts}

    held_x, held_y = both.held_out[:2]
    theirs = both.by_hand(
        both.training[0],
        both.training[1],
        sample_weight=weights(both.training[1], counts[order[aside:]], [1, 4, 0.25], [1, 3]),
        held_out=(held_x, held_y, weights(held_y, counts[order[:aside]], [1, 1, 1], [1, 1])),
    )
    assert both.evaluated()["loss"] == pytest.approx(theirs["loss"], rel=1e-4)
    both.same_weights()
