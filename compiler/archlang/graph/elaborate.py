"""From a resolved program to the graph of a model: loops unrolled, blocks expanded, shapes asked of the rules."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from archlang.diagnostics import Diagnostic, error
from archlang.evaluation.evaluator import Environment, Evaluator
from archlang.graph.building import ModelBuilder
from archlang.graph.interfaces import Interfaces
from archlang.graph.model import Graph
from archlang.records import record
from archlang.semantics.program import Program, SymbolRef
from archlang.syntax import tree as t
from archlang.tasks.model import TaskSpec

MOST_CALLS = 20_000


@record
class _Instance:
    # Files may have models of one name: the declaration tells which is meant.
    model: t.Model
    name: str
    args: str
    top: bool
    mixed: str | None


class Elaborator:
    """Elaborates the models of a program; a nested model is elaborated once for each set of arguments.

    `overrides` are the values of constants and model parameters by name (`--set`).
    """

    def __init__(
        self, program: Program, overrides: Mapping[str, Any], report: Callable[[Diagnostic], None]
    ) -> None:
        self.program = program
        self.overrides = overrides
        self._report = report
        self._doubtful: list[bool] = [False]
        self.evaluator = Evaluator(program, overrides, self.report)
        self.interfaces = Interfaces(self.evaluator, program)
        self._tasks: dict[t.Task, TaskSpec] = {}
        self._graphs: dict[_Instance, Graph | None] = {}
        self._building: list[tuple[t.Model, str]] = []

    def report(self, problem: Diagnostic) -> None:
        """Pass a problem on, unless it may only come from parts of the stack that could not be read."""
        if not (self._doubtful[-1] and problem.code.startswith(("E03", "E05"))):
            self._report(problem)

    def _unread(self, model: t.Model) -> bool:
        """Whether a model, or a block or task that it may use, could not be read as a whole."""
        for module in self.program.modules.values():
            parts = [
                d for d in module.tree.declarations if isinstance(d, t.Block | t.Task) or d is model
            ]
            if any(
                part.span.path == span.path and part.span.start <= span.start <= part.span.end
                for part in parts
                for span in module.unread
            ):
                return True
        return False

    def model(
        self, declaration: t.Model | t.Variant, *, inside: bool = False, mixed: str | None = None
    ) -> Graph | None:
        """The graph of a model or variant of the file; None where the bounds stop it.

        One that stands `inside` another model computes under that one's policy, `mixed`.
        """
        args: dict[str, Any] = {}
        base: t.Model | t.Variant = declaration
        chain: list[t.Variant] = []
        while isinstance(base, t.Variant):
            chain.append(base)
            # A variant that is imported names a model of its own file.
            module = self.program.module_at(base.span)
            symbol = module.names.get(base.base.callee.id)
            if (
                symbol is None
                or not isinstance(symbol.declaration, t.Model | t.Variant)
                or len(chain) > 100
            ):
                return None
            base = symbol.declaration
        for variant in reversed(chain):
            args.update(self.evaluator.arguments(variant.base, Environment()))
        named = {p.name.id for p in base.parameters}
        args.update({name: value for name, value in self.overrides.items() if name in named})
        return self.instance(
            base, args, name=declaration.name.id, top=not inside, doc=declaration.doc, mixed=mixed
        )

    def rest(self) -> None:
        """Evaluate what no model has needed: constants, and tasks that no model is for."""
        for declaration in self.program.declarations():
            self.unneeded(declaration)
        self.trains_alone()

    def unneeded(self, declaration: t.Declaration) -> None:
        """Evaluate a constant or a task, unless a model has needed it."""
        if isinstance(declaration, t.Let):
            symbol = self.program.module.names.get(declaration.name.id)
            if symbol is not None:
                self.evaluator.symbol(symbol)
        elif isinstance(declaration, t.Task) and declaration not in self._tasks:
            self.interfaces.task(
                declaration.name.id, declaration.members, Environment(), declaration.doc
            )

    def trains_alone(self) -> None:
        """Check the training of a file without models."""
        if not self.program.models:
            task = TaskSpec(None, (), (), None)
            self.interfaces.train(self.program.trains, task)

    def instance(
        self,
        model: t.Model,
        args: Mapping[str, Any],
        *,
        name: str,
        top: bool,
        doc: str | None = None,
        mixed: str | None = None,
    ) -> Graph | None:
        """The graph of a model with these arguments; `mixed` is the policy of the model around it."""
        values = repr(sorted((k, repr(v)) for k, v in args.items()))
        key = _Instance(model, name, values, top, mixed)
        if key in self._graphs:
            return self._graphs[key]
        if (model, name) in self._building:
            inside = self._building[self._building.index((model, name)) :]
            circle = " -> ".join([*(other for _, other in inside), name])
            self.report(
                error(
                    "E0803",
                    f"the model `{name}` contains itself",
                    model.name.span,
                    label="goes in a circle",
                    notes=(circle,),
                    help="to recurse, write a block that ends with an `if`",
                )
            )
            return None
        self._building.append((model, name))
        self._doubtful.append(self._doubtful[-1] or self._unread(model))
        try:
            with deep_stack():
                graph = ModelBuilder(self, model, args, name, doc or model.doc, mixed).build(top)
        except RecursionError:
            graph = None
            self._report(
                error(
                    "E0803",
                    f"blocks are nested too deep in `{name}`",
                    model.name.span,
                    label="too deep",
                )
            )
        finally:
            self._building.pop()
            self._doubtful.pop()
        self._graphs[key] = graph
        return graph

    def task_of(self, model: t.Model, env: Environment) -> TaskSpec:
        """The interface of a model: its task's, or its own."""
        if model.task is None:
            return self.interfaces.task(None, model.body, env)
        resolution = self.program.tables.names.get(model.task)
        if not isinstance(resolution, SymbolRef) or not isinstance(
            resolution.symbol.declaration, t.Task
        ):
            return TaskSpec(None, (), (), None)
        task = resolution.symbol.declaration
        if task not in self._tasks:
            self._tasks[task] = self.interfaces.task(
                task.name.id, task.members, Environment(), task.doc
            )
        return self._tasks[task]

    def trains_of(self, name: str) -> list[t.Train]:
        """`train` for all models, then `train Name`."""
        trains = self.program.trains
        return [tr for tr in trains if tr.model is None] + [
            tr for tr in trains if tr.model is not None and tr.model.id == name
        ]


@contextmanager
def deep_stack() -> Generator[None]:
    """Room for blocks within blocks, each of which takes a dozen Python calls or more."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, MOST_CALLS))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
