"""Taster: classifies grower from phenols and minerals as first, second or third, and predicts colour.

Wines: the grower and the depth of the colour, from two groups of measurements.

Shows: two inputs and two outputs, branches that are named and joined, one head for each output, their weights.

Written by archlang from wine_two_outputs.arch; change the spec, not this file.
"""

import argparse
import csv
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
from sklearn.datasets import load_wine
from sklearn.metrics import ConfusionMatrixDisplay, PredictionErrorDisplay

GROWER_LABELS = ["first", "second", "third"]
INPUT_COLUMNS = [
    "total_phenols",
    "flavanoids",
    "nonflavanoid_phenols",
    "proanthocyanins",
    "ash",
    "alcalinity_of_ash",
    "magnesium",
]
VALIDATION = 0.2

Inputs = dict[str, np.ndarray]
Targets = dict[str, np.ndarray]
Examples = tuple[Inputs, Targets]


def build_model() -> keras.Model:
    phenols = keras.Input((4,), name="phenols")
    minerals = keras.Input((3,), name="minerals")
    x = layers.Normalization(name="normalization_1")(phenols)
    organic = layers.Dense(16, activation="relu", name="dense_1")(x)
    x = layers.Normalization(name="normalization_2")(minerals)
    mineral = layers.Dense(16, activation="relu", name="dense_2")(x)
    x = layers.Concatenate(name="concatenate_1")([organic, mineral])
    wine = layers.Dense(32, activation="relu", name="dense_3")(x)
    grower = layers.Dense(3, activation="softmax", name="grower")(wine)
    x = layers.Dense(16, activation="relu", name="dense_4")(wine)
    colour = layers.Dense(1, activation="softplus", name="colour")(x)
    return keras.Model(
        [phenols, minerals], {"grower": grower, "colour": colour}, name="Taster"
    )


def check_columns(path: Path, names: list[str], columns: list[str]) -> None:
    """Check that the header of a CSV file names all columns, and each once."""
    for column in columns:
        if column not in names:
            found = ", ".join(names)
            marks = [mark for mark in ";	|" if mark in found and len(names) == 1]
            hint = f": set separator={marks[0]!r} in the spec" if marks else ""
            raise SystemExit(f"{path} has no column {column!r}; it has {found}{hint}")
        if names.count(column) > 1:
            raise SystemExit(f"{path} has several columns {column!r}")


def count_fields(path: Path, columns: list[str]) -> int:
    """Count the columns of a CSV file; a row with more or fewer fields ends the program."""
    csv.field_size_limit(2**31 - 1)
    names: list[str] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, skipinitialspace=True)
        for row in rows:
            if row in ([], [""]):
                continue
            if not names:
                names = row
                check_columns(path, names, columns)
            # A row may end in separators with nothing behind them.
            if len(row) < len(names) or any(row[len(names) :]):
                raise SystemExit(
                    f"{path}: line {rows.line_num} has {len(row)} fields, "
                    f"but the header has {len(names)}"
                )
    return len(names)


def read_table(path: Path, columns: list[str]) -> pd.DataFrame:
    """Read a CSV file; a column or a value that is missing ends the program."""
    if not path.is_file():
        raise SystemExit(
            f"{path} is not there; it should be a CSV file with the columns "
            f"{', '.join(columns)}"
        )
    try:
        fields = count_fields(path, columns)
        # Only an empty field is a missing value: "NA" and "None" may be labels.
        table = pd.read_csv(
            path,
            index_col=False,
            usecols=range(fields),
            keep_default_na=False,
            na_values=[""],
            skipinitialspace=True,
        )
    except (ValueError, csv.Error) as error:
        raise SystemExit(f"{path} is no CSV file: {error}") from error
    if table.empty:
        raise SystemExit(f"{path} holds no examples")
    for column in columns:
        missing = table[column].isna().to_numpy()
        if missing.any():
            raise SystemExit(
                f"{path}: row {missing.argmax() + 1} has no value in column {column!r}"
            )
    # What is wrong with a number is said with the name of its file.
    table.attrs["path"] = path
    return table


