"""Messages: what a wrong argument is told, word by word.

A change of wording shows here; read the new message as somebody would who has just made the mistake.
"""

from __future__ import annotations

from typing import Any

import pytest

from archlang.catalogue import load
from archlang.catalogue.validation import ArgumentProblem, validate
from archlang.shapes.dims import symbol
from archlang.shapes.rule import LayerValue
from archlang.shapes.spec import TensorSpec

CAT = load()

# fmt: off
CASES: list[tuple[str, str, dict[str, Any], list[ArgumentProblem]]] = [
    ("layers", "Dense", {"units": -3}, [
        ArgumentProblem("units", "`units` must be a positive integer, not -3", "too small", None, "E0404", None),
    ]),
    ("layers", "Dense", {"units": 64.0}, [
        ArgumentProblem("units", "`units` must be a positive integer, not 64.0", "not an integer", "write 64", "E0403", "64"),
    ]),
    ("layers", "Dense", {"units": "64"}, [
        ArgumentProblem("units", '`units` must be a positive integer, not the string "64"', "not an integer", "write 64", "E0403", "64"),
    ]),
    ("layers", "Dense", {"units": True}, [
        ArgumentProblem("units", "`units` must be a positive integer, not True", "not an integer", None, "E0403", None),
    ]),
    ("layers", "Dense", {"units": None}, [
        ArgumentProblem("units", "`units` must be a positive integer, not None", "not an integer", None, "E0403", None),
    ]),
    ("layers", "Dense", {"units": symbol("time")}, [
        ArgumentProblem("units", "`units` must be a positive integer, not the length `time`, which is not known before the model runs", "not known here", None, "E0403", None),
    ]),
    ("layers", "Dense", {"units": TensorSpec((None, 3))}, [
        ArgumentProblem("units", "`units` must be a positive integer, not a tensor", "not an integer", None, "E0403", None),
    ]),
    ("layers", "Dense", {}, [
        ArgumentProblem("units", "`Dense` needs `units`", "`units` is missing", "for example `units=64`", "E0402", None),
    ]),
    ("layers", "Dense", {"out_features": 64}, [
        ArgumentProblem("out_features", "`Dense` has no argument `out_features`", "unknown argument", "did you mean `units`?", "E0401", "units"),
    ]),
    ("layers", "Dense", {"unit": 64}, [
        ArgumentProblem("unit", "`Dense` has no argument `unit`", "unknown argument", "did you mean `units`?", "E0401", "units"),
    ]),
    ("layers", "Dense", {"units": 64, "in_features": 3}, [
        ArgumentProblem("in_features", "`Dense` has no argument `in_features`", "unknown argument", "leave it out; the tensor that flows in tells it", "E0401", None),
    ]),
    ("layers", "Dense", {"units": 64, "input_dim": 3}, [
        ArgumentProblem("input_dim", "`Dense` has no argument `input_dim`", "unknown argument", "leave it out; the tensor that flows in tells it", "E0401", None),
    ]),
    ("layers", "Dense", {"units": 64, "activatoin": "relu"}, [
        ArgumentProblem("activatoin", "`Dense` has no argument `activatoin`", "unknown argument", "did you mean `activation`?", "E0401", "activation"),
    ]),
    ("layers", "Dense", {"units": 64, "activation": "rleu"}, [
        ArgumentProblem("activation", "`rleu` is no activation of Keras", "no such activation", "did you mean `relu`?", "E0405", "relu"),
    ]),
    ("layers", "Dense", {"units": 64, "activation": LayerValue("initializers", "HeNormal", {})}, [
        ArgumentProblem("activation", "`activation` must be an activation, a layer, the name of an activation or None, not the initializer `HeNormal`", "not an activation", None, "E0407", None),
    ]),
    ("layers", "Dense", {"units": 64, "kernel_initializer": "he_norml"}, [
        ArgumentProblem("kernel_initializer", "`he_norml` is no initializer of Keras", "no such initializer", "did you mean `he_normal`?", "E0405", "he_normal"),
    ]),
    ("layers", "Dense", {"units": 64, "kernel_initializer": LayerValue("layers", "Dense", {})}, [
        ArgumentProblem("kernel_initializer", "`kernel_initializer` must be an initializer, the name of an initializer or None, not the layer `Dense`", "not an initializer", None, "E0407", None),
    ]),
    ("layers", "Dense", {"units": 64, "kernel_regularizer": 0.01}, [
        ArgumentProblem("kernel_regularizer", "`kernel_regularizer` must be a regularizer, the name of a regularizer or None, not 0.01", "does not fit", "write `L2(0.01)`", "E0403", "L2(0.01)"),
    ]),
    ("layers", "Dense", {"units": 64, "name": "a/b"}, [
        ArgumentProblem("name", "`name` must be a string without `/`, not `a/b`", "does not fit", None, "E0403", None),
    ]),
    ("layers", "Dense", {"units": 64, "dtype": "float23"}, [
        ArgumentProblem("dtype", "`float23` is no dtype of Keras", "no such dtype", "did you mean `float32`, `float16` or `float64`?", "E0405", "float32"),
    ]),
    ("layers", "Dense", {"units": 64, "use_bias": "no"}, [
        ArgumentProblem("use_bias", '`use_bias` must be True or False, not the string "no"', "not True or False", None, "E0403", None),
    ]),
    ("layers", "Conv2D", {"filters": 32, "kernel_size": (3, 3, 3)}, [
        ArgumentProblem("kernel_size", "`kernel_size` must be one integer or 2, not 3 of them", "3 of them", None, "E0406", None),
    ]),
    ("layers", "Conv2D", {"filters": 32, "kernel_size": (3, 0)}, [
        ArgumentProblem("kernel_size", "`kernel_size` holds 0, where it takes a positive integer", "0 is not a positive integer", None, "E0404", None),
    ]),
    ("layers", "Conv2D", {"filters": 32, "kernel_size": 3, "padding": "sam"}, [
        ArgumentProblem("padding", "`padding` must be `valid` or `same`, not `sam`", "no such word", "did you mean `same`?", "E0405", "same"),
    ]),
    ("layers", "Conv2D", {"filters": 32, "kernel_size": 3, "strides": 2, "dilation_rate": 2}, [
        ArgumentProblem("dilation_rate", "`strides` and `dilation_rate` cannot both be above 1", "not together", "a dilated convolution has strides of 1: pool after it instead", "E0410", None),
    ]),
    ("layers", "Conv2D", {"nb_filter": 32, "kernel": 3}, [
        ArgumentProblem("nb_filter", "`Conv2D` has no argument `nb_filter`", "unknown argument", "did you mean `filters`?", "E0401", "filters"),
        ArgumentProblem("kernel", "`Conv2D` has no argument `kernel`", "unknown argument", "did you mean `kernel_size`?", "E0401", "kernel_size"),
    ]),
    ("layers", "Dropout", {"rate": 1.5}, [
        ArgumentProblem("rate", "`rate` must be between 0 and 1, not 1.5", "too large", None, "E0404", None),
    ]),
    ("layers", "MaxPooling2D", {"size": 2}, [
        ArgumentProblem("size", "`MaxPooling2D` has no argument `size`", "unknown argument", "did you mean `pool_size`?", "E0401", "pool_size"),
    ]),
    ("layers", "Bidirectional", {"layer": LayerValue("layers", "Dense", {})}, [
        ArgumentProblem("layer", "`layer` must be a recurrent layer such as `LSTM(64)`, not the layer `Dense`", "`Dense` does not fit here", None, "E0407", None),
    ]),
    ("layers", "Layer", {}, [
        ArgumentProblem("", "`Layer` is a base class, to be derived from in Python", "does nothing by itself", 'declare your own: `layer Name() from "my_package.module"`', "E0409", None),
    ]),
    ("layers", "Reshape", {"target_shape": (-1, -1)}, [
        ArgumentProblem("target_shape", "`target_shape` may hold -1 only once", "-1 twice", "-1 stands for the one length that follows from the others", "E0404", None),
    ]),
    ("layers", "Permute", {"dims": (1, 3)}, [
        ArgumentProblem("dims", "`dims` holds 3, where it takes an integer from 1 to 2", "3 is not an integer from 1 to 2", None, "E0404", None),
    ]),
    ("layers", "ZeroPadding2D", {"padding": (1, 2, 3)}, [
        ArgumentProblem("padding", "`padding` must be one integer, 2 integers or 2 pairs of integers, not 3 of them", "3 of them", None, "E0406", None),
    ]),
    ("layers", "TextVectorization", {"ngrams": [1, 2]}, [
        ArgumentProblem("ngrams", "`ngrams` takes a tuple of several numbers, not a list", "a list", "write `(1, 2)`", "E0403", "(1, 2)"),
    ]),
    ("layers", "RandomFlip", {"mode": "horizntal"}, [
        ArgumentProblem("mode", "`mode` must be `horizontal`, `vertical` or `horizontal_and_vertical`, not `horizntal`", "no such word", "did you mean `horizontal`?", "E0405", "horizontal"),
    ]),
    ("layers", "LSTM", {"units": 8, "num_layers": 2}, [
        ArgumentProblem("num_layers", "`LSTM` has no argument `num_layers`", "unknown argument", "write one layer after the other, or `repeat 2 { … }`", "E0401", None),
    ]),
    ("layers", "Discretization", {}, [
        ArgumentProblem("", "`Discretization` needs `num_bins` or `bin_boundaries`", "more is needed", "`num_bins=10` learns the boundaries from the data; `bin_boundaries=[0.0, 1.0]` states them", "E0410", None),
    ]),
    ("layers", "Add", {"axis": 1}, [
        ArgumentProblem("axis", "`Add` has no argument `axis`", "unknown argument", "`Add` takes no arguments of its own", "E0401", None),
    ]),
    ("layers", "Embedding", {"vocab_size": 100, "output_dim": 3}, [
        ArgumentProblem("vocab_size", "`Embedding` has no argument `vocab_size`", "unknown argument", "did you mean `input_dim`?", "E0401", "input_dim"),
    ]),
    ("optimizers", "Adam", {"lr": 0.001}, [
        ArgumentProblem("lr", "`Adam` has no argument `lr`", "unknown argument", "did you mean `learning_rate`?", "E0401", "learning_rate"),
    ]),
    ("optimizers", "Adam", {"learning_rate": 1}, [
        ArgumentProblem("learning_rate", "`learning_rate` must be a number of at least 0 with a decimal point or a learning rate schedule, not 1", "no decimal point", "write 1.0", "E0403", "1.0"),
    ]),
    ("optimizers", "Adam", {"learning_rate": -0.1}, [
        ArgumentProblem("learning_rate", "`learning_rate` must be at least 0, not -0.1", "too small", None, "E0404", None),
    ]),
    ("optimizers", "Adam", {"clipnorm": 1.0, "clipvalue": 0.5}, [
        ArgumentProblem("clipvalue", "`clipnorm` and `clipvalue` exclude each other", "not together", None, "E0410", None),
    ]),
    ("optimizers", "SGD", {"momentum": 2.0}, [
        ArgumentProblem("momentum", "`momentum` must be between 0 and 1, not 2.0", "too large", None, "E0404", None),
    ]),
    ("losses", "CategoricalCrossentropy", {"label_smoothing": 1.2}, [
        ArgumentProblem("label_smoothing", "`label_smoothing` must be between 0 and 1, not 1.2", "too large", None, "E0404", None),
    ]),
    ("callbacks", "ModelCheckpoint", {"filepath": "best.h5"}, [
        ArgumentProblem("filepath", "`filepath` must be a path that ends in `.keras` or `.weights.h5`, not `best.h5`", "does not fit", None, "E0403", None),
    ]),
    ("callbacks", "EarlyStopping", {"monitor": "val_loss", "mode": "maximum"}, [
        ArgumentProblem("mode", "`mode` must be `auto`, `min` or `max`, not `maximum`", "no such word", None, "E0405", None),
    ]),
    ("metrics", "FBetaScore", {"beta": 2}, [
        ArgumentProblem("beta", "`beta` must be a positive number with a decimal point, not 2", "no decimal point", "write 2.0", "E0403", "2.0"),
    ]),
    ("applications", "ResNet50", {"classes": 10}, [
        ArgumentProblem("classes", "the ImageNet head has 1000 classes", "not together", "`include_top=False` leaves it out; `weights=None` trains one of your own", "E0410", None),
    ]),
    ("applications", "ResNet50", {"pooling": "average"}, [
        ArgumentProblem("pooling", "`pooling` must be `avg`, `max` or None, not `average`", "no such word", None, "E0405", None),
    ]),
    ("schedules", "CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 0}, [
        ArgumentProblem("decay_steps", "`decay_steps` must be a positive number, not 0", "too small", None, "E0404", None),
    ]),
    ("initializers", "RandomNormal", {"std": 0.1}, [
        ArgumentProblem("std", "`RandomNormal` has no argument `std`", "unknown argument", "did you mean `stddev`?", "E0401", "stddev"),
    ]),
    ("metrics", "Precision", {"thresholds": (0.5, 0.7)}, [
        ArgumentProblem("thresholds", "`thresholds` takes a list of several numbers, not a tuple", "a tuple", "write `[0.5, 0.7]`", "E0403", "[0.5, 0.7]"),
    ]),
    ("layers", "GlobalAveragePooling2D", {"data_format": "nchw"}, [
        ArgumentProblem("data_format", "`data_format` must be `channels_last`, `channels_first` or None, not `nchw`", "no such word", None, "E0405", None),
    ]),
    ("layers", "MultiHeadAttention", {"heads": 8, "key_dim": 64}, [
        ArgumentProblem("heads", "`MultiHeadAttention` has no argument `heads`", "unknown argument", "did you mean `num_heads`?", "E0401", "num_heads"),
    ]),
]
# fmt: on


