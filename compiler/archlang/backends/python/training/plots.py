"""Pictures that a training leaves beside the model: the history, and answers against the truth."""

from __future__ import annotations

import math

from archlang.backends.python.layout import wrap
from archlang.backends.python.literals import literal
from archlang.backends.python.training.checkpoints import keeps
from archlang.backends.python.training.layout import Group, call, statement
from archlang.backends.python.training.plan import Parts, TrainingPlan, kind_of
from archlang.backends.python.training.streams import batched
from archlang.backends.python.training.targets import labels_name, labels_of
from archlang.tasks.model import OutputSpec

_HISTORY = '''
def plot_history(history: list[dict], path: Path) -> None:
    """Draw the loss and every metric, epoch by epoch."""
    table = pd.DataFrame(history)
    names = [name for name in table.columns if NAMED]
    ROWSfigure = Figure(figsize=SIZE, layout="constrained")
    grid = figure.subplots(GRID, squeeze=False)
    for axes, name in zip(grid.flat, names, strict=STRICT):
        DRAWN
        PHASES
        axes.set(title=name, xlabel="epoch")
        axes.legend()
    RESTfigure.savefig(path)
    print(f"saved {path}")
'''

_BOTH = """\
for column, label in ((name, "training"), (f"val_{name}", "validation")):
            if column in table:
                axes.plot(table.index + 1, table[column], ".-", label=label)"""
_TRAINING = 'axes.plot(table.index + 1, table[name], ".-", label="training")'

_MARK_PHASES = """\
for number, row in enumerate(history):
            if row["epoch"] == 1:
                axes.axvline(number + 0.5, color="gray", linestyle=":")
                axes.annotate(
                    row["phase"],
                    (number + 0.5, 1),
                    xycoords=axes.get_xaxis_transform(),
                    rotation="vertical",
                    verticalalignment="top",
                )"""

_CONFUSION = '''
def plot_confusion(truth: np.ndarray, answers: np.ndarray, labels: list, path: Path) -> None:
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
'''

_RESIDUALS = '''
def plot_residuals(truth: np.ndarray, answers: np.ndarray, path: Path) -> None:
    """Draw by how much answers are off, over the answers."""
    if not np.isfinite(answers).all():
        print("no picture of residuals: the answers are not finite")
        return
    FIGURE
    figure.savefig(path)
    print(f"saved {path}")
'''

_ONE_FIGURE = """\
figure = Figure(figsize=(5, 4), layout="constrained")
    PredictionErrorDisplay.from_predictions(
        truth.ravel(), answers.ravel(), kind="residual_vs_predicted", ax=figure.subplots()
    )"""
_FIGURE_A_COLUMN = """\
truth, answers = truth.reshape(len(truth), -1).T, answers.reshape(len(truth), -1).T
    figure = Figure(figsize=(4 * len(truth), 4), layout="constrained")
    grid = figure.subplots(1, len(truth), squeeze=False)
    for axes, true, found in zip(grid.flat, truth, answers, strict=True):
        PredictionErrorDisplay.from_predictions(
            true, found, kind="residual_vs_predicted", ax=axes
        )"""

# More classes than this make a picture that nobody can read.
_MOST_CLASSES = 100
_MOST_COLUMNS = 6


def add_plots(plan: TrainingPlan, parts: Parts) -> None:
    """`plot_history`, and `plot_answers` where there is a picture for an output."""
    if not keeps(plan):
        return
    parts.imports |= {"from matplotlib.figure import Figure", "from pathlib import Path"}
    if not plan.one_output:
        parts.imports.add("import math")
    parts.function("plot_history", wrap(_history(plan)))
    shown = [output for output in plan.outputs if picture(plan, output)]
    if not shown:
        return
    parts.imports.add("import numpy as np")
    pictures = {picture(plan, output) for output in shown}
    if "confusion" in pictures:
        parts.imports.add("from sklearn.metrics import ConfusionMatrixDisplay")
        parts.function("plot_confusion", wrap(_CONFUSION))
    if "residuals" in pictures:
        parts.imports.add("from sklearn.metrics import PredictionErrorDisplay")
        numbers = [_columns(plan, output) for output in shown if picture(plan, output)[0] == "r"]
        figure = _ONE_FIGURE if set(numbers) == {1} else _FIGURE_A_COLUMN
        text = _RESIDUALS.replace("FIGURE", figure)
        parts.function("plot_residuals", text)
    parts.function("plot_answers", _answers(plan, shown))