def numbers(table: pd.DataFrame, columns: list[str], dtype: str) -> np.ndarray:
    """Stack columns of numbers; anything else in them ends the program."""
    values = table[columns].apply(pd.to_numeric, errors="coerce").to_numpy("float64")
    wrong = ~np.isfinite(values)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        path = table.attrs.get("path", "the data")
        found = str(table[columns[column]].iloc[row])
        raise SystemExit(
            f"{path}: row {row + 1} should hold a number "
            f"in column {columns[column]!r}, but there is {found!r}"
        )
    return values.astype(dtype)


def inputs_of(table: pd.DataFrame) -> Inputs:
    """Pick the model's inputs."""
    return {
        "phenols": numbers(
            table,
            ["total_phenols", "flavanoids", "nonflavanoid_phenols", "proanthocyanins"],
            "float32",
        ),
        "minerals": numbers(
            table, ["ash", "alcalinity_of_ash", "magnesium"], "float32"
        ),
    }


def class_numbers(name: str, values: np.ndarray, classes: int) -> np.ndarray:
    """Check that targets are class numbers, from 0 to classes - 1."""
    wrong = ~np.isin(values, range(classes))
    if wrong.any():
        found = values[wrong].tolist()[0]
        hint = (
            "; name classes by labels=[...] in the spec"
            if isinstance(found, str)
            else ""
        )
        raise SystemExit(
            f"{name}: expected classes from 0 to {classes - 1}, "
            f"but row {np.argwhere(wrong)[0][0] + 1} has {found!r}{hint}"
        )
    return values.astype("int32")


def label_numbers(name: str, values: np.ndarray, labels: list[str]) -> np.ndarray:
    """Turn labels into their numbers."""
    if values.dtype.kind in "iu":
        return class_numbers(name, values, len(labels))
    number_of = {label: number for number, label in enumerate(labels)}
    for row, value in enumerate(values.astype(str), start=1):
        if value not in number_of:
            raise SystemExit(
                f"{name}: row {row} has {str(value)!r}, "
                f"which is none of the labels {', '.join(labels)}"
            )
    return np.array([number_of[value] for value in values.astype(str)], "int32")


def within(
    name: str, values: np.ndarray, low: float = -np.inf, high: float = np.inf
) -> np.ndarray:
    """Check that targets lie in the range that the model can reach."""
    if values.min() < low or values.max() > high:
        raise SystemExit(
            f"{name}: targets lie between {low} and {high}, "
            f"but they go from {values.min():g} to {values.max():g}"
        )
    return values


def targets_of(table: pd.DataFrame) -> Targets:
    """Pick the targets."""
    return {
        "grower": label_numbers("grower", table["target"].to_numpy(), GROWER_LABELS),
        "colour": within(
            "colour", numbers(table, ["color_intensity"], "float32"), low=0
        ),
    }


def load_data() -> Examples:
    """Read the chemical analyses of wines that come with scikit-learn."""
    # The annotations of scikit-learn do not tell this apart from a tuple.
    data: Any = load_wine(as_frame=True)
    table = data.frame
    return inputs_of(table), targets_of(table)


def load_inputs(path: Path) -> Inputs:
    """Read examples without targets from a CSV file."""
    return inputs_of(read_table(path, INPUT_COLUMNS))


def take(examples: Examples, index: np.ndarray | slice) -> Examples:
    """Pick some of the examples."""
    x, y = examples
    x = {key: array[index] for key, array in x.items()}
    y = {key: array[index] for key, array in y.items()}
    return x, y


def split(examples: Examples, fraction: float, seed: int) -> tuple[Examples, Examples]:
    """Set a fraction of the examples aside, chosen by a seeded permutation."""
    count = len(examples[1]["grower"])
    order = np.random.default_rng(seed).permutation(count)
    aside = round(count * fraction)
    if not 0 < aside < count:
        raise SystemExit(f"{count} examples are too few to set {fraction:.0%} aside")
    return take(examples, order[aside:]), take(examples, order[:aside])


