"""The group of commands, and the help that introduces them.

Only click is imported up to here, and by the commands' modules: what a command needs of the
compiler it imports when it runs, so that `archc --version` and completion are instant.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from archlang.cli.commands.build import build
from archlang.cli.commands.check import check
from archlang.cli.commands.compare import compare
from archlang.cli.commands.compile import compile_
from archlang.cli.commands.completion import completion
from archlang.cli.commands.data import data
from archlang.cli.commands.diagram import diagram
from archlang.cli.commands.error import error
from archlang.cli.commands.explain import explain
from archlang.cli.commands.fmt import fmt
from archlang.cli.commands.lsp import lsp
from archlang.cli.commands.run import run
from archlang.cli.commands.summary import summary
from archlang.cli.exits import PIPE_CLOSED
from archlang.version import __version__


class Archc(click.Group):
    """Shows the commands in the order in which one meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            # `archc summary … | head`: the reader has seen enough. Python would complain once
            # more when it flushes at exit, so give it somewhere to flush to.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            ctx.exit(PIPE_CLOSED)
        return result


def _version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from archlang.catalogue import load

        click.echo(f"archc {__version__} (Keras {load().keras_version})")
        ctx.exit()


@click.group(
    cls=Archc,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\
\b
Exit codes:
  0    fine (warnings are fine)
  1    problems in the spec, which have been printed
  2    wrong use: a missing file, an unknown option, model or setting
  70   a bug in archc; ARCHC_TRACEBACK=1 shows where
  130  interrupted
  `archc run` otherwise ends with the exit code of the script.

SPEC is a file, or - for standard input. `archc COMMAND --help` explains a command.
""",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version, and the Keras that specs are checked against.",
)
def archc() -> None:
    """Compile .arch files, which say what a deep-learning model is for and is made of, to Keras.

    \b
    First steps. Write digits.arch:
        task Digits {
            input image: float32[8, 8, 1]
            output digit: classification(10)
            data = sklearn(digits)
        }
        model Cnn for Digits {
            Rescaling(1 / 16) -> Conv2D(32, 3, activation=relu)
            Flatten -> head
        }
        train { epochs = 5 }

    \b
    Then:
        archc check digits.arch        is it right? shapes, arguments, heads: all without Keras
        archc summary digits.arch      its layers, output shapes, parameters
        archc compile digits.arch      write digits.py, a script that needs only Keras
        archc data digits.arch         what its data holds: counts, shapes, classes
        archc run digits.arch          train it, evaluate it, save it

    \b
    A spec's constants and a model's parameters can be set from outside:
        archc summary resnet.arch --model ResNet --set depth=101
    """


for _command in (
    check,
    fmt,
    summary,
    diagram,
    explain,
    compile_,
    data,
    run,
    compare,
    build,
    error,
    lsp,
    completion,
):
    archc.add_command(_command)
