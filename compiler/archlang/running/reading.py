"""Reads a task's data with a generated script's own functions, and writes down what was found.

    python -m archlang.running.reading QUESTION.json FOUND.json SCRIPT.py

The script's `load_splits` gives exactly the examples that training would get. Streams are read once
and never held; nothing is trained. Where they can't be read, what is written says why.
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
from archlang.running.seen import Classes, Values, as_text, unseen

_EXAMPLES = 3
# Of longer arrays and texts, only so much is shown.
_FEW, _LONG = 8, 60


def read(module: ModuleType, question: Mapping[str, Any]) -> dict[str, Any]:
    """What the splits of the script's data hold; SystemExit with a sentence if they can't be read."""
    np: Any = module.np
    given = {"path": getattr(module, "DATA", None), "seed": question["seed"]}
    if question["path"] is not None:
        given["path"] = Path(question["path"])
    names = inspect.signature(module.load_splits).parameters
    try:
        splits = module.load_splits(**{name: given[name] for name in names})
        seen = [_Split(np, examples, question) for examples in splits]
    except Exception as error:
        # Reading pictures fails somewhere in TensorFlow; the script knows how to find out where.
        if hasattr(module, "check_files") and type(error).__module__.startswith("tensorflow"):
            module.check_files(given["path"])
        raise
    names = _names(question, len(splits))
    found = [each.found(name) for name, each in zip(names, seen, strict=True)]
    return {"splits": found, "unseen": _unseen(question, names, seen)}


def _names(question: Mapping[str, Any], count: int) -> list[str]:
    if count == 3:
        return ["training", "validation", "test"]
    return ["training", "test" if question["has_test"] else "validation"]


class _Split:
    """What was seen of the examples of a split, all of which are read."""

    def __init__(self, np: Any, examples: Any, question: Mapping[str, Any]):
        outputs = {output["name"]: output for output in question["outputs"]}
        kept = {name for lookup in question.get("lookups", ()) for name in lookup["inputs"]}
        columns = question.get("columns", {})
        self.count = 0
        self.inputs: dict[str, Values] = {}
        self.targets: dict[str, Values | Classes] = {}
        self.shown: list[dict[str, str]] = []
        for x, y, size in _batches(examples, question):
            x = _by_name(np, x, question["inputs"])
            y = _by_name(np, y, list(outputs))
            y = {key: value for key, value in y.items() if key in outputs}
            self.count += size
            for key, array in x.items():
                if key not in self.inputs:
                    self.inputs[key] = Values(np, len(columns.get(key, "1")), keep=key in kept)
                self.inputs[key].add(array)
            for key, array in y.items():
                if key not in self.targets:
                    wide = len(columns.get(key, "1"))
                    classes = outputs[key]["classes"]
                    self.targets[key] = Classes(np, outputs[key]) if classes else Values(np, wide)
                self.targets[key].add(array)
            for number in islice(range(size), _EXAMPLES - len(self.shown)):
                example = {key: _show(array[number]) for key, array in x.items()}
                for key, array in y.items():
                    example[key] = _target(array[number], outputs[key])
                self.shown.append(example)

    def found(self, name: str) -> dict[str, Any]:
        """All of it."""
        return {
            "name": name,
            "examples": self.count,
            "inputs": {key: values.found() for key, values in self.inputs.items()},
            "outputs": {key: values.found() for key, values in self.targets.items()},
            "shown": self.shown,
        }


def _unseen(
    question: Mapping[str, Any], names: list[str], splits: list[_Split]
) -> list[dict[str, Any]]:
    """Of each vocabulary and each split held out, how many values training does not have."""
    found: list[dict[str, Any]] = []
    for lookup in question.get("lookups", ()):
        trained = [splits[0].inputs[name] for name in lookup["inputs"]]
        for name, split in zip(names[1:], splits[1:], strict=True):
            counted = unseen(trained, [split.inputs[name] for name in lookup["inputs"]])
            if counted is not None and counted["unseen"]:
                found.append({**lookup, "split": name, **counted})
    return found


def _batches(examples: Any, question: Mapping[str, Any]) -> Iterator[tuple[Any, Any, int]]:
    """Inputs and targets, and how many examples they are: all arrays at once, a stream one by one."""
    if not hasattr(examples, "as_numpy_iterator"):
        x, y = examples[0], examples[1]
        some: Any = next(iter(y.values())) if hasattr(y, "values") else y
        yield x, y, len(some)
        return
    for example in examples.batch(1).as_numpy_iterator():
        # Where all that a model is given is its own past, examples are targets alone.
        given: dict[str, Any] = {}
        yield (*example[:2], 1) if question["inputs"] else (given, example, 1)


def _by_name(np: Any, values: Any, names: list[str]) -> dict[str, Any]:
    if hasattr(values, "items"):
        return {key: np.asarray(value) for key, value in values.items()}
    return {names[0]: np.asarray(values)}


def _show(value: Any) -> str:
    """A value of one example in a few words."""
    if getattr(value, "ndim", 0) == 0:
        text = as_text(value) if isinstance(value, (str, bytes)) else None
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


def main() -> None:
    """Answer the question about the script's data."""
    question, found, script = map(Path, sys.argv[1:])
    answer: dict[str, Any]
    try:
        answer = read(load(script), json.loads(question.read_text("utf-8")))
    except SystemExit as end:
        answer = {"error": str(end.code)}
    except Exception as error:
        # A function written in Python may raise anything.
        lines = str(error).strip().splitlines() or [""]
        answer = {"error": f"the data cannot be read: {type(error).__name__}: {lines[0]}"}
    found.write_text(json.dumps(answer), "utf-8")


if __name__ == "__main__":
    main()
