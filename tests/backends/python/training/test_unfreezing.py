"""Phases that unfreeze, weights of other models, losses and metrics written in Python."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from archlang import api
from archlang.source import Source
from tests.backends.python.compare import load_script

SPEC = """
task Shapes {
    input x: float32[8, 8, 1]
    output y: classification(3)
    data = npz("shapes.npz")
}

block Residual(filters) {
    [_, Conv2D(filters, 3, padding=same) -> BatchNormalization -> ReLU] -> Add
}

model Backbone {
    input x: float32[8, 8, 1]
    Conv2D(4, 3, name=stem) -> BatchNormalization -> ReLU
    Conv2D(4, 3, name=middle) -> BatchNormalization -> ReLU
    GlobalAveragePooling2D
}

model Net for Shapes {
    frozen {
        Residual(1)
        Residual(1)
    }
    frozen Backbone(name=backbone)
    frozen Dense(5, name=small)
    head
}

train Net {
    epochs = 1
    PHASES
}
"""
PHASES = """
    phase one {
        unfreeze = [last(backbone, 2), residual_2]
        optimizer = Adam(1e-4)
    }
    phase two {
        unfreeze = [after(backbone, "stem"), small]
    }
    phase three {
        unfreeze = [backbone, residual_1]
        batch_norm = True
    }
"""
WEIGHTS = """
model Part {
    input x: float32[4]
    Dense(3)
}

model Teacher {
    input x: float32[4]
    output y: classification(2)
    Part
    head
}

model Pupil {
    input x: float32[4]
    output y: classification(2)
    frozen Part(name=part, weights=WEIGHTS)
    head
}

train Teacher {
    save = "models/teacher.keras"
}
"""
CUSTOM = """
loss Gap(power=2) from "my_objectives"
metric Share from "my_objectives"

model Net {
    input x: float32[4]
    output y: regression(loss=Gap(power=4), metrics=[Share()])
    head
}
"""
OBJECTIVES = """
import keras
from keras import ops


class Gap(keras.losses.Loss):
    def __init__(self, power=2):
        super().__init__(name="gap")
        self.power = power

    def call(self, y_true, y_pred):
        return ops.mean(ops.abs(y_true - y_pred) ** self.power, axis=-1)


def near(y_true, y_pred):
    return ops.cast(ops.abs(y_true - y_pred) < 1, "float32")


class Share(keras.metrics.MeanMetricWrapper):
    def __init__(self):
        super().__init__(near, name="share")
