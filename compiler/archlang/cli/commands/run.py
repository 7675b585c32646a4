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
from archlang.cli.specs import Settings, accepted_spec, choose, script_of, snake, stem

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    short_help="Train a model, evaluate it, predict with it.",
    # Behind SPEC everything belongs to the script, options too.
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
    and its options. Options of archc stand before SPEC. The script itself is not kept; `archc
    compile` writes it.

    Needs TensorFlow: pip install "archlang[tensorflow]"

    \b
    Examples:
        archc run digits.arch
        archc run digits.arch train --epochs 20
        archc run digits.arch predict new.npz
        archc run digits.arch --help               what the script can do
        archc run --model ResNet --set depth=50 resnet.arch
    """
    import tempfile
    from pathlib import Path

    checked = accepted_spec(spec, overrides)
    name = choose(checked.graphs, spec, model)
    text = script_of(checked, name)
    require_keras()
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
