"""What callbacks may watch, and what is held out where a spec says nothing. `tests/end_to_end/test_logged_names.py` has the names
from Keras.
"""

from __future__ import annotations

import pytest

from archlang import api
from archlang.source import Source
from archlang.tasks.monitors import logged, validation_of
from archlang.tasks.objectives import own_name

TASK = """
model Net {
    input x: float32[4]
    OUTPUTS
    data = npz("a.npz")
    BODY
}
train {
    SETTINGS
}
"""


def checked(
    settings: str,
    outputs: str = "output y: classification(3)",
    body: str = "head",
) -> api.Checked:
    text = TASK.replace("OUTPUTS", outputs).replace("BODY", body)
    return api.check(Source("test.arch", text.replace("SETTINGS", settings)))


def found(settings: str, **more: str) -> list[tuple[str, str]]:
    return [(d.code, d.help or "") for d in checked(settings, **more).diagnostics]


SEVERAL = {
    "outputs": "output kind: classification(3)\n    output good: binary_classification",
    "body": "Dense(4) as f\n    f -> head kind\n    f -> head good",
}


@pytest.mark.parametrize(
    "callback",
    [
        "EarlyStopping()",
        'EarlyStopping("val_accuracy", mode=max)',
        'EarlyStopping(monitor="loss")',
        "ReduceLROnPlateau()",
        'ModelCheckpoint("a.keras", monitor="nothing")',
        'ModelCheckpoint("a.keras", monitor="val_accuracy", save_best_only=True)',
        'ReduceLROnPlateau(), EarlyStopping("learning_rate", mode=min)',
        "TerminateOnNaN()",
    ],
)
def test_what_is_logged_may_be_watched(callback: str) -> None:
    assert found(f"callbacks = [{callback}]") == []


@pytest.mark.parametrize(
    ("callback", "help"),
    [
        ('EarlyStopping(monitor="val_acc")', "did you mean `val_accuracy`?"),
        ('EarlyStopping("val_los")', "did you mean `val_loss`?"),
        (
            'EarlyStopping("learning_rate")',
            "logged are `loss`, `accuracy`, `val_loss`, `val_accuracy`",
        ),
        (
            'ModelCheckpoint("a.keras", monitor="val_auc", save_best_only=True)',
            "logged are `loss`, `accuracy`, `val_loss`, `val_accuracy`",
        ),
    ],
)
def test_another_name_is_an_error_that_names_those_there_are(callback: str, help: str) -> None:
    assert found(f"callbacks = [{callback}]") == [("E0523", help)]


def test_a_fix_keeps_the_quotes() -> None:
    (problem,) = checked('callbacks = [EarlyStopping(monitor="val_acc", patience=3)]').diagnostics
    ((edit,),) = [fix.edits for fix in problem.fixes]
    assert edit.text == '"val_accuracy"'
    assert edit.span == problem.span


def test_without_validation_nothing_of_it_is_logged() -> None:
    settings = "validation = 0\n    test = 0.2\n    callbacks = [EarlyStopping()]"
    assert [code for code, _ in found(settings)] == ["E0523"]
    # A share is set aside where nothing is said, and where there is nothing else to evaluate on.
    assert found("test = 0.2\n    callbacks = [EarlyStopping()]") == []
    assert found("validation = 0\n    callbacks = [EarlyStopping()]") == []


def test_with_several_outputs_names_and_modes_are_those_of_keras() -> None:
    assert found("callbacks = [EarlyStopping()]", **SEVERAL) == []
    settings = 'callbacks = [EarlyStopping("val_kind_accuracy", mode=max)]'
    assert found(settings, **SEVERAL) == []
    ((code, help),) = found('callbacks = [EarlyStopping("val_kind_accuracy")]', **SEVERAL)
    assert (code, help) == ("E0524", "add `mode=max`")
    ((code, help),) = found('callbacks = [EarlyStopping("val_kind_loss")]', **SEVERAL)
    assert (code, help) == ("E0524", "add `mode=min`")
    ((code, help),) = found('callbacks = [EarlyStopping("val_accuracy")]', **SEVERAL)
    assert (code, help) == ("E0523", "did you mean `val_kind_accuracy` or `val_good_accuracy`?")


def test_a_mode_that_takes_the_worse_for_the_better_gives_a_warning() -> None:
    for callback in ('EarlyStopping("val_accuracy", mode=min)', "EarlyStopping(mode=max)"):
        assert [code for code, _ in found(f"callbacks = [{callback}]")] == ["W0525"]


def test_phases_that_inherit_callbacks_report_once() -> None:
    settings = (
        'epochs = 1\n    callbacks = [EarlyStopping("a")]\n    phase b {\n        epochs = 2\n    }'
    )
    assert [code for code, _ in found(settings)] == ["E0523"]


def test_what_a_metric_of_the_user_is_called_is_not_known() -> None:
    declared = 'metric Purity from "my_package.metrics"\n'
    settings = 'callbacks = [EarlyStopping("val_purity", mode=max)]'
    output = "output y: classification(3, metrics=[Purity])"
    text = TASK.replace("OUTPUTS", output).replace("BODY", "head")
    result = api.check(Source("test.arch", declared + text.replace("SETTINGS", settings)))
    assert result.ok
    assert logged(result.graphs["Net"].task) is None


@pytest.mark.parametrize(
    ("settings", "share"),
    [
        ("epochs = 1", 0.2),
        ("validation = 0.1", 0.1),
        ("validation = 0", 0.2),
        ("test = 0.1", 0),
        ("test = 0.1\n    validation = 0.3", 0.3),
        ("test = 0.1\n    callbacks = [EarlyStopping()]", 0.2),
        ('test = 0.1\n    callbacks = [EarlyStopping("loss")]', 0),
    ],
)
def test_what_is_validated_on(settings: str, share: float) -> None:
    graph = checked(settings).graphs["Net"]
    assert graph.train is not None
    assert validation_of(graph.task, graph.train) == share


def test_names_of_classes_are_those_that_keras_makes() -> None:
    names = {
        "F1Score": "f1_score",
        "KLDivergence": "kl_divergence",
        "LogCoshError": "logcosh",
        "AUC": "auc",
    }
    assert {metric: own_name(metric) for metric in names} == names
