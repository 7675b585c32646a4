"""Asking for what a task's data holds, and the answer as text."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from archlang.graph.adapting import adapted
from archlang.graph.model import Graph
from archlang.running.data_hints import hints
from archlang.tasks.data_sources import SOURCES, columns, data_set, mapping
from archlang.tasks.model import OutputSpec
from archlang.tasks.registry import KINDS
from archlang.tasks.settings import DEFAULT_SEED

FORMAT = "archlang-data/1"
# Of longer tables, only so many columns are listed.
_MOST_COLUMNS = 40
_PACKAGE = Path(__file__).parents[2]


class UnreadableDataError(Exception):
    """The data can't be read; the message says why in a sentence."""


def find(graph: Graph, script: str, path: str | None = None) -> dict[str, Any]:
    """What a model's data holds, read by its script in a process of its own; `path` instead of its file.

    UnreadableDataError where the script can't read it.
    """
    import tempfile

    question = {**_question(graph), "path": path}
    with tempfile.TemporaryDirectory(prefix="archc-") as name:
        folder = Path(name)
        (folder / "question.json").write_text(json.dumps(question), "utf-8")
        (folder / "script.py").write_text(script, "utf-8", newline="\n")
        command = [sys.executable, "-m", "archlang.running.reading"]
        files = [str(folder / file) for file in ("question.json", "found.json", "script.py")]
        # Functions written in Python are found as if the script stood in the current folder.
        paths = [os.getcwd(), str(_PACKAGE), os.environ.get("PYTHONPATH", "")]
        done = subprocess.run(
            [*command, *files],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode:
            lines = done.stderr.strip().splitlines()
            raise UnreadableDataError(lines[-1] if lines else "reading ended without a word")
        answer = json.loads((folder / "found.json").read_text("utf-8"))
    if "error" in answer:
        raise UnreadableDataError(answer["error"])
    source = graph.task.data
    assert source is not None
    found = {
        "format": FORMAT,
        "model": graph.name,
        "task": graph.task.name,
        "source": source.source,
        "outputs": question["outputs"],
        "columns": question["columns"],
        "splits": answer["splits"],
        "unseen": answer["unseen"],
    }
    return {**found, "hints": hints(graph, found)}


def takes_path(graph: Graph) -> bool:
    """Whether the data is a file or a folder, in whose place another can be read."""
    data = graph.task.data
    return data is not None and (SOURCES[data.source].streams or data.source in ("csv", "npz"))


def text(found: Mapping[str, Any]) -> str:
    """What was found, for people."""
    splits: Sequence[Mapping[str, Any]] = found["splits"]
    total = sum(split["examples"] for split in splits)
    lines = [f"{found.get('task') or found['model']}: {total:,} examples from {found['source']}"]
    lines += _table([[f"  {s['name']}", f"{s['examples']:,}"] for s in splits])
    lines.append("")
    first = splits[0]
    for name in first["inputs"]:
        each = [split["inputs"][name] for split in splits]
        lines.append(f"input {name}: {_values(each)}")
        lines += _of_columns(found, name, each)
    for output in found["outputs"]:
        name, kind = output["name"], output["kind"].replace("_", " ")
        each = [split["outputs"].get(name) for split in splits]
        if None in each:
            continue
        lines.append(f"output {name}: {kind}" + ("" if output["classes"] else f", {_values(each)}"))
        if output["classes"]:
            lines += _balance(output, splits)
        else:
            lines += _of_columns(found, name, each)
    lines += ["", f"examples of {first['name']}"]
    for number, example in enumerate(first["shown"], 1):
        shown = "; ".join(f"{name}: {value}" for name, value in example.items())
        lines.append(f"  {number}  {shown}")
    further = found.get("hints", ())
    lines += ["", *(f"hint: {hint}" for hint in further)] if further else []
    return "\n".join(lines) + "\n"


def _question(graph: Graph) -> dict[str, Any]:
    task = graph.task
    assert task.data is not None
    seed, test = _setting(graph, "seed"), _setting(graph, "test")
    return {
        "seed": DEFAULT_SEED if seed is None else seed,
        "has_test": bool(test) or task.data.source == "keras",
        "inputs": [declared.name for declared in task.given],
        "outputs": [_output(output) for output in task.outputs if output.kind is not None],
        "columns": _columns(graph),
        "lookups": [
            {"layer": each.layer.class_name, "inputs": list(each.inputs)}
            for each in adapted(graph)
            if each.inputs and each.layer.class_name in ("StringLookup", "IntegerLookup")
        ],
    }


def _columns(graph: Graph) -> dict[str, list[str]]:
    """The names of the columns of inputs and targets that are made of several."""
    task = graph.task
    assert task.data is not None
    known = data_set(task.data)
    if known is not None and not mapping(task.data, task):
        names = list(known.columns[: -known.targets])
        whole = known.dims is not None and len(known.dims) == 1
        return {task.given[0].name: names} if whole and len(names) > 1 else {}
    if task.data.source not in ("csv", "npz", "sklearn"):
        return {}
    found = columns(task.data, task)
    return {name: value for name, value in found.items() if isinstance(value, list) and value[1:]}


def _setting(graph: Graph, name: str) -> Any:
    setting = None if graph.train is None else graph.train.settings.get(name)
    return None if setting is None else setting.value


def _output(output: OutputSpec) -> dict[str, Any]:
    assert output.kind is not None
    has_classes = KINDS[output.kind].has_classes and output.kind != "generation"
    binary = output.kind == "binary_classification"
    labels = output.args.get("labels")
    return {
        "name": output.name,
        "kind": output.kind,
        "classes": (2 if binary else output.args.get("classes")) if has_classes else None,
        "labels": list(labels) if labels else ["no", "yes"] if binary else None,
        "one_hot": bool(output.args.get("one_hot")),
    }


def _values(each: Sequence[Mapping[str, Any]]) -> str:
    """What inputs or targets of all splits have in common."""
    first = each[0]
    shape = [
        size if all(e["shape"][n] == size for e in each) else None
        for n, size in enumerate(first["shape"])
    ]
    known = ", ".join("?" if size is None else str(size) for size in shape)
    parts = [f"{first['dtype']}[{known}]" if shape else first["dtype"]]
    lengths = [length for e in each for length in e.get("lengths", ())]
    if lengths:
        shortest = min(length["shortest"] for length in lengths)
        longest = max(length["longest"] for length in lengths)
        unit = " characters" if first["dtype"] == "string" else ""
        between = f"from {shortest} to {longest}" if shortest < longest else str(longest)
        parts.append(f"{between}{unit} long")
    if "min" in first:
        low, high = min(e["min"] for e in each), max(e["max"] for e in each)
        parts.append(f"from {low:.6g} to {high:.6g}")
        parts.append(f"mean of {first['mean']:.6g} and deviation of {first['std']:.4g} in training")
    return ", ".join(parts)


def _of_columns(
    found: Mapping[str, Any], name: str, each: Sequence[Mapping[str, Any]]
) -> list[str]:
    """A line for each column: its range in all splits, mean and deviation in training."""
    names: Sequence[str] = found.get("columns", {}).get(name, ())
    measured = [values.get("columns", ()) for values in each]
    if any(len(columns) != len(names) for columns in measured):
        return []
    rows = [["", "from", "to", "mean", "deviation"]]
    for column, values in zip(names, zip(*measured, strict=True), strict=True):
        low, high = min(v["min"] for v in values), max(v["max"] for v in values)
        figures = [f"{low:.6g}", f"{high:.6g}", f"{values[0]['mean']:.6g}"]
        rows.append([f"  {column}", *figures, f"{values[0]['std']:.4g}"])
    if len(rows) > _MOST_COLUMNS + 1:
        left = len(rows) - 1 - _MOST_COLUMNS
        return [*_table(rows[: _MOST_COLUMNS + 1]), f"  and {left} more columns"]
    return _table(rows) if names else []


def _balance(output: Mapping[str, Any], splits: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each class: how many of it each split holds, and their share."""
    rows = [["", *(split["name"] for split in splits)]]
    for number in range(output["classes"]):
        label = output["labels"][number] if output["labels"] else f"class {number}"
        cells: list[str] = []
        for split in splits:
            counts = split["outputs"][output["name"]]["counts"]
            several = output["kind"] == "multilabel_classification"
            whole = split["examples"] if several else sum(counts)
            share = counts[number] / whole if whole else 0.0
            cells.append(f"{counts[number]:,} {share:>6.1%}")
        rows.append([f"  {label}", *cells])
    return _table(rows)


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)),
            ]
        ).rstrip()
        for row in rows
    ]
