"""Building the graph of one model: inputs, body, heads, outputs and their checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from archlang.diagnostics import Label, error
from archlang.evaluation.evaluator import Environment, TooMuch
from archlang.graph.construction import Construction
from archlang.graph.context import Context, Flow
from archlang.graph.interfaces import placed
from archlang.graph.model import BROKEN, Graph, Layer, Tensor
from archlang.graph.naming import Names
from archlang.graph.reaching import prune
from archlang.graph.refusals import refusal
from archlang.graph.steps import Steps
from archlang.shapes.rule import LayerValue, RuleError
from archlang.shapes.spec import Shape, TensorSpec, show_shape
from archlang.source import Span
from archlang.syntax import tree as t
from archlang.tasks.model import OutputSpec, TaskSpec
from archlang.tasks.registry import KINDS

if TYPE_CHECKING:
    from archlang.graph.elaborate import Elaborator


class ModelBuilder:
    """Builds one graph."""

    def __init__(
        self,
        elaborator: Elaborator,
        model: t.Model,
        args: Mapping[str, Any],
        name: str,
        doc: str | None,
        mixed: str | None = None,
    ) -> None:
        self.elaborator = elaborator
        self.report = elaborator.report
        self.model = model
        self.name = name
        self.doc = doc
        self.args = args
        self.construction = Construction(self.report)
        self.construction.mixed = mixed
        self.steps = Steps(elaborator, self.construction, self._head)
        self.task = TaskSpec(None, (), (), None)
        self.inputs: dict[str, Tensor] = {}
        self.bound: dict[str, Tensor] = {}
        self.heads: dict[str, list[Layer]] = {}
        self.unknown_head = False

    def build(self, top: bool) -> Graph | None:
        """The graph, None where the bounds stop it; only a model of the file itself (`top`) is trained."""
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
        unread = self.elaborator.program.module_at(self.model.span).broken
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
            uses=self.construction.uses,
            mixed=self.construction.mixed,
            passed=self.construction.passed,
            broken=self.construction.breaks,
        )
        prune(graph)
        whole = not self.construction.breaks
        self.steps.measure(context, graph.params if whole else None, graph.macs if whole else None)
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
            self.report(refusal(problem, context.path, expr.span, {}, flow))
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
        if output.name in self.heads or tensor.node.op == BROKEN:
            return
        node = tensor.node
        if output.kind is not None:
            layer = node.layer
            value = None
            if layer is not None and layer.kind in ("layers", "applications"):
                value = LayerValue(layer.kind, layer.class_name, layer.args)
            inputs = {name: t.spec for name, t in self.inputs.items()}
            try:
                found = KINDS[output.kind].check_head(output, value, tensor.spec, inputs)
            except RuleError as problem:
                self.report(refusal(problem, (), node.span, {}, None))
                return
            for problem in found:
                self.report(placed(problem, node.span))
        elif output.dims is not None:
            self._check_plain(output, tensor)

    def _check_plain(self, output: OutputSpec, tensor: Tensor) -> None:
        declared = TensorSpec((None, *(output.dims or ())), output.dtype)
        shape = tensor.spec.shape
        if shape is not None and not _fits(shape, declared.shape or ()):
            found = "one number for all examples" if shape == () else str(tensor.spec)
            self.report(
                error(
                    "E0327",
                    f"the output `{output.name}` is declared as {show_shape(declared.shape)}, but {found} is bound to it",
                    tensor.node.span,
                    label=f"{found} here",
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
