"""`archc check`: are these specs right?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archlang.cli.exits import PROBLEMS
from archlang.cli.options import SPEC, model_option, overrides_option, target_option
from archlang.cli.output import show_diagnostics, show_json
from archlang.cli.specs import Settings, check_spec, named, spec_files

if TYPE_CHECKING:
    from archlang.diagnostics import Diagnostic
    from archlang.source import Source


@click.command(short_help="Say whether specs are right.")
@click.argument("specs", nargs=-1, required=True, metavar="SPEC...", type=SPEC)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="For people, for programs, for GitHub Actions, or for code review tools (SARIF 2.1.0).",
)
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
        archc check specs/ --format sarif > problems.sarif
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
    elif form == "sarif":
        from archlang.diagnostics.sarif import to_sarif
        from archlang.errors import all_codes
        from archlang.version import __version__

        show_json(to_sarif(list(diagnostics), sources, all_codes(), __version__))
    elif form == "github":
        from archlang.diagnostics.github import to_commands

        click.echo(to_commands(list(diagnostics), sources), nl=False)
    elif diagnostics:
        show_diagnostics(list(diagnostics), sources, err=False)
    else:
        click.echo(f"{len(files)} spec{'s' if len(files) > 1 else ''} checked, no problems")
    if not fine:
        ctx.exit(PROBLEMS)
