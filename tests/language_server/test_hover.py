"""Hover: the Markdown about the word at `^`."""

from __future__ import annotations

import random

import pytest

from archlang.language_server.features.hover import hover
from tests.language_server.specs import SPECS, cut_up, opened, without_cursor

SPEC = """\
# Handwritten digits.
task Digits {
    # The picture.
    input image: float32[28, 28, 1]
    output digit: classification(10)
    data = keras(mnist)
}

# How wide layers are.
let width = 8 * 8

# A convolution that keeps the size.
block Unit(units, act=relu): [h, w, c] -> [h, w, units] {
    Conv2D(units, 3, padding=same, activation=act)
}

model Net(deep=2) for Digits {
    let seen = []
    shared double = Dense(4)
    Rescaling(1 / 255)
    for n in [8, 16] {
        Unit(n) as x
        x -> MaxPooling2D(2) as seen[]
    }
    repeat 2 { Conv2D(width, 1) }
    Flatten as flat
    flat -> double -> double
    flat -> ops.mean(axis=-1, keepdims=True) as mean
    [flat, mean] -> Concatenate
    head
}

model Deep = Net(deep=3)

train {
    optimizer = Adam(1e-3)
    epochs = 5
}
"""


def hovered(text: str, **others: str) -> tuple[str, str]:
    """The word that is spoken of, and what is said."""
    text, offset = without_cursor(text)
    _, analysis = opened(text, **others)
    found = hover(analysis, offset)
    if found is None:
        return "", ""
    place = analysis.place(found.span)
    return text[place.start : place.end], found.text


def at(marked: str) -> str:
    """What is said at a place of SPEC, told by a piece of it with `^` in."""
    word, text = hovered(SPEC.replace(marked.replace("^", ""), marked, 1))
    assert not text or word in marked.replace("^", "")
    return text


# ---------------------------------------------------------------------------------------- layers


def test_a_layer_once() -> None:
    """`Rescaling` has no weights; documentation and arguments come from Keras."""
    assert (
        at("Resc^aling")
        == """\
**Rescaling** · float32[28, 28, 1] → float32[28, 28, 1] · 0 parameters

```arch
Rescaling(scale, offset=0.0)
```

A preprocessing layer which rescales input values to a new range.

- `scale`: Float, the scale to apply to the inputs.
- `offset=0.0`: Float, the offset to apply to the inputs.

Keras: `keras.layers.Rescaling`"""
    )


def test_a_layer_of_a_block_for_each_use_and_round() -> None:
    # 3 * 3 * 1 * 8 + 8 weights, 28 * 28 * 9 * 8 multiply-adds; 3 * 3 * 8 * 16 + 16 and 14 * 14 * 72 * 16.
    lines = at("Con^v2D(units").splitlines()
    assert lines[:6] == [
        "**Conv2D** · → float32[28, 28, 8] … float32[14, 14, 16]",
        "",
        "| where | in | out | parameters | multiply-adds |",
        "| --- | --- | --- | --: | --: |",
        "| round 1, Unit(8) | float32[28, 28, 1] | float32[28, 28, 8] | 80 | 56,448 |",
        "| round 2, Unit(16) | float32[14, 14, 8] | float32[14, 14, 16] | 1,168 | 225,792 |",
    ]
    # Arguments that are written here come before the others.
    assert [line.split("`")[1] for line in lines if line.startswith("- `")][:5] == [
        "filters",
        "kernel_size",
        "padding=valid",
        "activation=None",
        "strides=(1, 1)",
    ]


def test_rounds_that_differ() -> None:
    # 16 * 64 + 64 weights, then 64 * 64 + 64; 7 * 7 * 16 * 64 multiply-adds, then 7 * 7 * 64 * 64.
    assert at("repeat 2 { Conv^2D").splitlines()[4:6] == [
        "| round 1 | float32[7, 7, 16] | float32[7, 7, 64] | 1,088 | 50,176 |",
        "| round 2 | float32[7, 7, 64] | float32[7, 7, 64] | 4,160 | 200,704 |",
    ]


