"""`archc completion`: what a shell needs to complete the command line."""

from __future__ import annotations

import click


@click.command(short_help="Print a completion script for a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that teaches a shell to complete archc.

    \b
    bash: archc completion bash > ~/.local/share/bash-completion/completions/archc
    zsh:  archc completion zsh > "${fpath[1]}/_archc"
    fish: archc completion fish > ~/.config/fish/completions/archc.fish
    """
    from click.shell_completion import ShellComplete, get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    # The base class's method: bash's own would start bash to ask for its version.
    completer = kind(ctx.find_root().command, {}, "archc", "_ARCHC_COMPLETE")
    click.echo(ShellComplete.source(completer))
