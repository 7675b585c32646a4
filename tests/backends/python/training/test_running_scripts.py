"""Scripts that train for real, in a process without archlang, on bundled data and on files made
here.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from archlang.backends.python.training import TrainingPlan
from tests.backends.python.training.scripts import (
    callback,
    declared,
    optimizer,
    output,
    plan,
    run,
    script,
    source,
)

pytestmark = pytest.mark.slow

# Pyright takes ten seconds to start: it reads all scripts of this module at once, at the end.
written_scripts = Path(tempfile.mkdtemp(prefix="archlang-scripts-"))

MLP = """
inputs = keras.Input(({features},), name="x")
x = layers.Normalization(name="scale")(inputs)
x = layers.Dense(32, activation="relu")(x)
outputs = layers.Dense({units}, activation="{activation}", name="y")(x)
return keras.Model(inputs, outputs, name="Net")
"""


def mlp(features: int, units: int, activation: str, scaled: bool = True) -> str:
    """The body of a `build_model` with one hidden layer."""
    body = MLP.format(features=features, units=units, activation=activation)
    return body if scaled else body.replace('layers.Normalization(name="scale")(inputs)', "inputs")


def write(folder: Path, plan: TrainingPlan, build_model: str) -> Path:
    """The script, formatted, after ruff has had nothing to say about it."""
    path = folder / "net.py"
    path.write_text(script(plan, build_model), encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    for command in ([*ruff, "format", "--isolated"], [*ruff, "check", "--isolated"]):
        done = subprocess.run(
            [*command, path.name], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    shutil.copy(path, written_scripts / f"{folder.name}.py")
    return path


def trained(path: Path, *arguments: str, prelude: str = "") -> dict[str, float]:
    """The metrics that a training prints at the end."""
    done = run(path, "train", *arguments, prelude=prelude)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return metrics(done.stdout)


def metrics(text: str) -> dict[str, float]:
    """`name: value` lines."""
    return {
        name: float(value) for name, value in re.findall(r"^(\w+): (-?[\d.]+|nan)$", text, re.M)
    }


def fails(path: Path, *arguments: str) -> str:
    """The one sentence with which a script ends."""
    done = run(path, *arguments)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    # TensorFlow greets on the same stream.
    greeting = ("WARNING: All log", "I0000", "W0000", "E0000")
    lines = [line for line in done.stderr.strip().splitlines() if not line.startswith(greeting)]
    assert len(lines) == 1, done.stderr
    return lines[0]


def failures(path: Path, *commands: list[str]) -> list[str]:
    """The sentences with which several runs end, all in one process to save time."""
    code = f"""
import json, sys
import net
said = []
for command in {list(commands)!r}:
    sys.argv = ["net.py", *command]
    try:
        net.main()
        said.append("it works")
    except SystemExit as end:
        said.append(str(end.code))