def test_shared_layers_ops_and_several_inputs() -> None:
    shared = at("flat -> doub^le").split("\n\n")
    # 7 * 7 * 64 numbers come in: 3136 * 4 + 4 weights.
    assert shared[0].startswith("**double** · shared layer")
    assert "```arch\nshared double = Dense(4)\n```" in shared
    assert at("ops.me^an").startswith("**ops.mean** · float32[3136] → float32[1]\n")
    assert at("Concat^enate").startswith(
        "**Concatenate** · [float32[3136], float32[1]] → float32[3137] · 0 parameters"
    )


def test_a_layer_in_several_models() -> None:
    text = """\
block Unit(n) {
    ^Dense(n)
}

model A {
    input x: float32[4]
    Unit(2)
}

model B {
    input x: float32[3]
    repeat 3 { Unit(3) }
}
"""
    # 4 * 2 + 2, and three times 3 * 3 + 3.
    assert hovered(text)[1].splitlines()[2:6] == [
        "| where | in | out | parameters | multiply-adds |",
        "| --- | --- | --- | --: | --: |",
        "| A, Unit(2) | float32[4] | float32[2] | 10 | 8 |",
        "| B, round 1, Unit(3) (×3) | float32[3] | float32[3] | 12 | 9 |",
    ]


def test_many_calls_are_kept_short() -> None:
    rounds = ", ".join(str(width) for width in range(1, 30))
    text = f"model M {{\n    input x: float32[4]\n    for n in [{rounds}] {{\n        D^ense(n)\n    }}\n}}\n"
    rows = [line for line in hovered(text)[1].splitlines() if line.startswith("|")][2:]
    assert len(rows) == 9
    assert rows[-2] == "| … 21 more | | | | |"
    # The last of 29 rounds: 28 * 29 + 29 weights.
    assert rows[-1] == "| round 29 | float32[28] | float32[29] | 841 | 812 |"


# ---------------------------------------------------------------------------------------- arguments and words


def test_an_argument_and_its_value() -> None:
    padding = at("padd^ing=same")
    assert padding.startswith("**padding** of `Conv2D` · default `valid`\n\n")
    assert padding.endswith("Takes `valid` or `same`.")
    assert at("padding=sa^me").startswith("**same**: a value of `padding`\n\n**padding** of")
    assert at("keep^dims").startswith("**keepdims** of `ops.mean` · default `False`")


def test_tasks_settings_sources_and_keywords() -> None:
    assert at("classi^fication").splitlines()[:4] == [
        "**classification** · kind of task",
        "",
        "```arch",
        "classification(",
    ]
    assert at("epo^chs") == "**epochs**: How often training goes through the examples."
    assert at("mni^st") == (
        "**mnist**: the handwritten digits of MNIST, of shape [28, 28]; the targets are 10 classes."
    )
    assert at("ker^as(").startswith("**keras** · source of data")
    assert at("Ad^am(").startswith("**Adam**\n\n```arch\nAdam(\n    learning_rate=0.001,")
    assert at("rep^eat").startswith("**repeat**: The same stack several times")
    assert at("# How wi^de") == ""


# ---------------------------------------------------------------------------------------- names


def test_a_tensor_and_where_it_comes_from() -> None:
    text = "**flat** · tensor float32[3136]\n\n```arch\nFlatten as flat\n```"
    assert at("Flatten as fl^at") == at("fl^at -> double") == text
    assert at("^x -> Max") == (
        "**x** · tensor float32[28, 28, 8], float32[14, 14, 16]\n\n```arch\nUnit(n) as x\n```"
    )
    assert at("input im^age") == "**image** · input `float32[28, 28, 1]`\n\nThe picture."
    assert at("for ^n in") == "**n** · loop variable\n\n```arch\nfor n in [8, 16]\n```"
    assert at("let se^en") == (
        "**seen** · list of tensors float32[14, 14, 8], float32[7, 7, 16]\n\n"
        "```arch\nlet seen = []\n```\n\n```arch\nx -> MaxPooling2D(2) as seen[]\n```"
    )


def test_one_of_several_results() -> None:
    text = """\
model M {
    input x: float32[7, 4]
    LSTM(3, return_sequences=True, return_state=True) as all, h, ^c
    [all, h, c]
}
"""
    assert hovered(text)[1].startswith("**c** · tensor float32[3]\n")


