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

CODES: dict[str, CodeInfo] = {
    info.code: info
    for info in (
        CodeInfo(
            UNKNOWN_ARGUMENT,
            "unknown argument",
            "A layer, optimizer or other object of Keras takes no argument of this name. The nearest names that it "
            "does take are suggested, also where the name is that of another library or of an older Keras "
            "(`out_features`, `nb_filter`, `lr`). Shapes of inputs are never arguments: the type of the input tells them.",
        ),
        CodeInfo(
            MISSING_ARGUMENT,
            "missing argument",
            "An argument without a default was not given: `Dense` needs `units`, `AveragePooling2D` needs `pool_size`.",
        ),
        CodeInfo(
            WRONG_TYPE,
            "argument of the wrong type",
            "The value is not of the kind that the argument takes: a string where a number belongs, a fraction "
            "where an integer belongs, `True` where a count belongs.",
        ),
        CodeInfo(
            OUT_OF_RANGE,
            "argument out of range",
            "The number is too small or too large: a layer has at least one unit, a dropout rate lies between 0 and "
            "1. Where Keras lets a number through that can only be a mistake, such as a momentum of 2, it is "
            "refused as well.",
        ),
        CodeInfo(
            UNKNOWN_WORD,
            "unknown word",
            "The argument takes one of the words that Keras lists for it, and this is none of them.",
        ),
        CodeInfo(
            WRONG_LENGTH,
            "list of the wrong length",
            "A list has too many elements or too few, or repeats one: `kernel_size` of a `Conv2D` is one integer or two.",
        ),
        CodeInfo(
            WRONG_OBJECT,
            "object of the wrong kind",
            "The argument takes another kind of object: an initializer, not a layer; a recurrent layer, not a `Dense`.",
        ),
        CodeInfo(
            NEEDS_PYTHON,
            "argument that only Python can give",
            "The argument takes a Python function or object, and a spec holds no Python. Write the layer in Python "
            'and declare it: `layer Name(…) from "package.module" -> same`.',
        ),
        CodeInfo(
            BASE_CLASS,
            "base class used as an object",
            "`Layer`, `Loss`, `Optimizer` and the like are there to be derived from in Python; by themselves they do "
            "nothing.",
        ),
        CodeInfo(
            TOGETHER,
            "arguments that exclude or need each other",
            "Each argument is fine by itself, but Keras refuses them together: an optimizer clips by `clipnorm` or by "
            "`clipvalue`, a `Normalization` has both `mean` and `variance` or neither.",
        ),
    )
}
