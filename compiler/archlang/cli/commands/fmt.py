"""`archc fmt`: specs in their one layout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archlang.cli.exits import PROBLEMS, WrongUse
from archlang.cli.options import SPEC
from archlang.cli.output import show_diagnostics
from archlang.cli.specs import read_spec, spec_files

if TYPE_CHECKING:
    from archlang.source import Source


@click.command(short_help="Lay specs out.")
@click.argument("specs", nargs=-1, required=True, metavar="SPEC...", type=SPEC)
@click.option(
    "--check", "check_only", is_flag=True, help="Change nothing; exit with 1 if anything would be."
)
@click.option("--diff", "show_diff", is_flag=True, help="Change nothing; print what would change.")
@click.pass_context
def fmt(ctx: click.Context, specs: tuple[str, ...], check_only: bool, show_diff: bool) -> None:
    """Bring specs into the one layout that they have. There are no settings.

    Comments and single blank lines stay, and so does the meaning, which is checked each time. A
    folder stands for every .arch file in it. Standard input (-) comes out on standard output. A
    spec with a syntax error is left as it is.

    \b
    A few things are the author's choice:
        a comma behind the last item of brackets     an item a line
        a line break behind `{`                      the body on lines of its own
        line breaks at `->` in a flow over a line    stay where they are

    \b
    Examples:
        archc fmt digits.arch
        archc fmt specs/ --check
        archc fmt --diff digits.arch
        cat digits.arch | archc fmt -
    """
    from archlang.formatting import Unreadable, format_source

    changed: list[str] = []
    broken = False
    files = spec_files(specs)
    for path in files:
        source = read_spec(path)
        try:
            text = format_source(source)
        except Unreadable as problem:
            show_diagnostics(problem.diagnostics, {source.path: source}, err=True)
            broken = True
            continue
        if text != source.text:
            changed.append(path)
        _deliver(path, source, text, check_only=check_only, show_diff=show_diff)
    if path_is_stdin(files) and not check_only:
        said = ""
    elif check_only or show_diff:
        said = f"{_count(len(changed))} would be changed" if changed else "nothing to change"
    else:
        said = f"{_count(len(changed))} changed" if changed else "nothing to change"
    if said:
        click.echo(said, err=True)
    if broken or (changed and (check_only or show_diff)):
        ctx.exit(PROBLEMS)


def path_is_stdin(files: list[str]) -> bool:
    """Whether all that is laid out is standard input."""
    return files == ["-"]


def _deliver(path: str, source: Source, text: str, *, check_only: bool, show_diff: bool) -> None:
    if show_diff:
        click.echo(_diff(path, source.text, text), nl=False)
    elif check_only:
        if text != source.text:
            click.echo(f"would change {click.format_filename(path)}")
    elif path == "-":
        click.echo(text, nl=False)
    elif text != source.text:
        from archlang.files import write_text

        try:
            write_text(Path(path), text)
        except OSError as problem:
            raise WrongUse(f"cannot write {path}: {problem.strerror or problem}") from None


def _diff(path: str, before: str, after: str) -> str:
    import difflib

    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        path,
        f"{path} (laid out)",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _count(number: int) -> str:
    return "1 spec" if number == 1 else f"{number} specs"
