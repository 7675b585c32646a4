"""Shared layers and blocks, and learned tensors: one set of weights, whoever uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archlang.diagnostics import error
from archlang.evaluation.values import contains_unknown
from archlang.graph.construction import Construction
from archlang.graph.context import Context, Flow, SharedLayer
from archlang.graph.model import BROKEN, Graph, Layer, Tensor, tensors
from archlang.graph.naming import Names
from archlang.semantics.program import EntryRef, Symbol, SymbolRef, Variable
from archlang.syntax import tree as t
from archlang.tasks.model import InputSpec, OutputSpec, TaskSpec

if TYPE_CHECKING:
    from archlang.graph.calls import Calls


class Sharing:
    """Makes and calls what `shared` and `learned` declare."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self.elaborator = calls.elaborator
        self.evaluator = calls.evaluator
        self.tables = calls.tables
        self.construction = calls.construction
        self.report = calls.report

    def make(self, statement: t.Shared, variable: Variable, context: Context) -> SharedLayer:
        """What `shared encoder = …` holds: the layer is made at its first use."""
        step = statement.value
        frozen = context.frozen
        while isinstance(step, t.Frozen):
            step, frozen = step.step, True
        inside = context.inside(frozen=frozen)
        name = context.names.chosen(variable.name)

        def made(where: Context, flow: Flow) -> Layer | None:
            callee = step.callee if isinstance(step, t.Call) else step
            match self.tables.names.get(callee):
                case EntryRef(entry=entry) if entry.kind != "ops":
                    layer, good = self.calls.layer(step, entry, flow, inside, name)
                    return layer if good else None
                case SymbolRef(symbol=symbol) if isinstance(symbol.declaration, t.Block):
                    return self._shared_block(step, symbol, symbol.declaration, flow, inside, name)
                case SymbolRef(symbol=symbol) if isinstance(symbol.declaration, t.PythonDecl):
                    return self.calls.python.layer(step, symbol.declaration, flow, inside, name)
                case SymbolRef(symbol=symbol) if isinstance(
                    symbol.declaration, t.Model | t.Variant
                ):
                    return self.calls.nested.layer(step, symbol, flow, inside)
                case _:
                    return None

        callee = self.tables.names.get(step.callee if isinstance(step, t.Call) else step)
        declaration = callee.symbol.declaration if isinstance(callee, SymbolRef) else None
        python = declaration if isinstance(declaration, t.PythonDecl) else None
        return SharedLayer(made, variable, python)

    def call(self, expr: t.Expr, variable: Variable, flow: Flow, context: Context) -> Flow:
        """Call a shared layer on what flows; the first call makes it."""
        shared = context.env.values.get(variable)
        if not isinstance(shared, SharedLayer):
            return self.construction.broken(expr.span)
        if flow is None:
            return self.calls.nothing_flows(expr, variable.name, context)
        if shared.layer is None:
            shared.layer = shared.make(context, flow)
            if shared.layer is None:
                return self.construction.broken(expr.span)
        layer = shared.layer
        call_args = (
            {
                a.name.id: self.calls.steps.value(a.value, flow, context)
                for a in expr.arguments
                if a.name is not None
            }
            if isinstance(expr, t.Call)
            else {}
        )
        if layer.kind == "model":
            return self.calls.nested.call(expr, layer, flow, context)
        if layer.kind == "python":
            assert shared.python is not None
            return self.calls.python.call(expr, shared.python, layer, flow, context)
        if layer.kind == "applications":
            return self.construction.call_application(context, layer, flow, expr.span, {})
        spans = (
            {a.name.id: a.value.span for a in expr.arguments if a.name is not None}
            if isinstance(expr, t.Call)
            else {}
        )
        return self.construction.call_layer(context, layer, flow, call_args, expr.span, spans)

    def _shared_block(
        self, expr: t.Expr, symbol: Symbol, block: t.Block, flow: Flow, context: Context, name: str
    ) -> Layer:
        """A block all of whose uses share weights is a nested model, made for the shape of its first use."""
        inner = Construction(self.report)
        inner.mixed = self.construction.mixed
        steps = self.calls.steps.on(inner)
        given = list(tensors(flow))
        inputs: dict[str, Tensor] = {}
        for index, tensor in enumerate(given):
            input_name = f"{name}_input" if len(given) == 1 else f"{name}_input_{index + 1}"
            inputs[input_name] = inner.input(input_name, tensor.spec, expr.span)
        entered: Flow = next(iter(inputs.values())) if len(inputs) == 1 else list(inputs.values())
        context.env.flowing = flow
        result = steps.calls.block(
            expr,
            symbol,
            block,
            entered,
            Context(context.env, Names(), context.path, context.frozen, context.depth),
        )
        results = list(tensors(result))
        names = (
            ["output"] if len(results) == 1 else [f"output_{i + 1}" for i in range(len(results))]
        )
        outputs = dict(zip(names, results, strict=True))
        self._nothing_from_outside(expr, inner, results)
        task = TaskSpec(
            None,
            tuple(
                InputSpec(n, t_.spec.dtype or "float32", (t_.spec.shape or (None,))[1:], expr.span)
                for n, t_ in inputs.items()
            ),
            tuple(OutputSpec(n, expr.span) for n in names),
            None,
        )
        graph = Graph(name, task, None, inputs, outputs, inner.nodes, inner.layers, expr.span)
        graph.mixed, graph.passed, graph.broken = inner.mixed, inner.passed, inner.breaks
        return self.construction.make_layer(
            context, "model", symbol.name, {}, expr.span, name=name, graph=graph
        )

    def _nothing_from_outside(
        self, expr: t.Expr, inner: Construction, results: list[Tensor]
    ) -> None:
        """A nested model sees only what flows into it, so a shared block can't use other tensors."""
        own = set(inner.nodes)
        used = [*results]
        for node in inner.nodes:
            used += tensors([node.inputs, list(node.args), node.kwargs])
        if any(tensor.node not in own and tensor.node.op != BROKEN for tensor in used):
            self.report(
                error(
                    "E0325",
                    "a shared block can't take a tensor as an argument",
                    expr.span,
                    label="uses a tensor that does not flow into it",
                    help="let all its tensors flow in: `[a, b] -> block`",
                )
            )

    def learned(self, statement: t.Learned, flow: Flow, context: Context) -> Tensor:
        """A trainable tensor, the same for every example: a small layer, called on any tensor for its batch size."""
        dims = self.elaborator.interfaces.dims(statement.type.dims, context.env)
        sizes = tuple(dim for dim in dims if isinstance(dim, int))
        initializer: Any = None
        if statement.initializer is not None:
            initializer = self.calls.steps.value(statement.initializer, flow, context)
        source = next(tensors(flow), None) or next(tensors(context.env.body_input), None)
        if source is None:
            source = next(
                (tn for node in self.construction.nodes for tn in tensors(node.outputs)), None
            )
        if source is None or len(sizes) != len(dims) or contains_unknown(initializer):
            if len(sizes) != len(dims) and not any(dim is None for dim in dims):
                self.report(
                    error(
                        "E0705",
                        "a learned tensor needs sizes that are known",
                        statement.type.span,
                        label="not all are",
                    )
                )
            return self.construction.broken(statement.span)
        name = context.names.chosen(statement.name.id)
        args: dict[str, Any] = {"shape": list(sizes)}
        if initializer is not None:
            args["initializer"] = initializer
        if statement.type.dtype.id != "float32":
            args["dtype"] = statement.type.dtype.id
        layer = self.construction.make_layer(
            context, "learned", "LearnedTensor", args, statement.span, name=name
        )
        result = self.construction.call_learned(context, layer, source, statement.span)
        assert isinstance(result, Tensor)
        return result
