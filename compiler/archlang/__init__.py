"""archlang: a small declarative language for deep-learning tasks and layer stacks, compiled to Keras.

    from archlang import build, check, read, to_python

    checked = check(read("specs/digits_cnn.arch"))
    for diagnostic in checked.diagnostics:
        print(diagnostic.message)
    script = to_python(checked, "Cnn")
    model = build(checked.graphs["Cnn"])

What stands here is the public interface; `archlang.api` documents it. Nothing is loaded before it is used, and
Keras is loaded by `build` alone.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from archlang.version import __version__

if TYPE_CHECKING:
    from archlang.api import (
        Checked,
        CompileError,
        OverrideError,
        TargetError,
        build,
        check,
        diagram,
        elaborate,
        from_ir,
        parse,
        read,
        to_ir,
        to_python,
    )
    from archlang.diagnostics import Diagnostic, Severity
    from archlang.graph.model import Graph
    from archlang.notebook import Spec
    from archlang.source import Source, Span
    from archlang.syntax import ParseResult

__all__ = [
    "Checked",
    "CompileError",
    "Diagnostic",
    "Graph",
    "OverrideError",
    "ParseResult",
    "Severity",
    "Source",
    "Span",
    "Spec",
    "TargetError",
    "__version__",
    "build",
    "check",
    "diagram",
    "elaborate",
    "from_ir",
    "parse",
    "read",
    "to_ir",
    "to_python",
]

# Where the names live that are not the api's own.
_HOMES = {
    "Diagnostic": "archlang.diagnostics",
    "Graph": "archlang.graph.model",
    "ParseResult": "archlang.syntax",
    "Severity": "archlang.diagnostics",
    "Source": "archlang.source",
    "Span": "archlang.source",
    "Spec": "archlang.notebook",
}


def load_ipython_extension(ipython: Any) -> None:
    """`%load_ext archlang`: the cell magic `%%arch`."""
    import_module("archlang.notebook").load(ipython)


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES.get(name, "archlang.api")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
