"""Reads a task's data with a generated script's own functions, and writes down what was found.

    python -m archlang.running.reading QUESTION.json FOUND.json SCRIPT.py

The script's `load_splits` gives exactly the examples that training would get. Streams are read once
and never held; nothing is trained. A sentence on what is wrong goes to standard error.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

from archlang.running.driver import load

_EXAMPLES = 3
# Of longer arrays and texts, only so much is shown.
_FEW, _LONG = 8, 60


class Values:
    """What was seen of an input, or of targets that are no classes."""

    def __init__(self, np: Any):
        self.np = np
        self.dtype = ""
        self.least: list[int] | None = None
        self.most: list[int] = []
        self.low: float | None = None
        self.high: float | None = None
        self.total, self.count = 0.0, 0

    def add(self, array: Any) -> None:
        """Take in a batch, whose first axis counts examples."""
        texts = array.dtype.kind in "OSU"
        self.dtype = "string" if texts else str(array.dtype)
        sizes = [list(array.shape[1:])]
        if texts:
            # The length of a text in characters counts as an axis.
            lengths = [len(_text(text)) for text in array.reshape(-1)]
            sizes = [[*sizes[0], length] for length in (min(lengths), max(lengths))]
        for size in sizes:
            if self.least is None:
                self.least = self.most = size
            self.least = [min(pair) for pair in zip(self.least, size, strict=True)]
            self.most = [max(pair) for pair in zip(self.most, size, strict=True)]
        if not texts and array.size:
            low, high = float(array.min()), float(array.max())
            self.low = low if self.low is None else min(low, self.low)
            self.high = high if self.high is None else max(high, self.high)
            self.total += float(array.sum(dtype="float64"))
            self.count += array.size

    def found(self) -> dict[str, Any]:
        """All of it; an axis whose length differs is None, with its shortest and longest."""
        least = self.least or []
        shape = [a if a == b else None for a, b in zip(least, self.most, strict=True)]
        lengths = [
            {"shortest": a, "longest": b} for a, b in zip(least, self.most, strict=True) if a != b
        ]
        texts = self.dtype == "string"
        if texts and least:
            lengths = [{"shortest": least[-1], "longest": self.most[-1]}]
            shape = shape[:-1]
        found: dict[str, Any] = {"dtype": self.dtype, "shape": shape}
        if lengths:
            found["lengths"] = lengths
        if self.count:
            found |= {"min": self.low, "max": self.high, "mean": self.total / self.count}
        return found


class Classes:
    """How often each class stands among targets."""

    def __init__(self, np: Any, output: Mapping[str, Any]):
        self.np, self.output = np, output
        self.counts = [0] * output["classes"]

    def add(self, targets: Any) -> None:
        """Take in a batch of targets, as the loss gets them."""
        if self.output["kind"] == "multilabel_classification":
            counts = targets.reshape(-1, len(self.counts)).sum(axis=0)
        else:
            numbers = targets.argmax(-1) if self.output["one_hot"] else targets
            numbers = numbers.astype("int64").reshape(-1)
            counts = self.np.bincount(
                numbers[(numbers >= 0) & (numbers < len(self.counts))], minlength=len(self.counts)
            )
        self.counts = [a + int(b) for a, b in zip(self.counts, counts, strict=True)]

    def found(self) -> dict[str, Any]:
        """The counts, in the order of the classes."""
        return {"counts": self.counts}


def read(module: ModuleType, question: Mapping[str, Any]) -> dict[str, Any]:
    """What the splits of the script's data hold; SystemExit with a sentence if they can't be read."""
    np: Any = module.np
    given = {"path": getattr(module, "DATA", None), "seed": question["seed"]}
    if question["path"] is not None:
        given["path"] = Path(question["path"])
    names = inspect.signature(module.load_splits).parameters
    try:
        splits = module.load_splits(**{name: given[name] for name in names})
        found = [
            _split(np, name, examples, question)
            for name, examples in zip(_names(question, len(splits)), splits, strict=True)
        ]
    except Exception as error:
        # Reading pictures fails somewhere in TensorFlow; the script knows how to find out where.
        if hasattr(module, "check_files") and type(error).__module__.startswith("tensorflow"):
            module.check_files(given["path"])
        raise
    return {"splits": found}


def _names(question: Mapping[str, Any], count: int) -> list[str]:
    if count == 3:
        return ["training", "validation", "test"]
    return ["training", "test" if question["has_test"] else "validation"]


def _split(np: Any, name: str, examples: Any, question: Mapping[str, Any]) -> dict[str, Any]:
    count = 0
    inputs: dict[str, Values] = {}
    targets: dict[str, Values | Classes] = {}
    shown: list[dict[str, str]] = []
    outputs = {output["name"]: output for output in question["outputs"]}
    for x, y, size in _batches(np, examples):
        x = _by_name(np, x, question["inputs"])
        y = {key: value for key, value in _by_name(np, y, list(outputs)).items() if key in outputs}
        count += size
        for key, array in x.items():
            inputs.setdefault(key, Values(np)).add(array)
        for key, array in y.items():
            kind = Classes(np, outputs[key]) if outputs[key]["classes"] else Values(np)
            targets.setdefault(key, kind).add(array)
        for number in islice(range(size), _EXAMPLES - len(shown)):
            example = {key: _show(array[number]) for key, array in x.items()}
            for key, array in y.items():
                example[key] = _target(array[number], outputs[key])
            shown.append(example)
    return {
        "name": name,
        "examples": count,
        "inputs": {key: values.found() for key, values in inputs.items()},
        "outputs": {key: values.found() for key, values in targets.items()},
        "shown": shown,
    }


def _batches(np: Any, examples: Any) -> Iterator[tuple[Any, Any, int]]:
    """Inputs and targets, and how many examples they are: all arrays at once, a stream one by one."""
    if not hasattr(examples, "as_numpy_iterator"):
        x, y = examples[0], examples[1]
        some: Any = next(iter(x.values())) if hasattr(x, "values") else x
        yield x, y, len(some)
        return
    for x, y, *_ in examples.batch(1).as_numpy_iterator():
        yield x, y, 1


def _by_name(np: Any, values: Any, names: list[str]) -> dict[str, Any]:
    if hasattr(values, "items"):
        return {key: np.asarray(value) for key, value in values.items()}
    return {names[0]: np.asarray(values)}


def _show(value: Any) -> str:
    """A value of one example in a few words."""
    if getattr(value, "ndim", 0) == 0:
        text = _text(value) if isinstance(value, (str, bytes)) else None
        if text is None:
            return f"{value:.6g}"
        return repr(text if len(text) <= _LONG else text[: _LONG - 1] + "…")
    if value.dtype.kind in "OSU":
        return ", ".join(_show(item) for item in value.reshape(-1)[:_FEW])
    if value.size <= _FEW:
        return "[" + ", ".join(f"{number:.6g}" for number in value.reshape(-1).tolist()) + "]"
    return f"{value.size} numbers from {value.min():.6g} to {value.max():.6g}"


def _target(value: Any, output: Mapping[str, Any]) -> str:
    if output["kind"] == "multilabel_classification":
        return ", ".join(_label(output, n) for n in value.nonzero()[0]) or "none"
    if output["kind"] == "binary_classification":
        return _label(output, int(value[0]))
    if output["kind"] == "classification":
        return _label(output, int(value.argmax() if output["one_hot"] else value))
    return _show(value)


def _label(output: Mapping[str, Any], number: int) -> str:
    return output["labels"][number] if output["labels"] else f"class {number}"


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def main() -> None:
    """Answer the question about the script's data."""
    question, found, script = map(Path, sys.argv[1:])
    try:
        answer = read(load(script), json.loads(question.read_text("utf-8")))
    except Exception as error:
        # A function written in Python may raise anything.
        lines = str(error).strip().splitlines() or [""]
        raise SystemExit(f"the data cannot be read: {type(error).__name__}: {lines[0]}") from None
    found.write_text(json.dumps(answer), "utf-8")


if __name__ == "__main__":
    main()
