"""`archc error`: what a diagnostic's code means."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from archlang.cli.exits import WrongUse


def _complete(ctx: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    from archlang.errors import all_codes

    return [
        CompletionItem(info.code, help=info.title)
        for info in all_codes().values()
        if info.code.startswith(typed.upper())
    ]


@click.command(short_help="Explain an error or a warning by its code.")
@click.argument("code", required=False, metavar="[CODE]", shell_complete=_complete)
def error(code: str | None) -> None:
    """Explain a code such as E0312; without one, list all.

    \b
    Examples:
        archc error E0312
        archc error
    """
    from archlang.errors import all_codes

    codes = all_codes()
    if code is None:
        for info in codes.values():
            click.echo(f"{info.code}  {info.title}")
        return
    info = codes.get(code.strip("[]").upper())
    if info is None:
        from archlang.diagnostics.suggestions import did_you_mean, nearest

        hint = did_you_mean(nearest(code.upper(), codes)) or "`archc error` lists all"
        raise WrongUse(f"no error or warning has the code {code!r}; {hint}")
    click.echo(f"{info.code}: {info.title}\n\n{info.explanation.strip()}")