"""


def script_of(text: str, model: str, *, flat: bool = False) -> str:
    """The script of a model of a spec without errors."""
    checked = api.check(Source("shapes.arch", text))
    assert checked.ok, [d.message for d in checked.diagnostics]
    return api.to_python(checked, model, flat=flat)


def said(text: str) -> list[tuple[str, str]]:
    """Codes and messages about phases and weights."""
    found = api.check(Source("shapes.arch", text)).diagnostics
    return [(d.code, d.message) for d in found if d.code[1:3] in ("03", "05") or d.code == "W1341"]


def test_phases_unfreeze_before_they_compile() -> None:
    text = script_of(SPEC.replace("PHASES", PHASES), "Net")
    one = text.partition("# Phase one.\n")[2].partition("# Phase two.")[0]
    assert [line.strip() for line in one.splitlines()[:4]] == [
        'unfreeze_last(model.get_layer("backbone"), 2)',
        'unfreeze_block(model, "residual_2")',
        "compile_model(model, keras.optimizers.Adam(1e-4))",
        'show_trained(model, "one")',
    ]
    assert 'unfreeze_after(model.get_layer("backbone"), "stem")' in text
    assert 'unfreeze(model.get_layer("small"))' in text
    assert 'unfreeze(model.get_layer("backbone"), batch_norm=True)' in text


def test_scripts_hold_only_what_their_phases_need() -> None:
    text = script_of(SPEC.replace("PHASES", "phase fine { optimizer = Adam(1e-4) }"), "Net")
    assert "unfreeze" not in text
    assert "show_trained" not in text
    text = script_of(SPEC.replace("PHASES", "phase fine { unfreeze = [small] }"), "Net")
    assert re.findall(r"def (unfreeze\w*)", text) == ["unfreeze"]


@pytest.mark.parametrize(
    ("selector", "code", "words"),
    [
        ("backbon", "E0341", "`backbon` matches no layer of `Net`"),
        ("stem", "E0341", "`stem` matches no layer of `Net`"),
        ("relu_1", "E0341", "`relu_1` matches no layer of `Net`"),
        ("residual_1_add_1", "E0341", "`residual_1_add_1` has no weights to train"),
        (
            "residual_1_batch_normalization_1",
            "E0341",
            "`residual_1_batch_normalization_1` is batch normalization only, which stays in "
            "inference mode",
        ),
        ("3", "E0341", "3 is no layer"),
        ("last(backbone, 0)", "E0342", "`last` takes a number of layers, 1 or more, not 0"),
        ("last(backbone, 5)", "E0342", "`backbone` has 4 layers with weights, fewer than 5"),
        ("last(residual_1, 1)", "E0341", "`residual_1` matches no layer of `Net`"),
        (
            "last(small, 1)",
            "E0343",
            "`small` is one layer, and `last` selects among several",
        ),
        ('after(backbone, "top")', "E0343", "`backbone` has no layer `top`"),
        (
            'after(backbone, "relu_2")',
            "E0343",
            "no layer of `backbone` after `relu_2` has weights",
        ),
        ("y", "W1341", "`y` is not frozen, and trains from the beginning"),
    ],
)
def test_selectors_that_select_nothing(selector: str, code: str, words: str) -> None:
    phases = f"phase fine {{ unfreeze = [{selector}] }}"
    assert said(SPEC.replace("PHASES", phases)) == [(code, words)]


def test_unfreezing_accumulates() -> None:
    phases = "phase a { unfreeze = [small] }\n phase b { unfreeze = [small, backbone] }"
    assert said(SPEC.replace("PHASES", phases)) == [
        ("W1341", "`small` trains since an earlier phase")
    ]
    phases = "phase a { batch_norm = True }"
    assert said(SPEC.replace("PHASES", phases)) == [
        ("E0522", "`batch_norm` is about what the phase unfreezes, which is nothing")
    ]


@pytest.mark.parametrize("flat", [False, True])
def test_weights_of_another_model_are_loaded_before_training(flat: bool) -> None:
    text = script_of(WEIGHTS.replace("WEIGHTS", "Teacher"), "Pupil", flat=flat)
    call = text[text.index("    start_from(\n") :].partition("\n    )")[0]
    assert [line.strip() for line in call.splitlines()[1:]] == [
        'model.get_layer("part"),',
        'Path("models/teacher.keras"),',
        '"Part",',
        '"train Teacher first (archc run --model Teacher shapes.arch)",',
    ]
    assert 'name="part")' in text
    assert "start_from" not in script_of(WEIGHTS.replace("WEIGHTS", "Teacher"), "Teacher")


def test_weights_that_are_not_there() -> None:
    def problems(weights: str, more: str = "") -> list[tuple[str, str]]:
        return said(WEIGHTS.replace("WEIGHTS", weights) + more)

    other = "model Other {\n input x: float32[4]\n output y: classification(2)\n head\n}"
    assert problems("Other", other) == [("E0344", "`Other` does not contain `Part`")]
    other = "model Other {\n input x: float32[4]\n Part\n}"
    assert problems("Other", other) == [("E0344", "`Other` has no task, so it is never trained")]
    assert problems('"part.keras"') == []


def test_losses_and_metrics_written_in_python() -> None:
    data = CUSTOM.replace("    head", '    data = npz("d.npz")\n    head')
    text = script_of(data, "Net")
    assert "from my_objectives import Gap, Share\n" in text
    assert "loss=Gap(power=4)" in text
    assert "metrics=[Share()]" in text
    assert "compile=False" in text


# ------------------------------------------------------------------ for real


def examples(width: int = 1) -> Any:
    import numpy as np

    random = np.random.default_rng(0)
    x = random.normal(3, 2, size=(64, 8, 8, width)).astype("float32")
    return x, random.integers(0, 3, 64)


def watch_fits(model: Any) -> list[tuple[set[str], int]]:
    """For each `fit`: the batch normalizations whose statistics moved, and how many parameters trained."""
    import numpy as np
    from keras import layers

    seen: list[tuple[set[str], int]] = []
    fit = model.fit

    def statistics() -> dict[str, Any]:
        return {
            inner.name if inner in model.layers else f"backbone/{inner.name}": np.concatenate(
                [inner.moving_mean, inner.moving_variance]
            )
            for inner in model._flatten_layers()
            if isinstance(inner, layers.BatchNormalization)
        }

    def watched(*args: Any, **named: Any) -> Any:
        before = statistics()
        count = sum(int(np.prod(w.shape)) for w in model.trainable_variables)
        done = fit(*args, **named, verbose=0)
        after = statistics()
        moved = {name for name in before if not np.array_equal(before[name], after[name])}
        seen.append((moved, count))
        return done

    model.fit = watched
    return seen


@pytest.mark.slow
def test_statistics_stay_and_parameters_train_as_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = load_script(script_of(SPEC.replace("PHASES", PHASES), "Net"))
    model = script["build_model"]()
    seen = watch_fits(model)
    checkpoint = script["Checkpoint"](tmp_path / "net.keras")
    script["train"](model, examples(), examples(), checkpoint)
    # The head; the last two layers (a convolution and a batch normalization) and a convolution of
    # a block; the dense layer, nothing more behind the stem; all, with gamma and beta.
    head, middle, block = 6 * 3, (9 * 4 + 1) * 4, 9 + 1
    stem, small, norms = (9 + 1) * 4, 5 * 5, 2 * 4 + 2 * 4 + 2
    counts = [
        head,
        head + middle + block,
        head + middle + block + small,
        head + middle + 2 * block + small + stem + norms,
    ]
    assert [count for _, count in seen] == counts
    out = _out(capsys)
    printed = re.findall(r"^phase (\w+): \d+ layers train, ([\d,]+) parameters", out, re.M)
    assert printed == [
        (name, f"{count:,}")
        for name, count in zip(("first", "one", "two", "three"), counts, strict=True)
    ]
    # Of the last two layers one is batch normalization; in the end it trains too.
    lines = re.findall(r"^  backbone: .*", out, re.M)
    assert ["; batch normalization stays in inference mode" in line for line in lines] == [
        True,
        True,
        False,
    ]
    assert [moved for moved, _ in seen[:3]] == [set(), set(), set()]
    assert seen[3][0] == {
        "backbone/batch_normalization_1",
        "backbone/batch_normalization_2",
        "residual_1_batch_normalization_1",
    }


def _out(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


@pytest.mark.slow
def test_weights_are_those_of_the_trained_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import numpy as np

    monkeypatch.chdir(tmp_path)
    text = WEIGHTS.replace("WEIGHTS", "Teacher")
    teacher, pupil = (load_script(script_of(text, name)) for name in ("Teacher", "Pupil"))
    x, y = np.ones((8, 4), "float32"), np.zeros(8, "int32")
    model = pupil["build_model"]()
    with pytest.raises(SystemExit, match=r"teacher.keras is not there: train Teacher first"):
        pupil["train"](model, (x, y), epochs=1)
    trained = teacher["build_model"]()
    teacher["train"](trained, (x, y), epochs=1)
    teacher["save"](trained, Path("models/teacher.keras"))
    pupil["train"](model, (x, y), epochs=1)
    ours = model.get_layer("part").get_weights()
    theirs = trained.get_layer("Part").get_weights()
    assert len(ours) == 2
    assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))
    # A file that holds something else.
    other = WEIGHTS.replace("Dense(3)", "Dense(7)").replace("WEIGHTS", '"models/teacher.keras"')
    wrong = load_script(script_of(other, "Pupil"))
    with pytest.raises(SystemExit, match=r"does not hold the weights of Part as it is here"):
        wrong["train"](wrong["build_model"](), (x, y), epochs=1)


@pytest.mark.slow
def test_own_losses_and_metrics_train_save_and_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import numpy as np

    (tmp_path / "my_objectives.py").write_text(OBJECTIVES, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    script = load_script(script_of(CUSTOM, "Net"))
    x, y = np.ones((8, 4), "float32"), np.full(8, 2.0, "float32")
    model = script["build_model"]()
    script["train"](model, (x, y), epochs=1)
    before = script["evaluate"](model, (x, y))
    assert before["loss"] == pytest.approx(
        float(np.mean(np.abs(2 - model.predict(x, verbose=0)) ** 4)), rel=1e-4
    )
    script["save"](model, tmp_path / "net.keras")
    assert script["evaluate"](script["load"](tmp_path / "net.keras"), (x, y)) == before