@pytest.mark.parametrize(
    ("kind", "name", "args", "expected"),
    CASES,
    ids=[
        f"{name}-{'-'.join(args) or 'nothing'}-{index}"
        for index, (_, name, args, _) in enumerate(CASES)
    ],
)
def test_message(
    kind: str, name: str, args: dict[str, Any], expected: list[ArgumentProblem]
) -> None:
    entry = CAT.get(kind, name)
    assert entry is not None
    assert validate(entry, args) == expected


def test_an_unknown_word_far_from_any_lists_what_there_is() -> None:
    entry = CAT.get("layers", "Dense")
    assert entry is not None
    (problem,) = validate(entry, {"units": 64, "activation": "banana"})
    assert problem.message == "`banana` is no activation of Keras"
    assert problem.help is not None
    assert problem.help.startswith("Keras has `celu`, `elu`")
    assert problem.help.endswith("or `threshold`")


def test_what_only_python_has() -> None:
    entry = CAT.get("layers", "Lambda")
    assert entry is not None
    (problem,) = validate(entry, {"function": "square"})
    assert problem.code == "E0408"
    assert (
        problem.message == "`function` takes a Python function or object, which a spec cannot hold"
    )


@pytest.mark.parametrize(
    ("layer", "args"),
    [
        ("Dense", {"units": 64, "kernel_initializer": LayerValue("initializers", "HeNormal", {})}),
        ("Dense", {"units": 64, "activation": LayerValue("layers", "LeakyReLU", {})}),
        ("Dense", {"units": 64, "kernel_regularizer": "l2", "dtype": "mixed_float16"}),
        ("Conv2D", {"filters": 8, "kernel_size": [3, 3], "padding": "SAME"}),
        ("Bidirectional", {"layer": LayerValue("layers", "LSTM", {"units": 8})}),
        ("TimeDistributed", {"layer": LayerValue("custom", "Mine", {})}),
        ("Reshape", {"target_shape": (-1, 4)}),
        ("Rescaling", {"scale": 1 / 255}),
    ],
)
def test_what_is_fine_is_fine(layer: str, args: dict[str, Any]) -> None:
    entry = CAT.get("layers", layer)
    assert entry is not None
    assert validate(entry, args) == []
