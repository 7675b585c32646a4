"""`archc summary`: the layers of a model."""

from __future__ import annotations

import click

from archlang.cli.options import SPEC, format_option, model_option, overrides_option
from archlang.cli.output import show_json
from archlang.cli.specs import Settings, accepted_spec, is_ir, load_ir, named, selected


@click.command(short_help="Show layers, shapes and parameters.")
@click.argument("spec", metavar="SPEC|IR.json", type=SPEC)
@format_option
@model_option
@overrides_option
def summary(spec: str, form: str, model: str | None, overrides: Settings) -> None:
    """Show layers with output shapes, parameters, multiply-adds and source lines, without Keras.

    Shapes are written without the batch axis. All models of the spec are shown, unless --model
    names one.

    \b
    Examples:
        archc summary digits.arch
        archc summary resnet.arch --model ResNet50
        archc summary resnet.arch --format json
    """
    from archlang.backends.summary import summary_document, summary_text

    if is_ir(spec):
        graph = load_ir(spec)
        graphs = [graph]
        if model is not None:
            named({graph.name: graph}, spec, model)
        sources = {}
    else:
        checked = accepted_spec(spec, overrides)
        graphs = [checked.graphs[name] for name in selected(checked.graphs, spec, model)]
        sources = checked.sources
    if form == "json":
        show_json(summary_document(graphs, sources))
        return
    import shutil

    width = shutil.get_terminal_size((100, 24)).columns
    texts = [summary_text(graph, width, sources=sources) for graph in graphs]
    click.echo("\n".join(texts), nl=False)
