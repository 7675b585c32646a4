"""ResNet50: classifies label from image into 1000 classes.

ResNet-50 (He et al., 2015) as in keras.applications: 25,636,712 parameters, of which 25,583,592 are trained.

Shows: blocks within blocks, imported from the standard library; loops; a choice made when compiling.

Written by archlang from resnet50.arch; change the spec, not this file.
"""

import argparse
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import keras
import numpy as np
from keras import layers

WIDTH = 64
Inputs = np.ndarray
Targets = np.ndarray
Examples = tuple[Inputs, Targets]


def conv_bn(x, filters, kernel_size, strides=1, use_bias=True, *, name):
    """A convolution and batch normalization, without an activation.

    The bias is as in the published weights of keras.applications; batch normalization makes up for it.
    """
    x = layers.Conv2D(
        filters,
        kernel_size,
        strides=strides,
        padding="same",
        use_bias=use_bias,
        name=f"{name}_conv2d_1",
    )(x)
    return layers.BatchNormalization(
        epsilon=1.001e-5, name=f"{name}_batch_normalization_1"
    )(x)


def bottleneck(x, filters, strides=1, project=False, use_bias=True, *, name):
    """A narrow 3x3 convolution between two 1x1 ones, and a way around: the block of ResNet-50 and deeper.

    The result has four times as many channels as `filters`.
    """
    shortcut = x
    x = conv_bn(x, filters, 1, strides, use_bias, name=f"{name}_conv_bn_1")
    x = layers.ReLU(name=f"{name}_relu_1")(x)
    x = conv_bn(x, filters, 3, use_bias=use_bias, name=f"{name}_conv_bn_2")
    x = layers.ReLU(name=f"{name}_relu_2")(x)
    x = conv_bn(x, 4 * filters, 1, use_bias=use_bias, name=f"{name}_conv_bn_3")
    if project:
        shortcut = conv_bn(
            shortcut, 4 * filters, 1, strides, use_bias, name=f"{name}_conv_bn_4"
        )
    x = layers.Add(name=f"{name}_add_1")([x, shortcut])
    return layers.ReLU(name=f"{name}_relu_3")(x)


