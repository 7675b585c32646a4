"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from archlang.overrides import parse_setting

F = TypeVar("F", bound=Callable[..., Any])

SPEC = click.Path(path_type=str, allow_dash=True)


def _settings(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> list[tuple[str, Any]]:
    try:
        return [parse_setting(value) for value in values]
    except ValueError as problem:
        raise click.BadParameter(str(problem), ctx, param) from None


overrides_option = click.option(
    "--set",
    "overrides",
    metavar="NAME=VALUE",
    callback=_settings,
    multiple=True,
    help="Give a constant (`let`) or a model's parameter another value: --set width=128. "
    "The value is written as in a spec; quotes around a word may be left out. Repeatable.",
)


def _target(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    from archlang.catalogue.versions import TargetError, parse_target

    try:
        parse_target(value)
    except TargetError as problem:
        raise click.BadParameter(str(problem), ctx, param) from None
    return value


def target_option(help: str) -> Callable[[F], F]:
    """`--target keras==3.12`, with what it does in this command."""
    return click.option("--target", "keras", metavar="keras==VERSION", callback=_target, help=help)


format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for programs.",
)

model_option = click.option(
    "--model", metavar="NAME", help="The model meant, if the spec has several."
)
