"""UNet: segments mask from image.

A U-Net (Ronneberger et al., 2015) that tells the pet, its outline and the background apart.

Shows: tensors gathered in a list on the way down and taken from it on the way up, the head of a segmentation.

Written by archlang from unet.arch; change the spec, not this file.
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
Examples = tuple[Inputs, Targets, Targets]


def double_conv(x, filters, *, name):
    """Two 3x3 convolutions that keep the size, each with batch normalization."""
    for i in range(1, 3):
        x = layers.Conv2D(
            filters, 3, padding="same", use_bias=False, name=f"{name}_conv2d_{i}"
        )(x)
        x = layers.BatchNormalization(name=f"{name}_batch_normalization_{i}")(x)
        x = layers.ReLU(name=f"{name}_relu_{i}")(x)
    return x


def build_model() -> keras.Model:
    image = keras.Input((160, 160, 3), name="image")
    double_conv_numbers = count(1)
    x = layers.Rescaling(1 / 255, name="rescaling_1")(image)
    skips = []
    for i, times in enumerate([1, 2, 4, 8], start=1):
        x = double_conv(
            x, times * WIDTH, name=f"double_conv_{next(double_conv_numbers)}"
        )
        skips.append(x)
        x = layers.MaxPooling2D(2, name=f"max_pooling2d_{i}")(x)
    x = double_conv(x, 16 * WIDTH, name=f"double_conv_{next(double_conv_numbers)}")
    x = layers.Dropout(0.5, name="dropout_1")(x)
    for i, (times, skip) in enumerate(zip([8, 4, 2, 1], reversed(skips)), start=1):
        x = layers.Conv2DTranspose(
            times * WIDTH, 2, strides=2, name=f"conv2d_transpose_{i}"
        )(x)
        x = layers.Concatenate(name=f"concatenate_{i}")([skip, x])
        x = double_conv(
            x, times * WIDTH, name=f"double_conv_{next(double_conv_numbers)}"
        )
    mask = layers.Conv2D(3, 1, activation="softmax", name="mask")(x)
    return keras.Model(image, mask, name="UNet")


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
    return as_numbers("image", array, (160, 160, 3), "float32")


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
    x, y, weights = training
    model.compile(
        optimizer=keras.optimizers.Adam(),
        loss=keras.losses.SparseCategoricalCrossentropy(ignore_class=255),
        metrics=[
            keras.metrics.MeanIoU(
                num_classes=3, sparse_y_pred=False, name="mean_iou", ignore_class=255
            ),
        ],
        weighted_metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    model.fit(
        x,
        y,
        sample_weight=weights,
        validation_data=validation,
        epochs=epochs,
        batch_size=batch_size,
    )


def evaluate(model, examples: Examples) -> dict[str, float]:
    """Print the loss and the metrics on examples that the model has not been trained on."""
    x, y, weights = examples
    results = model.evaluate(x, y, sample_weight=weights, verbose=0, return_dict=True)
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


def answer(scores: np.ndarray) -> str:
    """Say how much of the picture each class takes."""
    return shares(scores.argmax(-1))


def shares(mask: np.ndarray) -> str:
    """Say how much of a mask each class takes."""
    known = mask[(mask >= 0) & (mask < 3)]
    classes, counts = np.unique(known, return_counts=True)
    found = zip(classes, counts / max(1, len(known)), strict=True)
    return ", ".join(f"class {n} {share:.1%}" for n, share in found)


def predict(model, x: Inputs, y: Targets | None = None) -> None:
    """Print an answer for each example, beside its true target where that is known."""
    predictions = model.predict(x, verbose=0)
    for number, prediction in enumerate(predictions):
        truth = "" if y is None else f"  (true: {shares(y[number])})"
        print(f"{number + 1}: {answer(prediction)}{truth}")


def positive(text: str) -> int:
    """Read a whole number from 1 on."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Train and use UNet.")
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
        "--save", type=Path, default=Path("UNet.keras"), help="the trained model"
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
            "unet.arch names no data to train and evaluate on: add `data = …` to its task",
        )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        sys.exit(130)
