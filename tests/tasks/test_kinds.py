"""The kinds of tasks: arguments, heads, losses, metrics, and what hand-written heads are told."""

from __future__ import annotations

from typing import Any

import pytest

from archlang.shapes.rule import LayerValue, RuleError
from archlang.shapes.spec import UNKNOWN, TensorSpec
from archlang.source import Span
from archlang.tasks.codes import CODES
from archlang.tasks.kind import Head
from archlang.tasks.model import OutputSpec
from archlang.tasks.problem import Problem
from archlang.tasks.registry import KINDS

VECTOR = TensorSpec((None, 64))
SEQUENCE = TensorSpec((None, 20, 64))
IMAGE = TensorSpec((None, 7, 7, 64))


def output(kind: str, *positional: Any, **keywords: Any) -> OutputSpec:
    args, problems = KINDS[kind].bind(positional, keywords)
    assert problems == []
    return OutputSpec("y", Span("t.arch", 0, 0), kind, args)


def problems(kind: str, *positional: Any, **keywords: Any) -> list[Problem]:
    return KINDS[kind].bind(positional, keywords)[1]


def head(y: OutputSpec, flow: TensorSpec = VECTOR, **keywords: Any) -> Head:
    assert y.kind is not None
    return KINDS[y.kind].head(y, flow, keywords.pop("inputs", {}), **keywords)


def layer(name: str, /, **args: Any) -> LayerValue:
    return LayerValue("layers", name, args)


# ------------------------------------------------------------------------------ arguments


def test_positional_arguments_and_defaults() -> None:
    args, found = KINDS["classification"].bind((10,), {})
    assert found == []
    assert args == {
        "classes": 10,
        "labels": None,
        "one_hot": False,
        "loss": None,
        "metrics": None,
        "weight": 1.0,
        "class_weight": None,
        "from_logits": False,
    }


def test_labels_count_the_classes() -> None:
    assert output("classification", labels=["a", "b", "c"]).args["classes"] == 3


@pytest.mark.parametrize(
    ("kind", "arguments", "argument", "message", "help"),
    [
        ("classification", {"clases": 3}, "clases", "no argument `clases`", "`classes`"),
        ("classification", {"classes": -3}, "classes", "a whole number above 0, not `-3`", None),
        ("classification", {"classes": True}, "classes", "not `True`", None),
        (
            "classification",
            {"classes": 1},
            "classes",
            "nothing to learn",
            "`binary_classification`",
        ),
        ("classification", {}, None, "number of classes is missing", "`classes=N`"),
        ("classification", {"classes": 3, "labels": ["a", "b"]}, "classes", "says 3", "leave out"),
        ("classification", {"labels": ["a", "a"]}, "labels", 'label "a" stands twice', "differ"),
        ("classification", {"labels": [1, 2]}, "labels", "a list of strings", None),
        ("classification", {"classes": 2, "class_weight": [1]}, "class_weight", "1 weights", "one"),
        ("classification", {"classes": 2, "loss": "msee"}, "loss", "a loss of Keras", "`mse`"),
        ("classification", {"classes": 2, "metrics": ["acuracy"]}, "metrics", "no metric", None),
        (
            "binary_classification",
            {"labels": ["a"]},
            "labels",
            "two different names",
            "for example",
        ),
        ("binary_classification", {"threshold": 1.5}, "threshold", "between 0 and 1", None),
        ("regression", {"range": (5, 2)}, "range", "range (5, 2) is empty", "`range=(2, 5)`"),
        ("regression", {"range": 5}, "range", "a pair of bounds", None),
        ("regression", {"targets": 0}, "targets", "above 0, not `0`", None),
        ("regression", {"class_weight": [1, 2]}, "class_weight", "no classes", "`weight=`"),
        ("regression", {"metrics": ["accuracy"]}, "metrics", "no classes", "MeanAbsolute"),
        ("regression", {"from_logits": True}, "from_logits", "has no logits", "leave out"),
        ("forecasting", {}, None, "is missing", "`horizon=N`"),
        ("generation", {"vocab": 9, "start": 9}, "start", "below 9", None),
        ("generation", {}, None, "one of `vocab` and `text`", "`vocab=N`"),
        ("generation", {"vocab": 9, "class_weight": [1] * 9}, "class_weight", "all count", "leave"),
        ("forecasting", {"horizon": 3, "class_weight": [1]}, "class_weight", "a forecast", "weigh"),
        ("forecasting", {"horizon": 3, "from_logits": True}, "from_logits", "no logits", "leave"),
        ("reconstruction", {"from_logits": True}, "from_logits", "no logits", "leave out"),
        ("reconstruction", {"range": (255, 0)}, "range", "is empty", "`range=(0, 255)`"),
        ("token_classification", {"labels": ["a"]}, "labels", "nothing to learn", "binary"),
        ("segmentation", {"classes": 3, "class_weight": [1, -1, 1]}, "class_weight", "0 or", None),
        ("multilabel_classification", {}, None, "number of classes is missing", "labels"),
    ],
)
def test_arguments_that_do_not_fit(
    kind: str, arguments: dict[str, Any], argument: str | None, message: str, help: str | None
) -> None:
    (problem,) = problems(kind, **arguments)
    assert problem.code in CODES
    assert problem.argument == argument
    assert message in problem.message
    if help is not None:
        assert problem.help is not None
        assert help in problem.help


