"""Signature help: the call around `^`, the argument that it is at between « and »."""

from __future__ import annotations

import random

import pytest

from archlang.language_server.features.signature_help import Help, signature_help
from tests.language_server.specs import SPECS, cut_up, opened, without_cursor

SPEC = """\
task Digits {{
    input image: float32[28, 28, 1]
    output digit: {output}
    data = {data}
}}

# A dense layer.
block Unit(units, act=relu, memory: tensor) {{
    Dense(units, activation=act)
}}

model Net for Digits {{
    {body}
}}

train {{
    optimizer = {optimizer}
}}
"""


def asked(text: str) -> Help | None:
    text, offset = without_cursor(text)
    _, analysis = opened(text)
    return signature_help(analysis, offset)


def shown(text: str) -> str:
    """The call, the argument at the cursor marked; cut behind it."""
    found = asked(text)
    if found is None:
        return "nothing"
    if found.active is None:
        return f"{found.label[:40]}… and none"
    part = found.parts[found.active]
    label, end = found.label, found.label[part.end : part.end + 20]
    return f"{label[: part.start]}«{label[part.start : part.end]}»{end}"


def spec(
    body: str = "head",
    output: str = "classification(10)",
    data: str = "keras(mnist)",
    optimizer: str = "Adam",
) -> str:
    return SPEC.format(body=body, output=output, data=data, optimizer=optimizer)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Dense(^)", "Dense(«units», activation=None, u"),
        ("Dense^(3)", "nothing"),
        ("Dense(3)^", "nothing"),
        ("Dense(12^, relu)", "Dense(«units», activation=None, u"),
        ("Conv2D(8, ^3)", "Conv2D(filters, «kernel_size», strides=(1, 1), pa"),
        ("Conv2D(8, (3, ^3))", "Conv2D(filters, «kernel_size», strides=(1, 1), pa"),
        ("Dense(3, use_bias=^False)", "Dense(units, activation=None, «use_bias=True», kernel_initializer"),
        ("Dense(use_bias=False, ^units=3)", "Dense(«units», activation=None, u"),
        ("Dense(3, activation^)", "Dense(units, «activation=None», use_bias=True, ker"),
        # Broken: not closed, in the middle of a word, with the next statement behind.
        ("Dense(^", "Dense(«units», activation=None, u"),
        ("Dense(3, ^", "Dense(units, «activation=None», use_bias=True, ker"),
        ("Dense(3, kernel_regularizer=L2(^", "L2(«l2=0.01»)"),
        ("Bidirectional(LSTM(^), merge_mode=sum)", "LSTM(«units», activation=tanh, r"),
        ("Bidirectional(LSTM(3), ^)", "Bidirectional(layer, «merge_mode=concat», weights=None, back"),
        ("[_, Dense(^] -> Add", "Dense(«units», activation=None, u"),
        ("Dense(3) -> (Dense(^ if True else _)", "Dense(«units», activation=None, u"),
        # What flows is the first argument of an op.
        ("Flatten -> ops.mean(^)", "ops.mean(x, «axis=None», keepdims=False)"),
        ("Flatten -> ops.matmul(_, ^)", "ops.matmul(x1, «x2»)"),
        # The file's own.
        ("Flatten -> Unit(3, ^)", "Unit(units, «act=relu», memory, name)"),
        ("Flatten -> Unit(3, memory=^)", "Unit(units, act=relu, «memory», name)"),
        ("repeat len(^) { ReLU }", "len(«list»)"),
        ("for i in range(1, ^3) { ReLU }", "range(start, «stop», step)"),
        ("for a, b in zip([1], [2], ^[3]) { ReLU }", "zip(«lists, …»)"),
        # More than there are, and none of that name.
        ("Add(1, 2, 3, 4, ^)", "Add()… and none"),
        ("Dnese(^)", "nothing"),
    ],
)  # fmt: skip
def test_calls_in_a_stack(body: str, expected: str) -> None:
    assert shown(spec(body=body)) == expected


def test_tasks_data_and_training() -> None:
    assert shown(spec(output="classification(^)")).startswith(
        "classification(«classes=None», labels="
    )
    assert shown(spec(output="regression(range=(0, ^")) == (
        "regression(targets=1, «range=None», loss=None, metrics"
    )
    assert shown(spec(data="keras(^)")) == "keras(«data_set»)"
    assert shown(spec(data='csv("a.csv", digit=^)')).startswith(
        "csv(path, image, «digit», sample_weight"
    )
    assert shown(spec(optimizer="Adam(^")) == "Adam(«learning_rate=0.001», beta_1=0.9, beta_2"
    assert shown(spec(optimizer="Adam(learning_rate=CosineDecay(^")) == (
        "CosineDecay(«initial_learning_rate», decay_steps, alpha"
    )


def test_documentation() -> None:
    found = asked(spec(body="Flatten -> Unit(^)"))
    assert found is not None
    assert found.doc == "A dense layer."
    found = asked(spec(body="Conv2D(^)"))
    assert found is not None
    assert found.doc == "2D convolution layer."
    assert found.parts[0].doc.splitlines()[0] == "**filters** of `Conv2D` · required"
    assert "the dimension of the output space" in found.parts[0].doc


def test_places_of_parameters_are_those_of_the_label() -> None:
    found = asked(spec(body="Dense(^)"))
    assert found is not None
    written = [found.label[part.start : part.end] for part in found.parts]
    assert written[:3] == ["units", "activation=None", "use_bias=True"]
    assert f"Dense({', '.join(written)})" == found.label


def test_anything_may_be_asked_of_broken_text() -> None:
    draw = random.Random(17)
    for path in SPECS:
        text = cut_up(path.read_text("utf-8"), draw)
        _, analysis = opened(text, str(path))
        for offset in (draw.randrange(len(text) + 1) for _ in range(25)):
            found = signature_help(analysis, offset)
            if found is not None and found.active is not None:
                assert found.parts[found.active].end <= len(found.label)
