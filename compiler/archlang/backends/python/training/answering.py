"""`predict`: answers in the task's terms, beside the truth where it is known."""

from __future__ import annotations

from archlang.backends.python.literals import literal
from archlang.backends.python.training.layout import call, statement
from archlang.backends.python.training.masks import add_write_mask, mask_outputs, writes_masks
from archlang.backends.python.training.plan import Parts, TrainingPlan, kind_of
from archlang.backends.python.training.saying import add_generated_predict, generates
from archlang.backends.python.training.stream_sources import stream_source
from archlang.backends.python.training.targets import add_helper, labels_name, labels_of
from archlang.tasks.model import OutputSpec
from archlang.tasks.reconstruction import share_range
from archlang.tasks.regression import bounds

# How many of the likeliest classes an answer names.
_NAMED = 5


_STEPS = '''
def steps(values: np.ndarray, truth: np.ndarray | None) -> str:
    """Write out a line for each step of a forecast, beside the truth where it is known."""
    lines = []
    for number, row in enumerate(values):
        line = f"  step {number + 1}: " + ", ".join(f"{value:.6g}" for value in row)
        if truth is not None:
            line += f"  (true: {', '.join(f'{value:.6g}' for value in truth[number])})"
        lines.append(line)
    return "\\n".join(lines)
'''


def add_predict(plan: TrainingPlan, parts: Parts) -> None:
    """An `answer` function for each output, and `predict`."""
    if generates(plan):
        add_generated_predict(plan, parts)
        return
    for output in plan.task.outputs:
        parts.imports.add("import numpy as np")
        if output.kind == "forecasting":
            add_helper(parts, "steps", _STEPS)
        else:
            parts.function(_answer_name(plan, output), _answer(plan, output))
        if output.kind == "segmentation":
            parts.names.append(_shares_name(plan, output))
    # Where a file is one example, its name stands before its answer.
    named = plan.streams and plan.one_input and stream_source(plan).one_each
    file = ", file: Path | None = None" if named else ""
    number = "file or number + 1" if named else "number + 1"
    lines = [
        f"def predict(model, x: Inputs, y: Targets | None = None{file}) -> None:",
        '    """Print an answer for each example, beside its true target where that is known."""',
        "    predictions = model.predict(x, verbose=0)",
    ]
    if plan.one_output and plan.outputs[0].kind == "forecasting":
        lines += [
            "    for number, prediction in enumerate(predictions):",
            f'        print(f"{{{number}}}:")',
            "        print(steps(prediction, None if y is None else y[number]))",
        ]
    elif plan.one_output:
        output = plan.outputs[0]
        lines += [
            "    for number, prediction in enumerate(predictions):",
            '        truth = "" if y is None else f"  (true: {'
            + _truth(plan, output, "y[number]")
            + '})"',
            f'        print(f"{{{number}}}: {{answer(prediction)}}{{truth}}")',
        ]
    else:
        first = literal(plan.outputs[0].name)
        lines.append(f"    for number in range(len(predictions[{first}])):")
        lines.append(f'        print(f"{{{number}}}:")')
        for output in plan.task.outputs:
            key = literal(output.name)
            if output.kind == "forecasting":
                true = f"None if y is None else y[{key}][number]"
                steps = call("steps", f"predictions[{key}][number]", true)
                lines += [f"        print({literal(f'  {output.name}:')})"]
                lines += statement("", call("print", steps), indent=2)
                continue
            answer = call(_answer_name(plan, output), f"predictions[{key}][number]")
            if output.kind is None:
                lines += statement(
                    "", call("print", literal(f"  {output.name}:"), answer), indent=2
                )
                continue
            truth = _truth(plan, output, f"y[{key}][number]")
            lines += statement("", call("print", literal(f"  {output.name}:"), answer), indent=2)
            lines.append("        if y is not None:")
            lines += statement("", call("print", '"    true:"', truth), indent=3)
    if writes_masks(plan):
        output = mask_outputs(plan)[0]
        of_first = "predictions[0]"
        if not plan.one_output:
            of_first = f"predictions[{literal(output.name)}][0]"
        lines += ["    if file is not None:", f"        write_mask({of_first}, file)"]
        add_write_mask(plan, parts)
    parts.function("predict", lines)


def _answer_name(plan: TrainingPlan, output: OutputSpec) -> str:
    return "answer" if plan.one_output else f"answer_{output.name}"


def _answer(plan: TrainingPlan, output: OutputSpec) -> list[str]:
    name = _answer_name(plan, output)
    if output.kind in ("classification", "generation"):
        return _classification(plan, output, name)
    if output.kind == "binary_classification":
        return _binary(plan, output, name)
    if output.kind == "multilabel_classification":
        return _multilabel(plan, output, name)
    if output.kind == "regression":
        return _regression(output, name)
    if output.kind == "token_classification":
        return _tokens(plan, output, name)
    if output.kind == "segmentation":
        return _segments(plan, output, name)
    share = share_range(output)
    if share is not None:
        low, high = share
        decoded = f"values * {literal(high - low)}"
        return [
            f"def {name}(values: np.ndarray) -> str:",
            '    """Turn shares of the range back into values, and write them out."""',
            f"    values = {decoded}" + (f" + {literal(low)}" if low else ""),
            "    return np.array2string(values, precision=4, threshold=20)",
        ]
    return [
        f"def {name}(values: np.ndarray) -> str:",
        '    """Write out numbers."""',
        "    return np.array2string(values, precision=4, threshold=20)",
    ]