def build_model() -> keras.Model:
    image = keras.Input((224, 224, 3), name="image")
    bottleneck_numbers = count(1)
    x = conv_bn(image, WIDTH, 7, strides=2, name="conv_bn_1")
    x = layers.ReLU(name="relu_1")(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same", name="max_pooling2d_1")(x)
    for filters, depth in [(WIDTH, 3), (2 * WIDTH, 4), (4 * WIDTH, 6), (8 * WIDTH, 3)]:
        x = bottleneck(
            x,
            filters,
            strides=1 if filters == WIDTH else 2,
            project=True,
            name=f"bottleneck_{next(bottleneck_numbers)}",
        )
        for _ in range(depth - 1):
            x = bottleneck(x, filters, name=f"bottleneck_{next(bottleneck_numbers)}")
    x = layers.GlobalAveragePooling2D(name="global_average_pooling2d_1")(x)
    label = layers.Dense(1000, activation="softmax", name="label")(x)
    return keras.Model(image, label, name="ResNet50")


def read_array(path: Path) -> np.ndarray:
    """Read an array from an .npy file."""
    try:
        with path.open("rb") as file:
            return np.lib.format.read_array(file)
    except (OSError, ValueError) as error:
        raise SystemExit(f"{path} is no .npy file that can be read: {error}") from error


def fit_shape(name: str, array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Give examples their shape: axes of size 1 come and go, flat ones are folded."""
    found = array.shape[1:]
    same = [n for n in found if n != 1] == [n for n in shape if n != 1]
    flat = 1 in (len(found), len(shape)) and math.prod(found) == math.prod(shape)
    if array.ndim == 0 or not (same or flat):
        raise SystemExit(
            f"{name}: an example should have the shape {shape}, but has {found}"
        )
    return array.reshape(len(array), *shape)


def as_numbers(
    name: str, array: np.ndarray, shape: tuple[int, ...], dtype: str
) -> np.ndarray:
    """Check that values are finite numbers, and give them shape and dtype."""
    if array.dtype.kind not in "biuf":
        raise SystemExit(
            f"{name}: expected numbers, found {array.flat[:1].tolist()[0]!r}"
        )
    array = fit_shape(name, array, shape)
    if not np.isfinite(array).all():
        example = np.argwhere(~np.isfinite(array))[0][0]
        raise SystemExit(f"{name}: example {example} has a missing or infinite value")
    return array.astype(dtype)


def load_inputs(path: Path) -> Inputs:
    """Read examples without targets from an .npy file."""
    array = read_array(path)
    return as_numbers("image", array, (224, 224, 3), "float32")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a file under another name, and rename it once it is whole."""
    temporary = path.with_stem(f"{path.stem}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise SystemExit(f"{path} can't be written: {error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def train(
    model,
    training: Examples,
    validation: Examples | None = None,
    epochs: int = 10,
    batch_size: int = 32,
) -> None:
    """Compile the model and fit it."""
    x, y = training
    model.compile(
        optimizer=keras.optimizers.Adam(),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=[
            keras.metrics.SparseCategoricalAccuracy(name="accuracy"),
            keras.metrics.SparseTopKCategoricalAccuracy(k=5, name="top_5_accuracy"),
        ],
    )
    model.fit(x, y, validation_data=validation, epochs=epochs, batch_size=batch_size)


def evaluate(model, examples: Examples) -> dict[str, float]:
    """Print the loss and the metrics on examples that the model has not been trained on."""
    x, y = examples
    results = model.evaluate(x, y, verbose=0, return_dict=True)
    for name, value in results.items():
        print(f"{name}: {value:.4f}")
    return results


def save(model, path: Path) -> None:
    """Write the model; an interrupted write leaves an earlier one as it was."""
    with replacing(path) as temporary:
        model.save(temporary)
    print(f"saved {path}")


def load(path: Path):
    """Read a trained model."""
    if not path.is_file():
        raise SystemExit(f"there is no trained model at {path}: run `train` first")
    try:
        model = keras.models.load_model(path)
    except Exception as error:
        reason = str(error).partition("\n")[0]
        raise SystemExit(f"{path} can't be read as a model: {reason}") from error
    return model


def answer(probabilities: np.ndarray) -> str:
    """Name the classes with their probabilities, the likeliest first."""
    best = np.argsort(-probabilities)[:5]
    return ", ".join(f"class {n} {probabilities[n]:.1%}" for n in best)


def predict(model, x: Inputs, y: Targets | None = None) -> None:
    """Print an answer for each example, beside its true target where that is known."""
    predictions = model.predict(x, verbose=0)
    for number, prediction in enumerate(predictions):
        truth = "" if y is None else f"  (true: {y[number]})"
        print(f"{number + 1}: {answer(prediction)}{truth}")


def positive(text: str) -> int:
    """Read a whole number from 1 on."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Train and use ResNet50.")
    parser.add_argument(
        "command",
        nargs="?",
        choices=["train", "evaluate", "predict", "summary"],
        default="train",
    )
    parser.add_argument(
        "files", nargs="*", type=Path, help="for predict: .npy files of examples"
    )
    parser.add_argument("--epochs", type=positive, default=10)
    parser.add_argument("--batch-size", type=positive, default=32)
    parser.add_argument(
        "--save", type=Path, default=Path("ResNet50.keras"), help="the trained model"
    )
    parser.add_argument("--seed", type=int, default=0)
    # Options may stand before, between and after files.
    arguments = parser.parse_intermixed_args()
    if arguments.files and arguments.command != "predict":
        parser.error(f"{arguments.command} takes no files")
    if arguments.save.suffix != ".keras":
        parser.error("the trained model needs a name that ends in .keras")
    return arguments


def main() -> None:
    """Do what the command line says."""
    arguments = parse_arguments()
    keras.utils.set_random_seed(arguments.seed)
    if arguments.command == "summary":
        build_model().summary()
    elif arguments.command == "predict" and arguments.files:
        model = load(arguments.save)
        for file in arguments.files:
            predict(model, load_inputs(file))
    else:
        raise SystemExit(
            "resnet50.arch names no data to train and evaluate on: add `data = …` to its task",
        )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        sys.exit(130)