def test_too_many_positional_arguments_and_doubles() -> None:
    assert [p.argument for p in problems("classification", 3, None, False, 4)] == ["3"]
    assert "given twice" in problems("classification", 3, classes=3)[0].message


def test_logits_said_twice_must_agree() -> None:
    loss = LayerValue("losses", "BinaryCrossentropy", {"from_logits": False})
    (problem,) = problems("binary_classification", loss=loss, from_logits=True)
    assert "disagree" in problem.message


# ------------------------------------------------------------------------------ heads


def test_heads() -> None:
    named = {"name": "y"}
    assert head(output("classification", 3)).layers == (
        layer("Dense", units=3, activation="softmax", **named),
    )
    assert head(output("classification", 3, from_logits=True)).layers == (
        layer("Dense", units=3, **named),
    )
    assert head(output("binary_classification")).layers[0].args["activation"] == "sigmoid"
    assert head(output("regression")).layers == (layer("Dense", units=1, **named),)
    assert head(output("regression", range=(0, 1))).layers == (
        layer("Dense", units=1, activation="sigmoid", **named),
    )
    assert head(output("regression", range=(0, None))).layers[0].args["activation"] == "softplus"
    assert head(output("regression", range=(10, 30))).layers == (
        layer("Dense", units=1, activation="sigmoid", name="y_sigmoid"),
        layer("Rescaling", scale=20, offset=10, **named),
    )
    assert head(output("regression", range=(None, 5))).layers[1].args["scale"] == -1
    assert head(output("forecasting", horizon=4, features=2)).layers[1] == (
        layer("Reshape", target_shape=(4, 2), **named)
    )
    assert head(output("token_classification", 3), SEQUENCE).layers[0].args["units"] == 3
    assert head(output("generation", vocab=30), SEQUENCE).layers[0].args["units"] == 30


def test_a_mask_is_as_large_as_the_image() -> None:
    inputs = {"image": TensorSpec((None, 28, 28, 3))}
    layers = head(output("segmentation", 5), IMAGE, inputs=inputs).layers
    assert [(each.name, each.args["name"]) for each in layers] == [
        ("UpSampling2D", "y_enlarged"),
        ("Conv2D", "y"),
    ]
    assert layers[0].args["size"] == 4
    with pytest.raises(RuleError, match="evenly"):
        head(output("segmentation", 5), IMAGE, inputs={"image": TensorSpec((None, 30, 30, 3))})


def test_a_reconstruction_has_the_shape_of_its_input() -> None:
    inputs = {"image": TensorSpec((None, 28, 28, 1))}
    y = output("reconstruction")
    assert head(y, TensorSpec((None, 28, 28, 16)), inputs=inputs).layers[0].args["units"] == 1
    dense, reshape = head(y, VECTOR, inputs=inputs).layers
    assert dense.args["units"] == 784
    assert reshape.args["target_shape"] == (28, 28, 1)
    with pytest.raises(RuleError, match=r"\[7, 7, 64\] flows into its reconstruction"):
        head(y, IMAGE, inputs=inputs)


def test_heads_compute_in_float32() -> None:
    for keywords in ({"mixed_precision": True}, {"flow": VECTOR.with_dtype("float16")}):
        assert head(output("classification", 3), **keywords).layers[0].args["dtype"] == "float32"


