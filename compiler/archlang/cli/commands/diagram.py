"""`archc diagram`: a picture of a model."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from archlang.cli.exits import WrongUse
from archlang.cli.options import SPEC, model_option, overrides_option
from archlang.cli.specs import Settings, accepted_spec, choose, snake, stem

if TYPE_CHECKING:
    from archlang.api import Checked

# The first is the one of a file that is named after its spec.
_ENDINGS = {"svg": (".svg",), "mermaid": (".mmd", ".mermaid"), "dot": (".dot", ".gv")}
_COMMENTS = {"svg": "<!-- {} -->", "mermaid": "%% {}", "dot": "// {}"}


@click.command(short_help="Draw a model.")
@click.argument("spec", metavar="SPEC", type=SPEC)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Where to write: a file, or - for standard output. "
    "[default: the spec's name with .svg, .mmd or .dot, in the current folder; standard output if SPEC is -]",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_ENDINGS)),
    help="A picture, or text for Mermaid or Graphviz. [default: by FILE's ending (.svg, .mmd, .mermaid, "
    ".dot or .gv), svg if it has none]",
)
@click.option(
    "--theme",
    type=click.Choice(["auto", "light", "dark"]),
    default="auto",
    show_default=True,
    help="Colours of the picture; auto: those of whoever looks at it.",
)
@click.option("--unfold", is_flag=True, help="Draw every round of loops.")
@click.option("--force", is_flag=True, help="Overwrite a picture that has been edited by hand.")
@model_option
@overrides_option
def diagram(
    spec: str,
    output: str | None,
    form: str | None,
    theme: str,
    unfold: bool,
    force: bool,
    model: str | None,
    overrides: Settings,
) -> None:
    """Draw a model's layers, with shapes and parameters, without Keras.

    Blocks and nested models are boxes, and rounds that are alike are drawn once (×3). Pointing at
    a layer in the SVG shows its arguments, and it links to its line. The file's last line is a
    hash of the rest: a picture that has been edited is not overwritten without --force.

    \b
    Examples:
        archc diagram digits.arch                      writes digits.svg
        archc diagram resnet.arch --model ResNet50 -o resnet50.svg
        archc diagram digits.arch --format mermaid -o -
        archc diagram digits.arch -o digits.dot
    """
    from archlang import api
    from archlang.files import EditedFileError, write_stamped

    chosen = form or _form(output)
    checked = accepted_spec(spec, overrides)
    name = choose(checked.graphs, spec, model)
    if output is None and spec != "-":
        several = f"_{snake(name)}" if len(checked.graphs) > 1 else ""
        output = stem(spec) + several + _ENDINGS[chosen][0]
    path = "-" if output is None else output
    text = api.diagram(
        checked,
        name,
        form=chosen,  # pyright: ignore[reportArgumentType]
        fold=not unfold,
        theme=None if theme == "auto" else theme,  # pyright: ignore[reportArgumentType]
        links=_links(checked, path),
    ).text
    if path == "-":
        click.echo(text, nl=False)
        return
    from pathlib import Path

    try:
        write_stamped(Path(path), text, _COMMENTS[chosen], force=force)
    except EditedFileError as problem:
        raise WrongUse(str(problem)) from None
    except OSError as problem:
        raise WrongUse(f"cannot write {path}: {problem.strerror or problem}") from None
    click.echo(f"wrote {path}", err=True)


def _form(output: str | None) -> str:
    ending = "" if output is None else os.path.splitext(output)[1].lower()
    for form, endings in _ENDINGS.items():
        if ending in endings:
            return form
    if ending:
        known = "; ".join(f"{form}: {' or '.join(found)}" for form, found in _ENDINGS.items())
        raise WrongUse(
            f"{output} can't be written: {ending} is no format of `archc diagram` ({known}); "
            "--format chooses one for any name"
        )
    return "svg"


def _links(checked: Checked, output: str) -> dict[str, str]:
    """The address of each file from where the picture stands."""
    from urllib.parse import quote

    folder = os.path.dirname(os.path.abspath(output)) if output != "-" else os.getcwd()
    found: dict[str, str] = {}
    for path in checked.sources:
        try:
            found[path] = quote(os.path.relpath(path, folder).replace(os.sep, "/"))
        except ValueError:  # on another drive of Windows
            found[path] = ""
    return found
