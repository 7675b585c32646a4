"""Examples that are read one by one, with phases, weights of classes, plain tensors and half precision: an interrupted training ends,
once resumed, with the weights of one that was not.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.end_to_end.processes import weights
from tests.end_to_end.test_resuming import Script

pytestmark = pytest.mark.slow

PICTURES = """
model Net {
    input picture: float32[6, 6, 1]
    output kind: classification(2, class_weight=[1, 3])
    data = image_folder("pictures")
    Flatten -> frozen Dense(4, activation=relu, name=hidden) -> Dropout(0.3)
    head
}
train {
    validation = image_folder("others")
    strategy = mirrored
    batch_size = 4
    epochs = 2
    callbacks = [EarlyStopping(patience=9, restore_best_weights=True), ReduceLROnPlateau(patience=1)]
    phase fine {
        unfreeze = [hidden]
        optimizer = Adam(1e-3)
    }
}
"""

TEXTS = """
model Net {
    input text: string
    output kind: binary_classification(labels=["a", "b"], class_weight=[1, 3])
    output features: float32[4]
    data = text_folder("texts")
    TextVectorization(max_tokens=9, output_sequence_length=4) -> Embedding(9, 4) -> GlobalAveragePooling1D
    Dense(4) -> Dropout(0.3) as features
    features -> head kind
}
train {
    validation = text_folder("others")
    mixed_precision = mixed_float16
    batch_size = 4
    epochs = 4
}
"""

LANGUAGE = """
model Net {
    input past: shifted(text)
    output text: generation(text=TextVectorization(max_tokens=9), max_length=6)
    data = text_file("book.txt", window=6)
    Embedding(11, 4) -> Dense(4) -> Dropout(0.3) -> GRU(6, return_sequences=True)
    head
}
train {
    validation = text_file("other.txt", window=6)
    strategy = mirrored
    mixed_precision = mixed_bfloat16
    batch_size = 4
    epochs = 4
}
"""


def pictures() -> None:
    import keras

    utils: Any = keras.utils
    rng = np.random.default_rng(0)
    for path in (Path(folder, kind) for folder in ("pictures", "others") for kind in "ab"):
        path.mkdir(parents=True)
        for number in range(9):
            picture: Any = rng.integers(0, 255, (6, 6, 1))
            utils.save_img(path / f"{number}.png", picture, scale=False)


def texts() -> None:
    rng = np.random.default_rng(0)
    for path in (Path(folder, kind) for folder in ("texts", "others") for kind in "ab"):
        path.mkdir(parents=True)
        for number in range(9):
            (path / f"{number}.txt").write_text(
                " ".join(rng.choice(["one", "two", path.name], 4)), "utf-8"
            )


def books() -> None:
    rng = np.random.default_rng(0)
    for name in ("book.txt", "other.txt"):
        Path(name).write_text(
            " ".join(rng.choice(["the", "cat", "sat", "on", "a", "mat"], 120)), "utf-8"
        )


@pytest.mark.parametrize(
    ("spec", "data", "epoch"),
    [(PICTURES, pictures, 4), (TEXTS, texts, 3), (LANGUAGE, books, 3)],
    ids=["pictures", "texts", "language"],
)
def test_what_is_read_one_by_one_goes_on_bit_for_bit(
    spec: str, data: Any, epoch: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    config: Any = keras.config
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["net.py"])
    data()
    script = Script(spec, tmp_path)
    try:
        script.main("train", "--no-plots")
        whole = weights(Path("Net.keras"))
        script.interrupted("on_epoch_begin", epoch)
        script.main("train", "--no-plots", "--resume")
        assert weights(Path("Net.keras")) == whole
        if spec is TEXTS:
            script.main("predict")
    finally:
        config.set_dtype_policy("float32")
