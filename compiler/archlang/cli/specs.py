"""From what stands on the command line to checked specs and their models."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from archlang.cli.exits import PROBLEMS, WrongUse
from archlang.cli.output import show_diagnostics

if TYPE_CHECKING:
    from archlang.api import Checked
    from archlang.graph.model import Graph
    from archlang.source import Source

Settings = Sequence[tuple[str, Any]]


def read_spec(path: str) -> Source:
    """A spec's text; what cannot be read is wrong use."""
    from archlang import api

    try:
        return api.read(path)
    except FileNotFoundError:
        raise WrongUse(f"no file {click.format_filename(path)}{_near(path)}") from None
    except UnicodeDecodeError as problem:
        where = click.format_filename(path)
        raise WrongUse(f"{where} is not UTF-8 text (byte {problem.start + 1})") from None
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise WrongUse(f"cannot read {click.format_filename(path)}: {reason}") from None


def check_spec(path: str, overrides: Settings, keras: str | None = None) -> Checked:
    """A spec, checked, for the newest Keras or another; its problems are not printed yet."""
    from archlang import api

    try:
        return api.check(read_spec(path), overrides=dict(overrides), target=keras)
    except api.OverrideError as problem:
        raise WrongUse(str(problem)) from None


def accepted_spec(path: str, overrides: Settings, keras: str | None = None) -> Checked:
    """A spec without errors, its warnings printed; errors are printed, and end the command."""
    checked = check_spec(path, overrides, keras)
    show_diagnostics(checked.diagnostics, checked.sources, err=True)
    if not checked.ok:
        click.get_current_context().exit(PROBLEMS)
    return checked


def script_of(checked: Checked, model: str, *, flat: bool = False) -> str:
    """The script of a model; what it asks for in vain is printed, and ends the command."""
    from archlang import api

    try:
        return api.to_python(checked, model, flat=flat)
    except api.CompileError as problem:
        show_diagnostics(problem.diagnostics, checked.sources, err=True)
        click.get_current_context().exit(PROBLEMS)


def choose(graphs: Mapping[str, Graph], path: str, model: str | None) -> str:
    """The name of the one model meant."""
    if model is not None:
        return named(graphs, path, model)
    if len(graphs) == 1:
        return next(iter(graphs))
    where = click.format_filename(path)
    if not graphs:
        raise WrongUse(f"{where} has no model")
    raise WrongUse(f"{where} has several models; choose one with --model: {', '.join(graphs)}")


def choose_trained(graphs: Mapping[str, Graph], path: str, model: str | None) -> str:
    """The name of the one model meant; if none is named, the only one that has a task and data."""
    if model is None and len(graphs) > 1:
        trained = {name: graph for name, graph in graphs.items() if has_task(graph)}
        if len(trained) > 1:
            trained = {name: graph for name, graph in trained.items() if graph.task.data}
        if len(trained) == 1:
            return next(iter(trained))
    return choose(graphs, path, model)


def has_task(graph: Graph) -> bool:
    """Whether there is something to train a model for."""
    return any(output.kind is not None for output in graph.task.outputs)


def named(graphs: Mapping[str, Graph], path: str, model: str) -> str:
    """A name given with `--model`, if there is such a model."""
    if model in graphs:
        return model
    from archlang.diagnostics.suggestions import did_you_mean, nearest

    hint = did_you_mean(nearest(model, graphs)) or f"it has {', '.join(graphs) or 'no model'}"
    raise WrongUse(f"{click.format_filename(path)} has no model {model!r}; {hint}")


def selected(graphs: Mapping[str, Graph], path: str, model: str | None) -> list[str]:
    """The models meant where all are meant unless one is named."""
    return list(graphs) if model is None else [named(graphs, path, model)]


def spec_files(paths: Iterable[str]) -> list[str]:
    """Files as given; a folder stands for every .arch file in it, hidden folders left out."""
    from pathlib import Path

    found: dict[str, None] = {}
    for path in paths:
        if path == "-" or not os.path.isdir(path):
            found[path] = None
            continue
        inside = sorted(
            str(file)
            for file in Path(path).rglob("*.arch")
            if not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
        if not inside:
            raise WrongUse(f"no .arch file in {click.format_filename(path)}")
        found.update(dict.fromkeys(inside))
    return list(found)


def is_ir(path: str) -> bool:
    """Whether a path names an IR document rather than a spec."""
    return path.endswith(".json")


def load_ir(path: str) -> Graph:
    """The model of an IR document."""
    import json

    from archlang import api

    where = click.format_filename(path)
    text = read_spec(path).text
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as problem:
        click.echo(f"error: {where} is not JSON: {problem}", err=True)
        click.get_current_context().exit(PROBLEMS)
    try:
        return api.from_ir(document)
    except ValueError as problem:
        click.echo(f"error: {where} is not an IR document: {problem}", err=True)
        click.get_current_context().exit(PROBLEMS)


def stem(path: str) -> str:
    """The name that files written for a spec begin with."""
    if path == "-":
        return "model"
    name = os.path.basename(path)
    for ending in (".arch", ".ir.json", ".json"):
        if name.endswith(ending) and name != ending:
            return name.removesuffix(ending)
    return name


def snake(model: str) -> str:
    """A model's name as a part of a file's: `ResNet50` gives `resnet50`."""
    return model.lower()


def _near(path: str) -> str:
    """A hint for a file that is not there: one of the same folder that is."""
    from archlang.diagnostics.suggestions import did_you_mean, nearest

    folder, name = os.path.split(path)
    try:
        there = os.listdir(folder or ".")
    except OSError:
        return ""
    hint = did_you_mean([os.path.join(folder, near) for near in nearest(name, there)])
    return f"; {hint}" if hint else ""
