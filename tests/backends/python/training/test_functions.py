"""Examples that a function gives, and held-out examples from sources of their own."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archlang.backends.python.training import TrainingPlan
from archlang.tasks.data_sources import check_data
from archlang.tasks.model import TaskSpec
from tests.backends.python.compare import load_script
from tests.backends.python.training.scripts import declared, output, plan, run, script, source

SIZE = declared("size", "float32", 2)
KIND = output("kind", "classification", labels=["a", "b"])
MODEL = """
size = keras.Input((2,), name="size")
x = layers.Dense(8, activation="relu")(size)
kind = layers.Dense(2, activation="softmax", name="kind")(x)
return keras.Model(size, kind, name="Net")
"""


def function(name: str = "my_data:examples", **mapped: Any) -> TrainingPlan:
    return plan([SIZE], [KIND], source("python", name, **mapped), validation=0.25)


def write(folder: Path, found: TrainingPlan) -> Path:
    """The script as a file that ruff has nothing to say about."""
    path = folder / "net.py"
    path.write_text(script(found, MODEL), "utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["format"], ["check", "--select", "E,F,W,I,UP", "--ignore", "E501"]):
        done = subprocess.run(
            [*ruff, *command, "--isolated", str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
    return path


@pytest.mark.parametrize(
    "name", ["my_data", "my_data:", ":f", "my-data:f", "my.data:f()", "a:b:c", "a.class:f", 'a:f"']
)
def test_what_names_no_function(name: str) -> None:
    found = TaskSpec(None, (SIZE,), (KIND,), source("python", name))
    (problem,) = check_data(found)
    assert (problem.code, problem.argument) == ("E0532", "0")
    assert '`"package.module:function"`' in problem.message


def test_words_of_templates_may_be_names_of_the_user() -> None:
    text = script(function("MODULE.PLACE:COUNT", kind="EXPECTED"), MODEL)
    ast.parse(text)
    assert "from MODULE.PLACE import COUNT\n" in text
    assert "given = COUNT()" in text
    assert 'named(given[1], ["EXPECTED"])' in text


X = [[0, 1], [2, 3], [4, 5], [6, 7]]
Y = ["a", "b", "a", "b"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "mapped"),
    [
        ((X, Y), {}),
        ((np.array(X), np.array([0, 1, 0, 1])), {}),
        (({"size": X}, {"kind": np.array(Y, dtype=object)}), {}),
        ({"size": X, "kind": Y, "more": 3}, {}),
        ({"s": X, "k": Y}, {"size": "s", "kind": "k"}),
        ({"s": [row[0] for row in X], "t": [row[1] for row in X], "kind": Y}, {"size": ["s", "t"]}),
    ],
)
def test_what_a_function_may_give(
    given: Any, mapped: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "my_data", module(given))
    x, y = load_script(script(function(**mapped), MODEL))["load_data"]()
    assert x.tolist() == X
    assert x.dtype == "float32"
    assert y.tolist() == [0, 1, 0, 1]


@pytest.mark.slow
def test_weights_come_third_or_by_their_key(monkeypatch: pytest.MonkeyPatch) -> None:
    names = load_script(script(function(sample_weight="w"), MODEL))
    for given in ((X, Y, [1, 2, 3, 4]), {"size": X, "kind": Y, "w": [1, 2, 3, 4]}):
        monkeypatch.setitem(sys.modules, "my_data", module(given))
        assert names["load_data"]()[2].tolist() == [1, 2, 3, 4]
    monkeypatch.setitem(sys.modules, "my_data", module((X, Y)))
    with pytest.raises(SystemExit, match=r"should give \(x, y, weights\) or a dict of arrays"):
        names["load_data"]()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((X, Y, Y), "should give (x, y) or a dict of arrays, but gives a tuple of 3"),
        ([X, Y], "should give (x, y) or a dict of arrays, but gives a value of type list"),
        ({"size": X}, "my_data:examples gives no 'kind'; it gives size"),
        ((X, Y[:3]), "my_data:examples: examples are not equally many: 4 of size, 3 of kind"),
        (([], []), "my_data:examples holds no examples"),
        (([[1], [2, 3]], Y), "my_data:examples should give arrays: "),
        (([[1, 2, 3]], ["a"]), "size: an example should have the shape (2,), but has (3,)"),
        (([["x", "y"]], ["a"]), "size: expected numbers, found 'x'"),
        (([[1, float("nan")]], ["a"]), "size: example 0 has a missing or infinite value"),
        ((X, ["a", "b", "c", "a"]), "kind: row 3 has 'c', which is none of the labels a, b"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    given: Any, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "my_data", module(given))
    with pytest.raises(SystemExit) as raised:
        load_script(script(function(), MODEL))["load_data"]()
    assert message in str(raised.value)


def module(given: Any) -> Any:
    """A module whose function gives this."""

    class Module:
        __path__: tuple[str, ...] = ()

        @staticmethod
        def examples() -> Any:
            return given

    return Module


@pytest.mark.slow
def test_a_module_that_is_not_there() -> None:
    with pytest.raises(SystemExit, match="no_such_module:f cannot be imported: No module named"):
        load_script(script(function("no_such_module:f"), MODEL))["load_data"]()


@pytest.mark.slow
def test_data_to_validate_and_to_test_on_from_other_sources(tmp_path: Path) -> None:
    random = np.random.default_rng(0)

    def draw(count: int) -> tuple[np.ndarray, np.ndarray]:
        x = random.normal(size=(count, 2))
        return x, np.where(x[:, 0] > x[:, 1], "a", "b")

    found = plan(
        [SIZE],
        [KIND],
        source("csv", "train.csv", size=["w", "h"]),
        validation=source("npz", "validation.npz"),
        test=source("csv", "test.csv", size=["width", "height"], kind="class"),
        epochs=20,
    )
    tables = {"train.csv": "w,h,kind", "test.csv": "class,height,width"}
    for name, header in tables.items():
        lines = [
            f"{a},{b},{c}" if name == "train.csv" else f"{c},{b},{a}"
            for (a, b), c in zip(*draw(300), strict=True)
        ]
        (tmp_path / name).write_text("\n".join([header, *lines]), "utf-8")
    x, y = draw(50)
    np.savez(tmp_path / "validation.npz", size=x, kind=y)
    path = write(tmp_path, found)
    done = run(path, "--epochs", "30")
    assert done.returncode == 0, done.stderr[-3000:]
    accuracy = float(done.stdout.split("\naccuracy: ")[1].split()[0])
    # Columns that were mixed up would give the other class each time.
    assert accuracy > 0.9
    (tmp_path / "test.csv").unlink()
    done = run(path, "evaluate")
    assert done.stderr.strip().splitlines()[-1] == (
        "test.csv is not there; it should be a CSV file with the columns width, height, class"
    )
