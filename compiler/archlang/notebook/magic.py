"""`%%arch`: a cell that is a spec."""

# IPython has few types.
# pyright: reportUnknownVariableType=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

from typing import Any, cast

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.core.magic_arguments import (
    argument,
    magic_arguments,
    parse_argstring,
)
from IPython.display import display

from archlang.api import OverrideError
from archlang.diagnostics.suggestions import did_you_mean, nearest
from archlang.diagnostics.text import count
from archlang.notebook.spec import Spec
from archlang.overrides import parse_setting


@magics_class
class ArchMagics(Magics):
    """The magics of archlang."""

    @magic_arguments()
    @argument("name", nargs="?", help="A variable for the spec.")
    @argument(
        "--model",
        action="append",
        default=[],
        help="A model to build; repeatable. Without it, all are.",
    )
    @argument(
        "-o",
        "--output",
        metavar="VAR",
        help="A variable for the one model that is built, instead of its name.",
    )
    @argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="Another value for a constant or model parameter; repeatable.",
    )
    @argument("--no-build", action="store_true", help="Check and show only: Keras is not imported.")
    @argument("--no-show", action="store_true", help="Show only what is wrong.")
    @cell_magic
    def arch(self, line: str, cell: str) -> None:
        """Check a spec, show its pictures, and bind its Keras models to variables of their names.

        With an error the cell fails, and nothing is bound.
        """
        options = cast("Any", parse_argstring(self.arch, line))
        spec = _checked(cell, options.set)
        chosen = _chosen(spec, options)
        if spec.diagnostics or not options.no_show:
            display(spec if not options.no_show else _Problems(spec))
        if not spec.ok:
            raise UsageError(f"the spec has {count(spec.diagnostics)}")
        bound: dict[str, Any] = {}
        if options.name:
            bound[options.name] = spec
        if not options.no_build:
            for model in chosen:
                bound[options.output or model] = spec.build(model)
        shell: Any = self.shell
        shell.push(bound)


class _Problems:
    """What is wrong with a spec, without its pictures."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def __repr__(self) -> str:
        return self.spec.problems()

    def _repr_html_(self) -> str:
        from archlang.notebook import html

        return html.preformatted(self.spec.problems(colour=True))


def _checked(cell: str, settings: list[str]) -> Spec:
    try:
        return Spec(cell, set=dict(parse_setting(_unquoted(setting)) for setting in settings))
    except (OverrideError, ValueError) as problem:
        raise UsageError(f"--set: {problem}") from None


def _unquoted(text: str) -> str:
    """A value without the quotes that keep it together in the line, which IPython leaves in place."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _chosen(spec: Spec, options: Any) -> list[str]:
    """The models to build. UsageError where there are no such models, or the options don't go together."""
    for variable in (options.name, options.output):
        if variable is not None and not variable.isidentifier():
            raise UsageError(f"{variable!r} is not a name for a variable")
    chosen: list[str] = list(dict.fromkeys(options.model)) or spec.models
    for name in chosen:
        if spec.ok and name not in spec.models:
            there = did_you_mean(nearest(name, spec.models)) or f"it has {', '.join(spec.models)}"
            raise UsageError(f"the spec has no model {name!r}; {there}")
    if options.output and spec.ok and len(chosen) != 1:
        raise UsageError(f"-o binds one model; the spec has {', '.join(chosen) or 'none'}")
    return chosen
