"""The text of the training half: what is there, what is not, and that it is well formed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from archlang.backends.python.training import TrainingPlan, training_sections
from archlang.backends.python.training.layout import call, listing, mapping, statement
from tests.backends.python.training.scripts import (
    callback,
    declared,
    output,
    plan,
    script,
    source,
)

X = [declared("x", "float32", 4)]
Y = [output("y", "classification", labels=["a", "b", "c"])]
RESERVED = {"keras", "layers", "ops", "build_model", "x"}

PLANS: dict[str, TrainingPlan] = {
    "sklearn": plan(X, Y, source("sklearn", "iris"), epochs=3),
    "sklearn_columns": plan(
        [declared("a", "float32", 2), declared("b", "int32")],
        Y,
        source("sklearn", "iris", a=["sepal length (cm)", "sepal width (cm)"], b="target"),
    ),
    "csv": plan(
        [declared("age", "float32"), declared("rest", "int32", 2)],
        [
            output("rich", "binary_classification", labels=["<=50K", ">50K"], class_weight=[1, 3]),
            output("hours", "regression", range=(0, 99), weight=0.2),
        ],
        source("csv", "people.csv", rest=["a", "b"], sample_weight="w"),
        validation=0.2,
        test=0.1,
    ),
    "csv_sources": plan(
        [declared("x", "float32")],
        [output("y", "regression", targets=2)],
        source("csv", "a.csv", y=["u", "v"]),
        validation=source("csv", "b.csv"),
        test=source("csv", "c.csv"),
    ),
    "npz": plan(
        [declared("title", "int32", None), declared("image", "float32", 8, 8, 1)],
        [output("tags", "token_classification", 3), output("m", "multilabel_classification", 4)],
        source("npz", "d.npz"),
        phases={"fine": {"epochs": 3, "batch_size": 8}},
        epochs=2,
    ),
    "npz_weights": plan(
        [declared("image", "float32", 8, 8, 1)],
        [output("mask", "segmentation", 5)],
        source("npz", "d.npz", sample_weight="w"),
    ),
    "npz_forecast": plan(
        [declared("past", "float32", 30, 1)],
        [output("future", "forecasting", 5)],
        source("npz", "d.npz", sample_weight="w"),
    ),
    "one_hot": plan(
        X, [output("y", "classification", 3, one_hot=True)], source("npz", "d.npz"), test=0.3
    ),
    "mnist": plan(
        [declared("image", "float32", 28, 28, 1)],
        [output("digit", "classification", 10)],
        source("keras", "mnist"),
    ),
    "cifar": plan(
        [declared("image", "float32", 32, 32, 3)],
        [output("thing", "classification", 20, one_hot=True)],
        source("keras", "cifar100", label_mode="coarse"),
        callbacks=[callback("EarlyStopping", patience=3)],
    ),
    "autoencoder": plan(
        [declared("image", "float32", 28, 28, 1)],
        [output("again", "reconstruction")],
        source("keras", "fashion_mnist"),
        validation=0.1,
    ),
    "housing": plan(
        [declared("house", "float32", 8)],
        [output("price", "regression", range=(0, None))],
        source("sklearn", "california_housing"),
        mixed_precision=True,
        jit_compile=True,
        save="houses/best.keras",
        seed=3,
    ),
    "logits": plan(
        X,
        [
            output("a", "classification", 3, from_logits=True),
            output("b", "binary_classification", from_logits=True),
            output("c", "multilabel_classification", 2, from_logits=True),
        ],
        source("npz", "d.npz"),
    ),
    "text": plan([declared("text", "string")], Y, source("csv", "a.csv"), test=0.2),
    "texts": plan(
        [declared("title", "string"), declared("tags", "string", 2), declared("size", "float32")],
        Y,
        source("csv", "a.csv", tags=["first_tag", "second_tag"], sample_weight="w"),
        adapted_layers=("size_scale",),
    ),
    "texts_in_arrays": plan(
        [declared("text", "string", 1)], Y, source("npz", "a.npz"), adapted_layers=("words",)
    ),
    "text_folder": plan(
        [declared("text", "string")],
        [output("y", "binary_classification", labels=["no", "yes"], class_weight=[1, 2])],
        source("text_folder", "texts"),
        test=0.2,
        adapted_layers=("words",),
    ),
    "no_data_text": plan([declared("text", "string")], Y),
    "no_data": plan(X, Y, epochs=3),
    "no_data_two_inputs": plan([*X, declared("z", "float32", None, 3)], Y),
}


@pytest.mark.parametrize("name", PLANS)
def test_every_script_parses_and_defines_what_it_says(name: str) -> None:
    sections = training_sections(PLANS[name])
    text = script(PLANS[name], "return keras.Model()")
    tree = ast.parse(text)
    definitions = (ast.FunctionDef, ast.ClassDef)
    defined = {node.name for node in tree.body if isinstance(node, definitions)}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            defined |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    assert defined - {"build_model"} == sections.names
    assert not sections.names & RESERVED
    assert "archlang" not in text
    # Nothing is defined that nothing uses.
    for function in sections.names - {"main", "train", "evaluate", "save", "load"}:
        assert len(re.findall(rf"\b{function}\b", text)) > 1, function
    assert text == script(PLANS[name], "return keras.Model()")


def test_ruff_finds_nothing_and_changes_nothing(tmp_path: Path) -> None:
    for name, each in PLANS.items():
        (tmp_path / f"{name}.py").write_text(script(each, "return keras.Model()"), encoding="utf-8")
    for command in (
        ["check", "--select", "E,F,I,W,B,UP", "--ignore", "E501"],
        ["format", "--diff"],
    ):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "ruff",
                *command,
                "--isolated",
                "--target-version",
                "py311",
                ".",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def functions(name: str) -> str:
    return training_sections(PLANS[name]).functions


def test_text_of_a_spec_cannot_become_code() -> None:
    nasty = 'a"); import os; print("{0}\n\\'
    labels = [nasty, "b", "{x}"]
    bad = plan(
        [declared("x", "float32")],
        [output("y", "classification", labels=labels)],
        source("csv", nasty + "'''.csv", x=nasty, y='"""', sample_weight="'"),
        save='"/x.keras',
    )
    tree = ast.parse(script(bad, "return keras.Model()"))
    (found,) = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LABELS"
    ]
    assert ast.literal_eval(found) == labels
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert "os" not in imported