print(json.dumps(said))
sys.exit()
"""
    done = run(path, prelude=code)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_iris_from_training_to_prediction(tmp_path: Path) -> None:
    iris = plan(
        [declared("flower", "float32", 4)],
        [output("species", "classification", labels=["setosa", "versicolor", "virginica"])],
        source("sklearn", "iris"),
        optimizer=optimizer("Adam", learning_rate=0.01),
        epochs=60,
        batch_size=16,
        validation=0.2,
    )
    path = write(tmp_path, iris, mlp(4, 3, "softmax", scaled=False))
    assert "no trained model" in fails(path, "evaluate")
    found = trained(path)
    assert found["accuracy"] >= 0.93
    assert (tmp_path / "Net.keras").is_file()
    assert not (tmp_path / "Net.partial.keras").exists()
    assert metrics(run(path, "evaluate").stdout) == found
    shown = run(path, "predict").stdout.strip().splitlines()
    assert len(shown) == 5
    for number, line in enumerate(shown, 1):
        assert re.fullmatch(rf"{number}: (\w+ \d+\.\d%, ){{2}}\w+ \d+\.\d%  \(true: \w+\)", line), (
            line
        )
    np.save(tmp_path / "new.npy", np.array([[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]))
    answers = run(path, "predict", "new.npy").stdout.strip().splitlines()
    assert [re.findall(r"[a-z]+", line)[0] for line in answers] == ["setosa", "virginica"]
    np.save(tmp_path / "wrong.npy", np.zeros((2, 5)))
    said = failures(path, ["predict", "wrong.npy"], ["predict", "wrong.txt"], ["summary"])
    assert "shape (4,), but has (5,)" in said[0]
    assert "wrong.txt is no .npy file" in said[1]
    assert said[2] == "it works"


def test_digits(tmp_path: Path) -> None:
    digits = plan(
        [declared("image", "float32", 8, 8, 1)],
        [output("digit", "classification", 10)],
        source("sklearn", "digits"),
        epochs=12,
        batch_size=64,
        validation=0.2,
    )
    body = """
    image = keras.Input((8, 8, 1), name="image")
    x = layers.Rescaling(1 / 16)(image)
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    x = layers.Flatten()(x)
    digit = layers.Dense(10, activation="softmax", name="digit")(x)
    return keras.Model(image, digit, name="Net")
    """
    path = write(tmp_path, digits, body)
    assert trained(path)["accuracy"] >= 0.97


def test_breast_cancer_with_class_weights_and_a_threshold(tmp_path: Path) -> None:
    cancer = plan(
        [declared("cell", "float32", 30)],
        [
            output(
                "finding",
                "binary_classification",
                labels=["malignant", "benign"],
                threshold=0.6,
                class_weight=[2, 1],
            )
        ],
        source("sklearn", "breast_cancer"),
        epochs=20,
        validation=0.2,
        test=0.2,
        callbacks=[callback("EarlyStopping", patience=5, restore_best_weights=True)],
        adapted_layers=("scale",),
    )
    path = write(tmp_path, cancer, mlp(30, 1, "sigmoid"))
    found = trained(path)
    assert found["accuracy"] >= 0.9
    assert found["auc"] >= 0.95
    line = run(path, "predict").stdout.splitlines()[0]
    assert re.fullmatch(
        r"1: (malignant|benign) \(probability of benign: \d+\.\d%\)  \(true: (malignant|benign)\)",
        line,
    )


def test_diabetes_beats_the_mean(tmp_path: Path) -> None:
    diabetes = plan(
        [declared("patient", "float32", 10)],
        [output("progression", "regression")],
        source("sklearn", "diabetes"),
        optimizer=optimizer("Adam", learning_rate=0.01),
        epochs=100,
        validation=0.2,
        adapted_layers=("scale",),
    )
    path = write(tmp_path, diabetes, mlp(10, 1, "linear"))
    found = trained(path)
    # The mean predicts with an error of 66.
    assert found["mae"] < 0.8 * 66
    assert re.fullmatch(r"1: [\d.]+  \(true: \d+\)", run(path, "predict").stdout.splitlines()[0])


def test_csv_with_string_labels(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    ages, hours = rng.uniform(18, 80, 400), rng.uniform(1, 60, 400)
    labels = np.where(ages / 80 + hours / 60 > 1, "None", "high")
    header = "hours-per-week,age,group,weight\n"
    rows = [
        f"{h:.2f},{a:.1f},{label},1.0\n" for h, a, label in zip(hours, ages, labels, strict=True)
    ]
    (tmp_path / "people.csv").write_text(header + "".join(rows), encoding="utf-8")
    people = plan(
        [declared("features", "float32", 2)],
        [output("group", "classification", labels=["None", "high"])],
        source("csv", "people.csv", features=["age", "hours-per-week"], sample_weight="weight"),
        epochs=40,
        optimizer=optimizer("Adam", learning_rate=0.02),
        adapted_layers=("scale",),
    )
    path = write(tmp_path, people, mlp(2, 2, "softmax"))
    assert trained(path)["accuracy"] > 0.9
    (tmp_path / "new.csv").write_text("age,hours-per-week\n20,2\n79,59\n", encoding="utf-8")
    answers = run(path, "predict", "new.csv").stdout.strip().splitlines()
    assert [line.split()[1] for line in answers] == ["high", "None"]

    broken = {
        "column": "age,group\n1,high\n",
        "missing": header + rows[0] + "3,,high,1\n",
        "word": header + "3,old,high,1\n",
        "label": header + "3,4,medium,1\n" * 9,
        "few": header + "3,4,high,1\n",
        "empty": "",
    }
    for name, text in broken.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    said = failures(path, *(["--data", f"{name}.csv"] for name in broken))
    assert said[:5] == [
        "column.csv has no column 'hours-per-week'; it has age, group",
        "missing.csv: row 2 has no value in column 'age'",
        "word.csv: row 1 should hold a number in column 'age', but there is 'old'",
        "group: row 1 has 'medium', which is none of the labels None, high",
        "1 examples are too few to set 20% aside",
    ]
    assert said[5].startswith("empty.csv is no CSV file")
    assert fails(path, "--data", "nowhere.csv") == (
        "nowhere.csv is not there; it should be a CSV file with the columns "
        "age, hours-per-week, group, weight"
    )


def test_npz_with_two_inputs_and_two_outputs(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    title, tags = rng.integers(1, 50, (300, 6)), rng.normal(size=(300, 3))
    arrays = {
        "title": title,
        "tags": tags,
        "department": np.array(["sales", "support", "billing"])[title[:, 0] % 3],
        "priority": 1 / (1 + np.exp(-tags.sum(1))),
    }
    np.savez(tmp_path / "tickets.npz", **arrays)
    tickets = plan(
        [declared("title", "int32", 6), declared("tags", "float32", 3)],
        [
            output("priority", "regression", range=(0, 1), weight=0.2),
            output(
                "department",
                "classification",
                labels=["sales", "support", "billing"],
                class_weight=[1, 2, 1],
            ),
        ],
        source("npz", "tickets.npz"),
        epochs=60,
        optimizer=optimizer("Adam", learning_rate=0.01),
    )
    body = """
    title = keras.Input((6,), name="title", dtype="int32")
    tags = keras.Input((3,), name="tags")
    words = layers.Flatten()(layers.Embedding(50, 16)(title))
    x = layers.Concatenate()([words, tags])
    priority = layers.Dense(1, activation="sigmoid", name="priority")(x)
    department = layers.Dense(3, activation="softmax", name="department")(x)
    outputs = {"priority": priority, "department": department}
    return keras.Model([title, tags], outputs, name="Net")
    """
    path = write(tmp_path, tickets, body)
    found = trained(path)
    assert found["department_accuracy"] > 0.8
    assert found["priority_mae"] < 0.15
    lines = run(path, "predict").stdout.splitlines()
    assert lines[0] == "1:"
    assert [line.split()[0] for line in lines[1:5]] == [
        "priority:",
        "true:",
        "department:",
        "true:",
    ]
    np.savez(tmp_path / "new.npz", title=title[:2], tags=tags[:2])
    assert run(path, "predict", "new.npz").stdout.count("department:") == 2

    broken: dict[str, tuple[dict[str, np.ndarray], str]] = {
        "shape": (
            {"title": title[:, 1:]},
            "title: an example should have the shape (6,), but has (5,)",
        ),
        "count": ({"tags": tags[1:]}, "300 of title, 299 of tags"),
        "nan": ({"tags": tags * np.nan}, "tags: example 0 has a missing or infinite value"),
        "class": (
            {"department": np.arange(300) % 4},
            "expected classes from 0 to 2, but row 4 has 3",
        ),
        "range": ({"priority": tags[:, 0]}, "priority: targets lie between 0 and 1, but"),
        "whole": ({"title": title / 2}, "title: expected whole numbers"),
        "object": ({"tags": np.array([None] * 300)}, "is no .npz file of arrays"),
        "text": ({"tags": np.full((300, 3), "a")}, "tags: expected numbers, found"),
    }
    for name, (changed, _) in broken.items():
        np.savez(tmp_path / f"{name}.npz", **{**arrays, **changed})
    np.savez(tmp_path / "key.npz", title=title)
    said = failures(path, *(["--data", f"{name}.npz"] for name in [*broken, "key", "nowhere"]))
    for (_, expected), found_text in zip(broken.values(), said[:-2], strict=True):
        assert expected in found_text
    assert said[-2] == "key.npz has no array 'tags'; it has title"
    assert "it should be an .npz file with the arrays title, tags" in said[-1]


FAKED = """
import keras, numpy as np
rng = np.random.default_rng(0)
def fake(count):
    labels = rng.integers(0, 10, count).astype("uint8")
    images = rng.integers(0, 50, (count, 28, 28)).astype("uint8")
    for image, label in zip(images, labels):
        image[2 * label : 2 * label + 4] = 255
    return images, labels
