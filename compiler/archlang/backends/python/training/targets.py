"""Targets: from what a file holds to what the loss takes, checked before training."""

from __future__ import annotations

from textwrap import dedent

from archlang.backends.python.literals import literal
from archlang.backends.python.training.layout import Group, call, flat
from archlang.backends.python.training.plan import Parts, TrainingPlan, ignored, kind_of
from archlang.tasks.model import OutputSpec
from archlang.tasks.reconstruction import share_range
from archlang.tasks.regression import bounds

_CLASS_NUMBERS = '''
def class_numbers(name: str, values: np.ndarray, classes: int) -> np.ndarray:
    """Check that targets are class numbers, from 0 to classes - 1."""
    wrong = ~np.isin(values, range(classes))
    if wrong.any():
        found = values[wrong].tolist()[0]
        hint = "; name classes by labels=[...] in the spec" if isinstance(found, str) else ""
        raise SystemExit(
            f"{name}: expected classes from 0 to {classes - 1}, "
            f"but row {np.argwhere(wrong)[0][0] + 1} has {found!r}{hint}"
        )
    return values.astype("int32")
'''

_MASKED_CLASS_NUMBERS = '''
def class_numbers(
    name: str, values: np.ndarray, classes: int, ignored: int | None = None
) -> np.ndarray:
    """Check that targets are class numbers, from 0 to classes - 1, or the ignored one."""
    wrong = ~np.isin(values, range(classes)) & (values != ignored)
    if wrong.any():
        found = values[wrong].tolist()[0]
        hint = "; name classes by labels=[...] in the spec" if isinstance(found, str) else ""
        raise SystemExit(
            f"{name}: expected classes from 0 to {classes - 1}, "
            f"but row {np.argwhere(wrong)[0][0] + 1} has {found!r}{hint}"
        )
    return values.astype("int32")
'''

_LABEL_NUMBERS = '''
def label_numbers(name: str, values: np.ndarray, labels: list[str]) -> np.ndarray:
    """Turn labels into their numbers."""
NUMBERS    number_of = {label: number for number, label in enumerate(labels)}
    for row, value in enumerate(values.astype(str), start=1):
        if value not in number_of:
            raise SystemExit(
                f"{name}: row {row} has {str(value)!r}, "
                f"which is none of the labels {', '.join(labels)}"
            )
    return np.array([number_of[value] for value in values.astype(str)], "int32")
'''
_ALREADY_NUMBERS = """\
    if values.dtype.kind in "iu":
        return class_numbers(name, values, len(labels))
"""

_ONE_EACH = '''
def one_each(name: str, values: np.ndarray) -> np.ndarray:
    """Check that there is one target for each example."""
    if values.size != len(values):
        raise SystemExit(
            f"{name}: expected one target for each example, found shape {values.shape}"
        )
    return values.reshape(-1)
'''

_FLAGS = '''
def flags(name: str, values: np.ndarray) -> np.ndarray:
    """Check that every label is marked by 0 or 1."""
    wrong = (values != 0) & (values != 1)
    if wrong.any():
        raise SystemExit(
            f"{name}: expected 0 or 1 for each label, "
            f"but row {np.argwhere(wrong)[0][0] + 1} has {values[wrong][0]:g}"
        )
    return values
'''

_COLUMN = '''
def as_column(values: np.ndarray) -> np.ndarray:
    """Make a column of numbers, which is what the model gives."""
    return values.astype("float32").reshape(-1, 1)
'''

_ONE_HOT = '''
def one_hot(numbers: np.ndarray, classes: int) -> np.ndarray:
    """Turn class numbers into vectors with a 1 in the class's place."""
    return np.eye(classes, dtype="float32")[numbers]
'''

_WITHIN = '''
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
'''


_SHARES = '''
def shares(name: str, values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Turn values of a range into shares of it, from 0 to 1."""
    if values.min() < low or values.max() > high:
        raise SystemExit(
            f"{name}: values should lie between {low} and {high}, "
            f"but they go from {values.min():g} to {values.max():g}"
        )
    return (values - low) / np.float32(high - low)
'''


def labels_name(plan: TrainingPlan, output: OutputSpec) -> str:
    """The constant with an output's labels."""
    return "LABELS" if len(plan.outputs) == 1 else f"{output.name.upper()}_LABELS"