def _classification(plan: TrainingPlan, output: OutputSpec, name: str) -> list[str]:
    few = f"[:{_NAMED}]" if output.args.get("classes", _NAMED + 1) > _NAMED else ""
    first, reading = _probabilities(output, "softmax")
    shown = _class(plan, output, "n")
    return [
        f"def {name}({first}: np.ndarray) -> str:",
        '    """Name the classes with their probabilities, the likeliest first."""',
        *reading,
        f"    best = np.argsort(-probabilities){few}",
        f'    return ", ".join(f"{shown} {{probabilities[n]:.1%}}" for n in best)',
    ]


def _binary(plan: TrainingPlan, output: OutputSpec, name: str) -> list[str]:
    labels = labels_name(plan, output)
    first, reading = _probabilities(output, "sigmoid")
    return [
        f"def {name}({first}: np.ndarray) -> str:",
        '    """Decide by the threshold, and give the probability of the second label."""',
        *reading,
        "    probability = float(probabilities[0])",
        f"    label = {labels}[int(probability >= {literal(output.args['threshold'])})]",
        f'    return f"{{label}} (probability of {{{labels}[1]}}: {{probability:.1%}})"',
    ]


def _multilabel(plan: TrainingPlan, output: OutputSpec, name: str) -> list[str]:
    first, reading = _probabilities(output, "sigmoid")
    return [
        f"def {name}({first}: np.ndarray) -> str:",
        '    """Name the labels that are more likely than not, the likeliest first."""',
        *reading,
        "    likely = [n for n in np.argsort(-probabilities) if probabilities[n] >= 0.5]",
        f'    found = [f"{_class(plan, output, "n")} {{probabilities[n]:.1%}}" for n in likely]',
        '    return ", ".join(found) or "none"',
    ]


def _regression(output: OutputSpec, name: str) -> list[str]:
    low, high = bounds(output)
    lines = [f"def {name}(values: np.ndarray) -> str:"]
    if low is None and high is None:
        lines.append('    """Write out the predicted numbers."""')
    else:
        lines += [
            '    """Write out the predicted numbers, which lie in the range."""',
            f"    values = np.clip(values, {literal(low)}, {literal(high)})",
        ]
    return [*lines, '    return ", ".join(f"{value:.6g}" for value in values)']


def _tokens(plan: TrainingPlan, output: OutputSpec, name: str) -> list[str]:
    return [
        f"def {name}(scores: np.ndarray) -> str:",
        '    """Name the likeliest class of every step."""',
        f'    return " ".join(f"{_class(plan, output, "n")}" for n in scores.argmax(-1))'
        if labels_of(output) is None
        else f'    return " ".join({labels_name(plan, output)}[n] for n in scores.argmax(-1))',
    ]


def _segments(plan: TrainingPlan, output: OutputSpec, name: str) -> list[str]:
    shown = _class(plan, output, "n")
    # Targets are masks already; pixels of no class are left out.
    return [
        f"def {name}(scores: np.ndarray) -> str:",
        '    """Say how much of the picture each class takes."""',
        f"    return {_shares_name(plan, output)}(scores.argmax(-1))",
        "",
        "",
        f"def {_shares_name(plan, output)}(mask: np.ndarray) -> str:",
        '    """Say how much of a mask each class takes."""',
        f"    known = mask[(mask >= 0) & (mask < {output.args['classes']})]",
        "    classes, counts = np.unique(known, return_counts=True)",
        "    found = zip(classes, counts / max(1, len(known)), strict=True)",
        f'    return ", ".join(f"{shown} {{share:.1%}}" for n, share in found)',
    ]


def _shares_name(plan: TrainingPlan, output: OutputSpec) -> str:
    return "shares" if plan.one_output else f"shares_{output.name}"


def _probabilities(output: OutputSpec, function: str) -> tuple[str, list[str]]:
    """The name of the argument, and the line that makes probabilities of logits."""
    if not kind_of(output).gives_logits(output):
        return "probabilities", []
    line = f"    probabilities = keras.ops.convert_to_numpy(keras.ops.{function}(logits))"
    return "logits", [line]


def _class(plan: TrainingPlan, output: OutputSpec, number: str) -> str:
    """A class as a part of an f-string."""
    if labels_of(output) is None:
        return f"class {{{number}}}"
    return f"{{{labels_name(plan, output)}[{number}]}}"


def _truth(plan: TrainingPlan, output: OutputSpec, target: str) -> str:
    """The true target in the task's terms, as an expression."""
    labels = labels_name(plan, output) if labels_of(output) is not None else None
    if output.kind == "classification":
        number = f"{target}.argmax()" if output.args["one_hot"] else target
        return f"{labels}[{number}]" if labels else number
    if output.kind == "binary_classification":
        return f"{labels}[int({target}[0])]"
    if output.kind == "multilabel_classification":
        marked = f"np.flatnonzero({target})"
        return f"[{labels}[n] for n in {marked}]" if labels else marked
    if output.kind == "segmentation":
        return f"{_shares_name(plan, output)}({target})"
    if output.kind in ("regression", "forecasting", "reconstruction"):
        return f"{_answer_name(plan, output)}({target})"
    return target
