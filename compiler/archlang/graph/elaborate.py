"""From a resolved program to the graph of a model: loops unrolled, blocks expanded, shapes asked of the rules."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from archlang.diagnostics import Diagnostic, Label, error
from archlang.evaluation.evaluator import Environment, Evaluator, TooMuch
from archlang.graph.construction import Construction, problem_at
from archlang.graph.context import Context, Flow
from archlang.graph.interfaces import Interfaces, placed
from archlang.graph.model import Graph, Layer, Node, Tensor, tensors
from archlang.graph.naming import Names
from archlang.graph.steps import Steps
from archlang.semantics.program import Program, SymbolRef
from archlang.shapes.rule import LayerValue, RuleError
from archlang.shapes.spec import Shape, TensorSpec, show_shape
from archlang.source import Span
from archlang.syntax import tree as t
from archlang.tasks.model import OutputSpec, TaskSpec
from archlang.tasks.registry import KINDS

MOST_CALLS = 20_000


@dataclass(frozen=True)
class _Instance:
    model: str
    args: str


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
        self._building: list[str] = []

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
                part.span.start <= span.start <= part.span.end
                for part in parts
                for span in module.unread
            ):
                return True
        return False

    def model(self, declaration: t.Model | t.Variant) -> Graph | None:
        """The graph of a model or variant of the file; None where the bounds stop it."""
        args: dict[str, Any] = {}
        base: t.Model | t.Variant = declaration
        chain: list[t.Variant] = []
        while isinstance(base, t.Variant):
            chain.append(base)
            symbol = self.program.module.names.get(base.base.callee.id)
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
        return self.instance(base, args, name=declaration.name.id, top=True, doc=declaration.doc)

    def rest(self) -> None:
        """Evaluate what no model has needed: constants, and tasks that no model is for."""
        for declaration in self.program.declarations():
            if isinstance(declaration, t.Let):
                symbol = self.program.module.names.get(declaration.name.id)
                if symbol is not None:
                    self.evaluator.symbol(symbol)
            elif isinstance(declaration, t.Task) and declaration not in self._tasks:
                self.interfaces.task(
                    declaration.name.id, declaration.members, Environment(), declaration.doc
                )
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
    ) -> Graph | None:
        """The graph of a model with these arguments."""
        key = _Instance(name, repr(sorted((k, repr(v)) for k, v in args.items())))
        if key in self._graphs:
            return self._graphs[key]
        if name in self._building:
            circle = " -> ".join([*self._building[self._building.index(name) :], name])
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
        self._building.append(name)
        self._doubtful.append(self._doubtful[-1] or self._unread(model))
        try:
            with _deep_stack():
                graph = _ModelBuilder(self, model, args, name, doc or model.doc).build(top)
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
def _deep_stack() -> Generator[None]:
    """Room for blocks within blocks, each of which takes a dozen Python calls or more."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, MOST_CALLS))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class _ModelBuilder:
    """Builds one graph."""

    def __init__(
        self,
        elaborator: Elaborator,
        model: t.Model,
        args: Mapping[str, Any],
        name: str,
        doc: str | None,
    ) -> None:
        self.elaborator = elaborator
        self.report = elaborator.report
        self.model = model
        self.name = name
        self.doc = doc
        self.args = args
        self.construction = Construction(self.report)
        self.steps = Steps(elaborator, self.construction, self._head)
        self.task = TaskSpec(None, (), (), None)
        self.inputs: dict[str, Tensor] = {}
        self.bound: dict[str, Tensor] = {}
        self.heads: dict[str, list[Layer]] = {}
        self.unknown_head = False

    def build(self, top: bool) -> Graph | None:
        env = Environment()
        self.parameters: dict[str, Any] = {}
        tables = self.elaborator.program.tables
        for parameter in self.model.parameters:
            if parameter.name.id in self.args:
                value = self.args[parameter.name.id]
            elif parameter.default is not None:
                value = self.elaborator.evaluator.evaluate(parameter.default, env)
            else:
                continue
            env.values[tables.parameters[parameter]] = value
            self.parameters[parameter.name.id] = value
        self.task = self.elaborator.task_of(self.model, env)
        trains = self.elaborator.trains_of(self.name) if top else []
        train = self.elaborator.interfaces.train(trains, self.task) if trains else None
        if train is not None and "mixed_precision" in train.settings:
            wanted = train.settings["mixed_precision"].value
            self.construction.mixed = (
                "mixed_float16" if wanted is True else wanted if isinstance(wanted, str) else None
            )
        for declared in self.task.inputs:
            wrong = declared.span in self.elaborator.interfaces.wrong
            spec = TensorSpec(None if wrong else (None, *declared.dims), declared.dtype)
            tensor = self.construction.input(declared.name, spec, declared.span)
            self.inputs[declared.name] = tensor
            variable = tables.inputs.get(self.model, {}).get(declared.name)
            if variable is not None:
                env.values[variable] = tensor
        context = Context(env, Names(), outputs=self.bound)
        flow: Flow = None
        if len(self.inputs) == 1:
            flow = next(iter(self.inputs.values()))
        env.body_input = flow
        unread = self.elaborator.program.modules[self.model.span.path].broken
        unknown_task = self.model.task is not None and self.task.name is None
        self.construction.no_beginning = unread or unknown_task or len(self.inputs) > 1
        try:
            flow = self.steps.body(self.model.body, flow, context)
            outputs = self._outputs(flow)
        except TooMuch:
            return None
        graph = Graph(
            self.name,
            self.task,
            train,
            self.inputs,
            outputs,
            self.construction.nodes,
            self.construction.layers,
            self.model.name.span,
            self.doc,
            self.parameters,
            self.heads,
        )
        prune(graph)
        self.steps.measure(context, graph.params, graph.macs)
        return graph

    # ------------------------------------------------------------------ heads and outputs

    def _head(self, expr: t.Head, flow: Flow, context: Context) -> Flow:
        wanted = expr.output.id if expr.output is not None else None
        outputs = {output.name: output for output in self.task.outputs}
        if wanted is None and len(outputs) == 1:
            wanted = next(iter(outputs))
        output = outputs.get(wanted or "")
        self.unknown_head = self.unknown_head or output is None
        if output is None or output.kind is None:
            if output is not None and output.dims is not None:
                self.report(
                    error(
                        "E0210",
                        f"`{output.name}` is a plain tensor and has no head of its own",
                        expr.span,
                        label="no head",
                        help="end the stack in a layer of its shape, for example `Dense`",
                    )
                )
            tensor = self.construction.broken(expr.span)
            if output is not None:
                self._bind(output.name, tensor, expr.span)
            return tensor
        if output.name in self.bound:
            return self._bind(output.name, flow, expr.span)
        if flow is None and self.construction.no_beginning:
            return self._bind(output.name, self.construction.broken(expr.span), expr.span)
        if not isinstance(flow, Tensor):
            self.report(
                error(
                    "E0326",
                    "several tensors flow into the head",
                    expr.span,
                    label="takes one tensor",
                    help="merge them first, for example with `Concatenate`",
                )
                if flow is not None
                else error(
                    "E0322", "nothing flows into the head", expr.span, label="no tensor flows here"
                )
            )
            return self._bind(output.name, self.construction.broken(expr.span), expr.span)
        inputs = {name: tensor.spec for name, tensor in self.inputs.items()}
        try:
            head = KINDS[output.kind].head(
                output, flow.spec, inputs, mixed_precision=self.construction.mixed is not None
            )
        except RuleError as problem:
            self.report(problem_at(problem, expr.span, context.path))
            return self._bind(output.name, self.construction.broken(expr.span), expr.span)
        result: Flow = flow
        before = len(self.construction.layers)
        for value in head.layers:
            result = self.steps.apply_value(value, result, context, expr.span)
        self.heads[output.name] = self.construction.layers[before:]
        return self._bind(output.name, result, expr.span)

    def _bind(self, name: str, tensor: Flow, span: Span) -> Flow:
        if name in self.bound:
            first = self.bound[name].node.span
            self.report(
                error(
                    "E0323",
                    f"the output `{name}` is bound twice",
                    span,
                    label="bound again",
                    labels=(Label(first, "first bound here"),) if first != span else (),
                )
            )
        elif isinstance(tensor, Tensor):
            self.bound[name] = tensor
        return tensor

    def _outputs(self, flow: Flow) -> dict[str, Tensor]:
        declared = list(self.task.outputs)
        if not declared:
            name = "output"
            declared = [OutputSpec(name, self.model.name.span)]
            if self.model.task is not None and self.task.name is None:
                return dict(self.bound)
            self.task = TaskSpec(
                self.task.name, self.task.inputs, tuple(declared), self.task.data, self.task.doc
            )
        last = self.model.body[-1].span if self.model.body else self.model.name.span
        if len(declared) == 1 and declared[0].name not in self.bound:
            self._bind_last(declared[0], flow, last)
        missing = [o for o in declared if o.name not in self.bound]
        for output in missing if len(declared) > 1 and not self.unknown_head else ():
            self.report(
                error(
                    "E0323",
                    f"the output `{output.name}` is not bound",
                    self.model.name.span,
                    label="in this model",
                    labels=(Label(output.span, "declared here"),),
                    help=f"write `head {output.name}`, or end a statement in `as {output.name}`",
                )
            )
        for output in declared:
            tensor = self.bound.get(output.name)
            if tensor is not None:
                self._check_output(output, tensor)
        return {o.name: self.bound[o.name] for o in declared if o.name in self.bound}

    def _bind_last(self, output: OutputSpec, flow: Flow, last: Span) -> None:
        if isinstance(flow, Tensor):
            self.bound[output.name] = flow
            return
        if flow is None:
            message, label = f"nothing flows into the output `{output.name}`", "the model is empty"
        else:
            message, label = (
                f"several tensors flow into the output `{output.name}`",
                "ends in several tensors",
            )
        self.report(
            error(
                "E0326",
                message,
                last,
                label=label,
                help="merge them, for example with `Concatenate`" if flow else None,
            )
        )

    def _check_output(self, output: OutputSpec, tensor: Tensor) -> None:
        if output.name in self.heads or tensor.node.op == "?":
            return
        node = tensor.node
        if output.kind is not None:
            layer = node.layer
            value = None
            if layer is not None and layer.kind in ("layers", "applications"):
                value = LayerValue(layer.kind, layer.class_name, layer.args)
            inputs = {name: t.spec for name, t in self.inputs.items()}
            for problem in KINDS[output.kind].check_head(output, value, tensor.spec, inputs):
                self.report(placed(problem, node.span))
        elif output.dims is not None:
            self._check_plain(output, tensor)

    def _check_plain(self, output: OutputSpec, tensor: Tensor) -> None:
        declared = TensorSpec((None, *(output.dims or ())), output.dtype)
        shape = tensor.spec.shape
        if shape is not None and not _fits(shape, declared.shape or ()):
            self.report(
                error(
                    "E0327",
                    f"the output `{output.name}` is declared as {show_shape(declared.shape)}, but {tensor.spec} is bound to it",
                    tensor.node.span,
                    label=f"{tensor.spec} here",
                    labels=(Label(output.span, "declared here"),),
                )
            )
        elif (
            tensor.spec.dtype is not None
            and tensor.spec.dtype != output.dtype
            and self.construction.mixed is None
        ):
            self.report(
                error(
                    "E0327",
                    f"the output `{output.name}` is declared as {output.dtype}, but is {tensor.spec.dtype}",
                    tensor.node.span,
                    label=f"{tensor.spec.dtype} here",
                    labels=(Label(output.span, "declared here"),),
                )
            )


def _fits(found: Shape, declared: Shape) -> bool:
    if len(found) != len(declared):
        return False
    return all(
        not (isinstance(a, int) and isinstance(b, int)) or a == b
        for a, b in zip(found[1:], declared[1:], strict=True)
    )


def prune(graph: Graph) -> None:
    """Take out what no output depends on: Keras leaves it out too, so its weights don't count."""
    live = reachable(graph)
    graph.nodes = [node for node in graph.nodes if node.kind == "input" or node in live]
    called = {node.layer for node in graph.nodes}
    graph.layers = [layer for layer in graph.layers if layer in called]


def reachable(graph: Graph) -> set[Node]:
    """The nodes that an output of the graph depends on."""
    seen: set[Node] = set()
    waiting = [tensor.node for tensor in graph.outputs.values()]
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        for nested in (node.inputs, list(node.args), node.kwargs):
            waiting += [tensor.node for tensor in tensors(nested)]
    return seen
