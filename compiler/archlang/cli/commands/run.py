"""`archc run`: compile, and run the script."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from archlang.cli.commands.keras import require_keras
from archlang.cli.exits import INTERRUPTED
from archlang.cli.options import SPEC, model_option, overrides_option
from archlang.cli.specs import (
    Settings,
    accepted_spec,
    choose_trained,
    has_task,
    script_of,
    snake,
    stem,
)

if TYPE_CHECKING:
    from pathlib import Path


# No script has options of these names, so that they mean the same wherever they stand.
OWN_OPTIONS = ("--model", "--set")


class _Run(click.Command):
    """A command whose own options may also stand among those of the script, behind SPEC."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _own_first(args))


def _own_first(arguments: list[str]) -> list[str]:
    """What stands on the command line, with the options of archc before everything else."""
    own: list[str] = []
    rest: list[str] = []
    left = iter(arguments)
    for argument in left:
        if argument == "--":
            rest += [argument, *left]
        elif argument in OWN_OPTIONS:
            value = next(left, None)
            if value is None:
                raise click.BadOptionUsage(argument, f"Option '{argument}' requires an argument.")
            own += [argument, value]
        else:
            mine = argument.startswith(tuple(f"{option}=" for option in OWN_OPTIONS))
            (own if mine else rest).append(argument)
    return own + rest


@click.command(
    cls=_Run,
    short_help="Train a model, evaluate it, predict with it.",
    # Behind SPEC everything else belongs to the script, options too.
    context_settings={"allow_interspersed_args": False},
)
@model_option
@overrides_option
@click.argument("spec", metavar="SPEC", type=SPEC)
@click.argument("arguments", nargs=-1, metavar="[ARGUMENT...]", type=click.UNPROCESSED)
@click.pass_context
def run(
    ctx: click.Context,
    spec: str,
    model: str | None,
    overrides: Settings,
    arguments: tuple[str, ...],
) -> None:
    """Compile a spec to a script and run that, in the current folder.

    What stands behind SPEC goes to the script: train (the default), evaluate, predict, summary,
    and its options. Only --model and --set are archc's own, before SPEC or behind it. Of several
    models the only one that has a task is taken. The script itself is not kept; `archc compile`
    writes it.

    Needs TensorFlow: pip install "archlang[tensorflow]"

    \b
    Examples:
        archc run digits.arch
        archc run digits.arch train --epochs 20
        archc run digits.arch predict new.npz
        archc run digits.arch --help               what the script can do
        archc run resnet.arch --model ResNet --set depth=50
    """
    import tempfile
    from pathlib import Path

    checked = accepted_spec(spec, overrides)
    name = choose_trained(checked.graphs, spec, model)
    text = script_of(checked, name)
    require_keras()
    if not has_task(checked.graphs[name]) and arguments[:1] != ("summary",):
        click.echo(f"{name} has no task, so that there is nothing to train; its layers:", err=True)
    with tempfile.TemporaryDirectory(prefix="archc-") as folder:
        # Named as `archc compile` would, since the script's own messages show the name.
        several = f"_{snake(name)}" if len(checked.graphs) > 1 else ""
        script = Path(folder) / f"{stem(spec)}{several}.py"
        script.write_text(text, encoding="utf-8", newline="\n")
        ctx.exit(run_script(script, arguments))


def run_script(script: Path, arguments: Sequence[str]) -> int:
    """Run a script with this Python in the current folder; its exit code."""
    import signal
    import subprocess

    from archlang.running import starting

    sys.stdout.flush()
    # Layers and losses written in Python are found as if the script stood in the current folder.
    path = os.pathsep.join(filter(None, [os.getcwd(), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": path}
    command = [sys.executable, starting.__file__, str(script), *arguments]
    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            code = process.wait()
            break
        except KeyboardInterrupt:
            # The terminal has interrupted the script as well; it may want to save something.
            try:
                process.wait(timeout=10)
            except (subprocess.TimeoutExpired, KeyboardInterrupt):
                process.kill()
                process.wait()
            if process.returncode in (-signal.SIGINT, -signal.SIGKILL):
                # It had not come so far that it could say something.
                click.echo("interrupted", err=True)
            return INTERRUPTED
    return code if code >= 0 else 128 - code
