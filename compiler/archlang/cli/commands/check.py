"""`archc check`: are these specs right?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archlang.cli.exits import PROBLEMS
from archlang.cli.options import SPEC, format_option, model_option, overrides_option, target_option
from archlang.cli.output import show_diagnostics, show_json
from archlang.cli.specs import Settings, check_spec, named, spec_files

if TYPE_CHECKING:
    from archlang.diagnostics import Diagnostic
    from archlang.source import Source


@click.command(short_help="Say whether specs are right.")
@click.argument("specs", nargs=-1, required=True, metavar="SPEC...", type=SPEC)
@format_option
@model_option
@overrides_option
@target_option("The Keras that the specs are for, if older than the newest: keras>=3.12.")
@click.pass_context
def check(
    ctx: click.Context,
    specs: tuple[str, ...],
    form: str,
    model: str | None,
    overrides: Settings,
    keras: str | None,
) -> None:
    """Check specs: names, arguments, shapes, heads, everything, without importing Keras.

    A folder stands for every .arch file in it. Problems are printed on standard output, the exit
    code is 1 if there is an error; warnings alone give 0. --model only makes sure that each spec
    has such a model: all models are checked.

    \b
    Examples:
        archc check digits.arch
        archc check specs/ --format json
        archc check resnet.arch --set depth=101
        archc check digits.arch --target keras==3.12
        cat digits.arch | archc check -
    """
    # Specs may import each other: what both report is told once.
    diagnostics: dict[Diagnostic, None] = {}
    sources: dict[str, Source] = {}
    files = spec_files(specs)
    fine = True
    for path in files:
        checked = check_spec(path, overrides, keras)
        diagnostics.update(dict.fromkeys(checked.diagnostics))
        sources.update(checked.sources)
        fine = fine and checked.ok
        if model is not None and checked.ok:
            named(checked.graphs, path, model)
    if form == "json":
        from archlang.diagnostics.documents import to_document

        show_json(to_document(list(diagnostics), sources))
    elif diagnostics:
        show_diagnostics(list(diagnostics), sources, err=False)
    else:
        click.echo(f"{len(files)} spec{'s' if len(files) > 1 else ''} checked, no problems")
    if not fine:
        ctx.exit(PROBLEMS)