def load_splits(seed: int) -> tuple[Examples, Examples]:
    """Read the examples to train on and those held out."""
    return split(load_data(), VALIDATION, seed)


def adapt(model, x: Inputs) -> None:
    """Show the training examples to the layers that learn from them before training."""
    model.get_layer("normalization_1").adapt(x["phenols"])
    model.get_layer("normalization_2").adapt(x["minerals"])


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
    epochs: int = 60,
    batch_size: int = 16,
) -> None:
    """Compile the model and fit it."""
    x, y = training
    adapt(model, x)
    model.compile(
        optimizer=keras.optimizers.Adam(5e-3),
        loss={
            "grower": keras.losses.SparseCategoricalCrossentropy(),
            "colour": keras.losses.MeanSquaredError(),
        },
        loss_weights={"grower": 1.0, "colour": 0.1},
        metrics={
            "grower": [keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
            "colour": [
                keras.metrics.MeanAbsoluteError(name="mae"),
                keras.metrics.RootMeanSquaredError(name="rmse"),
            ],
        },
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
    rows = math.ceil(len(names) / 4)
    figure = Figure(figsize=(16, 3.5 * rows), layout="constrained")
    grid = figure.subplots(rows, 4, squeeze=False)
    for axes, name in zip(grid.flat, names, strict=False):
        for column, label in ((name, "training"), (f"val_{name}", "validation")):
            if column in table:
                axes.plot(table.index + 1, table[column], ".-", label=label)
        axes.set(title=name, xlabel="epoch")
        axes.legend()
    for axes in grid.flat[len(names) :]:
        axes.set_axis_off()
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


def plot_residuals(truth: np.ndarray, answers: np.ndarray, path: Path) -> None:
    """Draw by how much answers are off, over the answers."""
    if not np.isfinite(answers).all():
        print("no picture of residuals: the answers are not finite")
        return
    figure = Figure(figsize=(5, 4), layout="constrained")
    PredictionErrorDisplay.from_predictions(
        truth.ravel(),
        answers.ravel(),
        kind="residual_vs_predicted",
        ax=figure.subplots(),
    )
    figure.savefig(path)
    print(f"saved {path}")


def plot_answers(model, examples: Examples, path: Path) -> None:
    """Draw how answers to held-out examples compare with the truth."""
    x, y = examples
    predictions = model.predict(x, verbose=0)
    plot_confusion(
        y["grower"],
        predictions["grower"].argmax(-1),
        GROWER_LABELS,
        beside(path, "grower_confusion.png"),
    )
    plot_residuals(
        y["colour"], predictions["colour"], beside(path, "colour_residuals.png")
    )


def answer_grower(probabilities: np.ndarray) -> str:
    """Name the classes with their probabilities, the likeliest first."""
    best = np.argsort(-probabilities)
    return ", ".join(f"{GROWER_LABELS[n]} {probabilities[n]:.1%}" for n in best)


def answer_colour(values: np.ndarray) -> str:
    """Write out the predicted numbers, which lie in the range."""
    values = np.clip(values, 0, None)
    return ", ".join(f"{value:.6g}" for value in values)


def predict(model, x: Inputs, y: Targets | None = None) -> None:
    """Print an answer for each example, beside its true target where that is known."""
    predictions = model.predict(x, verbose=0)
    for number in range(len(predictions["grower"])):
        print(f"{number + 1}:")
        print("  grower:", answer_grower(predictions["grower"][number]))
        if y is not None:
            print("    true:", GROWER_LABELS[y["grower"][number]])
        print("  colour:", answer_colour(predictions["colour"][number]))
        if y is not None:
            print("    true:", answer_colour(y["colour"][number]))


def positive(text: str) -> int:
    """Read a whole number from 1 on."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Train and use Taster.")
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
        help="for predict: CSV files of examples; without any, a few held-out ones",
    )
    parser.add_argument("--epochs", type=positive, default=60)
    parser.add_argument("--batch-size", type=positive, default=16)
    parser.add_argument(
        "--save", type=Path, default=Path("Taster.keras"), help="the trained model"
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
