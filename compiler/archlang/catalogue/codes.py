"""The diagnostic codes of arguments: E0401 to E0449."""

from __future__ import annotations

from archlang.diagnostics.codes import CodeInfo

UNKNOWN_ARGUMENT = "E0401"
MISSING_ARGUMENT = "E0402"
WRONG_TYPE = "E0403"
OUT_OF_RANGE = "E0404"
UNKNOWN_WORD = "E0405"
WRONG_LENGTH = "E0406"
WRONG_OBJECT = "E0407"
NEEDS_PYTHON = "E0408"
BASE_CLASS = "E0409"
TOGETHER = "E0410"
NEEDS_NEWER = "E0411"


def _info(code: str, title: str, text: str, wrong: str, right: str) -> CodeInfo:
    explanation = f"{text}\n\n```arch\n{wrong}\n```\n\nbetter:\n\n```arch\n{right}\n```\n"
    return CodeInfo(code, title, explanation)


_INFOS = (
    _info(
        UNKNOWN_ARGUMENT,
        "unknown argument",
        "The object takes no argument of this name. The nearest names that it does take are\n"
        "suggested, also where the name is that of another library or of an older Keras\n"
        "(`out_features`, `nb_filter`, `lr`). The shape of the input is never an argument: the\n"
        "type of the input and the layers above tell it.",
        "Conv2D(32, 3, stride=2)",
        "Conv2D(32, 3, strides=2)",
    ),
    _info(
        MISSING_ARGUMENT,
        "missing argument",
        "An argument that has no default was not given.",
        "AveragePooling2D",
        "AveragePooling2D(2)",
    ),
    _info(
        WRONG_TYPE,
        "argument of the wrong type",
        "The value is not of the kind that the argument takes: a string where a number belongs, a\n"
        "fraction where an integer belongs, `True` where a count belongs.",
        'Dense("64")',
        "Dense(64)",
    ),
    _info(
        OUT_OF_RANGE,
        "argument out of range",
        "The number is too small or too large. What Keras lets through although it can only be a\n"
        "mistake, such as a momentum of 2, is refused as well.",
        "Dropout(1.5)",
        "Dropout(0.5)",
    ),
    _info(
        UNKNOWN_WORD,
        "unknown word",
        "The argument takes one of the words that Keras lists for it, and this is none of them.",
        "Dense(64, activation=rleu)",
        "Dense(64, activation=relu)",
    ),
    _info(
        WRONG_LENGTH,
        "list of the wrong length",
        "A list has too many elements or too few, or holds one twice.",
        "Conv2D(32, (3, 3, 3))",
        "Conv2D(32, (3, 3))",
    ),
    _info(
        WRONG_OBJECT,
        "object of the wrong kind",
        "The argument takes another kind of object: an initializer and not a layer, a recurrent\n"
        "layer and not a `Dense`.",
        "Bidirectional(Dense(64))",
        "Bidirectional(LSTM(64))",
    ),
    _info(
        NEEDS_PYTHON,
        "argument that only Python can give",
        "The argument takes a Python function or object, and a spec holds no Python. Write the\n"
        "layer in Python and declare it.",
        "Lambda(square)",
        'layer Square() from "my_package.layers" -> same',
    ),
    _info(
        BASE_CLASS,
        "base class used as an object",
        "`Layer`, `Loss`, `Optimizer` and the like are there to be derived from in Python; by\n"
        "themselves they do nothing.",
        "Layer",
        'layer Mine() from "my_package.layers" -> same',
    ),
    _info(
        TOGETHER,
        "arguments that exclude or need each other",
        "Each argument is fine by itself, but Keras refuses them together: an optimizer clips by\n"
        "`clipnorm` or `clipvalue`, a `Normalization` has both `mean` and `variance` or neither.",
        "Normalization(mean=0.5)",
        "Normalization(mean=0.5, variance=0.25)",
    ),
    _info(
        NEEDS_NEWER,
        "not in the targeted Keras",
        "`archc check --target keras==3.8` asks whether a spec's script runs on an older Keras than\n"
        "the catalogue's, and this name, argument or word came later. Raise the target, or do\n"
        "without. The differences of the supported versions stand in `grammar/versions.json`.",
        "RMSNormalization",
        "LayerNormalization",
    ),
)

CODES: dict[str, CodeInfo] = {info.code: info for info in _INFOS}
