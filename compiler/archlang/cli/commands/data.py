"""`archc data`: what the data of a task holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from archlang.cli.commands.keras import require_keras
from archlang.cli.exits import PROBLEMS, WrongUse
from archlang.cli.options import SPEC, format_option, model_option, overrides_option
from archlang.cli.output import show_json
from archlang.cli.specs import Settings, accepted_spec, choose, has_task, script_of

if TYPE_CHECKING:
    from archlang.graph.model import Graph


@click.command(short_help="Show what the data of a task holds.")
@click.argument("spec", metavar="SPEC", type=SPEC)
@click.option(
    "--data", "path", metavar="PATH", help="Another file or folder instead of the spec's own."
)
@format_option
@model_option
@overrides_option
@click.pass_context
def data(
    ctx: click.Context,
    spec: str,
    path: str | None,
    form: str,
    model: str | None,
    overrides: Settings,
) -> None:
    """Read the data of a spec as training would, and show what is there: how many examples to
    train on, to validate on and to test on, shapes, ranges, how the classes are shared out, and a
    few examples. All is read once; nothing is trained.

    Needs TensorFlow: pip install "archlang[tensorflow]"

    \b
    Examples:
        archc data digits.arch
        archc data pets.arch --data more_pets/
        archc data digits.arch --format json
    """
    checked = accepted_spec(spec, overrides)
    name = choose(_reading_alike(checked.graphs) if model is None else checked.graphs, spec, model)
    graph = checked.graphs[name]
    source = graph.task.data
    where = click.format_filename(spec)
    if source is None:
        raise WrongUse(f"{where} names no data: add `data = …` to its task")
    if not has_task(graph):
        raise WrongUse(f"{name} in {where} has no task, so that nothing is read for it")
    script = script_of(checked, name)
    require_keras()
    from archlang.running import found_data

    if path is not None and not found_data.takes_path(graph):
        raise WrongUse(f"`{source.source}` is read from no file, so that --data says nothing")
    try:
        found = found_data.find(graph, script, path)
    except found_data.UnreadableDataError as problem:
        click.echo(f"error: {problem}", err=True)
        ctx.exit(PROBLEMS)
    if form == "json":
        show_json(found)
        return
    click.echo(found_data.text(found), nl=False)


def _reading_alike(graphs: Mapping[str, Graph]) -> Mapping[str, Graph]:
    """The models among which there is a choice: one that reads the data as an earlier one does is left out."""
    reading = {
        name: graph
        for name, graph in graphs.items()
        if graph.task.data is not None and has_task(graph)
    }
    found: list[tuple[str, Graph]] = []
    for name, graph in reading.items():
        if not any(_read_the_same(graph, other) for _, other in found):
            found.append((name, graph))
    return dict(found) or graphs


def _read_the_same(one: Graph, other: Graph) -> bool:
    return one.task == other.task and all(
        _setting(one, name) == _setting(other, name) for name in ("seed", "test", "validation")
    )


def _setting(graph: Graph, name: str) -> object:
    setting = None if graph.train is None else graph.train.settings.get(name)
    return None if setting is None else setting.value