def test_a_constant_and_its_value() -> None:
    text = "**width** = `64` · a number\n\n```arch\nlet width = 8 * 8\n```\n\nHow wide layers are."
    assert at("let wid^th") == at("Conv2D(wid^th") == text


def test_a_task_and_its_output() -> None:
    assert (
        at("task Dig^its")
        == at("for Dig^its")
        == """\
**Digits** · task

Handwritten digits.

- input image: float32[28, 28, 1]
- output digit: classification(10)
- data = keras(mnist)

Solved by `Net`."""
    )
    output = at("output di^git")
    assert output == at("he^ad\n")
    assert output.splitlines()[0] == "**digit** · classification float32[10]"
    topics = [line.split("`")[:2] for line in output.splitlines() if line.startswith("- ")]
    assert topics == [
        ["- **head** ", 'Dense(units=10, activation="softmax")'],
        ["- **loss** ", "SparseCategoricalCrossentropy()"],
        ["- **metrics** ", "accuracy"],
    ]


def test_blocks_and_models() -> None:
    # Both convolutions of the two rounds.
    assert (
        at("block Un^it")
        == """\
**Unit** · block, used 2 times

```arch
block Unit(units, act=relu): [h, w, c] -> [h, w, units]
```

A convolution that keeps the size.

| where | in | out | parameters | multiply-adds |
| --- | --- | --- | --: | --: |
| round 1 | float32[28, 28, 1] | float32[28, 28, 8] | 80 | 56,448 |
| round 2 | float32[14, 14, 8] | float32[14, 14, 16] | 1,168 | 225,792 |"""
    )
    model = at("model N^et").splitlines()
    # 80 + 1,168 + 1,088 + 4,160; the head's 3,137 * 10 + 10; `double` reaches no output.
    assert model[0].startswith("**Net** · model · 37,876 parameters · ")
    assert "```arch\nmodel Net(deep=2) for Digits\n```" in "\n".join(model)
    assert model[-2:] == ["- input `image`: float32[28, 28, 1]", "- output `digit`: float32[10]"]
    assert "model Deep = Net(deep=3)" in at("model De^ep")


def test_imports() -> None:
    blocks = "# Blocks for all.\n\n# One unit.\nblock Unit(n) {\n    Dense(n)\n}\n"
    user = 'from "blo^cks.arch" import Unit\n\nmodel M {\n    input x: float32[4]\n    Unit(2)\n}\n'
    assert hovered(user, blocks=blocks)[1] == "**blocks.arch**: `Unit`\n\nBlocks for all."
    name = user.replace("^", "").replace("import Unit", "import U^nit")
    assert (
        hovered(name, blocks=blocks)[1]
        == """\
**Unit** · block, used 1 time

```arch
block Unit(n)
```

One unit.

float32[4] → float32[2], 10 parameters, 8 multiply-adds"""
    )


# ---------------------------------------------------------------------------------------- broken text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("De^nse(3", "**Dense** · float32[4] → float32[3] · 15 parameters"),
        ("De^nse(3) -> ", "**Dense** · float32[4] → float32[3] · 15 parameters"),
        ("Dense(3) -> De^nse(2) -> Dnese(4)", "**Dense** · float32[3] → float32[2] · 8 parameters"),
        ("Dense(3, acti^vation=", "**activation** of `Dense` · default `None`"),
    ],
)
def test_statements_that_are_being_typed(body: str, expected: str) -> None:
    text = hovered(f"model M {{\n    input x: float32[4]\n    {body}\n}}\n")[1]
    assert text.splitlines()[0] == expected


def test_anything_may_be_asked_of_broken_text() -> None:
    draw = random.Random(3)
    for path in SPECS:
        text = cut_up(path.read_text("utf-8"), draw)
        _, analysis = opened(text, str(path))
        for offset in (draw.randrange(len(text) + 1) for _ in range(25)):
            found = hover(analysis, offset)
            if found is not None:
                place = analysis.place(found.span)
                assert place.start <= offset <= place.end
                assert found.text.count("```") % 2 == 0
