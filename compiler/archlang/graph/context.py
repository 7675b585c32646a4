"""Where elaboration stands: in which use of which body, with which values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Any

from archlang.evaluation.evaluator import Environment
from archlang.graph.model import Frame, Layer, Tensor
from archlang.graph.naming import Names
from archlang.records import mutable
from archlang.semantics.program import Variable
from archlang.syntax.tree import PythonDecl

# What flows: a tensor, several (a list, or a dict by output name), or None where nothing does.
Flow = Any


@mutable
class SharedLayer:
    """What `shared encoder = …` holds: how to make the layer, and the layer once it is made."""

    make: Callable[[Context, Flow], Any]
    variable: Variable
    python: PythonDecl | None = None  # what declares it, if it is written in Python
    layer: Layer | None = None
    outputs: Any = None


@mutable
class Context:
    """One use of a body.

    `names` numbers the layers of this use, `path` is the way here, `frozen` whether it stands inside `frozen`.
    """

    env: Environment
    names: Names
    path: tuple[Frame, ...] = ()
    frozen: bool = False
    depth: int = 0
    outputs: dict[str, Tensor] | None = None  # bound outputs, in a model's own body
    deferred: list[Any] = field(default_factory=list[Any])

    def inside(self, *frames: Frame, frozen: bool | None = None) -> Context:
        """The same use, further down the way (a loop round, a frozen group)."""
        return Context(
            self.env,
            self.names,
            (*self.path, *frames),
            self.frozen if frozen is None else frozen,
            self.depth,
            self.outputs,
            self.deferred,
        )