def labels_of(output: OutputSpec) -> list[str] | None:
    """The labels of an output's classes; a yes or no has some in any case."""
    labels = output.args.get("labels")
    if labels is None:
        return ["no", "yes"] if output.kind == "binary_classification" else None
    return list(labels)


def add_labels(plan: TrainingPlan, parts: Parts) -> None:
    """A constant for each output that has labels."""
    for output in plan.outputs:
        labels = labels_of(output)
        if labels is not None:
            name = labels_name(plan, output)
            parts.constant(name, f"{name} = {literal(labels)}")


def encoded(plan: TrainingPlan, parts: Parts, output: OutputSpec, values: str | Group) -> Group:
    """Python that turns the class names or numbers in `values` into the output's target."""
    if output.kind == "segmentation" and output.args["first_label"]:
        values = f"{flat(values)} - {literal(output.args['first_label'])}"
    classes = 2 if output.kind == "binary_classification" else output.args["classes"]
    labels = output.args.get("labels")
    # Masks and tag sequences are numbers; names stand for single targets only.
    if labels is None or kind_of(output).weighs_metrics:
        numbers = _class_numbers(plan, parts, output, values, classes)
    else:
        _add_label_numbers(plan, parts)
        numbers = call("label_numbers", literal(output.name), values, labels_name(plan, output))
    if output.args.get("one_hot"):
        add_helper(parts, "one_hot", _ONE_HOT)
        return call("one_hot", numbers, str(classes))
    if output.kind == "binary_classification":
        add_helper(parts, "as_column", _COLUMN)
        return call("as_column", numbers)
    return numbers


def checked(parts: Parts, output: OutputSpec, numbers: str | Group) -> str | Group:
    """Python that checks targets which are numbers (0 or 1, or within a range) and turns those of a
    reconstruction with a range into shares of it.
    """
    if output.kind == "multilabel_classification":
        add_helper(parts, "flags", _FLAGS)
        return call("flags", literal(output.name), numbers)
    share = share_range(output)
    if share is not None:
        add_helper(parts, "shares", _SHARES)
        return call("shares", literal(output.name), numbers, *map(literal, share))
    limits = zip(("low", "high"), bounds(output), strict=True)
    given = [(name, literal(limit)) for name, limit in limits if limit is not None]
    if output.kind not in ("regression", "reconstruction") or not given:
        return numbers
    add_helper(parts, "within", _WITHIN)
    return call("within", literal(output.name), numbers, *given)


def has_class_targets(output: OutputSpec) -> bool:
    """Whether targets are classes, as names or numbers."""
    return kind_of(output).has_classes and output.kind != "multilabel_classification"


def one_each(parts: Parts, output: OutputSpec, values: str) -> Group:
    """Python that checks that there is one target an example."""
    add_helper(parts, "one_each", _ONE_EACH)
    return call("one_each", literal(output.name), values)


def add_helper(parts: Parts, name: str, text: str) -> None:
    """Define a function unless it is there."""
    if name not in parts.names:
        parts.imports.add("import numpy as np")
        parts.function(name, dedent(text))


def _class_numbers(
    plan: TrainingPlan, parts: Parts, output: OutputSpec, values: str | Group, classes: int
) -> Group:
    text = _MASKED_CLASS_NUMBERS if plan.masks_targets else _CLASS_NUMBERS
    add_helper(parts, "class_numbers", text)
    mask = ignored(output)
    ignoring = [] if mask is None else [("ignored", literal(mask))]
    return call("class_numbers", literal(output.name), values, str(classes), *ignoring)


def _add_label_numbers(plan: TrainingPlan, parts: Parts) -> None:
    # Labels that look like numbers are names all the same: "3" may be the first class.
    numeric = any(
        label.lstrip("-").isdigit() for output in plan.outputs for label in labels_of(output) or ()
    )
    if not numeric:
        add_helper(
            parts, "class_numbers", _MASKED_CLASS_NUMBERS if plan.masks_targets else _CLASS_NUMBERS
        )
    text = _LABEL_NUMBERS.replace("NUMBERS", "" if numeric else _ALREADY_NUMBERS, 1)
    add_helper(parts, "label_numbers", text)