def plotting(plan: TrainingPlan) -> list[str]:
    """The calls that draw all pictures."""
    lines = ['plot_history(checkpoint.history, beside(arguments.save, "history.png"))']
    if any(picture(plan, output) for output in plan.outputs):
        lines.append("plot_answers(model, held_out, arguments.save)")
    return lines


def picture(plan: TrainingPlan, output: OutputSpec) -> str:
    """What is drawn of an output's answers: `confusion`, `residuals`, or nothing."""
    if output.kind == "binary_classification":
        return "confusion"
    if output.kind == "classification" and output.args["classes"] <= _MOST_CLASSES:
        return "confusion"
    if output.kind == "regression" and 1 <= _columns(plan, output) <= _MOST_COLUMNS:
        return "residuals"
    return ""


def _columns(plan: TrainingPlan, output: OutputSpec) -> int:
    """How many numbers an output of numbers has; 0 if that is not known."""
    spec = plan.output_specs.get(output.name)
    dims = None if spec is None or spec.shape is None else spec.shape[1:]
    if dims is None or not all(isinstance(dim, int) for dim in dims):
        return 0
    return math.prod(dim for dim in dims if isinstance(dim, int))


def _history(plan: TrainingPlan) -> str:
    several = len(plan.phases) > 1
    wide = not plan.one_output
    left_out = '("phase", "epoch")' if several else '"epoch"'
    test = f"name {'not in' if several else '!='} {left_out}"
    if plan.validation:
        test += ' and name[:4] != "val_"'
    filled = {
        "NAMED": test,
        "ROWS": "rows = math.ceil(len(names) / 4)\n    " if wide else "",
        "SIZE": "(16, 3.5 * rows)" if wide else "(4 * len(names), 3.5)",
        "REST": "for axes in grid.flat[len(names) :]:\n        axes.set_axis_off()\n    "
        if wide
        else "",
        "STRICT": "False" if wide else "True",
        "GRID": "rows, 4" if wide else "1, len(names)",
        "DRAWN": _BOTH if plan.validation else _TRAINING,
        "        PHASES\n": f"        {_MARK_PHASES}\n" if several else "",
    }
    text = _HISTORY
    for word, value in filled.items():
        text = text.replace(word, value)
    return text


def _answers(plan: TrainingPlan, shown: list[OutputSpec]) -> list[str]:
    lines = [
        "def plot_answers(model, examples: Examples, path: Path) -> None:",
        '    """Draw how answers to held-out examples compare with the truth."""',
    ]
    if plan.streams:
        made = f"[(y, model.predict_on_batch(x)) for x, y, *_ in {batched(plan, 'examples')}]"
        lines += statement("batches = ", made)
    else:
        lines.append(f"    {'x, y, _' if plan.has_weights else 'x, y'} = examples")
        lines.append("    predictions = model.predict(x, verbose=0)")
    for output in shown:
        key = "" if plan.one_output else f"[{literal(output.name)}]"
        truth, answers = f"y{key}", f"predictions{key}"
        if plan.streams:
            truth = f"np.concatenate([y{key} for y, _ in batches])"
            answers = f"np.concatenate([answers{key} for _, answers in batches])"
        kind = picture(plan, output)
        path = f"beside(path, {literal(f'{output.name}_{kind}.png')})"
        lines += statement("", _drawn(plan, output, truth, answers, path))
    return lines


def _drawn(plan: TrainingPlan, output: OutputSpec, truth: str, answers: str, path: str) -> Group:
    if picture(plan, output) == "residuals":
        return call("plot_residuals", truth, answers, path)
    if output.kind == "binary_classification":
        limit = output.args["threshold"]
        if kind_of(output).gives_logits(output):
            limit = math.log(limit / (1 - limit)) if 0 < limit < 1 else limit
        answers = f"({answers} >= {literal(limit)})"
        labels = labels_name(plan, output)
        return call("plot_confusion", f"{truth}.ravel()", f"{answers}.ravel()", labels, path)
    truth += ".argmax(-1)" if output.args.get("one_hot") else ""
    labels = f"list(range({output.args['classes']}))"
    if labels_of(output) is not None:
        labels = labels_name(plan, output)
    return call("plot_confusion", truth, f"{answers}.argmax(-1)", labels, path)