@pytest.mark.parametrize(
    ("flow", "help", "layer"),
    [
        (IMAGE, "`Flatten` or `GlobalAveragePooling2D`", "GlobalAveragePooling2D"),
        (SEQUENCE, "`return_sequences=False`", "GlobalAveragePooling1D"),
        (VECTOR.with_dtype("string"), "TextVectorization", None),
        (TensorSpec((None,)), "float32[1]", None),
        (TensorSpec((None, None)), "size", None),
    ],
)
def test_a_flow_that_a_head_cannot_follow(flow: TensorSpec, help: str, layer: str | None) -> None:
    for kind, positional in (("classification", (3,)), ("regression", ()), ("forecasting", (3,))):
        with pytest.raises(RuleError) as caught:
            head(output(kind, *positional), flow)
        assert caught.value.code == "E0504"
        assert help in (caught.value.help or "")
        assert caught.value.insert_before == layer


def test_an_unknown_flow_is_no_error() -> None:
    for y in (output("classification", 3), output("segmentation", 3), output("regression")):
        assert head(y, UNKNOWN).layers


def test_every_kind_gives_reasons() -> None:
    y = output("classification", 30)
    assert len(head(y).reasons) >= 2
    for reason in (*head(y).reasons, *KINDS["classification"].reasons(y)):
        assert reason.endswith(".")


# ------------------------------------------------------------------------------ losses and metrics


def names(y: OutputSpec) -> tuple[str, list[str]]:
    assert y.kind is not None
    kind = KINDS[y.kind]
    return kind.loss(y).name, [metric.args["name"] for metric in kind.metrics(y)]


def test_losses_and_metrics() -> None:
    assert names(output("classification", 3)) == ("SparseCategoricalCrossentropy", ["accuracy"])
    assert names(output("classification", 30, one_hot=True)) == (
        "CategoricalCrossentropy",
        ["accuracy", "top_5_accuracy"],
    )
    assert names(output("binary_classification")) == ("BinaryCrossentropy", ["accuracy", "auc"])
    assert names(output("multilabel_classification", 4)) == (
        "BinaryCrossentropy",
        ["accuracy", "auc"],
    )
    assert names(output("regression")) == ("MeanSquaredError", ["mae", "rmse"])
    assert names(output("forecasting", 3)) == ("MeanSquaredError", ["mae"])
    assert names(output("reconstruction", range=(0, 255)))[0] == "BinaryCrossentropy"
    assert names(output("binary_classification", from_logits=True)) == (
        "BinaryCrossentropy",
        ["auc"],
    )


def test_overrides() -> None:
    huber = LayerValue("losses", "Huber", {"delta": 2.0})
    y = output("regression", loss=huber, metrics=["mae"])
    assert KINDS["regression"].loss(y) == huber
    assert KINDS["regression"].metrics(y) == (
        LayerValue("metrics", "MeanAbsoluteError", {"name": "mae"}),
    )
    assert KINDS["regression"].loss(output("regression", loss="huber")).name == "Huber"
    assert names(output("classification", 3, metrics=["accuracy"]))[1] == ["accuracy"]


def test_padding_is_left_out() -> None:
    y = output("token_classification", 3, padding=-100)
    assert KINDS["token_classification"].loss(y).args == {"ignore_class": -100}
    y = output("segmentation", 3, first_label=1)
    assert KINDS["segmentation"].loss(y).args == {"ignore_class": 254}


# ------------------------------------------------------------------------------ hand-written heads

DENSE_10 = TensorSpec((None, 10))
ONE = TensorSpec((None, 1))


