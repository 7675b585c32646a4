"""Cnn: classifies digit from image into 10 classes.

Handwritten digits with a small convolutional network.

Shows: image input, rescaling, convolution and pooling in one line, dropout, the head of a classification, bundled data.

Written by archlang from digits_cnn.arch; change the spec, not this file.
"""

import argparse
import json
import math
import signal
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import keras
import numpy as np
import pandas as pd
from keras import layers
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from sklearn.metrics import ConfusionMatrixDisplay

VALIDATION = 0.2

Inputs = np.ndarray
Targets = np.ndarray
Examples = tuple[Inputs, Targets]


def build_model() -> keras.Model:
    image = keras.Input((8, 8, 1), name="image")
    x = layers.Rescaling(1 / 16, name="rescaling_1")(image)
    x = layers.Conv2D(32, 3, padding="same", activation="relu", name="conv2d_1")(x)
    x = layers.MaxPooling2D(2, name="max_pooling2d_1")(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu", name="conv2d_2")(x)
    x = layers.MaxPooling2D(2, name="max_pooling2d_2")(x)
    x = layers.Flatten(name="flatten_1")(x)
    x = layers.Dropout(0.3, name="dropout_1")(x)
    digit = layers.Dense(10, activation="softmax", name="digit")(x)
    return keras.Model(image, digit, name="Cnn")


def load_data() -> Examples:
    """Read the handwritten digits that come with scikit-learn."""
    x, y = load_digits(return_X_y=True)
    return np.asarray(x, "float32").reshape(-1, 8, 8, 1), np.asarray(y, "int32")


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
    return as_numbers("image", array, (8, 8, 1), "float32")


def take(examples: Examples, index: np.ndarray | slice) -> Examples:
    """Pick some of the examples."""
    x, y = examples
    return x[index], y[index]


def split(examples: Examples, fraction: float, seed: int) -> tuple[Examples, Examples]:
    """Set a fraction of the examples aside, chosen by a seeded permutation."""
    count = len(examples[1])
    order = np.random.default_rng(seed).permutation(count)
    aside = round(count * fraction)
    if not 0 < aside < count:
        raise SystemExit(f"{count} examples are too few to set {fraction:.0%} aside")
    return take(examples, order[aside:]), take(examples, order[:aside])


def load_splits(seed: int) -> tuple[Examples, Examples]:
    """Read the examples to train on and those held out."""
    return split(load_data(), VALIDATION, seed)


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


def fingerprint(examples: tuple) -> str:
    """Say how many examples there are, with a hash of all that they hold."""
    arrays = [np.asarray(array) for array in keras.tree.flatten(examples)]
    value = 0
    for array in arrays:
        value = zlib.crc32(f"{array.shape} {array.dtype}".encode(), value)
        value = zlib.crc32(np.ascontiguousarray(array).data, value)
    return f"{len(arrays[0]):,} examples, hash {value:08x}"


def beside(path: Path, name: str) -> Path:
    """A file named after the model, in its folder."""
    return path.with_name(f"{path.stem}_{name}")


def state(model) -> list:
    """Weights, random states, and what the optimizer keeps."""
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    return [*model.variables, *model.optimizer.variables]


class Checkpoint(keras.callbacks.Callback):
    """Keeps after every epoch, in one file, all that `--resume` needs to go on from there."""

    model: Any  # both are set by `fit`
    params: Any

    def __init__(self, model_path: Path, resume: bool = False):
        super().__init__()
        self.model_path = model_path
        self.path = beside(model_path, "checkpoint.npz")
        self.made_with = {}
        self.epoch, self.history, self.saved = 0, [], []
        if resume:
            self.load()
        elif self.path.is_file():
            print(f"starting anew; --resume would go on from {self.path}")

    def load(self) -> None:
        """Read what an interrupted training has left."""
        if not self.path.is_file():
            raise SystemExit(f"there is no checkpoint at {self.path} to resume from")
        try:
            with np.load(self.path) as file:
                self.made_with, self.epoch, self.history = json.loads(
                    str(file["progress"])
                )
                self.saved = [file[name] for name in file.files if name[:4] == "arr_"]
        except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise SystemExit(
                f"{self.path} is damaged, or no checkpoint of this program: train without --resume"
            ) from error

    def expect(self, **made_with: object) -> None:
        """Make sure that a training goes on as it began: with the same settings and examples."""
        for name, value in made_with.items():
            before = self.made_with.get(name, value)
            if before != value:
                raise SystemExit(
                    f"{self.path} was made with another {name.replace('_', ' ')} "
                    f"({before}, not {value}): resume with that one, or train without --resume"
                )
        self.made_with = made_with

    def restore(self, model, epochs: int) -> int:
        """Bring the model to where it was; the epoch to go on with."""
        variables = state(model) if self.saved else []
        if [tuple(v.shape) for v in variables] != [a.shape for a in self.saved]:
            raise SystemExit(f"{self.path} is of another model: train without --resume")
        for variable, array in zip(variables, self.saved, strict=True):
            variable.assign(array)
        if self.epoch > epochs:
            raise SystemExit(
                f"{self.path} is of a training of {self.epoch} epochs or more, not of {epochs}"
            )
        return self.epoch

    def on_epoch_end(self, epoch, logs=None) -> None:
        self.history.append({"epoch": epoch + 1, **(logs or {})})
        # After an epoch that ends training early, none is left.
        self.epoch = self.params["epochs"] if self.model.stop_training else epoch + 1
        progress = json.dumps([self.made_with, self.epoch, self.history])
        with replacing(self.path) as temporary:
            np.savez(temporary, *state(self.model), progress=progress)
        table = pd.DataFrame(self.history)
        table.to_csv(beside(self.model_path, "history.csv"), index=False)

    def interrupted(self) -> NoReturn:
        """End the program with a sentence on how to go on."""
        if self.history and self.path.is_file():
            print(f"\nstopped; --resume goes on from {self.path}", file=sys.stderr)
        else:
            print(
                "\nstopped before an epoch was over: nothing is kept", file=sys.stderr
            )
        raise SystemExit(130)


def train(
    model,
    training: Examples,
    validation: Examples,
    checkpoint: Checkpoint,
    epochs: int = 30,
    batch_size: int = 64,
) -> None:
    """Compile the model and fit it."""
    x, y = training
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    model.fit(
        x,
        y,
        validation_data=validation,
        epochs=epochs,
        initial_epoch=checkpoint.restore(model, epochs),
        batch_size=batch_size,
        callbacks=[checkpoint],
    )


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


def plot_history(history: list[dict], path: Path) -> None:
    """Draw the loss and every metric, epoch by epoch."""
    table = pd.DataFrame(history)
    names = [name for name in table.columns if name != "epoch" and name[:4] != "val_"]
    figure = Figure(figsize=(4 * len(names), 3.5), layout="constrained")
    grid = figure.subplots(1, len(names), squeeze=False)
    for axes, name in zip(grid.flat, names, strict=True):
        for column, label in ((name, "training"), (f"val_{name}", "validation")):
            if column in table:
                axes.plot(table.index + 1, table[column], ".-", label=label)
        axes.set(title=name, xlabel="epoch")
        axes.legend()
    figure.savefig(path)
    print(f"saved {path}")


def plot_confusion(
    truth: np.ndarray, answers: np.ndarray, labels: list, path: Path
) -> None:
    """Draw how often examples of each class were taken for which."""
    size = 2.5 + 0.35 * len(labels)
    figure = Figure(figsize=(size, size), layout="constrained")
    ConfusionMatrixDisplay.from_predictions(
        truth,
        answers,
        labels=range(len(labels)),
        display_labels=labels,
        xticks_rotation="vertical",
        cmap="Blues",
        colorbar=False,
        ax=figure.subplots(),
    )
    figure.savefig(path)
    print(f"saved {path}")


def plot_answers(model, examples: Examples, path: Path) -> None:
    """Draw how answers to held-out examples compare with the truth."""
    x, y = examples
    predictions = model.predict(x, verbose=0)
    plot_confusion(
        y, predictions.argmax(-1), list(range(10)), beside(path, "digit_confusion.png")
    )


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
    parser = argparse.ArgumentParser(description="Train and use Cnn.")
    parser.add_argument(
        "command",
        nargs="?",
        choices=["train", "evaluate", "predict", "summary"],
        default="train",
    )
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        help="for predict: .npy files of examples; without any, a few held-out ones",
    )
    parser.add_argument("--epochs", type=positive, default=30)
    parser.add_argument("--batch-size", type=positive, default=64)
    parser.add_argument(
        "--save", type=Path, default=Path("Cnn.keras"), help="the trained model"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--resume", action="store_true", help="go on where a training was interrupted"
    )
    parser.add_argument(
        "--no-plots", action="store_true", help="draw no pictures of the training"
    )
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
    if arguments.command == "train":
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
        checkpoint = Checkpoint(arguments.save, arguments.resume)
        try:
            training, held_out = load_splits(arguments.seed)
            checkpoint.expect(
                seed=arguments.seed,
                batch_size=arguments.batch_size,
                training_set=fingerprint(training),
                validation_set=fingerprint(held_out),
            )
            model = build_model()
            train(
                model,
                training,
                held_out,
                checkpoint,
                arguments.epochs,
                arguments.batch_size,
            )
            save(model, arguments.save)
            evaluate(model, held_out)
            if not arguments.no_plots:
                plot_history(checkpoint.history, beside(arguments.save, "history.png"))
                plot_answers(model, held_out, arguments.save)
            checkpoint.path.unlink(missing_ok=True)
        except KeyboardInterrupt:
            checkpoint.interrupted()
    elif arguments.command == "evaluate":
        model = load(arguments.save)
        *_, held_out = load_splits(arguments.seed)
        evaluate(model, held_out)
    elif arguments.command == "predict":
        model = load(arguments.save)
        for file in arguments.files:
            predict(model, load_inputs(file))
        if not arguments.files:
            *_, held_out = load_splits(arguments.seed)
            x, y = take(held_out, slice(5))
            predict(model, x, y)
    else:
        build_model().summary()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        sys.exit(130)
