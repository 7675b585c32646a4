"""`archc lsp`: the language server that editors start."""

from __future__ import annotations

import click

from archlang.cli.exits import WrongUse


@click.command(short_help="Serve an editor: the language server.")
@click.option("--stdio", is_flag=True, help="Speak over standard input and output (the default).")
@click.option(
    "--log",
    "log_file",
    type=click.Path(dir_okay=False, writable=True),
    help="Write what goes wrong in the server to a file.",
)
def lsp(stdio: bool, log_file: str | None) -> None:
    """Speak the Language Server Protocol with an editor, which starts this command by itself.

    Needs `pip install "archlang[editor]"`.
    """
    # Objects that live as long as the process need not be looked at again and again.
    import gc

    gc.disable()
    try:
        from archlang.language_server.server import make_server
    except ModuleNotFoundError as problem:
        if problem.name not in ("pygls", "lsprotocol"):
            raise
        raise WrongUse('the language server needs pygls: pip install "archlang[editor]"') from None
    import logging
    import os
    import sys

    if log_file is not None:
        logging.basicConfig(filename=log_file, level=logging.INFO)
    else:
        logging.basicConfig(stream=sys.stderr, level=logging.ERROR)
    server = make_server()
    gc.freeze()
    gc.enable()
    server.start_io()
    # The server has closed standard output; Python would complain when it flushes at exit.
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 (it lives until the process ends)