@pytest.mark.parametrize(
    ("y", "last", "spec", "code", "message"),
    [
        (output("classification", 10), layer("Dense", activation="softmax"), DENSE_10, None, ""),
        (output("classification", 10), layer("Dense"), DENSE_10, "E0508", "ends in logits"),
        (output("classification", 10), layer("Softmax"), DENSE_10, None, ""),
        (output("classification", 10), None, DENSE_10, None, ""),
        (output("classification", 10), None, UNKNOWN, None, ""),
        (
            output("classification", 10),
            layer("Dense", activation="sigmoid"),
            DENSE_10,
            "E0507",
            "exclude each other",
        ),
        (output("classification", 10), layer("ReLU"), DENSE_10, "E0507", "no probabilities"),
        (output("classification", 12), None, DENSE_10, "E0506", "into 12 classes and needs [12]"),
        (output("classification", 10), None, SEQUENCE, "E0505", "ends in [20, 64]"),
        (output("classification", 10, from_logits=True), layer("Dense"), DENSE_10, None, ""),
        (
            output("classification", 10, from_logits=True),
            layer("Dense", activation="softmax"),
            DENSE_10,
            "E0508",
            "expects logits",
        ),
        (
            output("classification", 10, loss="categorical_hinge"),
            layer("Dense"),
            DENSE_10,
            None,
            "",
        ),
        (
            output("binary_classification"),
            layer("Dense", activation="softmax"),
            ONE,
            "E0507",
            "softmax over one unit is always 1",
        ),
        (output("binary_classification"), layer("Dense"), ONE, "E0508", "ends in logits"),
        (output("binary_classification"), layer("Dense"), TensorSpec((None, 2)), "E0506", "[1]"),
        (
            output("multilabel_classification", 10),
            layer("Dense", activation="softmax"),
            DENSE_10,
            "E0507",
            "several labels",
        ),
        (output("regression"), layer("Dense"), ONE, None, ""),
        (
            output("regression"),
            layer("Dense", activation="sigmoid"),
            ONE,
            "E0509",
            "takes any number, but `sigmoid` only gives values from 0 to 1",
        ),
        (output("regression", range=(0, 1)), layer("Dense", activation="sigmoid"), ONE, None, ""),
        (output("regression", range=(0, None)), layer("Dense", activation="relu"), ONE, None, ""),
        (output("regression", range=(-1, 1)), layer("Dense", activation="tanh"), ONE, None, ""),
        (
            output("regression", range=(0, 5)),
            layer("Activation", activation="tanh"),
            ONE,
            "E0509",
            "values from 0 to 5",
        ),
        (
            output("regression"),
            layer("Dense", activation="softmax"),
            ONE,
            "E0507",
            "always 1",
        ),
        (output("regression"), layer("Rescaling", scale=2), ONE, None, ""),
        (
            output("multilabel_classification", 10),
            layer("Dense", activation="sigmoid"),
            SEQUENCE,
            "E0505",
            "with 10 labels",
        ),
        (output("multilabel_classification", 10), layer("Dense"), DENSE_10, "E0508", "logits"),
        (
            output("multilabel_classification", 10, from_logits=True),
            layer("Dense", activation="sigmoid"),
            DENSE_10,
            "E0508",
            "expects logits",
        ),
        (
            output("token_classification", 3),
            layer("Dense", activation="softmax"),
            TensorSpec((None, 3)),
            "E0505",
            "needs [any, 3]",
        ),
        (
            output("token_classification", 3),
            layer("Dense", activation="sigmoid"),
            TensorSpec((None, 20, 3)),
            "E0507",
            "exclude each other",
        ),
        (output("forecasting", 4), layer("Dense"), TensorSpec((None, 4)), "E0505", "4 steps"),
        (output("forecasting", 4), layer("Dense"), TensorSpec((None, 5, 1)), "E0506", "[4, 1]"),
        (
            output("forecasting", 4),
            layer("Dense", activation="relu"),
            TensorSpec((None, 4, 1)),
            None,
            "",
        ),
        (
            output("forecasting", 4),
            layer("Dense", activation="tanh"),
            TensorSpec((None, 4, 1)),
            "E0509",
            "only gives values from -1 to 1",
        ),
        (
            output("forecasting", 4),
            layer("Dense", activation="softmax"),
            TensorSpec((None, 4, 1)),
            "E0507",
            "always 1",
        ),
        (
            output("token_classification", 3),
            layer("TimeDistributed", layer=layer("Dense", activation="softmax")),
            TensorSpec((None, 20, 3)),
            None,
            "",
        ),
    ],
)
def test_hand_written_heads(
    y: OutputSpec, last: LayerValue | None, spec: TensorSpec, code: str | None, message: str
) -> None:
    assert y.kind is not None
    found = KINDS[y.kind].check_head(y, last, spec)
    assert [problem.code for problem in found] == ([] if code is None else [code])
    for problem in found:
        assert message in problem.message
        assert problem.help
        assert problem.code in CODES


IMAGES = {"image": TensorSpec((None, 8, 8, 3))}
PICTURE = TensorSpec((None, 8, 8, 3))