def test_what_is_held_out() -> None:
    assert "return split(load_data(), VALIDATION, seed)" in functions("sklearn")
    assert "split(training, VALIDATION / (1 - TEST), seed)" in functions("csv")
    assert "held_out = load_data(TEST_DATA)" in functions("csv_sources")
    # The test split of MNIST is enough, unless something watches the validation.
    assert "validation" not in functions("mnist")
    assert "split(training, VALIDATION, seed)" in functions("cifar")


def test_settings_are_used() -> None:
    text = functions("housing")
    assert 'keras.config.set_dtype_policy("mixed_float16")' in text
    assert "jit_compile=True" in text
    assert 'Path("houses/best.keras")' in text
    assert '"--seed", type=int, default=3' in text
    assert "np.clip(values, 0, None)" in text


def test_phases_compile_and_fit_in_order() -> None:
    text = functions("npz")
    assert text.count("compile_model(model, ") == 3
    assert text.index("epochs=epochs or 2") < text.index("# Phase fine.")
    assert text.index("# Phase fine.") < text.index("epochs=epochs or 3")
    assert "batch_size=batch_size or 8" in text


def test_only_a_summary_without_a_task() -> None:
    sections = training_sections(plan(X, []))
    assert sections.names == {"main"}
    assert sections.imports == frozenset()


def test_several_outputs_are_named_everywhere() -> None:
    text = functions("csv")
    assert 'loss_weights={"rich": 1.0, "hours": 0.2}' in text
    assert '"rich": keras.losses.BinaryCrossentropy()' in text
    assert "def weigh(" in text


def test_layout_is_ruffs() -> None:
    long = "a" * 30
    value = call("f", long, ("b", listing([long, long, long])), ("c", mapping([('"k"', "1")])))
    assert statement("x = ", value) == [
        "    x = f(",
        f"        {long},",
        "        b=[",
        *[f"            {long},"] * 3,
        "        ],",
        '        c={"k": 1},',
        "    )",
    ]
    assert statement("", call("f", long, long)) == [f"    f({long}, {long})"]
    assert statement("", call("a_long_name", long, long, "b" * 9)) == [
        "    a_long_name(",
        f"        {long}, {long}, bbbbbbbbb",
        "    )",
    ]
    assert statement("", call("f")) == ["    f()"]