keras.datasets.mnist.load_data = lambda: (fake(600), fake(200))
"""


def test_mnist_with_its_own_test_split(tmp_path: Path) -> None:
    mnist = plan(
        [declared("image", "float32", 28, 28, 1)],
        [output("digit", "classification", 10)],
        source("keras", "mnist"),
        epochs=4,
    )
    body = """
    image = keras.Input((28, 28, 1), name="image")
    x = layers.Flatten()(layers.Rescaling(1 / 255)(image))
    digit = layers.Dense(10, activation="softmax", name="digit")(x)
    return keras.Model(image, digit, name="Net")
    """
    path = write(tmp_path, mnist, body)
    assert trained(path, prelude=FAKED)["accuracy"] > 0.9
    # Without the cached file and the network there is one sentence.
    assert "the handwritten digits of MNIST could not be loaded" in fails(path, "evaluate")


IMDB = """
import keras, numpy as np
rng = np.random.default_rng(0)
def fake(count):
    labels = rng.integers(0, 2, count)
    texts = [[1, *(rng.integers(4, 50, rng.integers(3, 30)) + 40 * label)] for label in labels]
    return np.array(texts, dtype="object"), labels
def load_data(num_words):
    assert num_words == 100
    return fake(400), fake(100)
keras.datasets.imdb.load_data = load_data
"""


def test_imdb_is_padded(tmp_path: Path) -> None:
    imdb = plan(
        [declared("review", "int32", 20)],
        [output("mood", "binary_classification", labels=["bad", "good"])],
        source("keras", "imdb", num_words=100),
        epochs=20,
        validation=0.1,
        mixed_precision="mixed_bfloat16",
    )
    body = """
    review = keras.Input((20,), name="review", dtype="int32")
    x = layers.GlobalAveragePooling1D()(layers.Embedding(100, 8)(review))
    mood = layers.Dense(1, activation="sigmoid", dtype="float32", name="mood")(x)
    return keras.Model(review, mood, name="Net")
    """
    path = write(tmp_path, imdb, body)
    assert trained(path, prelude=IMDB)["accuracy"] > 0.9


def test_token_classification_leaves_padding_out(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    words = rng.integers(1, 30, (300, 10))
    tags = words % 3
    padded = np.arange(10) >= rng.integers(2, 10, 300)[:, None]
    words[padded], tags[padded] = 0, -1
    np.savez(tmp_path / "tags.npz", words=words, tags=tags)
    tagging = plan(
        [declared("words", "int32", 10)],
        [output("tags", "token_classification", labels=["A", "B", "C"])],
        source("npz", "tags.npz"),
        optimizer=optimizer("Adam", learning_rate=0.02),
        phases={"fine": {"epochs": 2, "optimizer": optimizer("Adam", learning_rate=0.001)}},
        epochs=10,
    )
    body = """
    words = keras.Input((10,), name="words", dtype="int32")
    x = layers.Embedding(30, 8)(words)
    tags = layers.Dense(3, activation="softmax", name="tags")(x)
    return keras.Model(words, tags, name="Net")
    """
    path = write(tmp_path, tagging, body)
    assert trained(path)["accuracy"] > 0.95
    assert re.match(r"1: ([ABC] ?){10}", run(path, "predict").stdout)


def test_segmentation_forecasting_reconstruction_and_labels(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    image = rng.uniform(0, 1, (400, 8, 8, 1))
    mask = np.where(image[..., 0] > 0.9, 255, 1 + (image[..., 0] > 0.5))
    np.savez(
        tmp_path / "many.npz",
        image=image,
        mask=mask,
        next=np.stack([image.mean((1, 2, 3)), image.max((1, 2, 3))], axis=1),
        marks=np.stack([image[:, 0, 0, 0] > 0.5, image[:, 1, 1, 0] > 0.5], axis=1),
    )
    many = plan(
        [declared("image", "float32", 8, 8, 1)],
        [
            output("mask", "segmentation", 2, first_label=1),
            output("next", "forecasting", horizon=2),
            output("again", "reconstruction"),
            output("marks", "multilabel_classification", labels=["first", "second"]),
        ],
        source("npz", "many.npz"),
        optimizer=optimizer("Adam", learning_rate=0.01),
        epochs=40,
    )
    body = """
    image = keras.Input((8, 8, 1), name="image")
    x = layers.Conv2D(8, 1, activation="relu")(image)
    flat = layers.Flatten()(image)
    outputs = {
        "mask": layers.Conv2D(2, 1, activation="softmax", name="mask")(x),
        "next": layers.Reshape((2, 1), name="next")(layers.Dense(2)(flat)),
        "again": layers.Dense(1, name="again")(x),
        "marks": layers.Dense(2, activation="sigmoid", name="marks")(flat),
    }
    return keras.Model(image, outputs, name="Net")
    """
    path = write(tmp_path, many, body)
    found = trained(path)
    assert found["mask_accuracy"] > 0.85
    assert found["next_mae"] < 0.3
    assert found["again_mae"] < 0.1
    assert found["marks_accuracy"] > 0.6
    assert "    true: ['first'" in run(path, "predict").stdout


def test_adapted_layers_learn_before_training(tmp_path: Path) -> None:
    wine = plan(
        [declared("acids", "float32", 2), declared("rest", "float32", 2)],
        [output("kind", "classification", 3, one_hot=True)],
        source("sklearn", "wine", acids=["alcohol", "malic_acid"], rest=["hue", "proline"]),
        optimizer=optimizer("Adam", learning_rate=0.05),
        epochs=20,
        adapted_layers=("acids_scale", "rest_scale"),
    )
    body = """
    acids = keras.Input((2,), name="acids")
    rest = keras.Input((2,), name="rest")
    scaled = layers.Normalization(name="acids_scale")(acids)
    x = layers.Concatenate()([scaled, layers.Normalization(name="rest_scale")(rest)])
    kind = layers.Dense(3, activation="softmax", name="kind")(x)
    return keras.Model([acids, rest], kind, name="Net")
    """
    path = write(tmp_path, wine, body)
    assert trained(path)["accuracy"] > 0.85


def test_without_data(tmp_path: Path) -> None:
    bare = plan(
        [declared("x", "float32", 4)],
        [output("y", "classification", 3)],
        adapted_layers=("scale",),
    )
    path = write(tmp_path, bare, mlp(4, 3, "softmax"))
    assert (
        fails(path)
        == "test.arch names no data to train and evaluate on: add `data = …` to its task"
    )
    code = """
import numpy as np, net
model = net.build_model()
net.train(model, (np.zeros((8, 4)), np.zeros(8)), epochs=1)
from pathlib import Path
net.save(model, Path("Net.keras"))
"""
    done = run(path, prelude=f"{code}\nsys.exit()")
    assert done.returncode == 0, done.stderr
    np.save(tmp_path / "x.npy", np.zeros((1, 4)))
    assert run(path, "predict", "x.npy").stdout.startswith("1: class ")


def test_the_same_seed_gives_the_same_model(tmp_path: Path) -> None:
    wine = plan(
        [declared("wine", "float32", 13)],
        [output("kind", "classification", 3)],
        source("sklearn", "wine"),
        epochs=3,
        seed=7,
        adapted_layers=("scale",),
    )
    path = write(tmp_path, wine, mlp(13, 3, "softmax"))
    assert trained(path) == trained(path)


def test_pyright_has_nothing_to_say() -> None:
    scripts = sorted(str(path) for path in written_scripts.glob("*.py"))
    assert scripts, "this test comes after the others"
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, *scripts]
    done = subprocess.run(command, cwd=written_scripts, capture_output=True, text=True, check=False)
    shutil.rmtree(written_scripts)
    assert done.returncode == 0, done.stdout
