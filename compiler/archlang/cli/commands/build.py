"""`archc build`: the model itself, in Keras's own file format."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from archlang.cli.commands.keras import require_keras
from archlang.cli.exits import PROBLEMS, WrongUse
from archlang.cli.options import SPEC, model_option, overrides_option
from archlang.cli.output import show_diagnostics
from archlang.cli.specs import (
    Settings,
    accepted_spec,
    choose,
    is_ir,
    load_ir,
    snake,
    stem,
)

if TYPE_CHECKING:
    from pathlib import Path

    from archlang.graph.model import Graph
    from archlang.source import Source


@click.command(short_help="Build a model in memory and save it as .keras.")
@click.argument("spec", metavar="SPEC|IR.json", type=SPEC)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Where to save; ends in .keras. "
    "[default: the spec's name with .keras, in the current folder]",
)
@model_option
@overrides_option
def build(spec: str, output: str | None, model: str | None, overrides: Settings) -> None:
    """Build a model from a spec, or from an IR document (.json), and save it untrained.

    Needs TensorFlow: pip install "archlang[tensorflow]"

    \b
    Examples:
        archc build digits.arch -o digits.keras
        archc build digits.ir.json
    """
    if output is not None and not output.endswith(".keras"):
        raise click.UsageError(f"{output!r} does not end in .keras, the format of saved models")
    if is_ir(spec):
        graph = load_ir(spec)
        if model is not None and model != graph.name:
            raise WrongUse(f"{spec} is the model {graph.name}, not {model}")
        several = ""
        sources: Mapping[str, Source] = {}
    else:
        checked = accepted_spec(spec, overrides)
        name = choose(checked.graphs, spec, model)
        graph = checked.graphs[name]
        sources = checked.sources
        several = f"_{snake(name)}" if len(checked.graphs) > 1 else ""
    require_keras()
    from pathlib import Path

    path = Path(output or f"{stem(spec)}{several}.keras")
    try:
        _save(_built(graph, sources), path)
    except OSError as problem:
        raise WrongUse(f"cannot write {path}: {problem.strerror or problem}") from None
    click.echo(f"wrote {path}", err=True)


def _built(graph: Graph, sources: Mapping[str, Source]) -> Any:
    from archlang import api
    from archlang.backends.keras_model import BuildError

    try:
        return api.build(graph)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    except BuildError as problem:
        show_diagnostics([problem.diagnostic], sources, err=True)
        click.get_current_context().exit(PROBLEMS)


def _save(model: Any, path: Path) -> None:
    """Save whole or not at all: into a folder beside, then to its place."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix=".archc-", dir=path.parent) as folder:
        part = os.path.join(folder, path.name)
        model.save(part)
        os.replace(part, path)
