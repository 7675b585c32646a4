"""`archc explain`: what was chosen, and why."""

from __future__ import annotations

import click

from archlang.cli.options import SPEC, format_option, model_option, overrides_option
from archlang.cli.output import show_json
from archlang.cli.specs import Settings, accepted_spec, selected


@click.command(short_help="Say what was chosen, and why.")
@click.argument("spec", metavar="SPEC", type=SPEC)
@format_option
@model_option
@overrides_option
def explain(spec: str, form: str, model: str | None, overrides: Settings) -> None:
    """Say what the compiler chose for each output (head, loss, metrics) and for training, and why.

    \b
    Examples:
        archc explain digits.arch
        archc explain digits.arch --format json
    """
    from archlang.backends import explanation

    checked = accepted_spec(spec, overrides)
    graphs = [checked.graphs[name] for name in selected(checked.graphs, spec, model)]
    found = [explanation.explain(graph) for graph in graphs]
    if form == "json":
        show_json(explanation.explanation_document(found))
        return
    click.echo("\n".join(explanation.explanation_text(item) for item in found), nl=False)
