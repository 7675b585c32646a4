"""`archc compare`: train every candidate of a task, and show them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from archlang.cli.commands.keras import require_keras
from archlang.cli.exits import INTERRUPTED, PROBLEMS, WrongUse
from archlang.cli.options import SPEC, overrides_option
from archlang.cli.specs import Settings, accepted_spec, has_task, named, script_of, snake, stem

if TYPE_CHECKING:
    from archlang.api import Checked
    from archlang.graph.model import Graph
    from archlang.running.candidates import Candidate

_FILE = click.Path(dir_okay=False)
_PICTURES = (".png", ".pdf", ".svg")


def _seeds(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[int, ...] | None:
    if value is None:
        return None
    try:
        seeds = tuple(int(part) for part in value.split(","))
    except ValueError:
        message = f"{value!r} is not a list of whole numbers such as 0,1,2"
        raise click.BadParameter(message, ctx, param) from None
    if any(not 0 <= seed < 2**32 for seed in seeds):
        raise click.BadParameter(f"a seed lies between 0 and {2**32 - 1}", ctx, param)
    if len(set(seeds)) < len(seeds):
        raise click.BadParameter(f"{value!r} names a seed twice", ctx, param)
    return seeds


def _picture_file(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is not None and not value.endswith(_PICTURES):
        message = f"{value!r} should end in {', '.join(_PICTURES[:-1])} or {_PICTURES[-1]}"
        raise click.BadParameter(message, ctx, param)
    return value


@click.command(short_help="Train the candidates of a task and compare them.")
@click.option(
    "--model",
    "models",
    metavar="NAME",
    multiple=True,
    help="Compare these models only. Repeatable. [default: all that solve the task]",
)
@click.option("--task", metavar="NAME", help="The task meant, if the spec has several.")
@click.option("--epochs", type=click.IntRange(1), help="Train each for so many epochs.")
@click.option(
    "--seeds",
    metavar="N,N,…",
    callback=_seeds,
    help="Train each once with each seed; figures are then means ± standard deviations. "
    "[default: the seed of `train`]",
)
@click.option("--csv", "csv_file", metavar="FILE", type=_FILE, help="Write a row a training here.")
@click.option(
    "--picture",
    metavar="FILE.png",
    type=_FILE,
    callback=_picture_file,
    help="Draw parameters against the metric here (.png, .pdf or .svg).",
)
@click.option("--metric", metavar="NAME", help="The metric of the picture. [default: the first]")
@overrides_option
@click.argument("spec", metavar="SPEC", type=SPEC)
@click.pass_context
def compare(
    ctx: click.Context,
    spec: str,
    models: tuple[str, ...],
    task: str | None,
    epochs: int | None,
    seeds: tuple[int, ...] | None,
    csv_file: str | None,
    picture: str | None,
    metric: str | None,
    overrides: Settings,
) -> None:
    """Train every model that solves the task of a spec, under the same settings, and show what
    each reaches on the same held-out examples, its size and the time that its training took.

    Each is trained by the script that `archc compile` writes, in a process of its own, one after
    the other. One that fails does not stop the others. Nothing is saved.

    Needs TensorFlow: pip install "archlang[tensorflow]"

    \b
    Examples:
        archc compare digits.arch
        archc compare digits.arch --seeds 0,1,2 --csv digits.csv --picture digits.png
        archc compare digits.arch --model Cnn --model Mlp --epochs 5
    """
    if metric is not None and picture is None:
        raise click.UsageError("--metric chooses what --picture shows; give that too")
    checked = accepted_spec(spec, overrides)
    names = _candidates(checked, spec, models, task)
    scripts = {name: script_of(checked, name) for name in names}
    require_keras()
    if picture is not None:
        _require_matplotlib()
    arguments = [] if epochs is None else ["--epochs", str(epochs)]
    try:
        found = _train_all(checked, spec, scripts, arguments, seeds)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        ctx.exit(INTERRUPTED)
    from archlang.running.comparison import csv_text, table

    click.echo(table(found), nl=False)
    for candidate in found:
        if candidate.failure is not None:
            click.echo(f"{candidate.name} failed: {candidate.failure}", err=True)
    if csv_file is not None:
        _write(csv_file, csv_text(found))
    if picture is not None:
        _draw(found, metric, stem(spec), picture)
    if any(candidate.failure is not None for candidate in found):
        ctx.exit(PROBLEMS)


def _candidates(checked: Checked, spec: str, models: Sequence[str], task: str | None) -> list[str]:
    """The models meant: those named, or all that can be trained for one task."""
    where = click.format_filename(spec)
    if models:
        chosen = list(dict.fromkeys(named(checked.graphs, spec, model) for model in models))
        for name in chosen:
            reason = _untrainable(checked.graphs[name])
            if reason is not None:
                raise WrongUse(f"{name} can't be trained: {reason}")
    else:
        chosen = [name for name, graph in checked.graphs.items() if _untrainable(graph) is None]
        if not chosen:
            reasons = {_untrainable(graph) for graph in checked.graphs.values()}
            why = reasons.pop() if len(reasons) == 1 else "no model has both a task and data"
            raise WrongUse(f"{where} has no model to train: {why}")
    tasks = {name: checked.graphs[name].task.name or name for name in chosen}
    known = list(dict.fromkeys(tasks.values()))
    if task is not None:
        if task not in known:
            raise WrongUse(f"{where} has no model for a task {task!r}; tasks: {', '.join(known)}")
        return [name for name in chosen if tasks[name] == task]
    if len(known) > 1:
        raise WrongUse(
            f"the models of {where} solve several tasks; choose one with --task: {', '.join(known)}"
        )
    return chosen


def _untrainable(graph: Graph) -> str | None:
    if not has_task(graph):
        return "its outputs have no task"
    if graph.task.data is None:
        return "its task has no data (`data = …`)"
    return None


def _train_all(
    checked: Checked,
    spec: str,
    scripts: dict[str, str],
    arguments: Sequence[str],
    seeds: tuple[int, ...] | None,
) -> list[Candidate]:
    import tempfile
    from pathlib import Path

    from archlang.running.candidates import Candidate, Run, train

    found: list[Candidate] = []
    with tempfile.TemporaryDirectory(prefix="archc-") as folder:
        for name, text in scripts.items():
            script = Path(folder) / f"{stem(spec)}_{snake(name)}.py"
            script.write_text(text, encoding="utf-8", newline="\n")
            runs: list[Run] = []
            for seed in seeds or (None,):
                said = f"training {name}" + ("" if seed is None else f" with seed {seed}")
                click.echo(f"{said} …", err=True)
                log = Path(folder) / f"{snake(name)}_{seed}.log"
                runs.append(train(script, arguments, seed, log))
            graph = checked.graphs[name]
            found.append(Candidate(name, graph.params, graph.macs, tuple(runs)))
    return found


def _require_matplotlib() -> None:
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        raise WrongUse("--picture needs matplotlib, which is not installed: pip install matplotlib")


def _write(path: str, text: str) -> None:
    from pathlib import Path

    try:
        Path(path).write_text(text, encoding="utf-8", newline="\n")
    except OSError as problem:
        raise WrongUse(f"cannot write {path}: {problem.strerror or problem}") from None
    click.echo(f"wrote {path}", err=True)


def _draw(found: Sequence[Candidate], metric: str | None, title: str, path: str) -> None:
    from pathlib import Path

    from archlang.running.candidates import metric_names
    from archlang.running.comparison import picture

    names = metric_names(found)
    if not names:
        click.echo(f"{path} was not drawn: nothing was trained", err=True)
        return
    if metric is not None and metric not in names:
        raise WrongUse(f"there is no metric {metric!r} to draw; there are {', '.join(names)}")
    try:
        picture(found, metric or names[0], title, Path(path))
    except OSError as problem:
        raise WrongUse(f"cannot write {path}: {problem.strerror or problem}") from None
    click.echo(f"wrote {path}", err=True)