@pytest.mark.parametrize(
    ("y", "last", "spec", "code", "message", "help"),
    [
        (output("segmentation", 3), layer("Conv2D", activation="softmax"), PICTURE, None, "", ""),
        (output("segmentation", 3), layer("Conv2D"), PICTURE, "E0508", "logits", "softmax"),
        (
            output("segmentation", 3),
            layer("Conv2D", activation="softmax"),
            TensorSpec((None, 4, 4, 3)),
            "E0506",
            "needs [8, 8, 3]",
            "`Resizing(8, 8)`",
        ),
        (
            output("segmentation", 3),
            layer("Conv2D", activation="softmax"),
            TensorSpec((None, 8, 8, 4)),
            "E0506",
            "needs [8, 8, 3]",
            "classes to 4",
        ),
        (output("segmentation", 3), None, TensorSpec((None, 3)), "E0505", "ends in [3]", "Flatten"),
        (output("reconstruction"), layer("Conv2D"), PICTURE, None, "", ""),
        (
            output("reconstruction"),
            layer("Conv2D", activation="sigmoid"),
            PICTURE,
            "E0509",
            "takes any number",
            "`range=(low, high)`",
        ),
        (
            output("reconstruction", range=(0, 255)),
            layer("Conv2D", activation="sigmoid"),
            PICTURE,
            None,
            "",
            "",
        ),
        (
            output("reconstruction", range=(0, 255)),
            layer("Conv2D"),
            PICTURE,
            "E0508",
            "expects shares of the range",
            "`activation=sigmoid`",
        ),
        (
            output("reconstruction", range=(0, 255)),
            layer("Conv2D", activation="relu"),
            PICTURE,
            "E0509",
            "shares of its range",
            "`activation=sigmoid`",
        ),
        (
            output("reconstruction", range=(0, 255), loss="mse"),
            layer("Conv2D", activation="relu"),
            PICTURE,
            None,
            "",
            "",
        ),
        (
            output("reconstruction", range=(0, None)),
            layer("Conv2D", activation="relu"),
            PICTURE,
            None,
            "",
            "",
        ),
        (
            output("reconstruction"),
            layer("Dense"),
            TensorSpec((None, 192)),
            "E0505",
            "needs [8, 8, 3]",
            "`Reshape`",
        ),
    ],
)
def test_hand_written_heads_of_pictures(
    y: OutputSpec,
    last: LayerValue | None,
    spec: TensorSpec,
    code: str | None,
    message: str,
    help: str,
) -> None:
    assert y.kind is not None
    found = KINDS[y.kind].check_head(y, last, spec, IMAGES)
    assert [problem.code for problem in found] == ([] if code is None else [code])
    for problem in found:
        assert message in problem.message
        assert help in (problem.help or "")


def test_a_share_of_a_range_needs_no_rescaling() -> None:
    for flow in (VECTOR, TensorSpec((None, 8, 8, 4))):
        layers = head(output("reconstruction", range=(0, 255)), flow, inputs=IMAGES).layers
        assert [each.args.get("activation") for each in layers][:1] == ["sigmoid"]
        assert all(each.name != "Rescaling" for each in layers)
    text = {"text": TensorSpec((None,), "string")}
    with pytest.raises(RuleError, match="text"):
        head(output("reconstruction"), VECTOR, inputs=text)


def test_every_kind_says_a_sentence_on_loss_and_metrics() -> None:
    kinds = [
        output("classification", 3),
        output("binary_classification"),
        output("multilabel_classification", 3),
        output("regression"),
        output("token_classification", 3),
        output("segmentation", 3, ignore=None),
        output("forecasting", 3),
        output("reconstruction"),
        output("reconstruction", range=(0, 255)),
    ]
    for y in kinds:
        assert y.kind is not None
        reasons = KINDS[y.kind].reasons(y)
        assert len(reasons) >= 2
        assert all(reason.endswith(".") and "None" not in reason for reason in reasons)


def test_own_heads_pass_their_own_check() -> None:
    inputs = {"image": TensorSpec((None, 7, 7, 3))}
    cases = [
        (output("classification", 3), VECTOR, (None, 3)),
        (output("binary_classification"), VECTOR, (None, 1)),
        (output("multilabel_classification", 4), VECTOR, (None, 4)),
        (output("regression", targets=2, range=(0, 9)), VECTOR, (None, 2)),
        (output("regression", range=(0, None)), VECTOR, (None, 1)),
        (output("segmentation", 3), IMAGE, (None, 7, 7, 3)),
        (output("token_classification", 3), SEQUENCE, (None, 20, 3)),
        (output("forecasting", 4), VECTOR, (None, 4, 1)),
    ]
    for y, flow, shape in cases:
        last = head(y, flow, inputs=inputs).layers[-1]
        assert y.kind is not None
        assert KINDS[y.kind].check_head(y, last, TensorSpec(shape), inputs) == []
