"""`archc compile`: a script, or the IR as a document."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from archlang.cli.exits import WrongUse
from archlang.cli.options import SPEC, model_option, overrides_option, target_option
from archlang.cli.specs import (
    Settings,
    accepted_spec,
    choose_trained,
    script_of,
    selected,
    snake,
    stem,
)

if TYPE_CHECKING:
    from pathlib import Path

    from archlang.api import Checked

_ENDINGS = {"python": ".py", "ir": ".ir.json"}


@click.command("compile", short_help="Write a script that needs only Keras.")
@click.argument("spec", metavar="SPEC", type=SPEC)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Where to write: a file, - for standard output, or a folder. "
    "[default: the spec's name with .py, in the current folder; standard output if SPEC is -]",
)
@click.option(
    "--to",
    "target",
    type=click.Choice(["python", "ir"]),
    default="python",
    show_default=True,
    help="A Python script, or the model as a JSON document (archlang-ir/1).",
)
@click.option("--flat", is_flag=True, help="Unroll blocks and loops: one line a layer.")
@click.option("--force", is_flag=True, help="Overwrite a script that has been edited by hand.")
@model_option
@overrides_option
@target_option(
    "Check that the spec is right for an older Keras, keras>=3.12. The script stays the same."
)
def compile_(
    spec: str,
    output: str | None,
    target: str,
    flat: bool,
    force: bool,
    model: str | None,
    overrides: Settings,
    keras: str | None,
) -> None:
    """Write a spec as a Python script that builds, trains, evaluates and runs its model.

    The script imports keras, and never archlang. Its last line is a hash of the rest: a script
    that has been edited is not overwritten without --force.

    A file holds one model. If the spec has several, the only one that has a task is taken; name
    another with --model, or give a folder with -o: then each gets a file of its own in it,
    <spec>_<model>.py.

    \b
    Examples:
        archc compile digits.arch                      writes digits.py
        archc compile digits.arch -o - | less
        archc compile resnet.arch --model ResNet50 -o resnet50.py
        archc compile candidates.arch -o scripts/      a script for each model
        archc compile digits.arch --to ir              writes digits.ir.json
    """
    from pathlib import Path

    if flat and target != "python":
        raise click.UsageError("--flat goes with --to python: the IR is flat in any case")
    checked = accepted_spec(spec, overrides, keras)
    graphs = checked.graphs
    ending = _ENDINGS[target]
    if output is not None and (output.endswith(("/", os.sep)) or os.path.isdir(output)):
        folder = Path(output)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise WrongUse(f"cannot make {folder}: {problem.strerror or problem}") from None
        for name in selected(graphs, spec, model):
            path = folder / _file_name(spec, name, len(graphs), ending)
            _write(path, _text(checked, name, target, flat), target, force)
        return
    name = choose_trained(graphs, spec, model)
    text = _text(checked, name, target, flat)
    if output == "-" or (output is None and spec == "-"):
        click.echo(text, nl=False)
        return
    path = Path(output) if output else Path(_file_name(spec, name, len(graphs), ending))
    if any(_are_one_file(path, source) for source in checked.sources):
        raise WrongUse(f"{path} is the spec: give the output another name")
    _write(path, text, target, force)


def _are_one_file(path: Path, source: str) -> bool:
    try:
        return path.samefile(source)
    except OSError:
        return False


def _file_name(spec: str, model: str, count: int, ending: str) -> str:
    # With several models the name says which, so that compiling one never overwrites another.
    return stem(spec) + (f"_{snake(model)}" if count > 1 else "") + ending


def _text(checked: Checked, model: str, target: str, flat: bool) -> str:
    if target == "python":
        return script_of(checked, model, flat=flat)
    import json

    from archlang import api

    return json.dumps(api.to_ir(checked, model), indent=2, ensure_ascii=False) + "\n"


def _write(path: Path, text: str, target: str, force: bool) -> None:
    from archlang.files import EditedFileError, write_script, write_text

    try:
        if target == "python":
            write_script(path, text, force=force)
        else:
            write_text(path, text)
    except EditedFileError as problem:
        raise WrongUse(str(problem)) from None
    except OSError as problem:
        raise WrongUse(f"cannot write {path}: {problem.strerror or problem}") from None
    hint = f"; train it with: python {path}" if target == "python" else ""
    click.echo(f"wrote {path}{hint}", err=True)
